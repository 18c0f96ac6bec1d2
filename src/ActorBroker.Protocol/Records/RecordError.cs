namespace ActorBroker.Protocol.Records;

/// <summary>
/// Why a batch was refused. <see cref="Message"/> and <see cref="Records"/> go into the answer (KIP-467) and are what Kafka sends,
/// which for most errors is no text at all; <see cref="Detail"/> is for the broker's own log.
/// </summary>
public sealed record RecordError(ErrorCode Code, string? Message, string Detail, IReadOnlyList<RecordFailure> Records)
{
    /// <summary>
    /// Kafka finds some errors before it looks for the log and some where it has the log at hand; only for these it answers with the log's
    /// start offset.
    /// </summary>
    public bool IsOfTheLog { get; init; }
}
