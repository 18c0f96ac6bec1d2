using static ActorBroker.Core.Configuration.DynamicMode;
using static ActorBroker.Core.Configuration.SettingValidator;
using static ActorBroker.Core.Configuration.Tables.Setting;

namespace ActorBroker.Core.Configuration.Tables;

/// <summary>Replication.</summary>
public static class ReplicationSettingTable
{
    public static readonly SettingDefinition[] Definitions =
    [
        Int("default.replication.factor", "1", ReadOnly,
            "Replicas of a topic that is created without saying how many."),
        Int("min.insync.replicas", "1", ClusterWide,
            "Default of the topic config of the same name.",
            AtLeast(1)),
        Int("num.replica.fetchers", "1", ClusterWide,
            "Taken as Kafka's configuration files have it, without effect.",
            AtLeast(1)) with { HasEffect = false },
        Int("replica.fetch.backoff.ms", "1000", ReadOnly,
            "Milliseconds that a follower rests after a failed fetch.",
            AtLeast(0)),
        Int("replica.fetch.max.bytes", "1048576", ReadOnly,
            "Bytes per partition that a follower fetches at a time.",
            AtLeast(0)),
        Int("replica.fetch.min.bytes", "1", ReadOnly,
            "Bytes for which a follower's fetch waits."),
        Int("replica.fetch.response.max.bytes", "10485760", ReadOnly,
            "Bytes of a whole answer to a follower.",
            AtLeast(0)),
        Int("replica.fetch.wait.max.ms", "500", ReadOnly,
            "Longest time that a follower's fetch waits."),
        Long("replica.high.watermark.checkpoint.interval.ms", "5000", ReadOnly,
            "Milliseconds between two writes of the high watermarks."),
        Long("replica.lag.time.max.ms", "30000", ReadOnly,
            "Milliseconds for which a follower may be behind before it leaves the in-sync replicas."),
        Text("replica.selector.class", null, ReadOnly,
            "How consumers are sent to a replica near them."),
        Int("replica.socket.receive.buffer.bytes", "65536", ReadOnly,
            "Kafka's receive buffer between brokers; replication goes through the actor system here."),
        Int("replica.socket.timeout.ms", "30000", ReadOnly,
            "Kafka's socket timeout between brokers; replication goes through the actor system here."),
        Int("replication.quota.window.num", "11", ReadOnly,
            "Kafka's quota windows; taken as it is, without effect yet.",
            AtLeast(1)) with { HasEffect = false },
        Int("replication.quota.window.size.seconds", "1", ReadOnly,
            "Kafka's quota windows; taken as it is, without effect yet.",
            AtLeast(1)) with { HasEffect = false },
        Int("request.timeout.ms", "30000", ReadOnly,
            "Milliseconds that a request of this node to another may take."),
    ];
}
