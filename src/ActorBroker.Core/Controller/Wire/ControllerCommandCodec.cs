using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller.Wire;

/// <summary>
/// The bytes of commands on their way from any node to the controller.
///
/// command := type int8 · version int8 · body; numbers are Kafka's primitive types, big-endian, arrays and strings compact.
///
/// Nodes of two releases talk to each other during a rolling upgrade: a version that this build does not know is an error, and a newer
/// release writes what the finalized level of the metadata allows.
/// </summary>
public static class ControllerCommandCodec
{
    private const sbyte Version = 0;

    public static void Write(WireWriter writer, ControllerCommand command)
    {
        writer.WriteInt8((sbyte)TypeOf(command));
        writer.WriteInt8(Version);
        switch (command)
        {
            case CreateTopics or DeleteTopics or CreatePartitions or AdoptTopics:
                TopicCommandBodies.Write(writer, command);
                break;
            case AlterConfigs or ReplaceConfigs:
                ConfigCommandBodies.Write(writer, command);
                break;
            case AlterPartition or ElectLeader or AlterReassignments or BalanceLeaders or RaiseInternalTopics:
                PartitionCommandBodies.Write(writer, command);
                break;
            default:
                ClusterCommandBodies.Write(writer, command);
                break;
        }
    }

    /// <summary>Throws <see cref="WireFormatException"/> for bytes that this build cannot read.</summary>
    public static ControllerCommand Read(ref WireReader reader)
    {
        var type = (ControllerCommandType)reader.ReadInt8();
        var version = reader.ReadInt8();
        if (version != Version) throw new WireFormatException($"controller command of type {(int)type} has the unknown version {version}");
        return type switch
        {
            ControllerCommandType.CreateTopics or ControllerCommandType.DeleteTopics or ControllerCommandType.CreatePartitions
                or ControllerCommandType.AdoptTopics => TopicCommandBodies.Read(ref reader, type),
            ControllerCommandType.AlterConfigs or ControllerCommandType.ReplaceConfigs => ConfigCommandBodies.Read(ref reader, type),
            ControllerCommandType.AlterPartition or ControllerCommandType.ElectLeader or ControllerCommandType.AlterReassignments
                or ControllerCommandType.BalanceLeaders or ControllerCommandType.RaiseInternalTopics =>
                PartitionCommandBodies.Read(ref reader, type),
            _ => ClusterCommandBodies.Read(ref reader, type),
        };
    }

    private static ControllerCommandType TypeOf(ControllerCommand command) => command switch
    {
        RegisterBroker => ControllerCommandType.RegisterBroker,
        FenceBroker => ControllerCommandType.FenceBroker,
        DrainBroker => ControllerCommandType.DrainBroker,
        UnregisterBroker => ControllerCommandType.UnregisterBroker,
        CreateTopics => ControllerCommandType.CreateTopics,
        DeleteTopics => ControllerCommandType.DeleteTopics,
        CreatePartitions => ControllerCommandType.CreatePartitions,
        AlterConfigs => ControllerCommandType.AlterConfigs,
        ReplaceConfigs => ControllerCommandType.ReplaceConfigs,
        AllocateProducerIds => ControllerCommandType.AllocateProducerIds,
        AdoptTopics => ControllerCommandType.AdoptTopics,
        AlterPartition => ControllerCommandType.AlterPartition,
        ElectLeader => ControllerCommandType.ElectLeader,
        AlterReassignments => ControllerCommandType.AlterReassignments,
        BalanceLeaders => ControllerCommandType.BalanceLeaders,
        RaiseInternalTopics => ControllerCommandType.RaiseInternalTopics,
        SetFeatureLevel => ControllerCommandType.SetFeatureLevel,
        _ => throw new ArgumentException($"{command.GetType().Name} does not go to another node.", nameof(command)),
    };
}
