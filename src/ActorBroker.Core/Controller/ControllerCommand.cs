using System.Collections.Immutable;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller;

/// <summary>
/// Something that the controller is asked to decide. Ids and random seeds are part of the command: the machine makes none, so that a
/// schedule of commands always gives the same records.
/// </summary>
public abstract record ControllerCommand
{
    /// <summary>
    /// Whether carrying the command out twice is as good as once: what a node may send again after a controller was lost with it. All
    /// others end with an unknown outcome then.
    /// </summary>
    public virtual bool IsRepeatable => false;
}

/// <inheritdoc cref="ControllerCommand"/>
public abstract record ControllerCommand<TReply> : ControllerCommand where TReply : ControllerReply;

/// <summary>The first command of a controller's term: takes the role under the next epoch. A new cluster gets its id here.</summary>
/// <param name="ControllerEpoch">The ballot under which the journal accepts this node's writes; it must be above the last epoch.</param>
public sealed record TakeControl(int NodeId, int ControllerEpoch, string NewClusterId) : ControllerCommand<ControlTaken>;

/// <summary>A broker's process says that it is there. Its incarnation is new with every start, and higher.</summary>
/// <param name="IsCleanStart">False when the last stop of the node left no clean-shutdown marker: its logs may end short of what it
/// acknowledged.</param>
public sealed record RegisterBroker(
    int BrokerId, long Incarnation, string? Rack, ImmutableArray<EndpointImage> Endpoints, ImmutableArray<Uuid> Directories,
    bool IsCleanStart)
    : ControllerCommand<BrokerReply>
{
    public override bool IsRepeatable => true;

    /// <summary>Where other nodes reach it; null for a node that is alone.</summary>
    public LaneAddresses? Lanes { get; init; }

    /// <summary>The highest level of the metadata log that the broker's release reads.</summary>
    public short MetadataLevel { get; init; } = MetadataFeature.Level;
}

/// <summary>A broker is reachable (unfenced) or not. A command for an older incarnation is refused.</summary>
public sealed record FenceBroker(int BrokerId, long Incarnation, bool IsFenced) : ControllerCommand<BrokerReply>
{
    public override bool IsRepeatable => true;
}

/// <summary>Begins or ends the draining of a broker: leadership moves away from it, and nothing new comes to it.</summary>
/// <param name="Incarnation">The process that asks, or null when an operator asks for whichever runs.</param>
public sealed record DrainBroker(int BrokerId, long? Incarnation, bool IsDraining) : ControllerCommand<DrainReply>
{
    public override bool IsRepeatable => true;
}

/// <summary>Forgets a broker for good (KIP-631); it must be fenced.</summary>
public sealed record UnregisterBroker(int BrokerId) : ControllerCommand<BrokerReply>;

/// <summary>Creates topics. <paramref name="PlacementSeed"/> decides at which broker placement begins.</summary>
public sealed record CreateTopics(ImmutableArray<TopicToCreate> Topics, bool ValidateOnly, int PlacementSeed)
    : ControllerCommand<CreateTopicsReply>;

/// <summary>
/// A topic to create under the id that it will have. <paramref name="PartitionCount"/> and <paramref name="ReplicationFactor"/> are -1 for
/// the defaults, and must be when there are <paramref name="Assignments"/>.
/// </summary>
public sealed record TopicToCreate(
    string Name, Uuid TopicId, int PartitionCount, short ReplicationFactor, ImmutableArray<PartitionAssignment> Assignments,
    ImmutableArray<KeyValuePair<string, string?>> Configs);

public readonly record struct PartitionAssignment(int Partition, ImmutableArray<int> Replicas);

/// <summary>Deletes topics, each by name or by id.</summary>
public sealed record DeleteTopics(ImmutableArray<TopicReference> Topics) : ControllerCommand<DeleteTopicsReply>;

/// <summary>A topic by name, or by id when the name is null.</summary>
public readonly record struct TopicReference(string? Name, Uuid TopicId);

/// <summary>Grows topics (KIP-195).</summary>
public sealed record CreatePartitions(ImmutableArray<TopicToGrow> Topics, bool ValidateOnly, int PlacementSeed)
    : ControllerCommand<CreatePartitionsReply>;

/// <param name="Assignments">The replicas of each new partition, or default to have them placed.</param>
public sealed record TopicToGrow(string Name, int PartitionCount, ImmutableArray<ImmutableArray<int>> Assignments);

