using System.Collections.Immutable;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller;

/// <summary>The answer to a command; released only when its records are committed.</summary>
public abstract record ControllerReply;

public sealed record ControlTaken(KafkaError Error, int ControllerEpoch) : ControllerReply;

public sealed record BrokerReply(KafkaError Error) : ControllerReply;

/// <param name="StillLed">Partitions that the broker goes on leading, as nobody else is in sync.</param>
public sealed record DrainReply(KafkaError Error, int StillLed) : ControllerReply;

/// <summary>In the order of the command.</summary>
public sealed record CreateTopicsReply(ImmutableArray<CreatedTopic> Topics) : ControllerReply;

/// <param name="Configs">The configs that the topic has of its own; the resolver tells the others.</param>
public sealed record CreatedTopic(
    string Name, KafkaError Error, Uuid TopicId, int PartitionCount, short ReplicationFactor,
    ImmutableSortedDictionary<string, string> Configs);

public sealed record DeleteTopicsReply(ImmutableArray<DeletedTopic> Topics) : ControllerReply;

public readonly record struct DeletedTopic(string? Name, Uuid TopicId, KafkaError Error);

public sealed record CreatePartitionsReply(ImmutableArray<GrownTopic> Topics) : ControllerReply;

/// <param name="PartitionCount">How many partitions the topic has, or would have.</param>
public readonly record struct GrownTopic(string Name, int PartitionCount, KafkaError Error);

public sealed record AlterConfigsReply(ImmutableArray<AlteredResource> Resources) : ControllerReply;

public readonly record struct AlteredResource(ConfigResource Resource, KafkaError Error);

public sealed record ProducerIdsReply(KafkaError Error, long FirstProducerId, int Count) : ControllerReply;

public sealed record AdoptTopicsReply(ImmutableArray<AdoptedTopic> Topics) : ControllerReply;

/// <param name="IsNew">False when the topic was known already.</param>
/// <param name="Warning">What the operator should know about it, or null.</param>
public sealed record AdoptedTopic(string Name, Uuid TopicId, bool IsNew, KafkaError Error, string? Warning) : ControllerReply;

/// <param name="Partition">The registration as it stands now, when there is no error.</param>
public sealed record AlterPartitionReply(KafkaError Error, PartitionImage? Partition) : ControllerReply;

public sealed record ElectLeaderReply(KafkaError Error) : ControllerReply;

public sealed record FeatureReply(KafkaError Error) : ControllerReply;

/// <summary>In the order of the command.</summary>
public sealed record AlterReassignmentsReply(ImmutableArray<ReassignedPartition> Partitions) : ControllerReply;

public readonly record struct ReassignedPartition(string Topic, int Partition, KafkaError Error);

/// <param name="Changed">How many partitions were changed.</param>
public sealed record MaintenanceReply(int Changed) : ControllerReply;
