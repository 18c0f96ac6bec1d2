using System.Collections.Immutable;
using ActorBroker.Core.Partitions.Producers;
using ActorBroker.Core.Partitions.Replication;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Core.Partitions;

/// <summary>
/// The leader's side of one partition as a pure machine: who may append, where a batch goes, what is committed.
///
/// States: not leading (epoch -1) → <see cref="Lead"/> → leading under an epoch → <see cref="Resign"/> or a higher grant. A grant whose
/// epoch is not
/// above the last one is refused, so a late grant of an old controller changes nothing.
///
/// Two points are kept apart. <see cref="LogEndOffset"/> is what is appended here. <see cref="HighWatermark"/> is what is committed: the
/// smallest end
/// offset of the in-sync replicas (R30, R32), where this node's own end counts only as far as the topic's flush rule lets it
/// (<see cref="LocalDurableEnd"/>). It never moves back while this node leads, and it does not move while the in-sync replicas are fewer
/// than
/// min.insync.replicas (R31, KIP-966). While a change of the in-sync replicas is pending at the controller both sets count
/// (<see cref="InSync"/>), and it waits for followers that are not in sync but near, so that they can come in (R32).
///
/// Deciding does not mutate: the caller writes the batches and then calls <see cref="Appended"/>; a failed write leaves the machine as
/// it was.
/// Several batches of one drain are decided in turn with the running end passed in.
///
/// Callers: <c>PartitionLeaderActor</c> and the simulation. KIP-98 (producers), KIP-101/279 (epochs), KIP-966 (strict min ISR).
/// </summary>
public sealed class PartitionMachine(int localNode, ReplicationLimits limits)
{
    private LeadershipGrant _grant = new(-1, -1, -1, -1, [], []);

    public PartitionMachine(int localNode)
        : this(localNode, new ReplicationLimits())
    {
    }

    /// <summary>The followers, and what is under way to them.</summary>
    public ReplicationMachine Replication { get; } = new(localNode, limits);

    /// <summary>The in-sync replicas, committed and asked for.</summary>
    public InSyncReplicas InSync { get; } = new();

    public int LeaderEpoch => IsLeading ? _grant.LeaderEpoch : -1;
    public bool IsLeading { get; private set; }
    public int PartitionEpoch => _grant.PartitionEpoch;
    public ImmutableArray<int> Isr => InSync.Committed;
    public ImmutableArray<int> Replicas => _grant.Replicas;
    public long LogEndOffset { get; private set; }
    public long HighWatermark { get; private set; }

    /// <summary>Where this leader's own epoch began: a follower joins the in-sync replicas only beyond it (R33).</summary>
    public long EpochStartOffset { get; private set; }

    /// <summary>How far the local log counts towards the high watermark.</summary>
    public long LocalDurableEnd { get; private set; }

    /// <summary>Takes leadership up. False, and nothing changed, when the grant is for another node or not newer than the last.</summary>
    /// <remarks>Of the log only <paramref name="durableEnd"/> counts until more is synced.</remarks>
    public bool Lead(LeadershipGrant grant, long logEndOffset, long highWatermark, long nowMs = 0, long durableEnd = long.MaxValue)
    {
        if (grant.Node != localNode || grant.LeaderEpoch <= _grant.LeaderEpoch || !grant.Isr.Contains(localNode)) return false;
        _grant = grant;
        IsLeading = true;
        LogEndOffset = logEndOffset;
        LocalDurableEnd = Math.Min(durableEnd, logEndOffset);
        EpochStartOffset = logEndOffset;
        HighWatermark = Math.Min(Math.Max(highWatermark, HighWatermark), logEndOffset);
        InSync.Commit(grant.Isr);
        Replication.Lead(grant.Replicas, grant.Isr, logEndOffset, nowMs);
        return true;
    }

    /// <summary>Ends leadership; the last grant is remembered so that nothing older can revive it.</summary>
    public void Resign() => IsLeading = false;

    /// <summary>The in-sync replicas as the controller has confirmed them. A partition epoch that is not newer is ignored.</summary>
    public void IsrChanged(ImmutableArray<int> isr, int partitionEpoch)
    {
        if (partitionEpoch <= _grant.PartitionEpoch) return;
        _grant = _grant with { Isr = isr, PartitionEpoch = partitionEpoch };
        Replication.Joined(Isr, isr);
        InSync.Commit(isr);
    }

