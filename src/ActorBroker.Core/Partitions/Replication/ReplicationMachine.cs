using System.Collections.Immutable;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Partitions.Replication;

/// <summary>
/// The leader's side of replication as a pure machine: one conversation per follower, what is under way to it, how far it is.
///
/// A follower opens a conversation with a session number of its own and its position. The leader compares epochs (<see cref="Open"/>) and
/// answers where to start, where to cut, or to start over. From a start on it pushes records, each message naming the offset at which it
/// begins; the follower acknowledges ends. Nothing is assumed about the way between them: a message that is lost shows as a gap at the
/// follower, which opens again; an acknowledgement or a last message that is lost shows as silence, and the leader asks
/// (<see cref="ProbesDue"/>). What belongs to another session, epoch or incarnation changes nothing.
///
/// Lag is measured without heartbeats. A follower that has everything is caught up however long nobody speaks; <see cref="Tick"/> moves
/// the mark: caught up now if it has all there is now, caught up at the last tick if it has all that there was then.
///
/// Callers: <see cref="PartitionMachine"/> (which owns it), the leader's actor, the simulation.
/// </summary>
public sealed class ReplicationMachine(int localNode, ReplicationLimits limits)
{
    private FollowerProgress[] _followers = [];
    private long _logEndAtTick;
    private long _tickMs;

    public ReplicationLimits Limits => limits;

    /// <summary>In the order of the assignment, without the leader.</summary>
    public IReadOnlyList<FollowerProgress> Followers => _followers;

    public FollowerProgress? Find(int node)
    {
        foreach (var follower in _followers)
            if (follower.Node == node) return follower;
        return null;
    }

    /// <summary>How far a node's log counts; 0 while the leader has not heard of it.</summary>
    public long DurableEndOf(int node) => Find(node)?.DurableEnd ?? 0;

    /// <summary>A new leadership: nothing is known of anybody, in-sync replicas get the whole lag time to show themselves.</summary>
    internal void Lead(ImmutableArray<int> replicas, ImmutableArray<int> isr, long logEndOffset, long nowMs)
    {
        _followers = [];
        SetReplicas(replicas);
        foreach (var follower in _followers) follower.CaughtUpMs = isr.Contains(follower.Node) ? nowMs : long.MinValue / 2;
        _logEndAtTick = logEndOffset;
        _tickMs = nowMs;
    }

    /// <summary>Another assignment under the same leadership: who stays keeps what is known of it. Gives back the bytes under way to those
    /// who left.</summary>
    internal IReadOnlyList<(int Node, int Bytes)> SetReplicas(ImmutableArray<int> replicas)
    {
        List<(int, int)>? freed = null;
        foreach (var follower in _followers)
            if (!replicas.Contains(follower.Node) && follower.Forget() is var bytes and > 0) (freed ??= []).Add((follower.Node, bytes));
        var next = new List<FollowerProgress>(replicas.Length);
        foreach (var node in replicas)
            if (node != localNode) next.Add(Find(node) ?? new FollowerProgress(node) { CaughtUpMs = long.MinValue / 2 });
        _followers = [.. next];
        return freed ?? (IReadOnlyList<(int, int)>)[];
    }

    /// <summary>They are in sync from now on: as good as caught up at the last tick, whatever was lost has been made good.</summary>
    internal void Joined(ImmutableArray<int> before, ImmutableArray<int> now)
    {
        foreach (var follower in _followers)
        {
            if (!now.Contains(follower.Node) || before.Contains(follower.Node)) continue;
            follower.CaughtUpMs = Math.Max(follower.CaughtUpMs, _tickMs);
            follower.IsLost = false;
        }
    }

    /// <summary>
    /// A follower opens. <paramref name="known"/> is what this log says about the follower's last epoch; <paramref name="highWatermark"/>
    /// tells whether an in-sync replica has lost what it had acknowledged. <paramref name="freedBytes"/> were under way in its last
    /// conversation.
    /// </summary>
    public OpenAnswer Open(
        in FollowerSession from, in ReplicaPosition position, EpochEndOffset known, in LogBounds bounds, out int freedBytes)
    {
        freedBytes = 0;
        var follower = Find(from.Node);
        if (follower is null) return OpenAnswer.Refused(ErrorCode.NotLeaderOrFollower, -1);
        if (from.Incarnation < follower.Incarnation) return OpenAnswer.Refused(ErrorCode.StaleBrokerEpoch, -1);
        if (from.Incarnation == follower.Incarnation && from.Session < follower.LastSession)
            return OpenAnswer.Refused(ErrorCode.InvalidFetchSessionEpoch, -1);
        freedBytes = follower.Forget();
        follower.Incarnation = from.Incarnation;
        follower.Session = follower.LastSession = from.Session;
        follower.LogStart = position.LogStart;
        follower.IsNear = false;
        var answer = Compare(position, known, bounds);
        follower.IsStreaming = follower.HasSpoken = answer.Verdict == OpenVerdict.Start;
        follower.NextOffset = answer.Offset;
        follower.EndOffset = follower.IsStreaming ? answer.Offset : 0;
        follower.DurableEnd = Math.Min(follower.EndOffset, position.DurableEnd);
        // Whoever has to cut says again where it stands.
        follower.IsLost = answer.Verdict is OpenVerdict.Start or OpenVerdict.StartOver && answer.Offset < bounds.HighWatermark;
        follower.LostBelow = bounds.HighWatermark;
        follower.SentHighWatermark = -1;
        return answer;
    }

