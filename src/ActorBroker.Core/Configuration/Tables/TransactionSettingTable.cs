using static ActorBroker.Core.Configuration.DynamicMode;
using static ActorBroker.Core.Configuration.SettingValidator;
using static ActorBroker.Core.Configuration.Tables.Setting;

namespace ActorBroker.Core.Configuration.Tables;

/// <summary>Transactions.</summary>
public static class TransactionSettingTable
{
    public static readonly SettingDefinition[] Definitions =
    [
        Int("add.partitions.to.txn.retry.backoff.max.ms", "100", ReadOnly,
            "Taken as Kafka's configuration files have it, without effect.",
            AtLeast(0)) with { HasEffect = false },
        Int("add.partitions.to.txn.retry.backoff.ms", "20", ReadOnly,
            "Taken as Kafka's configuration files have it, without effect.",
            AtLeast(1)) with { HasEffect = false },
        Int("transaction.abort.timed.out.transaction.cleanup.interval.ms", "10000", ReadOnly,
            "Milliseconds between two looks for transactions that have run too long.",
            AtLeast(1)),
        Int("transaction.max.timeout.ms", "900000", ReadOnly,
            "Longest transaction timeout that a producer may ask for.",
            AtLeast(1)),
        Bool("transaction.partition.verification.enable", "true", ClusterWide,
            "Check with the coordinator that a partition belongs to the transaction before the first append."),
        Int("transaction.remove.expired.transaction.cleanup.interval.ms", "3600000", ReadOnly,
            "Milliseconds between two looks for transactional ids that may be forgotten.",
            AtLeast(1)),
        Int("transaction.state.log.load.buffer.size", "5242880", ReadOnly,
            "Bytes read at a time when the state of transactions is loaded.",
            AtLeast(1)),
        Int("transaction.state.log.min.isr", "2", ReadOnly,
            "In-sync replicas that __transaction_state needs for writes.",
            AtLeast(1)),
        Int("transaction.state.log.num.partitions", "50", ReadOnly,
            "Partitions of __transaction_state; fixed once the topic exists.",
            AtLeast(1)),
        Short("transaction.state.log.replication.factor", "3", ReadOnly,
            "Replicas of __transaction_state; fewer when the cluster has fewer brokers.",
            AtLeast(1)),
        Int("transaction.state.log.segment.bytes", "104857600", ReadOnly,
            "Segment size of __transaction_state.",
            AtLeast(1)),
        Bool("transaction.two.phase.commit.enable", "false", ReadOnly,
            "Let producers take part in two-phase commits, whose transactions never time out."),
        Int("transactional.id.expiration.ms", "604800000", ReadOnly,
            "Milliseconds of disuse after which a transactional id is forgotten.",
            AtLeast(1)),
    ];
}
