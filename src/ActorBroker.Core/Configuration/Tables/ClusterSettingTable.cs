using static ActorBroker.Core.Configuration.DynamicMode;
using static ActorBroker.Core.Configuration.SettingValidator;
using static ActorBroker.Core.Configuration.Tables.Setting;

namespace ActorBroker.Core.Configuration.Tables;

/// <summary>The node in its cluster.</summary>
public static class ClusterSettingTable
{
    public static readonly SettingDefinition[] Definitions =
    [
        Bool("auto.leader.rebalance.enable", "true", ReadOnly,
            "Give leadership back to the preferred replicas from time to time."),
        Int("broker.heartbeat.interval.ms", "2000", ReadOnly,
            "Milliseconds between two heartbeats of a broker to the controller."),
        Int("broker.id", "-1", ReadOnly,
            "The node's id; another name of node.id."),
        Text("broker.rack", null, ReadOnly,
            "The rack or zone of this broker; replicas of a partition are spread over racks, and consumers may read from " +
            "their own."),
        Int("broker.session.timeout.ms", "9000", ReadOnly,
            "Milliseconds without a heartbeat after which a broker is fenced."),
        Bool("controlled.shutdown.enable", "true", ReadOnly,
            "Move leadership away before the broker stops."),
        List("controller.listener.names", "", ReadOnly,
            "Kafka's metadata quorum; taken as it is, without effect: the cluster's own settings lie under akka.cluster " +
            "and actorbroker.",
            AnyList) with { HasEffect = false },
        Int("controller.quorum.append.linger.ms", "25", ReadOnly,
            "Kafka's metadata quorum; taken as it is, without effect: the cluster's own settings lie under akka.cluster " +
            "and actorbroker.",
            AtLeast(0)) with { HasEffect = false },
        Bool("controller.quorum.auto.join.enable", "false", ReadOnly,
            "Kafka's metadata quorum; taken as it is, without effect: the cluster's own settings lie under akka.cluster " +
            "and actorbroker.") with { HasEffect = false },
        List("controller.quorum.bootstrap.servers", "", ReadOnly,
            "Kafka's metadata quorum; taken as it is, without effect: the cluster's own settings lie under akka.cluster " +
            "and actorbroker.",
            AnyList) with { HasEffect = false },
        Int("controller.quorum.election.backoff.max.ms", "1000", ReadOnly,
            "Kafka's metadata quorum; taken as it is, without effect: the cluster's own settings lie under akka.cluster " +
            "and actorbroker.",
            AtLeast(0)) with { HasEffect = false },
        Int("controller.quorum.election.timeout.ms", "1000", ReadOnly,
            "Kafka's metadata quorum; taken as it is, without effect: the cluster's own settings lie under akka.cluster " +
            "and actorbroker.",
            AtLeast(0)) with { HasEffect = false },
        Int("controller.quorum.fetch.max.bytes", "1048576", ReadOnly,
            "Kafka's metadata quorum; taken as it is, without effect: the cluster's own settings lie under akka.cluster " +
            "and actorbroker.",
            AtLeast(1)) with { HasEffect = false },
        Int("controller.quorum.fetch.snapshot.max.bytes", "1048576", ReadOnly,
            "Kafka's metadata quorum; taken as it is, without effect: the cluster's own settings lie under akka.cluster " +
            "and actorbroker.",
            AtLeast(1)) with { HasEffect = false },
        Int("controller.quorum.fetch.timeout.ms", "2000", ReadOnly,
            "Kafka's metadata quorum; taken as it is, without effect: the cluster's own settings lie under akka.cluster " +
            "and actorbroker.",
            AtLeast(0)) with { HasEffect = false },
        Int("controller.quorum.request.timeout.ms", "2000", ReadOnly,
            "Kafka's metadata quorum; taken as it is, without effect: the cluster's own settings lie under akka.cluster " +
            "and actorbroker.",
            AtLeast(0)) with { HasEffect = false },
        Int("controller.quorum.retry.backoff.ms", "20", ReadOnly,
            "Kafka's metadata quorum; taken as it is, without effect: the cluster's own settings lie under akka.cluster " +
            "and actorbroker.",
            AtLeast(0)) with { HasEffect = false },
        List("controller.quorum.voters", "", ReadOnly,
            "Kafka's metadata quorum; taken as it is, without effect: the cluster's own settings lie under akka.cluster " +
            "and actorbroker.",
            AnyList) with { HasEffect = false },
        Int("controller.quota.window.num", "11", ReadOnly,
            "Kafka's quota windows; taken as it is, without effect yet.",
            AtLeast(1)) with { HasEffect = false },
        Int("controller.quota.window.size.seconds", "1", ReadOnly,
            "Kafka's quota windows; taken as it is, without effect yet.",
            AtLeast(1)) with { HasEffect = false },
        Int("controller.socket.timeout.ms", "30000", ReadOnly,
            "Kafka's metadata quorum; taken as it is, without effect: the cluster's own settings lie under akka.cluster " +
            "and actorbroker.") with { HasEffect = false },
        Int("initial.broker.registration.timeout.ms", "60000", ReadOnly,
            "Kafka's metadata quorum; taken as it is, without effect: the cluster's own settings lie under akka.cluster " +
            "and actorbroker.") with { HasEffect = false },
        Long("leader.imbalance.check.interval.seconds", "300", ReadOnly,
            "Seconds between two checks whether leadership lies with the preferred replicas.",
            AtLeast(1)),
        Text("metadata.log.dir", null, ReadOnly,
            "Kafka's metadata quorum; taken as it is, without effect: the cluster's own settings lie under akka.cluster " +
            "and actorbroker.") with { HasEffect = false },
        Long("metadata.log.max.record.bytes.between.snapshots", "20971520", ReadOnly,
            "Kafka's metadata quorum; taken as it is, without effect: the cluster's own settings lie under akka.cluster " +
            "and actorbroker.",
            AtLeast(1)) with { HasEffect = false },
        Long("metadata.log.max.snapshot.interval.ms", "3600000", ReadOnly,
            "Kafka's metadata quorum; taken as it is, without effect: the cluster's own settings lie under akka.cluster " +
            "and actorbroker.",
            AtLeast(0)) with { HasEffect = false },
        Int("metadata.log.segment.bytes", "1073741824", ReadOnly,
            "Kafka's metadata quorum; taken as it is, without effect: the cluster's own settings lie under akka.cluster " +
            "and actorbroker.",
            AtLeast(8388608)) with { HasEffect = false },
        Long("metadata.log.segment.ms", "604800000", ReadOnly,
            "Kafka's metadata quorum; taken as it is, without effect: the cluster's own settings lie under akka.cluster " +
            "and actorbroker.") with { HasEffect = false },
        Int("metadata.max.idle.interval.ms", "500", ReadOnly,
            "Kafka's metadata quorum; taken as it is, without effect: the cluster's own settings lie under akka.cluster " +
            "and actorbroker.",
            AtLeast(0)) with { HasEffect = false },
        Long("metadata.max.retention.bytes", "104857600", ReadOnly,
            "Kafka's metadata quorum; taken as it is, without effect: the cluster's own settings lie under akka.cluster " +
            "and actorbroker.") with { HasEffect = false },
        Long("metadata.max.retention.ms", "604800000", ReadOnly,
            "Kafka's metadata quorum; taken as it is, without effect: the cluster's own settings lie under akka.cluster " +
            "and actorbroker.") with { HasEffect = false },
        Int("node.id", "1", ReadOnly,
            "The id of this node, unique in the cluster and never changed.",
            AtLeast(0)),
        List("process.roles", "broker,controller", ReadOnly,
            "Roles of this node: broker, controller or both.",
            ListOf("broker", "controller")),
        Bool("unclean.leader.election.enable", "false", ClusterWide,
            "Default of the topic config of the same name."),
    ];
}
