using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Ports;
using ActorBroker.Storage;
using ActorBroker.Storage.Cleaning;
using ActorBroker.Storage.Flushing;
using Akka.Actor;

namespace ActorBroker.Actors.Partitions;

/// <summary>To a leader: here is the log, lent to you alone, and the controller's grant. Node-local.</summary>
internal sealed record Lead(PartitionLog Log, LeadershipGrant Grant, PartitionSettings Settings) : INoSerializationVerificationNeeded;

/// <summary>From a leader to its host: the partition takes records now.</summary>
internal sealed record Leading(PartitionHandle Partition) : INoSerializationVerificationNeeded;

/// <summary>From a leader to its host: the grant is older than one it has persisted; the log comes back.</summary>
internal sealed record LeadRefused(PartitionLog Log, int KnownEpoch) : INoSerializationVerificationNeeded;

/// <summary>To a leader: settle what waits and give the log back.</summary>
internal sealed record StopLeading : INoSerializationVerificationNeeded
{
    public static readonly StopLeading Instance = new();
}

/// <summary>From a leader to its host, its last word: the log, with no write under way.</summary>
internal sealed record LogReturned(PartitionLog Log) : INoSerializationVerificationNeeded;

/// <summary>The doorbell: the queue was empty and is not any more.</summary>
internal sealed record AppendsWaiting : INoSerializationVerificationNeeded
{
    public static readonly AppendsWaiting Instance = new();
}

internal sealed record SettingsChanged(PartitionSettings Settings) : INoSerializationVerificationNeeded;

/// <summary>
/// The controller has confirmed another set of in-sync replicas. The settings of the same metadata come with it: who commits with the new set
/// under an older <c>min.insync.replicas</c> commits without replicas that the controller still counts as eligible leaders.
/// </summary>
internal sealed record IsrConfirmed(LeadershipGrant Grant, PartitionSettings Settings) : INoSerializationVerificationNeeded;

/// <summary>To a leader: some node is up that was not; a replica there that has spoken before may come into sync now.</summary>
internal sealed record BrokerCameUp : INoSerializationVerificationNeeded
{
    public static readonly BrokerCameUp Instance = new();
}

internal sealed record FlushEnded(FlushResult Result) : INoSerializationVerificationNeeded;

/// <summary>The cleaner has done with this leader's plan; null when nothing came of it.</summary>
internal sealed record CleaningEnded(PartitionLog Log, CleaningResult? Result) : INoSerializationVerificationNeeded;

/// <summary>Time for what is done now and then: retention, silent producers, the flush of a quiet log.</summary>
internal sealed record MaintainLog(bool Retention, bool Producers) : INoSerializationVerificationNeeded;

/// <summary>Acknowledgements that wait for replication may have run out of time.</summary>
internal sealed record ExpireAcks : INoSerializationVerificationNeeded
{
    public static readonly ExpireAcks Instance = new();
}

internal sealed record DeleteRecords(long Offset, TaskCompletionSource<DeleteRecordsResult> Reply) : INoSerializationVerificationNeeded;

internal sealed record DescribeProducers(TaskCompletionSource<IReadOnlyList<ProducerDescription>> Reply) : INoSerializationVerificationNeeded;

/// <summary>From a leader to its host: the disk refused in a way that ends this log's service.</summary>
internal sealed record LogFailed(PartitionLog Log, LogIoException Failure) : INoSerializationVerificationNeeded;

/// <summary>To the owner of a log: its directory went offline, whoever saw it. It need not wait for its own next write to find out.</summary>
internal sealed record DirectoryIsOffline(LogIoException Failure) : INoSerializationVerificationNeeded;

/// <summary>
/// Through the shard region, to the entity of a partition on the node that is to lead it: the grant and nothing else; the leader borrows the
/// log from that node's replica host.
/// </summary>
public sealed record StartLeading(TopicIdPartition Id, LeadershipGrant Grant);

/// <summary>From a sharded leader to the replica host of its node: lend me the log for this grant.</summary>
internal sealed record BorrowLog(TopicIdPartition Id, int LeaderEpoch) : INoSerializationVerificationNeeded;
