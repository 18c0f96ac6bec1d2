using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Persistence.Journal;

/// <summary>
/// Base of journals. The four storage methods are called on the journal's own thread and may complete on another one; none of
/// them waits for an earlier one.
///
/// A batch is answered with what became of it as a whole and then with an answer for every event. The order is kept by a lock:
/// a persistent actor sends its next batch only after the first of these answers, so whoever completes that batch finds the
/// lock taken until all answers of the batch before are sent.
/// </summary>
public abstract class AsyncWriteJournal : WriteJournalBase, IAsyncRecovery
{
    private readonly Lock _answers = new();
    private readonly PluginBreaker _breaker;
    private readonly ReplayFilterSettings _replayFilter;

    protected AsyncWriteJournal()
    {
        var config = Persistence.Instance.Apply(Context.System).ConfigFor(Self);
        _breaker = PluginBreaker.From(config);
        _replayFilter = new ReplayFilterSettings(config);
    }

    public abstract Task ReplayMessagesAsync(
        IActorContext context,
        string persistenceId,
        long fromSequenceNr,
        long toSequenceNr,
        long max,
        Action<IPersistentRepresentation> recoveryCallback);

    public abstract Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr);

    /// <summary>The only error inside an aggregate, or the error itself.</summary>
    protected static Exception TryUnwrapException(Exception e) =>
        e is AggregateException aggregate && aggregate.Flatten().InnerExceptions is [var only] ? only : e;

    // No nullability here: a plugin may give null for the list and for its entries, or declare neither.
#nullable disable
    /// <summary>
    /// Writes each atomic write all or none. The result is null when all are written, or has for each of them null or the reason
    /// why it was rejected. A failed task means that it is unknown what was written.
    /// </summary>
    protected abstract Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages);
#nullable restore

    /// <summary>Deletes the events up to a sequence number, which must stay known as the highest one.</summary>
    protected abstract Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr);

    /// <summary>For a plugin's own messages.</summary>
    protected virtual bool ReceivePluginInternal(object message) => false;

    protected sealed override bool Receive(object message) => ReceiveWriteJournal(message) || ReceivePluginInternal(message);

    protected bool ReceiveWriteJournal(object message)
    {
        switch (message)
        {
            case WriteMessages write:
                Write(write, Self).Forget();
                return true;
            case ReplayMessages replay:
                Replay(replay, Context, Self).Forget();
                return true;
            case DeleteMessagesTo delete:
                Delete(delete, Self).Forget();
                return true;
            default:
                return false;
        }
    }

    private async Task Write(WriteMessages batch, IActorRef self)
    {
        List<AtomicWrite> prepared = [];
        try
        {
            prepared.AddRange(PreparePersistentBatch(batch.Messages));
            var rejections = prepared.Count == 0
                ? null
                : await _breaker.Run(() => WriteMessagesAsync(prepared)).ConfigureAwait(false);
            if (rejections is not null && rejections.Count != prepared.Count)
                throw new InvalidOperationException($"The journal gave {rejections.Count} results for {prepared.Count} writes");
            Answer(batch, new WriteMessagesSuccessful(batch.ActorInstanceId), self, (e, i) => rejections?[i] is { } cause
                ? new WriteMessageRejected(e, cause, batch.ActorInstanceId)
                : new WriteMessageSuccess(e, batch.ActorInstanceId));
        }
        catch (Exception e)
        {
            var cause = TryUnwrapException(e);
            Answer(batch, new WriteMessagesFailed(cause, prepared.Count), self,
                (p, _) => new WriteMessageFailure(p, cause, batch.ActorInstanceId));
        }
    }

    private void Answer(WriteMessages batch, object whole, IActorRef self, Func<IPersistentRepresentation, int, object> each)
    {
        lock (_answers)
        {
            batch.PersistentActor.Tell(whole, self);
            var write = 0;
            foreach (var envelope in batch.Messages)
            {
                if (envelope is not AtomicWrite atomic)
                {
                    batch.PersistentActor.Tell(new LoopMessageSuccess(envelope.Payload, batch.ActorInstanceId), envelope.Sender!);
                    continue;
                }
                foreach (var e in atomic.Events)
                    batch.PersistentActor.Tell(each(e, write), e.Sender!);
                write++;
            }
        }
    }

    private async Task Replay(ReplayMessages request, IActorContext context, IActorRef self)
    {
        var target = request.PersistentActor;
        try
        {
            var highest = await _breaker.Run(
                () => ReadHighestSequenceNrAsync(request.PersistenceId, Math.Max(0L, request.FromSequenceNr - 1))).ConfigureAwait(false);
            var last = Math.Min(request.ToSequenceNr, highest);
            if (last > 0 && request.FromSequenceNr <= last)
            {
                var filter = _replayFilter.Create(e => target.Tell(new ReplayedMessage(e), ActorRefs.NoSender));
                await ReplayMessagesAsync(
                    context, request.PersistenceId, request.FromSequenceNr, last, request.Max, filter.Add).ConfigureAwait(false);
                filter.Complete();
            }
            target.Tell(new RecoverySuccess(highest), self);
        }
        catch (Exception e)
        {
            target.Tell(new ReplayMessagesFailure(TryUnwrapException(e)), self);
        }
    }

    private async Task Delete(DeleteMessagesTo request, IActorRef self)
    {
        try
        {
            await _breaker.Run(() => DeleteMessagesToAsync(request.PersistenceId, request.ToSequenceNr)).ConfigureAwait(false);
            request.PersistentActor.Tell(new DeleteMessagesSuccess(request.ToSequenceNr), self);
        }
        catch (Exception e)
        {
            request.PersistentActor.Tell(new DeleteMessagesFailure(TryUnwrapException(e), request.ToSequenceNr), self);
        }
    }
}
