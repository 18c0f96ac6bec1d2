using System.Collections.Immutable;
using ActorBroker.Actors.Partitions;
using ActorBroker.Actors.Partitions.Replication;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using ActorBroker.Protocol;
using Akka.Actor;
using Akka.Serialization;

namespace ActorBroker.Actors.Serialization;

/// <summary>
/// Replication between nodes. An envelope is encoded when it is made (<see cref="ReplicationCodec"/>) and decoded by the actor that gets
/// it, so that nothing is copied here. The word that starts a sharded leader: topic id, partition, then the grant's fields in their order,
/// lists with their length first; big-endian. Manifests carry the versions.
/// </summary>
public sealed class ReplicationSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string EnvelopeV1 = "replication-1";
    private const string StartV1 = "start-leading-1";

    public override int Identifier => 9220;

    public override string Manifest(object o) => o switch
    {
        ReplicationEnvelope => EnvelopeV1,
        StartLeading => StartV1,
        _ => throw new ArgumentException($"{o.GetType()} is no message of replication."),
    };

    public override byte[] ToBinary(object obj) => obj switch
    {
        ReplicationEnvelope envelope => envelope.Bytes,
        StartLeading start => Write(start),
        _ => throw new ArgumentException($"{obj.GetType()} is no message of replication."),
    };

    public override object FromBinary(byte[] bytes, string manifest) => manifest switch
    {
        EnvelopeV1 => new ReplicationEnvelope(bytes),
        StartV1 => ReadStart(bytes),
        _ => throw new ArgumentException($"Replication message {manifest} is not known to this version."),
    };

    private static byte[] Write(StartLeading start)
    {
        using var writer = new WireWriter(96);
        writer.WriteUuid(start.Id.TopicId);
        writer.WriteInt32(start.Id.Partition);
        writer.WriteInt32(start.Grant.LeaderEpoch);
        writer.WriteInt32(start.Grant.PartitionEpoch);
        writer.WriteInt64(start.Grant.Ballot);
        writer.WriteInt32(start.Grant.Node);
        Write(writer, start.Grant.Replicas);
        Write(writer, start.Grant.Isr);
        return writer.WrittenSpan.ToArray();
    }

    private static StartLeading ReadStart(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        var id = new TopicIdPartition(reader.ReadUuid(), reader.ReadInt32());
        var (leaderEpoch, partitionEpoch, ballot, node) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt64(), reader.ReadInt32());
        return new StartLeading(id, new LeadershipGrant(leaderEpoch, partitionEpoch, ballot, node, ReadNodes(ref reader), ReadNodes(ref reader)));
    }

    private static void Write(WireWriter writer, ImmutableArray<int> nodes)
    {
        writer.WriteArrayLength(nodes.Length);
        foreach (var node in nodes) writer.WriteInt32(node);
    }

    private static ImmutableArray<int> ReadNodes(ref WireReader reader)
    {
        var nodes = new int[Math.Max(0, reader.ReadArrayLength(4, "nodes"))];
        for (var i = 0; i < nodes.Length; i++) nodes[i] = reader.ReadInt32();
        return [.. nodes];
    }
}