    /// <summary>True when the follower's words count; then <paramref name="freedBytes"/> have arrived.</summary>
    public bool Acknowledge(in FollowerSession from, long endOffset, long durableEnd, long nowMs, out int freedBytes)
    {
        freedBytes = 0;
        var follower = Find(from.Node);
        if (follower is null || !follower.IsStreaming || follower.Session != from.Session || follower.Incarnation != from.Incarnation) return false;
        if (endOffset > follower.NextOffset) return false;
        follower.HeardMs = nowMs;
        follower.HasSpoken = true;
        follower.EndOffset = Math.Max(follower.EndOffset, endOffset);
        follower.DurableEnd = Math.Max(follower.DurableEnd, Math.Min(durableEnd, endOffset));
        if (follower.IsLost && follower.DurableEnd >= follower.LostBelow) follower.IsLost = false;
        freedBytes = follower.Settle(endOffset);
        return true;
    }

    /// <summary>Where the follower's log begins, as it says in the conversation of this moment; it only moves up in one.</summary>
    public void LogStartIs(in FollowerSession from, long logStart)
    {
        if (Find(from.Node) is not { IsStreaming: true } follower || follower.Session != from.Session || follower.Incarnation != from.Incarnation) return;
        follower.LogStart = Math.Max(follower.LogStart, logStart);
    }

    /// <summary>
    /// The lowest log start of all replicas that are up (R46): what DeleteRecords answers. -1 while one of them has not said where its log
    /// begins.
    /// </summary>
    public long LowWatermark(long leaderLogStart, Func<int, bool> isUp)
    {
        var lowest = leaderLogStart;
        foreach (var follower in _followers)
            if (follower.LogStart < lowest && isUp(follower.Node)) lowest = follower.LogStart;
        return lowest;
    }

    /// <summary>The follower has given the partition up: its disk failed, or it was told to.</summary>
    public int Close(in FollowerSession from, bool isLost)
    {
        var follower = Find(from.Node);
        if (follower is null || from.Incarnation < follower.Incarnation) return 0;
        if (from.Incarnation == follower.Incarnation && from.Session < follower.LastSession) return 0;
        follower.IsLost |= isLost;
        follower.IsNear = false;
        return follower.Forget();
    }

    /// <summary>Ends the conversation on the leader's side; the follower is asked to open anew. The bytes that were under way.</summary>
    public int Drop(FollowerProgress follower) => follower.Forget();

    /// <summary>Bytes that may be sent to the follower now; not positive when the window is full or the logs were not compared yet.</summary>
    public int WindowOf(FollowerProgress follower) => follower.IsStreaming ? limits.WindowBytes - follower.InFlightBytes : 0;

    public void Sent(FollowerProgress follower, long endOffset, int bytes, long highWatermark, long nowMs)
    {
        if (!follower.OwesAcknowledgement) follower.HeardMs = nowMs;
        if (bytes > 0) follower.Sent(endOffset, bytes);
        follower.SentHighWatermark = highWatermark;
    }

    /// <summary>Moves the marks by which lag is measured.</summary>
    public void Tick(long logEndOffset, long nowMs)
    {
        foreach (var follower in _followers)
        {
            var hasAll = follower.DurableEnd >= logEndOffset;
            var hadAll = follower.DurableEnd >= _logEndAtTick;
            if (hasAll) follower.CaughtUpMs = nowMs;
            else if (hadAll) follower.CaughtUpMs = Math.Max(follower.CaughtUpMs, _tickMs);
            follower.IsNear = (hasAll || hadAll) && follower.IsStreaming;
            follower.HasSpoken = false;
        }

        _logEndAtTick = logEndOffset;
        _tickMs = nowMs;
    }

    /// <summary>Followers that owe an acknowledgement and have been silent for too long.</summary>
    public IEnumerable<FollowerProgress> ProbesDue(long nowMs)
    {
        foreach (var follower in _followers)
        {
            if (!follower.IsStreaming || !follower.OwesAcknowledgement || nowMs - follower.HeardMs < limits.ProbeAfterMs) continue;
            follower.HeardMs = nowMs;
            yield return follower;
        }
    }

    /// <summary>True for a replica that has been behind for longer than it may, or is lost.</summary>
    public bool IsLagging(FollowerProgress follower, long nowMs) => follower.IsLost || nowMs - follower.CaughtUpMs > limits.LagMaxMs;

    private static OpenAnswer Compare(in ReplicaPosition position, EpochEndOffset known, in LogBounds bounds)
    {
        if (position.LogEnd < bounds.LogStart) return OpenAnswer.StartOver(bounds.LogStart);
        var isEmpty = position.LogEnd == position.LogStart;
        if (isEmpty && position.LogEnd <= bounds.LogEnd && (position.LastEpoch < 0 || known.LeaderEpoch < 0)) return OpenAnswer.Start(position.LogEnd);
        if (known.LeaderEpoch < 0 || known.EndOffset < bounds.LogStart) return OpenAnswer.StartOver(bounds.LogStart);
        return known.LeaderEpoch == position.LastEpoch && known.EndOffset >= position.LogEnd
            ? OpenAnswer.Start(position.LogEnd)
            : OpenAnswer.Truncate(known.LeaderEpoch, known.EndOffset);
    }
}
