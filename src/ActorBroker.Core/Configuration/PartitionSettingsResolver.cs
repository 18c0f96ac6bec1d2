using System.Collections.Immutable;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Partitions;
using ActorBroker.Protocol.Compression;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Core.Configuration;

/// <summary>Resolves a topic's configuration into the typed form that appends, reads, retention and the cleaner use.</summary>
public static class PartitionSettingsResolver
{
    public static PartitionSettings Resolve(ConfigResolver resolver, string topic) =>
        Resolve(resolver, resolver.Own(new ConfigResource(ConfigResourceType.Topic, topic)));

    public static PartitionSettings Resolve(ConfigResolver resolver, ImmutableSortedDictionary<string, string> own)
    {
        T Value<T>(string name) => (T)resolver.TopicValue(own, name);
        var policy = Value<string[]>("cleanup.policy");
        var internalSegmentBytes = own.ContainsKey("internal.segment.bytes") ? Value<int>("internal.segment.bytes") : 0;
        return new PartitionSettings
        {
            MaxMessageBytes = Value<int>("max.message.bytes"),
            TimestampType = Value<string>("message.timestamp.type") == "LogAppendTime" ? TimestampType.LogAppendTime
                : TimestampType.CreateTime,
            TimestampBeforeMaxMs = Value<long>("message.timestamp.before.max.ms"),
            TimestampAfterMaxMs = Value<long>("message.timestamp.after.max.ms"),
            Compression = Codec(Value<string>("compression.type")),
            GzipLevel = Value<int>("compression.gzip.level"),
            Lz4Level = Value<int>("compression.lz4.level"),
            ZstdLevel = Value<int>("compression.zstd.level"),
            IsCompacted = policy.Contains("compact"),
            IsDeleted = policy.Contains("delete"),
            MinInSyncReplicas = Value<int>("min.insync.replicas"),
            UncleanLeaderElection = Value<bool>("unclean.leader.election.enable"),
            LeaderThrottledReplicas = ThrottledReplicas.From(Value<string[]>("leader.replication.throttled.replicas")),
            FollowerThrottledReplicas = ThrottledReplicas.From(Value<string[]>("follower.replication.throttled.replicas")),
            LeaderThrottledRate = resolver.ThrottleRate("leader.replication.throttled.rate"),
            FollowerThrottledRate = resolver.ThrottleRate("follower.replication.throttled.rate"),
            ProducerExpirationMs = (int)resolver.BrokerValue("producer.id.expiration.ms")!,
            SegmentBytes = internalSegmentBytes > 0 ? internalSegmentBytes : Value<int>("segment.bytes"),
            SegmentMs = Value<long>("segment.ms"),
            SegmentJitterMs = Value<long>("segment.jitter.ms"),
            IndexIntervalBytes = Value<int>("index.interval.bytes"),
            SegmentIndexBytes = Value<int>("segment.index.bytes"),
            RetentionMs = Value<long>("retention.ms"),
            RetentionBytes = Value<long>("retention.bytes"),
            FileDeleteDelayMs = Value<long>("file.delete.delay.ms"),
            FlushMessages = Value<long>("flush.messages"),
            FlushMs = Value<long>("flush.ms"),
            MinCleanableDirtyRatio = Value<double>("min.cleanable.dirty.ratio"),
            MinCompactionLagMs = Value<long>("min.compaction.lag.ms"),
            MaxCompactionLagMs = Value<long>("max.compaction.lag.ms"),
            DeleteRetentionMs = Value<long>("delete.retention.ms"),
            ValidateRecords = resolver.Static.Bool("actorbroker.produce.validate.records"),
        };
    }

    private static CompressionCodec? Codec(string name) => name switch
    {
        "uncompressed" => CompressionCodec.None,
        "gzip" => CompressionCodec.Gzip,
        "snappy" => CompressionCodec.Snappy,
        "lz4" => CompressionCodec.Lz4,
        "zstd" => CompressionCodec.Zstd,
        _ => null,
    };
}
