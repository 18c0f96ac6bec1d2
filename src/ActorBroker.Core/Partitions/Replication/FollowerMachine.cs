using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Partitions.Replication;

public enum FollowerPhase : byte
{
    /// <summary>Nobody is followed: there is no leader, or none has been named yet.</summary>
    Resting,

    /// <summary>The leader was asked where the logs agree.</summary>
    Opening,

    /// <summary>Records are taken from the leader.</summary>
    Following,
}

/// <summary>
/// A follower's side of replication as a pure machine.
///
/// Resting → <see cref="Follow"/> → opening (<see cref="Open"/> gives the conversation its number) → the leader's answer
/// (<see cref="Answered"/>): start → following; truncate or start over → the caller cuts its log and opens again. A gap in what arrives,
/// or the leader's word, opens again; a newer epoch starts from the beginning.
///
/// The log is cut by leader epochs, never by the high watermark (KIP-101): the leader names the largest epoch at most the follower's last
/// one that it knows, and where it ended; the follower cuts to the smaller of that and where its own part of that epoch ended, and asks
/// again with what its last epoch is then. Each round ends with an older last epoch or in agreement.
///
/// Records are taken only in the current conversation, only from the current epoch, and only at the log's end.
/// </summary>
public sealed class FollowerMachine
{
    public FollowerPhase Phase { get; private set; }

    /// <summary>The node that is followed, -1 while there is none.</summary>
    public int Leader { get; private set; } = -1;

    public int LeaderEpoch { get; private set; } = -1;

    /// <summary>The number of the conversation, -1 before the first.</summary>
    public long Session { get; private set; } = -1;

    /// <summary>The metadata name a leader (-1: none). False, and nothing changed, when the epoch is older or both are known already.</summary>
    public bool Follow(int leader, int leaderEpoch)
    {
        if (leaderEpoch < LeaderEpoch || (leaderEpoch == LeaderEpoch && leader == Leader)) return false;
        Leader = leader;
        LeaderEpoch = leaderEpoch;
        Phase = FollowerPhase.Resting;
        return true;
    }

    /// <summary>A conversation begins; its number is above all that this process has used for the partition. False without a leader.</summary>
    public bool Open(long session)
    {
        if (Leader < 0) return false;
        Session = session;
        Phase = FollowerPhase.Opening;
        return true;
    }

    /// <summary>Whether the leader's word belongs to the present conversation.</summary>
    public bool IsCurrent(int leaderEpoch, long session) => Phase != FollowerPhase.Resting && leaderEpoch == LeaderEpoch && session == Session;

    /// <summary>
    /// What to do after the leader's answer. <paramref name="own"/> is what this log says about <see cref="OpenAnswer.Epoch"/>,
    /// <paramref name="leaderLogStart"/> where the leader's log begins.
    /// </summary>
    public FollowerStep Answered(
        int leaderEpoch, long session, in OpenAnswer answer, long leaderLogStart, EpochEndOffset own, in ReplicaPosition position)
    {
        if (!IsCurrent(leaderEpoch, session) || Phase != FollowerPhase.Opening) return FollowerStep.Ignore;
        switch (answer.Verdict)
        {
            case OpenVerdict.Start when answer.Offset == position.LogEnd:
                Phase = FollowerPhase.Following;
                return FollowerStep.Take;
            case OpenVerdict.Start:
                return FollowerStep.OpenAgain;
            case OpenVerdict.StartOver:
                return FollowerStep.StartOver(answer.Offset);
            case OpenVerdict.Truncate:
                return Cut(answer, leaderLogStart, own, position);
            default:
                return answer.Error is ErrorCode.FencedLeaderEpoch or ErrorCode.StaleBrokerEpoch ? FollowerStep.Ignore : FollowerStep.OpenLater;
        }
    }

    /// <summary>What becomes of records that begin at <paramref name="startOffset"/> and end before <paramref name="endOffset"/>.</summary>
    public RecordsVerdict Admit(int leaderEpoch, long session, long startOffset, long endOffset, long logEnd)
    {
        if (!IsCurrent(leaderEpoch, session) || Phase != FollowerPhase.Following) return RecordsVerdict.Stale;
        if (startOffset > logEnd) return RecordsVerdict.Gap;
        return startOffset < logEnd && endOffset <= logEnd ? RecordsVerdict.Known : RecordsVerdict.Take;
    }

    /// <summary>What becomes of one batch of them; <paramref name="logEnd"/> counts those taken before it (R36).</summary>
    public BatchVerdict Judge(long baseOffset, long lastOffset, int batchEpoch, long logEnd, bool isLogEmpty)
    {
        if (batchEpoch > LeaderEpoch) return BatchVerdict.Drop;
        if (lastOffset < baseOffset) return BatchVerdict.Corrupt;
        if (lastOffset < logEnd) return BatchVerdict.Known;
        if (baseOffset >= logEnd) return BatchVerdict.Take;
        return isLogEmpty ? BatchVerdict.TakeFromBase : BatchVerdict.Corrupt;
    }

    /// <summary>The follower's high watermark for the leader's (R32); it never falls.</summary>
    public static long HighWatermark(long leaderHighWatermark, long own, long logEnd) => Math.Max(own, Math.Min(leaderHighWatermark, logEnd));

    private static FollowerStep Cut(in OpenAnswer answer, long leaderLogStart, EpochEndOffset own, in ReplicaPosition position)
    {
        // Everything here was written under epochs that the leader does not know, or would be cut.
        if (own.LeaderEpoch < 0) return FollowerStep.StartOver(leaderLogStart);
        var end = Math.Min(answer.Offset, own.EndOffset);
        return end <= position.LogStart ? FollowerStep.StartOver(leaderLogStart) : FollowerStep.Truncate(end);
    }
}
