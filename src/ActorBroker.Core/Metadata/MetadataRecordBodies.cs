using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Metadata;

/// <summary>The type of a record as it stands in the log; numbers are never given to another record.</summary>
public enum MetadataRecordType : sbyte
{
    ClusterCreated = 1,
    FeatureLevelSet = 2,
    ControllerElected = 3,
    BrokerRegistered = 4,
    BrokerFencingChanged = 5,
    BrokerUnregistered = 6,
    LeadershipRenewed = 7,
    TopicCreated = 8,
    PartitionsAdded = 9,
    PartitionsChanged = 10,
    TopicDeleted = 11,
    ConfigChanged = 12,
    ProducerIdsAllocated = 13,
}

/// <summary>The bodies of all metadata records, version 0 of each.</summary>
internal static class MetadataRecordBodies
{
    public static MetadataRecordType Write(WireWriter writer, MetadataRecord record)
    {
        switch (record)
        {
            case ClusterCreated cluster:
                writer.WriteCompactString(cluster.ClusterId);
                return MetadataRecordType.ClusterCreated;
            case FeatureLevelSet feature:
                writer.WriteCompactString(feature.Feature);
                writer.WriteInt16(feature.Level);
                return MetadataRecordType.FeatureLevelSet;
            case ControllerElected elected:
                writer.WriteInt32(elected.NodeId);
                writer.WriteInt32(elected.ControllerEpoch);
                return MetadataRecordType.ControllerElected;
            case BrokerRegistered registered:
                WriteRegistration(writer, registered);
                return MetadataRecordType.BrokerRegistered;
            case BrokerFencingChanged fencing:
                writer.WriteInt32(fencing.BrokerId);
                writer.WriteBool(fencing.IsFenced);
                return MetadataRecordType.BrokerFencingChanged;
            case BrokerUnregistered unregistered:
                writer.WriteInt32(unregistered.BrokerId);
                return MetadataRecordType.BrokerUnregistered;
            case LeadershipRenewed renewed:
                writer.WriteInt32(renewed.BrokerId);
                return MetadataRecordType.LeadershipRenewed;
            case ConfigChanged config:
                writer.WriteInt8((sbyte)config.Resource.Type);
                writer.WriteCompactString(config.Resource.Name);
                writer.WriteCompactString(config.Name);
                writer.WriteCompactNullableString(config.Value);
                return MetadataRecordType.ConfigChanged;
            case ProducerIdsAllocated allocated:
                writer.WriteInt32(allocated.BrokerId);
                writer.WriteInt64(allocated.NextProducerId);
                return MetadataRecordType.ProducerIdsAllocated;
            default:
                return WriteTopicRecord(writer, record);
        }
    }

    public static MetadataRecord Read(ref WireReader reader, MetadataRecordType type) => type switch
    {
        MetadataRecordType.ClusterCreated => new ClusterCreated(reader.ReadCompactString()),
        MetadataRecordType.FeatureLevelSet => new FeatureLevelSet(reader.ReadCompactString(), reader.ReadInt16()),
        MetadataRecordType.ControllerElected => new ControllerElected(reader.ReadInt32(), reader.ReadInt32()),
        MetadataRecordType.BrokerRegistered => ReadRegistration(ref reader),
        MetadataRecordType.BrokerFencingChanged => new BrokerFencingChanged(reader.ReadInt32(), reader.ReadBool()),
        MetadataRecordType.BrokerUnregistered => new BrokerUnregistered(reader.ReadInt32()),
        MetadataRecordType.LeadershipRenewed => new LeadershipRenewed(reader.ReadInt32()),
        MetadataRecordType.TopicCreated => new TopicCreated(reader.ReadCompactString(), reader.ReadUuid()),
        MetadataRecordType.PartitionsAdded => new PartitionsAdded(reader.ReadUuid(), ReadPartitions(ref reader)),
        MetadataRecordType.PartitionsChanged => new PartitionsChanged(reader.ReadUuid(), ReadChanges(ref reader)),
        MetadataRecordType.TopicDeleted => new TopicDeleted(reader.ReadUuid()),
        MetadataRecordType.ConfigChanged => new ConfigChanged(
            new ConfigResource((ConfigResourceType)reader.ReadInt8(), reader.ReadCompactString()),
            reader.ReadCompactString(), reader.ReadCompactNullableString()),
        MetadataRecordType.ProducerIdsAllocated => new ProducerIdsAllocated(reader.ReadInt32(), reader.ReadInt64()),
        _ => throw new WireFormatException($"metadata record of the unknown type {(int)type}"),
    };

