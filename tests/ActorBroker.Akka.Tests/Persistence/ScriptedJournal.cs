using System.Collections.Immutable;
using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;

namespace ActorBroker.Akka.Tests.Persistence;

/// <summary>An event whose write does what it says.</summary>
public sealed record Scripted(string Outcome, TaskCompletionSource? Gate = null);

/// <summary>An in-memory journal that fails, rejects and waits as its events and persistence ids ask for.</summary>
public sealed class ScriptedJournal : MemoryJournal
{
    public const string ReplayFails = "replay-fails";
    public const string ReplayHangs = "replay-hangs";
    public const string DeleteFails = "delete-fails";

    public override async Task ReplayMessagesAsync(
        IActorContext context,
        string persistenceId,
        long fromSequenceNr,
        long toSequenceNr,
        long max,
        Action<IPersistentRepresentation> recoveryCallback)
    {
        if (persistenceId.StartsWith(ReplayFails, StringComparison.Ordinal))
            throw new IOException("replay failed");
        await base.ReplayMessagesAsync(context, persistenceId, fromSequenceNr, toSequenceNr, max, recoveryCallback);
        if (persistenceId.StartsWith(ReplayHangs, StringComparison.Ordinal))
            await new TaskCompletionSource().Task;
    }

    public override async Task<long> ReadHighestSequenceNrAsync(string persistenceId, long fromSequenceNr)
    {
        var highest = await base.ReadHighestSequenceNrAsync(persistenceId, fromSequenceNr);
        return persistenceId.StartsWith(ReplayFails, StringComparison.Ordinal) ? Math.Max(1, highest) : highest;
    }

    protected override Task<IImmutableList<Exception>> WriteMessagesAsync(IEnumerable<AtomicWrite> messages)
    {
        var writes = messages.ToList();
        var scripted = writes.Select(w => ((IEnumerable<IPersistentRepresentation>)w.Payload).Select(e => e.Payload as Scripted)
            .FirstOrDefault(s => s is not null)).ToList();
        if (scripted.Exists(s => s?.Outcome == "throw"))
            throw new IOException("write threw");
        return WriteAsync(writes, scripted);
    }

    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr) =>
        persistenceId.StartsWith(DeleteFails, StringComparison.Ordinal)
            ? Task.FromException(new IOException("delete failed"))
            : base.DeleteMessagesToAsync(persistenceId, toSequenceNr);

    private async Task<IImmutableList<Exception>> WriteAsync(List<AtomicWrite> writes, List<Scripted?> scripted)
    {
        foreach (var gate in scripted.Select(s => s?.Gate).OfType<TaskCompletionSource>())
            await gate.Task;
        if (scripted.Exists(s => s?.Outcome == "fail"))
            throw new IOException("write failed");
        var accepted = writes.Where((_, i) => scripted[i]?.Outcome != "reject").ToList();
        await base.WriteMessagesAsync(accepted);
        return scripted.Select(s => s?.Outcome == "reject" ? new ArgumentException("rejected") : null!).ToImmutableList<Exception>();
    }
}
