using System.Collections.Immutable;
using System.Globalization;
using ActorBroker.Core.Configuration;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller;

/// <summary>
/// How the coordinators' topics are made: as many partitions and replicas as configured (fewer in a smaller cluster), compacted.
/// </summary>
public static class InternalTopicSettings
{
    /// <summary>The command for an internal topic, or null for any other name.</summary>
    public static TopicToCreate? Describe(string topic, Uuid topicId, BrokerConfig config, int brokersUp)
    {
        var (partitions, replicas) = topic switch
        {
            InternalTopics.ConsumerOffsets => ("offsets.topic.num.partitions", "offsets.topic.replication.factor"),
            InternalTopics.TransactionState => ("transaction.state.log.num.partitions", "transaction.state.log.replication.factor"),
            InternalTopics.ShareGroupState =>
                ("share.coordinator.state.topic.num.partitions", "share.coordinator.state.topic.replication.factor"),
            _ => (null, null),
        };
        if (partitions is null) return null;
        var factor = Factor(config.Short(replicas!), brokersUp);
        return new TopicToCreate(topic, topicId, config.Int(partitions), factor, [], ConfigsOf(topic, config));
    }

    /// <summary>How many replicas an internal topic should have in a cluster of so many brokers; 0 for any other name.</summary>
    public static short FactorOf(string topic, BrokerConfig config, int brokersUp) => topic switch
    {
        InternalTopics.ConsumerOffsets => Factor(config.Short("offsets.topic.replication.factor"), brokersUp),
        InternalTopics.TransactionState => Factor(config.Short("transaction.state.log.replication.factor"), brokersUp),
        InternalTopics.ShareGroupState => Factor(config.Short("share.coordinator.state.topic.replication.factor"), brokersUp),
        _ => 0,
    };

    private static short Factor(short wanted, int brokersUp) =>
        Math.Clamp(wanted, (short)1, (short)Math.Max(1, Math.Min(brokersUp, short.MaxValue)));

    /// <summary>The configs that an internal topic needs; none for any other name.</summary>
    public static ImmutableArray<KeyValuePair<string, string?>> ConfigsOf(string topic, BrokerConfig config)
    {
        static KeyValuePair<string, string?> Pair(string name, string value) => new(name, value);
        string Number(string name) => config.Long(name).ToString(CultureInfo.InvariantCulture);
        return topic switch
        {
            InternalTopics.ConsumerOffsets =>
            [
                Pair("cleanup.policy", "compact"), Pair("compression.type", "producer"),
                Pair("segment.bytes", Number("offsets.topic.segment.bytes")),
            ],
            InternalTopics.TransactionState =>
            [
                Pair("cleanup.policy", "compact"), Pair("compression.type", "uncompressed"),
                Pair("unclean.leader.election.enable", "false"),
                Pair("min.insync.replicas", Number("transaction.state.log.min.isr")),
                Pair("segment.bytes", Number("transaction.state.log.segment.bytes")),
            ],
            InternalTopics.ShareGroupState =>
            [
                Pair("cleanup.policy", "delete"), Pair("compression.type", "uncompressed"), Pair("retention.ms", "-1"),
                Pair("min.insync.replicas", Number("share.coordinator.state.topic.min.isr")),
                Pair("segment.bytes", Number("share.coordinator.state.topic.segment.bytes")),
            ],
            _ => [],
        };
    }
}
