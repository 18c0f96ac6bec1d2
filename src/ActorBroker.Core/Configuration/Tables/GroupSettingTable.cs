using static ActorBroker.Core.Configuration.SettingValidator;
using static ActorBroker.Core.Configuration.Tables.Setting;

namespace ActorBroker.Core.Configuration.Tables;

/// <summary>The configs of a single group (KIP-848, KIP-932, KIP-1071).</summary>
public static class GroupSettingTable
{
    public static readonly SettingDefinition[] Definitions =
    [
        Int("consumer.assignment.interval.ms", "1000",
            "The assignment interval of this consumer group; the broker's group.consumer.assignment.interval.ms when not " +
            "set.",
            AtLeast(0)) with { BrokerSynonym = "group.consumer.assignment.interval.ms" },
        Int("consumer.heartbeat.interval.ms", "5000",
            "The heartbeat interval of this consumer group; the broker's group.consumer.heartbeat.interval.ms when not " +
            "set.",
            AtLeast(1)) with { BrokerSynonym = "group.consumer.heartbeat.interval.ms" },
        Int("consumer.session.timeout.ms", "45000",
            "The session timeout of this consumer group; the broker's group.consumer.session.timeout.ms when not set.",
            AtLeast(1)) with { BrokerSynonym = "group.consumer.session.timeout.ms" },
        Int("share.assignment.interval.ms", "1000",
            "The assignment interval of this share group; the broker's group.share.assignment.interval.ms when not set.",
            AtLeast(0)) with { BrokerSynonym = "group.share.assignment.interval.ms" },
        Text("share.auto.offset.reset", "latest",
            "Where a share group without offsets begins: latest, earliest, or a time back from now.",
            OffsetReset),
        Int("share.delivery.count.limit", "5",
            "The delivery count limit of this share group; the broker's group.share.delivery.count.limit when not set.",
            AtLeast(2)) with { BrokerSynonym = "group.share.delivery.count.limit" },
        Int("share.heartbeat.interval.ms", "5000",
            "The heartbeat interval of this share group; the broker's group.share.heartbeat.interval.ms when not set.",
            AtLeast(1)) with { BrokerSynonym = "group.share.heartbeat.interval.ms" },
        Text("share.isolation.level", "read_uncommitted",
            "Whether a share group sees records of open transactions.",
            OneOf("read_committed", "read_uncommitted")),
        Int("share.partition.max.record.locks", "2000",
            "The partition max record locks of this share group; the broker's group.share.partition.max.record.locks when " +
            "not set.",
            AtLeast(100)) with { BrokerSynonym = "group.share.partition.max.record.locks" },
        Int("share.record.lock.duration.ms", "30000",
            "The record lock duration of this share group; the broker's group.share.record.lock.duration.ms when not set.",
            AtLeast(1000)) with { BrokerSynonym = "group.share.record.lock.duration.ms" },
        Bool("share.renew.acknowledge.enable", "true",
            "Let share consumers extend the lock of a record that they still work on."),
        Int("share.session.timeout.ms", "45000",
            "The session timeout of this share group; the broker's group.share.session.timeout.ms when not set.",
            AtLeast(1)) with { BrokerSynonym = "group.share.session.timeout.ms" },
        Int("streams.assignment.interval.ms", "1000",
            "The assignment interval of this streams group; the broker's group.streams.assignment.interval.ms when not " +
            "set.",
            AtLeast(0)) with { BrokerSynonym = "group.streams.assignment.interval.ms" },
        Int("streams.heartbeat.interval.ms", "5000",
            "The heartbeat interval of this streams group; the broker's group.streams.heartbeat.interval.ms when not set.",
            AtLeast(1)) with { BrokerSynonym = "group.streams.heartbeat.interval.ms" },
        Int("streams.initial.rebalance.delay.ms", "3000",
            "The initial rebalance delay of this streams group; the broker's group.streams.initial.rebalance.delay.ms " +
            "when not set.",
            AtLeast(0)) with { BrokerSynonym = "group.streams.initial.rebalance.delay.ms" },
        Int("streams.num.standby.replicas", "0",
            "The num standby replicas of this streams group; the broker's group.streams.num.standby.replicas when not " +
            "set.",
            AtLeast(0)) with { BrokerSynonym = "group.streams.num.standby.replicas" },
        Int("streams.session.timeout.ms", "45000",
            "The session timeout of this streams group; the broker's group.streams.session.timeout.ms when not set.",
            AtLeast(1)) with { BrokerSynonym = "group.streams.session.timeout.ms" },
    ];
}
