using System.Collections.Immutable;

namespace ActorBroker.Core.Partitions.Replication;

/// <summary>
/// The in-sync replicas of a partition as its leader sees them (KIP-497): what the controller has committed, and the one change that it was
/// asked for. Until its answer is known both may be true, so the high watermark counts the union (<see cref="IsMaximal"/>) and the rule of
/// min.insync.replicas the committed ones: a replica that joins counts at once, one that leaves counts until it is out.
///
/// No change pending → <see cref="Submit"/> → pending → confirmed (<see cref="Commit"/>) or refused. A change that nobody answered may have
/// been committed, or may be still: whoever it would bring in counts until a newer registration of the partition is known, whatever is asked
/// meanwhile. The controller takes one change at most under a partition epoch, so the next registration settles it.
/// </summary>
public sealed class InSyncReplicas
{
    private ImmutableArray<int> _pending;
    private ImmutableArray<int> _uncertain = [];
    private bool _rests;

    public ImmutableArray<int> Committed { get; private set; } = [];

    public bool IsPending => !_pending.IsDefault;

    /// <summary>Nothing is asked for, nothing is uncertain.</summary>
    public bool IsSettled => !IsPending && _uncertain.Length == 0 && !_rests;

    /// <summary>Whether the node is in sync for all that is known: committed, asked for, or asked for without an answer.</summary>
    public bool IsMaximal(int node) =>
        Committed.Contains(node) || (IsPending && _pending.Contains(node)) || (_uncertain.Length > 0 && _uncertain.Contains(node));

    /// <summary>The controller's registration under a newer partition epoch, or with a new leadership.</summary>
    public void Commit(ImmutableArray<int> isr)
    {
        Committed = isr;
        _pending = default;
        _uncertain = [];
        _rests = false;
    }

    /// <summary>The controller is asked for it.</summary>
    public void Submit(ImmutableArray<int> isr) => _pending = isr;

    /// <summary>The controller said no, under the partition epoch that is known here; nothing is asked before the next tick.</summary>
    public void Refuse()
    {
        _pending = default;
        _rests = true;
    }

    /// <summary>Nobody answered, or somebody who knows another partition epoch: the change may have been committed.</summary>
    public void Unanswered()
    {
        if (!IsPending) return;
        foreach (var node in _pending)
            if (!Committed.Contains(node) && !_uncertain.Contains(node)) _uncertain = _uncertain.Add(node);
        Refuse();
    }

    /// <summary>Time has passed: the controller may be asked again.</summary>
    public void Tick() => _rests = false;

    /// <summary>
    /// The in-sync replicas to ask the controller for now, default for no change. One joins as soon as it has what is committed and what was
    /// there when this epoch began (R33), if it is heard of: as in Kafka, where a fetch brings a replica in. Laggards leave on ticks, when
    /// <paramref name="tickMs"/> is given; lost ones at once. While something is uncertain a tick asks for what is committed already, to
    /// have it settled.
    /// </summary>
    public ImmutableArray<int> Propose(PartitionMachine leader, long? tickMs, Func<int, long, bool> isEligible)
    {
        if (IsPending || _rests) return default;
        var next = Committed;
        foreach (var follower in leader.Replication.Followers)
        {
            var isIn = Committed.Contains(follower.Node);
            if (!isIn && MayJoin(leader, follower) && isEligible(follower.Node, follower.Incarnation)) next = next.Add(follower.Node);
            else if (isIn && (follower.IsLost || (tickMs is { } now && leader.Replication.IsLagging(follower, now)))) next = next.Remove(follower.Node);
        }

        if (next != Committed) return next;
        return tickMs is not null && _uncertain.Length > 0 ? Committed : default;
    }

    private static bool MayJoin(PartitionMachine leader, FollowerProgress follower) =>
        follower.IsStreaming && (follower.HasSpoken || follower.IsNear) && follower.DurableEnd >= Math.Max(leader.HighWatermark, leader.EpochStartOffset);
}
