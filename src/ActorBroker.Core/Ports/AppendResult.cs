using ActorBroker.Protocol;

namespace ActorBroker.Core.Ports;

/// <summary>How an append ended. <see cref="LogAppendTimeMs"/> is -1 unless the topic stamps LogAppendTime.</summary>
public readonly record struct AppendResult(ErrorCode Error, string? Message, long BaseOffset, long LogAppendTimeMs, long LogStartOffset)
{
    public static AppendResult Failed(ErrorCode error, string? message = null) => new(error, message, -1, -1, -1);
}
