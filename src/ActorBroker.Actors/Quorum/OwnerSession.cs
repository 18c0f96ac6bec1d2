using ActorBroker.Core.Quorum;

namespace ActorBroker.Actors.Quorum;

/// <summary>One owner, and who waits for what it does. Ends with the owner: whoever still waits is told that the outcome is unknown.</summary>
internal sealed class OwnerSession(string log, int tag, OwnerMachine machine)
{
    private readonly Queue<(long SequenceNr, TaskCompletionSource<bool> Done)> _writes = new();
    private readonly List<(long SequenceNr, long DeadlineMs, TaskCompletionSource<bool> Done)> _snapshots = [];
    private readonly List<(long SequenceNr, long DeadlineMs, TaskCompletionSource<bool> Done)> _cuts = [];

    public string Log => log;

    public int Tag => tag;

    public OwnerMachine Machine => machine;

    /// <summary>Waits for the ballot; null once it is won, and for an owner that only settles a log.</summary>
    public TaskCompletionSource<RecoveredLog>? Recovery { get; set; }

    /// <summary>Tries again until then.</summary>
    public long GiveUpAtMs { get; init; }

    /// <summary>For an owner that takes the ballot and nothing else.</summary>
    public Action? OnSettled { get; init; }

    public long KeptSnapshot { get; private set; }

    public void AddWrite(long sequenceNr, TaskCompletionSource<bool> done) => _writes.Enqueue((sequenceNr, done));

    public void AddSnapshot(long sequenceNr, long deadlineMs, TaskCompletionSource<bool> done) => _snapshots.Add((sequenceNr, deadlineMs, done));

    public void AddCut(long sequenceNr, long deadlineMs, TaskCompletionSource<bool> done) => _cuts.Add((sequenceNr, deadlineMs, done));

    public void Committed(long sequenceNr)
    {
        while (_writes.Count > 0 && _writes.Peek().SequenceNr <= sequenceNr) _writes.Dequeue().Done.TrySetResult(true);
    }

    public void Kept(long sequenceNr)
    {
        KeptSnapshot = Math.Max(KeptSnapshot, sequenceNr);
        Complete(_snapshots, sequenceNr);
    }

    public void WasCut(long sequenceNr) => Complete(_cuts, sequenceNr);

    /// <summary>Snapshots and cuts that found no majority in time; the owner goes on trying, and nothing depends on it.</summary>
    public void Expire(long nowMs)
    {
        Expire(_snapshots, nowMs, "The snapshot has not reached a majority of the voters in time.");
        Expire(_cuts, nowMs, "A majority of the voters has not cut its log in time.");
    }

    public void Fail(Exception cause)
    {
        Recovery?.TrySetException(cause);
        Recovery = null;
        while (_writes.TryDequeue(out var write)) write.Done.TrySetException(cause);
        foreach (var (_, _, done) in _snapshots) done.TrySetException(cause);
        foreach (var (_, _, done) in _cuts) done.TrySetException(cause);
        _snapshots.Clear();
        _cuts.Clear();
    }

    private static void Complete(List<(long SequenceNr, long DeadlineMs, TaskCompletionSource<bool> Done)> waiting, long sequenceNr)
    {
        for (var i = waiting.Count - 1; i >= 0; i--)
        {
            if (waiting[i].SequenceNr > sequenceNr) continue;
            waiting[i].Done.TrySetResult(true);
            waiting.RemoveAt(i);
        }
    }

    private static void Expire(List<(long SequenceNr, long DeadlineMs, TaskCompletionSource<bool> Done)> waiting, long nowMs, string text)
    {
        for (var i = waiting.Count - 1; i >= 0; i--)
        {
            if (waiting[i].DeadlineMs > nowMs) continue;
            waiting[i].Done.TrySetException(new QuorumException(text));
            waiting.RemoveAt(i);
        }
    }
}
