using ActorBroker.Protocol;

namespace ActorBroker.Core.Partitions.Replication;

public enum OpenVerdict : byte
{
    /// <summary>The logs agree up to the follower's end: records follow from there.</summary>
    Start = 0,

    /// <summary>The follower's last epoch ended elsewhere here: it cuts its log (<see cref="OpenAnswer.Epoch"/>, <see
    /// cref="OpenAnswer.Offset"/>) and opens again.</summary>
    Truncate = 1,

    /// <summary>Nothing of the follower's log is of use: it drops it, goes on at <see cref="OpenAnswer.Offset"/> and opens again.</summary>
    StartOver = 2,

    /// <summary>Not now: <see cref="OpenAnswer.Error"/> says why.</summary>
    Refused = 3,
}

/// <summary>
/// A leader's answer to a follower that opens (KIP-101, KIP-279; R34): where the two logs agree, told by leader epochs and never by the
/// high watermark.
/// </summary>
public readonly record struct OpenAnswer(OpenVerdict Verdict, ErrorCode Error, int Epoch, long Offset)
{
    public static OpenAnswer Start(long offset) => new(OpenVerdict.Start, ErrorCode.None, -1, offset);

    public static OpenAnswer Truncate(int epoch, long endOffset) => new(OpenVerdict.Truncate, ErrorCode.None, epoch, endOffset);

    public static OpenAnswer StartOver(long offset) => new(OpenVerdict.StartOver, ErrorCode.None, -1, offset);

    public static OpenAnswer Refused(ErrorCode error, int knownEpoch) => new(OpenVerdict.Refused, error, knownEpoch, -1);
}