    private static MetadataRecordType WriteTopicRecord(WireWriter writer, MetadataRecord record)
    {
        switch (record)
        {
            case TopicCreated created:
                writer.WriteCompactString(created.Name);
                writer.WriteUuid(created.TopicId);
                return MetadataRecordType.TopicCreated;
            case PartitionsAdded added:
                writer.WriteUuid(added.TopicId);
                writer.WriteCompactArrayLength(added.Partitions.Length);
                foreach (var partition in added.Partitions) WritePartition(writer, partition);
                return MetadataRecordType.PartitionsAdded;
            case PartitionsChanged changed:
                writer.WriteUuid(changed.TopicId);
                writer.WriteCompactArrayLength(changed.Changes.Length);
                foreach (var change in changed.Changes)
                {
                    writer.WriteInt32(change.Partition);
                    WritePartition(writer, change.Image);
                }
                return MetadataRecordType.PartitionsChanged;
            case TopicDeleted deleted:
                writer.WriteUuid(deleted.TopicId);
                return MetadataRecordType.TopicDeleted;
            default:
                throw new ArgumentException($"No bytes are defined for {record.GetType().Name}.", nameof(record));
        }
    }

    private static void WriteRegistration(WireWriter writer, BrokerRegistered registered)
    {
        writer.WriteInt32(registered.BrokerId);
        writer.WriteInt64(registered.Incarnation);
        writer.WriteCompactNullableString(registered.Rack);
        writer.WriteCompactArrayLength(registered.Endpoints.Length);
        foreach (var endpoint in registered.Endpoints)
        {
            writer.WriteCompactString(endpoint.Listener);
            writer.WriteCompactString(endpoint.Host);
            writer.WriteInt32(endpoint.Port);
            writer.WriteCompactString(endpoint.SecurityProtocol);
        }
        WriteIds(writer, registered.Directories);
    }

    private static BrokerRegistered ReadRegistration(ref WireReader reader)
    {
        var id = reader.ReadInt32();
        var incarnation = reader.ReadInt64();
        var rack = reader.ReadCompactNullableString();
        var count = reader.ReadCompactArrayLength(7, "endpoints");
        var endpoints = ImmutableArray.CreateBuilder<EndpointImage>(Math.Max(0, count));
        for (var i = 0; i < count; i++)
        {
            endpoints.Add(new EndpointImage(
                reader.ReadCompactString(), reader.ReadCompactString(), reader.ReadInt32(), reader.ReadCompactString()));
        }
        return new BrokerRegistered(id, incarnation, rack, endpoints.ToImmutable(), ReadIds(ref reader));
    }

    private static void WritePartition(WireWriter writer, PartitionImage partition)
    {
        WriteNodes(writer, partition.Replicas);
        WriteNodes(writer, partition.Isr);
        writer.WriteInt32(partition.Leader);
        writer.WriteInt32(partition.LeaderEpoch);
        writer.WriteInt32(partition.PartitionEpoch);
        WriteIds(writer, partition.Directories);
    }

    private static PartitionImage ReadPartition(ref WireReader reader) => new(
        ReadNodes(ref reader), ReadNodes(ref reader), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), ReadIds(ref reader));

    private static ImmutableArray<PartitionImage> ReadPartitions(ref WireReader reader)
    {
        var count = reader.ReadCompactArrayLength(15, "partitions");
        var partitions = ImmutableArray.CreateBuilder<PartitionImage>(Math.Max(0, count));
        for (var i = 0; i < count; i++) partitions.Add(ReadPartition(ref reader));
        return partitions.ToImmutable();
    }

    private static ImmutableArray<PartitionChange> ReadChanges(ref WireReader reader)
    {
        var count = reader.ReadCompactArrayLength(19, "changes");
        var changes = ImmutableArray.CreateBuilder<PartitionChange>(Math.Max(0, count));
        for (var i = 0; i < count; i++) changes.Add(new PartitionChange(reader.ReadInt32(), ReadPartition(ref reader)));
        return changes.ToImmutable();
    }

    private static void WriteNodes(WireWriter writer, ImmutableArray<int> nodes)
    {
        writer.WriteCompactArrayLength(nodes.Length);
        foreach (var node in nodes) writer.WriteInt32(node);
    }

    private static ImmutableArray<int> ReadNodes(ref WireReader reader)
    {
        var count = reader.ReadCompactArrayLength(4, "nodes");
        var nodes = ImmutableArray.CreateBuilder<int>(Math.Max(0, count));
        for (var i = 0; i < count; i++) nodes.Add(reader.ReadInt32());
        return nodes.MoveToImmutable();
    }

    private static void WriteIds(WireWriter writer, ImmutableArray<Uuid> ids)
    {
        writer.WriteCompactArrayLength(ids.Length);
        foreach (var id in ids) writer.WriteUuid(id);
    }

    private static ImmutableArray<Uuid> ReadIds(ref WireReader reader)
    {
        var count = reader.ReadCompactArrayLength(16, "ids");
        var ids = ImmutableArray.CreateBuilder<Uuid>(Math.Max(0, count));
        for (var i = 0; i < count; i++) ids.Add(reader.ReadUuid());
        return ids.MoveToImmutable();
    }
}
