using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Metadata;

/// <summary>
/// One fact of the metadata log. Records say what is, never what to do: applying the same records in the same order gives the same image on
/// every node. A batch of them is one entry of the journal; <see cref="MetadataRecordCodec"/> has their bytes.
/// </summary>
public abstract record MetadataRecord;

/// <summary>The cluster's id; the first record of every log.</summary>
public sealed record ClusterCreated(string ClusterId) : MetadataRecord;

/// <summary>A finalized feature level; 0 takes the feature away.</summary>
public sealed record FeatureLevelSet(string Feature, short Level) : MetadataRecord;

/// <summary>A node has taken the controller role under a new epoch; records of lower epochs that come later are refused.</summary>
public sealed record ControllerElected(int NodeId, int ControllerEpoch) : MetadataRecord;

/// <summary>A broker's process has registered. It stays fenced until a <see cref="BrokerFencingChanged"/> says otherwise.</summary>
public sealed record BrokerRegistered(
    int BrokerId, long Incarnation, string? Rack, ImmutableArray<EndpointImage> Endpoints, ImmutableArray<Uuid> Directories)
    : MetadataRecord
{
    /// <summary>Null where the broker is alone; needs <see cref="MetadataFeature.ClusterLevel"/>.</summary>
    public LaneAddresses? Lanes { get; init; }

    /// <summary>What the broker's release reads; written from <see cref="MetadataFeature.ClusterLevel"/> on.</summary>
    public short MetadataLevel { get; init; } = MetadataFeature.MinLevel;
}

public sealed record BrokerFencingChanged(int BrokerId, bool IsFenced) : MetadataRecord;

/// <summary>A broker is being drained: leadership moves away from it and does not come back. Ends with its next registration.</summary>
public sealed record BrokerDrainChanged(int BrokerId, bool IsDraining) : MetadataRecord;

public sealed record BrokerUnregistered(int BrokerId) : MetadataRecord;

/// <summary>
/// A broker that came back goes on leading what it led: every one of those partitions gets the next leader epoch and the next partition
/// epoch. One record for all of them, because a node with ten thousand partitions restarts too.
/// </summary>
public sealed record LeadershipRenewed(int BrokerId) : MetadataRecord;

/// <summary>A topic without partitions yet; <see cref="PartitionsAdded"/> follows in the same batch.</summary>
public sealed record TopicCreated(string Name, Uuid TopicId) : MetadataRecord;

/// <summary>New partitions, numbered on from the last one that the topic has.</summary>
public sealed record PartitionsAdded(Uuid TopicId, ImmutableArray<PartitionImage> Partitions) : MetadataRecord;

/// <summary>New registrations of partitions of one topic.</summary>
public sealed record PartitionsChanged(Uuid TopicId, ImmutableArray<PartitionChange> Changes) : MetadataRecord;

public readonly record struct PartitionChange(int Partition, PartitionImage Image);

public sealed record TopicDeleted(Uuid TopicId) : MetadataRecord;

/// <summary>A dynamic config of a resource; a null value takes it away.</summary>
public sealed record ConfigChanged(ConfigResource Resource, string Name, string? Value) : MetadataRecord;

/// <summary>All producer ids below <paramref name="NextProducerId"/> have been handed out.</summary>
public sealed record ProducerIdsAllocated(int BrokerId, long NextProducerId) : MetadataRecord;
