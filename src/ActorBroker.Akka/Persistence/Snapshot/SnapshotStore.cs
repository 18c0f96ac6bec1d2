using Akka.Actor;
using Akka.Event;

namespace Akka.Persistence.Snapshot;

/// <summary>
/// Base of snapshot stores. The storage methods are called on the store's own thread and may complete on another one. An outcome
/// goes through the store's mailbox, so that a plugin sees it too, and then to the persistent actor.
/// </summary>
public abstract class SnapshotStore : ActorBase
{
    private readonly PluginBreaker _breaker;

    protected SnapshotStore()
    {
        _breaker = PluginBreaker.From(Persistence.Instance.Apply(Context.System).ConfigFor(Self));
    }

    protected sealed override bool Receive(object message) => ReceiveSnapshotStore(message) || ReceivePluginInternal(message);

    // No nullability here: a plugin may declare its result either way.
#nullable disable
    /// <summary>The newest snapshot that the criteria select, or null.</summary>
    protected abstract Task<SelectedSnapshot> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria);
#nullable restore

    protected abstract Task SaveAsync(SnapshotMetadata metadata, object snapshot);

    /// <summary>Deletes one snapshot; a timestamp of <see cref="DateTime.MinValue"/> stands for any.</summary>
    protected abstract Task DeleteAsync(SnapshotMetadata metadata);

    protected abstract Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria);

    /// <summary>For a plugin's own messages; it is also shown the outcomes of saving and deleting.</summary>
    protected virtual bool ReceivePluginInternal(object message) => false;

    private bool ReceiveSnapshotStore(object message)
    {
        switch (message)
        {
            case LoadSnapshot load:
                Load(load, Sender, Self).Forget();
                return true;
            case SaveSnapshot save:
                Save(save, Sender, Self).Forget();
                return true;
            case DeleteSnapshot delete:
                Delete(delete, Sender, Self).Forget();
                return true;
            case DeleteSnapshots delete:
                Delete(delete, Sender, Self).Forget();
                return true;
            case SaveSnapshotFailure failure:
                Remove(failure.Metadata).Forget();
                Pass(message);
                return true;
            case SaveSnapshotSuccess or DeleteSnapshotSuccess or DeleteSnapshotFailure or DeleteSnapshotsSuccess or DeleteSnapshotsFailure:
                Pass(message);
                return true;
            default:
                return false;
        }
    }

    private static Exception Unwrap(Exception e) =>
        e is AggregateException aggregate && aggregate.Flatten().InnerExceptions is [var only] ? only : e;

    private void Pass(object outcome)
    {
        try
        {
            ReceivePluginInternal(outcome);
        }
        finally
        {
            Sender.Tell(outcome, Self);
        }
    }

    private async Task Load(LoadSnapshot request, IActorRef actor, IActorRef self)
    {
        try
        {
            var criteria = request.Criteria.Limit(request.ToSequenceNr);
            var selected = request.Criteria.Equals(SnapshotSelectionCriteria.None)
                ? null
                : await _breaker.Run(() => LoadAsync(request.PersistenceId, criteria)).ConfigureAwait(false);
            actor.Tell(new LoadSnapshotResult(selected, request.ToSequenceNr), self);
        }
        catch (Exception e)
        {
            actor.Tell(new LoadSnapshotFailed(Unwrap(e)), self);
        }
    }

    private async Task Save(SaveSnapshot request, IActorRef actor, IActorRef self)
    {
        var given = request.Metadata;
        var metadata = given.Timestamp == DateTime.MinValue
            ? new SnapshotMetadata(given.PersistenceId, given.SequenceNr, DateTime.UtcNow)
            : given;
        try
        {
            await _breaker.Run(() => SaveAsync(metadata, request.Snapshot)).ConfigureAwait(false);
            self.Tell(new SaveSnapshotSuccess(metadata), actor);
        }
        catch (Exception e)
        {
            self.Tell(new SaveSnapshotFailure(metadata, Unwrap(e)), actor);
        }
    }

    private async Task Delete(DeleteSnapshot request, IActorRef actor, IActorRef self)
    {
        try
        {
            await _breaker.Run(() => DeleteAsync(request.Metadata)).ConfigureAwait(false);
            self.Tell(new DeleteSnapshotSuccess(request.Metadata), actor);
        }
        catch (Exception e)
        {
            self.Tell(new DeleteSnapshotFailure(request.Metadata, Unwrap(e)), actor);
        }
    }

    private async Task Delete(DeleteSnapshots request, IActorRef actor, IActorRef self)
    {
        try
        {
            await _breaker.Run(() => DeleteAsync(request.PersistenceId, request.Criteria)).ConfigureAwait(false);
            self.Tell(new DeleteSnapshotsSuccess(request.Criteria), actor);
        }
        catch (Exception e)
        {
            self.Tell(new DeleteSnapshotsFailure(request.Criteria, Unwrap(e)), actor);
        }
    }

    /// <summary>Takes away what a failed save may have left. That this fails too is expected; the save's own error was reported.</summary>
    private Task Remove(SnapshotMetadata metadata)
    {
        var log = Context.System.Log;
        return _breaker.Run(() => DeleteAsync(metadata)).ContinueWith(
            t =>
            {
                if (t.Exception is { } e)
                    log.Warning(e, "What a failed save left of snapshot {0} could not be deleted", metadata);
            },
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
