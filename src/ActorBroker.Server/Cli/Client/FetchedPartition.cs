namespace ActorBroker.Server.Cli.Client;

/// <summary>What one fetch brought for one partition. Batches may begin before <see cref="From"/>: earlier records are not asked
/// for.</summary>
internal sealed record FetchedPartition(
    TopicPartition At, long From, long Next, long HighWatermark, ReadOnlyMemory<byte> Records, IReadOnlyList<(long ProducerId, long FirstOffset)> Aborted);

/// <summary>How to fetch.</summary>
internal sealed record FetchSettings
{
    public int MaxWaitMs { get; init; } = 500;
    public int MinBytes { get; init; } = 1;
    public int MaxBytes { get; init; } = 50 << 20;
    public int PartitionMaxBytes { get; init; } = 1 << 20;
    public bool ReadCommitted { get; init; }

    /// <summary>Called when a position had to be moved since its records are gone.</summary>
    public Action<string>? Warn { get; init; }
}
