using static ActorBroker.Core.Configuration.DynamicMode;
using static ActorBroker.Core.Configuration.SettingValidator;
using static ActorBroker.Core.Configuration.Tables.Setting;

namespace ActorBroker.Core.Configuration.Tables;

/// <summary>Compaction.</summary>
public static class CleanerSettingTable
{
    public static readonly SettingDefinition[] Definitions =
    [
        Long("log.cleaner.backoff.ms", "15000", ClusterWide,
            "Milliseconds that the cleaner rests when there is nothing to clean.",
            AtLeast(0)),
        Long("log.cleaner.dedupe.buffer.size", "134217728", ClusterWide,
            "Bytes for the key map of compaction, over all cleaner threads."),
        Long("log.cleaner.delete.retention.ms", "86400000", ClusterWide,
            "Default of the topic config delete.retention.ms.",
            AtLeast(0)),
        Bool("log.cleaner.enable", "true", ReadOnly,
            "Run the log cleaner. Without it compacted topics, the consumer offsets among them, grow for ever."),
        Double("log.cleaner.io.buffer.load.factor", "0.9", ClusterWide,
            "How full the key map of compaction may become."),
        Int("log.cleaner.io.buffer.size", "524288", ClusterWide,
            "Bytes of the cleaner's input and output buffers, over all threads.",
            AtLeast(0)),
        Double("log.cleaner.io.max.bytes.per.second", "1.7976931348623157E308", ClusterWide,
            "Upper bound of the cleaner's reads and writes."),
        Long("log.cleaner.max.compaction.lag.ms", "9223372036854775807", ClusterWide,
            "Default of the topic config max.compaction.lag.ms.",
            AtLeast(1)),
        Double("log.cleaner.min.cleanable.ratio", "0.5", ClusterWide,
            "Default of the topic config min.cleanable.dirty.ratio.",
            Between(0, 1)),
        Long("log.cleaner.min.compaction.lag.ms", "0", ClusterWide,
            "Default of the topic config min.compaction.lag.ms.",
            AtLeast(0)),
        Int("log.cleaner.threads", "1", ClusterWide,
            "Threads that compact logs.",
            AtLeast(0)),
    ];
}
