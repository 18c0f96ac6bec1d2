using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Metadata;

/// <summary>
/// The bytes of a partition's registration inside a record. Version 1 adds what a cluster needs: adding and removing replicas of a
/// reassignment, eligible leader replicas. A partition that has any of these cannot be written as version 0.
/// </summary>
internal static class PartitionRecordBody
{
    public static void Write(WireWriter writer, PartitionImage partition, sbyte version)
    {
        WriteNodes(writer, partition.Replicas);
        WriteNodes(writer, partition.Isr);
        writer.WriteInt32(partition.Leader);
        writer.WriteInt32(partition.LeaderEpoch);
        writer.WriteInt32(partition.PartitionEpoch);
        WriteIds(writer, partition.Directories);
        if (version >= 1)
        {
            WriteNodes(writer, partition.AddingReplicas);
            WriteNodes(writer, partition.RemovingReplicas);
            WriteNodes(writer, partition.Elr);
            WriteNodes(writer, partition.LastKnownElr);
        }
        else if (partition.IsReassigning || partition.Elr.Length > 0 || partition.LastKnownElr.Length > 0)
        {
            throw new ArgumentException("A partition with a reassignment or eligible leaders needs a higher metadata level.", nameof(partition));
        }
    }

    public static PartitionImage Read(ref WireReader reader, sbyte version)
    {
        var partition = new PartitionImage(
            ReadNodes(ref reader), ReadNodes(ref reader), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(), ReadIds(ref reader));
        if (version < 1) return partition;
        return partition with
        {
            AddingReplicas = ReadNodes(ref reader),
            RemovingReplicas = ReadNodes(ref reader),
            Elr = ReadNodes(ref reader),
            LastKnownElr = ReadNodes(ref reader),
        };
    }

    public static void WriteIds(WireWriter writer, ImmutableArray<Uuid> ids)
    {
        writer.WriteCompactArrayLength(ids.Length);
        foreach (var id in ids) writer.WriteUuid(id);
    }

    public static ImmutableArray<Uuid> ReadIds(ref WireReader reader)
    {
        var count = reader.ReadCompactArrayLength(16, "ids");
        var ids = ImmutableArray.CreateBuilder<Uuid>(Math.Max(0, count));
        for (var i = 0; i < count; i++) ids.Add(reader.ReadUuid());
        return ids.MoveToImmutable();
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
}
