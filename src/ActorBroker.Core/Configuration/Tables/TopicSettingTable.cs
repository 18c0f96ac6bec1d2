using static ActorBroker.Core.Configuration.SettingValidator;
using static ActorBroker.Core.Configuration.Tables.Setting;

namespace ActorBroker.Core.Configuration.Tables;

/// <summary>The configs of a topic.</summary>
public static class TopicSettingTable
{
    public static readonly SettingDefinition[] Definitions =
    [
        List("cleanup.policy", "delete",
            "What happens to old segments: delete (by age and size), compact (keep the last value of each key), both, or " +
            "empty (keep for ever).",
            ListOf("compact", "delete")) with { BrokerSynonym = "log.cleanup.policy" },
        Int("compression.gzip.level", "-1",
            "Level for batches that the broker compresses with gzip; -1 is the codec's own default.",
            GzipLevel) with { BrokerSynonym = "compression.gzip.level" },
        Int("compression.lz4.level", "9",
            "Level for batches that the broker compresses with lz4.",
            Between(1, 17)) with { BrokerSynonym = "compression.lz4.level" },
        Text("compression.type", "producer",
            "Codec in which the topic is stored; producer keeps every batch as it came.",
            OneOf("uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"))
            with { BrokerSynonym = "compression.type" },
        Int("compression.zstd.level", "3",
            "Level for batches that the broker compresses with zstd.",
            Between(-131072, 22)) with { BrokerSynonym = "compression.zstd.level" },
        Long("delete.retention.ms", "86400000",
            "Milliseconds for which a tombstone stays readable after compaction has passed it; a reader that is slower " +
            "can miss the deletion.",
            AtLeast(0)) with { BrokerSynonym = "log.cleaner.delete.retention.ms" },
        Long("file.delete.delay.ms", "60000",
            "Milliseconds between the removal of a segment from the log and the removal of its file.",
            AtLeast(0)) with { BrokerSynonym = "log.segment.delete.delay.ms" },
        Long("flush.messages", "9223372036854775807",
            "Records after which the log is synced to disk; 1 syncs before every acknowledgement. The default leaves it " +
            "to replication and the operating system.",
            AtLeast(1)) with { BrokerSynonym = "log.flush.interval.messages" },
        Long("flush.ms", "9223372036854775807",
            "Milliseconds after which unsynced records are synced to disk.",
            AtLeast(0)) with { BrokerSynonym = "log.flush.interval.ms" },
        List("follower.replication.throttled.replicas", "",
            "Replicas whose follower side is throttled: partition:broker pairs, or * for all.",
            ThrottledReplicas) with { HasEffect = false },
        Int("index.interval.bytes", "4096",
            "Bytes of log between two entries of the offset index.",
            AtLeast(0)) with { BrokerSynonym = "log.index.interval.bytes" },
        Int("internal.segment.bytes", null,
            "Segment size without the lower bound of segment.bytes; for tests.")
            with { IsInternal = true },
        List("leader.replication.throttled.replicas", "",
            "Replicas whose leader side is throttled: partition:broker pairs, or * for all.",
            ThrottledReplicas) with { HasEffect = false },
        Long("local.retention.bytes", "-2",
            "Bytes kept on local disk with tiered storage; -2 takes retention.bytes.",
            AtLeast(-2)) with { HasEffect = false, BrokerSynonym = "log.local.retention.bytes" },
        Long("local.retention.ms", "-2",
            "Milliseconds kept on local disk with tiered storage; -2 takes retention.ms.",
            AtLeast(-2)) with { HasEffect = false, BrokerSynonym = "log.local.retention.ms" },
        Long("max.compaction.lag.ms", "9223372036854775807",
            "Longest time for which a record may stay out of reach of compaction.",
            AtLeast(1)) with { BrokerSynonym = "log.cleaner.max.compaction.lag.ms" },
        Int("max.message.bytes", "1048588",
            "Largest record batch, as it lies in the log after compression, that the topic takes.",
            AtLeast(0)) with { BrokerSynonym = "message.max.bytes" },
        Long("message.timestamp.after.max.ms", "3600000",
            "How far ahead of the broker's clock the timestamp of a record may lie; CreateTime only.",
            AtLeast(0)) with { BrokerSynonym = "log.message.timestamp.after.max.ms" },
        Long("message.timestamp.before.max.ms", "9223372036854775807",
            "How far behind the broker's clock the timestamp of a record may lie; CreateTime only.",
            AtLeast(0)) with { BrokerSynonym = "log.message.timestamp.before.max.ms" },
        Text("message.timestamp.type", "CreateTime",
            "CreateTime keeps the producer's timestamps, LogAppendTime stamps batches when they are appended.",
            OneOf("CreateTime", "LogAppendTime")) with { BrokerSynonym = "log.message.timestamp.type" },
        Double("min.cleanable.dirty.ratio", "0.5",
            "Share of uncompacted bytes at which the cleaner takes up a log.",
            Between(0, 1)) with { BrokerSynonym = "log.cleaner.min.cleanable.ratio" },
        Long("min.compaction.lag.ms", "0",
            "Shortest time for which a record stays as it was written, before compaction may drop it.",
            AtLeast(0)) with { BrokerSynonym = "log.cleaner.min.compaction.lag.ms" },
        Int("min.insync.replicas", "1",
            "Replicas that must have a record before acks=all is answered and consumers see it.",
            AtLeast(1)) with { BrokerSynonym = "min.insync.replicas" },
        Bool("preallocate", "false",
            "Reserve the whole file when a segment is made. Space is reserved in steps here in any case.")
            with { HasEffect = false, BrokerSynonym = "log.preallocate" },
        Bool("remote.log.copy.disable", "false",
            "Stop copying segments to tiered storage.") with { HasEffect = false },
        Bool("remote.log.delete.on.disable", "false",
            "Delete what lies in tiered storage when it is turned off for the topic.")
            with { HasEffect = false },
        Bool("remote.storage.enable", "false",
            "Keep older segments in tiered storage; not available, so true is refused.")
            with { HasEffect = false },
        Long("retention.bytes", "-1",
            "Bytes that a partition may hold before its oldest segments are deleted; -1 is without limit. Needs " +
            "cleanup.policy delete.") with { BrokerSynonym = "log.retention.bytes" },
        Long("retention.ms", "604800000",
            "Milliseconds for which a segment is kept after its newest record; -1 is for ever. Needs cleanup.policy " +
            "delete.",
            AtLeast(-1)) with { BrokerSynonym = "log.retention.ms" },
        Int("segment.bytes", "1073741824",
            "Size at which a segment file is closed and the next one begun.",
            AtLeast(1048576)) with { BrokerSynonym = "log.segment.bytes" },
        Int("segment.index.bytes", "10485760",
            "Largest size of a segment's offset and time index.",
            AtLeast(4)) with { BrokerSynonym = "log.index.size.max.bytes" },
        Long("segment.jitter.ms", "0",
            "Upper end of a random time taken off segment.ms, so that many partitions do not roll at once.",
            AtLeast(0)) with { BrokerSynonym = "log.roll.jitter.ms" },
        Long("segment.ms", "604800000",
            "Age at which a segment is closed even when it is not full.",
            AtLeast(1)) with { BrokerSynonym = "log.roll.ms" },
        Bool("unclean.leader.election.enable", "false",
            "Let a replica that is behind become leader when none in sync is left: available again, at the price of lost " +
            "records.") with { BrokerSynonym = "unclean.leader.election.enable" },
    ];
}
