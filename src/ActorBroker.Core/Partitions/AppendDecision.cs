using ActorBroker.Protocol;

namespace ActorBroker.Core.Partitions;

public enum AppendVerdict : byte
{
    /// <summary>Write it at the decided offset.</summary>
    Append,

    /// <summary>The producer sent it before: answer with the offset it got then, write nothing (R15).</summary>
    Duplicate,

    /// <summary>Answer the error, write nothing.</summary>
    Refuse,
}

/// <summary>What becomes of one batch. <see cref="BaseOffset"/> is where it goes, or where its first copy went.</summary>
public readonly record struct AppendDecision(AppendVerdict Verdict, ErrorCode Error, long BaseOffset, long TimestampMs)
{
    public static AppendDecision Refused(ErrorCode error) => new(AppendVerdict.Refuse, error, -1, -1);
}