/// <summary>Changes single config keys (KIP-339).</summary>
public sealed record AlterConfigs(ImmutableArray<ResourceToAlter> Resources, bool ValidateOnly) : ControllerCommand<AlterConfigsReply>;

public sealed record ResourceToAlter(ConfigResource Resource, ImmutableArray<ConfigOperation> Operations);

/// <summary>What to do with one key; the values are those of the wire.</summary>
public enum ConfigOperationType : sbyte
{
    Set = 0,
    Delete = 1,
    Append = 2,
    Subtract = 3,
}

public readonly record struct ConfigOperation(string Name, ConfigOperationType Type, string? Value);

/// <summary>Replaces all configs of resources: what is not named is taken away.</summary>
public sealed record ReplaceConfigs(ImmutableArray<ResourceToReplace> Resources, bool ValidateOnly) : ControllerCommand<AlterConfigsReply>;

public sealed record ResourceToReplace(ConfigResource Resource, ImmutableArray<KeyValuePair<string, string?>> Configs);

/// <summary>Takes the next block of producer ids for a broker.</summary>
public sealed record AllocateProducerIds(int BrokerId, int Count) : ControllerCommand<ProducerIdsReply>
{
    public override bool IsRepeatable => true;
}

/// <summary>Takes topics into the metadata whose directories were found in a data directory that another Kafka has written.</summary>
/// <remarks>The logs may know producer ids that this cluster has not handed out: new ones begin at <see
/// cref="FirstFreeProducerId"/>.</remarks>
public sealed record AdoptTopics(int BrokerId, ImmutableArray<TopicToAdopt> Topics) : ControllerCommand<AdoptTopicsReply>
{
    public override bool IsRepeatable => true;

    public long FirstFreeProducerId { get; init; }
}

/// <param name="TopicId">The id in <c>partition.metadata</c>, or a fresh one when there is none.</param>
public sealed record TopicToAdopt(string Name, Uuid TopicId, ImmutableArray<PartitionToAdopt> Partitions);

/// <param name="LastLeaderEpoch">The highest epoch in the log; the new leadership begins above it.</param>
public readonly record struct PartitionToAdopt(int Partition, Uuid Directory, int LastLeaderEpoch);

/// <summary>A leader reports its in-sync replicas (KIP-497); none at all when its log has failed and another is to lead.</summary>
public sealed record AlterPartition(
    int BrokerId, long Incarnation, Uuid TopicId, int Partition, int LeaderEpoch, int PartitionEpoch, ImmutableArray<IsrMember> Isr)
    : ControllerCommand<AlterPartitionReply>
{
    public override bool IsRepeatable => true;
}

/// <summary>A member of the in-sync replicas counts with its incarnation: a restarted process may have lost what it had.</summary>
public readonly record struct IsrMember(int BrokerId, long Incarnation);

/// <summary>Gives leadership back to the preferred replica, or (unclean) to any that lives (KIP-460).</summary>
public sealed record ElectLeader(string Topic, int Partition, bool IsUnclean) : ControllerCommand<ElectLeaderReply>;

/// <summary>Moves partitions to other replicas, or stops moving them (KIP-455).</summary>
/// <param name="AllowsFactorChange">Whether a target may have another number of replicas than the partition has (KIP-860).</param>
public sealed record AlterReassignments(ImmutableArray<PartitionToReassign> Partitions, bool AllowsFactorChange)
    : ControllerCommand<AlterReassignmentsReply>
{
    /// <summary>Cancelling twice answers that there is nothing to cancel.</summary>
    public override bool IsRepeatable => Partitions.All(partition => !partition.Target.IsDefault);
}

/// <param name="Target">The replicas that the partition shall have, the preferred leader first; default cancels what is under way.</param>
public readonly record struct PartitionToReassign(string Topic, int Partition, ImmutableArray<int> Target);

/// <summary>Gives leadership back to preferred replicas that are in sync and up, of at most so many partitions.</summary>
public sealed record BalanceLeaders(int MaxPartitions) : ControllerCommand<MaintenanceReply>;

/// <summary>Gives the internal topics the replicas that they are meant to have and that the cluster did not have brokers for when they were
/// made.</summary>
public sealed record RaiseInternalTopics : ControllerCommand<MaintenanceReply>;

/// <summary>Sets a finalized feature level.</summary>
public sealed record SetFeatureLevel(string Feature, short Level) : ControllerCommand<FeatureReply>
{
    public override bool IsRepeatable => true;

    public bool ValidateOnly { get; init; }
}
