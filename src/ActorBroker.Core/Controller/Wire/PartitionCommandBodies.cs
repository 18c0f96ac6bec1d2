using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller.Wire;

/// <summary>Bodies of the commands about single partitions: in-sync replicas, elections, reassignments.</summary>
internal static class PartitionCommandBodies
{
    public static void Write(WireWriter writer, ControllerCommand command)
    {
        switch (command)
        {
            case AlterPartition alter:
                writer.WriteInt32(alter.BrokerId);
                writer.WriteInt64(alter.Incarnation);
                writer.WriteUuid(alter.TopicId);
                writer.WriteInt32(alter.Partition);
                writer.WriteInt32(alter.LeaderEpoch);
                writer.WriteInt32(alter.PartitionEpoch);
                writer.WriteArray(alter.Isr, static (writer, member) =>
                {
                    writer.WriteInt32(member.BrokerId);
                    writer.WriteInt64(member.Incarnation);
                });
                break;
            case ElectLeader elect:
                writer.WriteCompactString(elect.Topic);
                writer.WriteInt32(elect.Partition);
                writer.WriteBool(elect.IsUnclean);
                break;
            case AlterReassignments alter:
                writer.WriteArray(alter.Partitions, static (writer, partition) =>
                {
                    writer.WriteCompactString(partition.Topic);
                    writer.WriteInt32(partition.Partition);
                    writer.WriteNodes(partition.Target);
                });
                writer.WriteBool(alter.AllowsFactorChange);
                break;
            case BalanceLeaders balance:
                writer.WriteInt32(balance.MaxPartitions);
                break;
            case RaiseInternalTopics:
                break;
            default:
                throw new ArgumentException($"No bytes are defined for {command.GetType().Name}.", nameof(command));
        }
    }

    public static ControllerCommand Read(ref WireReader reader, ControllerCommandType type) => type switch
    {
        ControllerCommandType.AlterPartition => new AlterPartition(
            reader.ReadInt32(), reader.ReadInt64(), reader.ReadUuid(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt32(),
            reader.ReadArray(12, static (ref WireReader reader) => new IsrMember(reader.ReadInt32(), reader.ReadInt64()))),
        ControllerCommandType.ElectLeader => new ElectLeader(reader.ReadCompactString(), reader.ReadInt32(), reader.ReadBool()),
        ControllerCommandType.AlterReassignments => new AlterReassignments(
            reader.ReadArray(6, static (ref WireReader reader) =>
                new PartitionToReassign(reader.ReadCompactString(), reader.ReadInt32(), reader.ReadNodes())),
            reader.ReadBool()),
        ControllerCommandType.BalanceLeaders => new BalanceLeaders(reader.ReadInt32()),
        ControllerCommandType.RaiseInternalTopics => new RaiseInternalTopics(),
        _ => throw new WireFormatException($"controller command of the unknown type {(int)type}"),
    };
}
