using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Metadata;

/// <summary>The bodies of all metadata records, in all their versions.</summary>
internal static class MetadataRecordBodies
{
    public static void Write(WireWriter writer, MetadataRecord record, sbyte version)
    {
        switch (record)
        {
            case ClusterCreated cluster:
                writer.WriteCompactString(cluster.ClusterId);
                break;
            case FeatureLevelSet feature:
                writer.WriteCompactString(feature.Feature);
                writer.WriteInt16(feature.Level);
                break;
            case ControllerElected elected:
                writer.WriteInt32(elected.NodeId);
                writer.WriteInt32(elected.ControllerEpoch);
                break;
            case BrokerRegistered registered:
                WriteRegistration(writer, registered, version);
                break;
            case BrokerFencingChanged fencing:
                writer.WriteInt32(fencing.BrokerId);
                writer.WriteBool(fencing.IsFenced);
                break;
            case BrokerDrainChanged drain:
                writer.WriteInt32(drain.BrokerId);
                writer.WriteBool(drain.IsDraining);
                break;
            case BrokerUnregistered unregistered:
                writer.WriteInt32(unregistered.BrokerId);
                break;
            case LeadershipRenewed renewed:
                writer.WriteInt32(renewed.BrokerId);
                break;
            case ConfigChanged config:
                writer.WriteInt8((sbyte)config.Resource.Type);
                writer.WriteCompactString(config.Resource.Name);
                writer.WriteCompactString(config.Name);
                writer.WriteCompactNullableString(config.Value);
                break;
            case ProducerIdsAllocated allocated:
                writer.WriteInt32(allocated.BrokerId);
                writer.WriteInt64(allocated.NextProducerId);
                break;
            default:
                WriteTopicRecord(writer, record, version);
                break;
        }
    }

    public static MetadataRecord Read(ref WireReader reader, MetadataRecordType type, sbyte version) => type switch
    {
        MetadataRecordType.ClusterCreated => new ClusterCreated(reader.ReadCompactString()),
        MetadataRecordType.FeatureLevelSet => new FeatureLevelSet(reader.ReadCompactString(), reader.ReadInt16()),
        MetadataRecordType.ControllerElected => new ControllerElected(reader.ReadInt32(), reader.ReadInt32()),
        MetadataRecordType.BrokerRegistered => ReadRegistration(ref reader, version),
        MetadataRecordType.BrokerFencingChanged => new BrokerFencingChanged(reader.ReadInt32(), reader.ReadBool()),
        MetadataRecordType.BrokerDrainChanged => new BrokerDrainChanged(reader.ReadInt32(), reader.ReadBool()),
        MetadataRecordType.BrokerUnregistered => new BrokerUnregistered(reader.ReadInt32()),
        MetadataRecordType.LeadershipRenewed => new LeadershipRenewed(reader.ReadInt32()),
        MetadataRecordType.TopicCreated => new TopicCreated(reader.ReadCompactString(), reader.ReadUuid()),
        MetadataRecordType.PartitionsAdded => new PartitionsAdded(reader.ReadUuid(), ReadPartitions(ref reader, version)),
        MetadataRecordType.PartitionsChanged => new PartitionsChanged(reader.ReadUuid(), ReadChanges(ref reader, version)),
        MetadataRecordType.TopicDeleted => new TopicDeleted(reader.ReadUuid()),
        MetadataRecordType.ConfigChanged => new ConfigChanged(
            new ConfigResource((ConfigResourceType)reader.ReadInt8(), reader.ReadCompactString()),
            reader.ReadCompactString(), reader.ReadCompactNullableString()),
        MetadataRecordType.ProducerIdsAllocated => new ProducerIdsAllocated(reader.ReadInt32(), reader.ReadInt64()),
        _ => throw new WireFormatException($"metadata record of the unknown type {(int)type}"),
    };

    private static void WriteTopicRecord(WireWriter writer, MetadataRecord record, sbyte version)
    {
        switch (record)
        {
            case TopicCreated created:
                writer.WriteCompactString(created.Name);
                writer.WriteUuid(created.TopicId);
                break;
            case PartitionsAdded added:
                writer.WriteUuid(added.TopicId);
                writer.WriteCompactArrayLength(added.Partitions.Length);
                foreach (var partition in added.Partitions) PartitionRecordBody.Write(writer, partition, version);
                break;
            case PartitionsChanged changed:
                writer.WriteUuid(changed.TopicId);
                writer.WriteCompactArrayLength(changed.Changes.Length);
                foreach (var change in changed.Changes)
                {
                    writer.WriteInt32(change.Partition);
                    PartitionRecordBody.Write(writer, change.Image, version);
                }
                break;
            case TopicDeleted deleted:
                writer.WriteUuid(deleted.TopicId);
                break;
            default:
                throw new ArgumentException($"No bytes are defined for {record.GetType().Name}.", nameof(record));
        }
    }

    private static void WriteRegistration(WireWriter writer, BrokerRegistered registered, sbyte version)
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
        PartitionRecordBody.WriteIds(writer, registered.Directories);
        if (version < 1) return;
        writer.WriteInt16(registered.MetadataLevel);
        writer.WriteBool(registered.Lanes is not null);
        if (registered.Lanes is not { } lanes) return;
        writer.WriteCompactString(lanes.Host);
        writer.WriteInt32(lanes.ControlPort);
        writer.WriteInt32(lanes.BulkPort);
    }

    private static BrokerRegistered ReadRegistration(ref WireReader reader, sbyte version)
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
        var registered = new BrokerRegistered(id, incarnation, rack, endpoints.ToImmutable(), PartitionRecordBody.ReadIds(ref reader));
        if (version < 1) return registered;
        var level = reader.ReadInt16();
        var lanes = reader.ReadBool() ? new LaneAddresses(reader.ReadCompactString(), reader.ReadInt32(), reader.ReadInt32()) : null;
        return registered with { MetadataLevel = level, Lanes = lanes };
    }

    private static ImmutableArray<PartitionImage> ReadPartitions(ref WireReader reader, sbyte version)
    {
        var count = reader.ReadCompactArrayLength(15, "partitions");
        var partitions = ImmutableArray.CreateBuilder<PartitionImage>(Math.Max(0, count));
        for (var i = 0; i < count; i++) partitions.Add(PartitionRecordBody.Read(ref reader, version));
        return partitions.ToImmutable();
    }

    private static ImmutableArray<PartitionChange> ReadChanges(ref WireReader reader, sbyte version)
    {
        var count = reader.ReadCompactArrayLength(19, "changes");
        var changes = ImmutableArray.CreateBuilder<PartitionChange>(Math.Max(0, count));
        for (var i = 0; i < count; i++) changes.Add(new PartitionChange(reader.ReadInt32(), PartitionRecordBody.Read(ref reader, version)));
        return changes.ToImmutable();
    }
}
