using ActorBroker.Protocol.Compression;

namespace ActorBroker.Protocol.Records;

/// <summary>
/// What a partition demands of a batch that a client produces. Build it once per topic configuration and set <see cref="NowMs"/> with
/// a <c>with</c> expression per request. Use <c>new BatchRules()</c>, not <c>default</c>: the defaults are Kafka's.
/// </summary>
public readonly record struct BatchRules
{
    public BatchRules()
    {
    }

    /// <summary>Named in messages only.</summary>
    public string Topic { get; init; } = "";

    public int Partition { get; init; }

    /// <summary><c>max.message.bytes</c>: the whole batch as sent, its 12 bytes of overhead included.</summary>
    public int MaxMessageBytes { get; init; } = 1_048_588;

    /// <summary><c>segment.bytes</c>: a batch must fit into one segment.</summary>
    public int SegmentBytes { get; init; } = 1 << 30;

    /// <summary><c>message.timestamp.type</c>.</summary>
    public TimestampType TimestampType { get; init; }

    /// <summary>Wall clock, milliseconds since 1970.</summary>
    public long NowMs { get; init; }

    /// <summary><c>message.timestamp.before.max.ms</c>.</summary>
    public long TimestampBeforeMaxMs { get; init; } = long.MaxValue;

    /// <summary><c>message.timestamp.after.max.ms</c>.</summary>
    public long TimestampAfterMaxMs { get; init; } = 3_600_000;

    /// <summary><c>cleanup.policy</c> contains compact: every record needs a key.</summary>
    public bool IsCompacted { get; init; }

    /// <summary>
    /// Off: header and CRC are checked, the records are not looked at, nothing is decompressed; the header's max timestamp is believed.
    /// </summary>
    public bool WalkRecords { get; init; } = true;

    /// <summary>How far a compressed batch may blow up before the walk is given up.</summary>
    public DecompressionLimits Decompression { get; init; } = new();

    /// <summary>How many of the rejected records are listed in an answer; their true number is in its message.</summary>
    public int MaxListedErrors { get; init; } = 100;
}
