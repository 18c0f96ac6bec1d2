using ActorBroker.Protocol;

namespace ActorBroker.Core.Quorum;

/// <summary>The bytes of a <see cref="NodeStanding"/>: node id int32 · file uuid · cluster id · voters · joined · follows int32.</summary>
public static class NodeStandingCodec
{
    public static void Write(WireWriter writer, NodeStanding standing)
    {
        writer.WriteInt32(standing.NodeId);
        writer.WriteUuid(standing.FileId);
        writer.WriteCompactString(standing.ClusterId);
        QuorumCodec.WriteVoters(writer, standing.Voters);
        writer.WriteBool(standing.IsJoined);
        writer.WriteInt32(standing.Follows);
    }

    public static NodeStanding Read(ref WireReader reader)
    {
        var node = reader.ReadInt32();
        var file = reader.ReadUuid();
        var cluster = reader.ReadCompactString("cluster");
        var voters = QuorumCodec.ReadVoters(ref reader);
        var isJoined = reader.ReadBool();
        return new NodeStanding(node, file, cluster, voters, isJoined, reader.ReadInt32());
    }
}
