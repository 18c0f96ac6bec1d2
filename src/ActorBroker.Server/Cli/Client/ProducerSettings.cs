using ActorBroker.Protocol.Compression;

namespace ActorBroker.Server.Cli.Client;

/// <summary>How records are gathered and sent; the defaults lose and double nothing.</summary>
internal sealed record ProducerSettings
{
    /// <summary>-1: all in-sync replicas, 1: the leader, 0: no answer at all.</summary>
    public short Acks { get; init; } = -1;

    public CompressionCodec Codec { get; init; }

    /// <summary>A batch is closed before it passes this size, uncompressed; one larger record still goes alone.</summary>
    public int BatchBytes { get; init; } = 900 * 1024;

    /// <summary>How long a batch waits for more records.</summary>
    public TimeSpan Linger { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>For the broker to gather its acknowledgements.</summary>
    public int TimeoutMs { get; init; } = 30_000;

    /// <summary>Numbers the batches so that a repeated request is recognised; needs acks=all.</summary>
    public bool Idempotent { get; init; } = true;
}

/// <summary>An acknowledged batch; offset -1 with acks=0. The tags are those that came with its records.</summary>
internal readonly record struct ProduceReceipt(TopicPartition At, long BaseOffset, int Count, int Bytes, IReadOnlyList<long> Tags);