    /// <summary>
    /// The registration as the metadata show it under the same leadership: in-sync replicas and assignment. Gives back the bytes that were
    /// under way to replicas that are no longer assigned.
    /// </summary>
    public IReadOnlyList<(int Node, int Bytes)> Reassigned(LeadershipGrant grant)
    {
        if (!IsLeading || grant.LeaderEpoch != _grant.LeaderEpoch || grant.PartitionEpoch < _grant.PartitionEpoch) return [];
        // The answer to a change of the in-sync replicas may have brought the epoch before, but not the assignment that it completed; what
        // was asked for since then stands.
        var isNewer = grant.PartitionEpoch > _grant.PartitionEpoch;
        var freed = grant.Replicas.AsSpan().SequenceEqual(_grant.Replicas.AsSpan()) ? [] : Replication.SetReplicas(grant.Replicas);
        _grant = grant;
        if (!isNewer) return freed;
        Replication.Joined(Isr, grant.Isr);
        InSync.Commit(grant.Isr);
        return freed;
    }

    /// <summary>Whether an append of a batch may go on before its producer's state is looked at.</summary>
    public ErrorCode Admit(short acks, int expectedLeaderEpoch, PartitionSettings settings)
    {
        if (!IsLeading) return ErrorCode.NotLeaderOrFollower;
        if (expectedLeaderEpoch >= 0 && expectedLeaderEpoch != _grant.LeaderEpoch) return ErrorCode.NotLeaderOrFollower;
        return acks == -1 && Isr.Length < MinInSync(settings) ? ErrorCode.NotEnoughReplicas : ErrorCode.None;
    }

    /// <summary>Decides one admitted batch that would start at <paramref name="appendCursor"/>.</summary>
    public AppendDecision Decide(in BatchFacts facts, ProducerStateTable producers, bool isInternal, long appendCursor)
    {
        if (facts.ProducerId < 0) return new AppendDecision(AppendVerdict.Append, ErrorCode.None, appendCursor, -1);
        var check = producers.Check(facts, !isInternal);
        if (check.Error != ErrorCode.None) return AppendDecision.Refused(check.Error);
        return check.IsDuplicate
            ? new AppendDecision(AppendVerdict.Duplicate, ErrorCode.None, check.DuplicateBaseOffset, check.DuplicateTimestamp)
            : new AppendDecision(AppendVerdict.Append, ErrorCode.None, appendCursor, -1);
    }

    /// <summary>The log has grown to <paramref name="logEndOffset"/>; <paramref name="durableEnd"/> of it counts.</summary>
    public void Appended(long logEndOffset, long durableEnd)
    {
        LogEndOffset = logEndOffset;
        LocalDurableEnd = Math.Max(LocalDurableEnd, durableEnd);
    }

    /// <summary>A follower has everything below <paramref name="endOffset"/>.</summary>
    public void FollowerReached(int node, long endOffset)
    {
        if (Replication.Find(node) is { } follower) follower.DurableEnd = follower.EndOffset = endOffset;
    }

    /// <summary>Moves the high watermark as far as it may go; true when it moved.</summary>
    public bool AdvanceHighWatermark(PartitionSettings settings)
    {
        if (!IsLeading || Isr.Length < MinInSync(settings)) return false;
        var committed = LocalDurableEnd;
        foreach (var node in Isr)
            if (node != localNode && Replication.Find(node) is null) return false;
        foreach (var follower in Replication.Followers)
            if (follower.IsNear || InSync.IsMaximal(follower.Node)) committed = Math.Min(committed, follower.DurableEnd);
        if (committed <= HighWatermark) return false;
        HighWatermark = committed;
        return true;
    }

    /// <summary>
    /// The in-sync replicas to ask the controller for, default for none; see <see cref="InSyncReplicas.Propose"/>. The caller submits it
    /// and says what came of it.
    /// </summary>
    public ImmutableArray<int> ProposeIsr(long? tickMs, Func<int, long, bool> isEligible) =>
        IsLeading ? InSync.Propose(this, tickMs, isEligible) : default;

    /// <summary>Time has passed: <see cref="ReplicationMachine.Tick"/>, and refused changes may be asked for again.</summary>
    public void Tick(long nowMs)
    {
        Replication.Tick(LogEndOffset, nowMs);
        InSync.Tick();
    }

    /// <summary>The error for a batch that is appended but can no longer be committed under the topic's rule, or none (R30).</summary>
    public ErrorCode StillEnough(PartitionSettings settings) =>
        !IsLeading ? ErrorCode.NotLeaderOrFollower
        : Isr.Length < MinInSync(settings) ? ErrorCode.NotEnoughReplicasAfterAppend
        : ErrorCode.None;

    private int MinInSync(PartitionSettings settings) => Math.Min(settings.MinInSyncReplicas, Math.Max(1, _grant.Replicas.Length));
}
