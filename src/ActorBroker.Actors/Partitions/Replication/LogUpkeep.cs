using ActorBroker.Storage;
using Akka.Actor;

namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>
/// What a replica's log needs now and then whoever owns it: flushes in the background, retention, cleaning. The results come back to the
/// owner as <see cref="FlushEnded"/> and <see cref="CleaningEnded"/>. On the owner's turn.
/// </summary>
internal sealed class LogUpkeep(PartitionLog log, IActorRef owner, PartitionServices services)
{
    private bool _isFlushing;

    public void FlushIfDue(bool isWaitedFor)
    {
        if (_isFlushing || !(isWaitedFor || log.NeedsFlush()) || log.BeginFlush() is not { } work) return;
        _isFlushing = true;
        services.Flusher.Submit(work, result => owner.Tell(new FlushEnded(result), ActorRefs.NoSender));
    }

    /// <summary>False when the flush was of another log.</summary>
    public bool OnFlushEnded(FlushEnded ended)
    {
        if (!ReferenceEquals(ended.Result.Log, log)) return false;
        _isFlushing = false;
        log.CompleteFlush(ended.Result);
        return true;
    }

    public void Maintain(MaintainLog maintain, long nowMs)
    {
        if (maintain.Retention) log.ApplyRetention(nowMs);
        if (maintain.Producers) log.ExpireProducers(nowMs);
        if (log.Settings.IsCompacted && services.Cleaner is { } cleaner && log.PlanCleaning(nowMs) is { } plan)
            cleaner.Submit(plan, result => owner.Tell(new CleaningEnded(log, result), ActorRefs.NoSender));
        FlushIfDue(isWaitedFor: false);
    }

    public void OnCleaningEnded(CleaningEnded ended)
    {
        if (ReferenceEquals(ended.Log, log) && ended.Result is { } result) log.ApplyCleaning(result);
    }
}
