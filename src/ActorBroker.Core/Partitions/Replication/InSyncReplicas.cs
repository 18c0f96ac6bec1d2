using System.Collections.Immutable;

namespace ActorBroker.Core.Partitions.Replication;

/// <summary>
/// The in-sync replicas of a partition as its leader sees them (KIP-497): what the controller has committed, and the one change that it was
/// asked for. Until its answer is known both may be true, so the high watermark counts the union (<see cref="IsMaximal"/>) and the rule of
/// min.insync.replicas the committed ones: a replica that joins counts at once, one that leaves counts until it is out.
///
/// No change pending → <see cref="Submit"/> → pending → confirmed or refused → none pending. An answer that never came leaves the change
/// pending; it is submitted again under the same partition epoch, of which the controller takes one at most.
/// </summary>
public sealed class InSyncReplicas
{
    private ImmutableArray<int> _pending;
    private bool _mustResubmit;
    private bool _rests;

    public ImmutableArray<int> Committed { get; private set; } = [];

    public bool IsPending => !_pending.IsDefault;

    /// <summary>The change that was asked for; default when there is none.</summary>
    public ImmutableArray<int> Pending => _pending;

    public bool IsMaximal(int node) => Committed.Contains(node) || (IsPending && _pending.Contains(node));

    public void Commit(ImmutableArray<int> isr)
    {
        Committed = isr;
        _pending = default;
        _mustResubmit = _rests = false;
    }

    /// <summary>The controller is asked for it.</summary>
    public void Submit(ImmutableArray<int> isr)
    {
        _pending = isr;
        _mustResubmit = false;
    }

    /// <summary>The controller said no: nothing has changed, and nothing is asked before the next tick.</summary>
    public void Refuse()
    {
        _pending = default;
        _rests = true;
    }

    /// <summary>Nobody answered: the change may have been committed.</summary>
    public void Unanswered() => _mustResubmit = IsPending;

    /// <summary>Time has passed: what was refused may be asked for again.</summary>
    public void Tick() => _rests = false;

    /// <summary>
    /// The in-sync replicas to ask the controller for now, default for no change. Growing goes first: one joins as soon as it has what is
    /// committed and what was there when this epoch began (R33). <paramref name="nowMs"/> is given on ticks only; then laggards leave.
    /// </summary>
    public ImmutableArray<int> Propose(PartitionMachine leader, long? nowMs, Func<int, long, bool> isEligible)
    {
        if (_mustResubmit) return nowMs is null ? default : _pending;
        if (IsPending || _rests) return default;
        ImmutableArray<int> next = Committed;
        foreach (var follower in leader.Replication.Followers)
        {
            var isIn = Committed.Contains(follower.Node);
            if (!isIn && MayJoin(leader, follower) && isEligible(follower.Node, follower.Incarnation)) next = next.Add(follower.Node);
            else if (isIn && (follower.IsLost || (nowMs is { } now && leader.Replication.IsLagging(follower, now)))) next = next.Remove(follower.Node);
        }

        // A replica that is in sync and no longer assigned is the controller's to take out.
        return next == Committed ? default : next;
    }

    private static bool MayJoin(PartitionMachine leader, FollowerProgress follower) =>
        follower.IsStreaming && !follower.IsLost
        && follower.DurableEnd >= Math.Max(leader.HighWatermark, leader.EpochStartOffset);
}
