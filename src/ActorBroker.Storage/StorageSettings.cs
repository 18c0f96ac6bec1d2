namespace ActorBroker.Storage;

/// <summary>What all logs of a node share. Bytes and milliseconds.</summary>
public sealed record StorageSettings
{
    /// <summary>Files kept open between uses (segments, indexes).</summary>
    public int OpenFilesMax { get; init; } = 4096;

    /// <summary>Recently appended bytes kept in memory for readers at the tail, all partitions together.</summary>
    public long TailBudgetBytes { get; init; } = 64L << 20;

    public int TailBytesPerPartitionMax { get; init; } = 8 << 20;
    public long TailAgeMaxMs { get; init; } = 10_000;

    /// <summary>The recovery point moves after this many appended bytes …</summary>
    public long FlushBytes { get; init; } = 64L << 20;

    /// <summary>… or this long after the first of them.</summary>
    public long FlushIntervalMs { get; init; } = 30_000;

    /// <summary>Disk space is reserved from here on (small logs reserve nothing), in steps between the two that follow.</summary>
    public int ReserveFromBytes { get; init; } = 256 << 10;

    public int ReserveStepMinBytes { get; init; } = 1 << 20;
    public int ReserveStepMaxBytes { get; init; } = 64 << 20;

    /// <summary>Threads that validate logs after a crash, all directories together.</summary>
    public int RecoveryThreads { get; init; } = Math.Max(2, Environment.ProcessorCount);

    public int FlushThreads { get; init; } = 2;
    public long CheckpointIntervalMs { get; init; } = 5_000;

    /// <summary>Producers of a snapshot that were silent for so long at a start are not read (<c>producer.id.expiration.ms</c> as it stands in the
    /// configuration); in a log that is open what the partition's settings say counts.</summary>
    public long ProducerExpirationMs { get; init; } = 86_400_000;

    /// <summary>Memory of the cleaner's map of keys (<c>log.cleaner.dedupe.buffer.size</c>).</summary>
    public long CleanerMapBytes { get; init; } = 32L << 20;
}
