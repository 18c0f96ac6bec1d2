using ActorBroker.Protocol;

namespace ActorBroker.Server.Cli.Client;

/// <summary>What usually helps against a refused record.</summary>
internal static class ProduceAdvice
{
    public static string? For(ErrorCode error) => error switch
    {
        ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge =>
            "raise the topic's max.message.bytes (actorbroker config set --topic T max.message.bytes=…), lower --batch-bytes, or compress",
        ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend =>
            "fewer replicas are in sync than min.insync.replicas demands: see 'actorbroker doctor'",
        ErrorCode.InvalidRecord => "a topic with cleanup.policy=compact takes records with keys only",
        ErrorCode.InvalidTimestamp => "the timestamp is too far from the broker's clock: see message.timestamp.before.max.ms and .after.max.ms",
        ErrorCode.KafkaStorageError => "the broker's disk failed or is full: see its log",
        _ => null,
    };
}
