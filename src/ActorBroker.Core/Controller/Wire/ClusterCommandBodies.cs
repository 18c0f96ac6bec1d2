using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller.Wire;

/// <summary>Bodies of the commands about brokers, producer ids and features.</summary>
internal static class ClusterCommandBodies
{
    public static void Write(WireWriter writer, ControllerCommand command)
    {
        switch (command)
        {
            case RegisterBroker register:
                WriteRegistration(writer, register);
                break;
            case FenceBroker fence:
                writer.WriteInt32(fence.BrokerId);
                writer.WriteInt64(fence.Incarnation);
                writer.WriteBool(fence.IsFenced);
                break;
            case DrainBroker drain:
                writer.WriteInt32(drain.BrokerId);
                writer.WriteBool(drain.Incarnation is not null);
                writer.WriteInt64(drain.Incarnation ?? 0);
                writer.WriteBool(drain.IsDraining);
                break;
            case UnregisterBroker unregister:
                writer.WriteInt32(unregister.BrokerId);
                break;
            case AllocateProducerIds allocate:
                writer.WriteInt32(allocate.BrokerId);
                writer.WriteInt32(allocate.Count);
                break;
            case SetFeatureLevel feature:
                writer.WriteCompactString(feature.Feature);
                writer.WriteInt16(feature.Level);
                writer.WriteBool(feature.ValidateOnly);
                break;
            default:
                throw new ArgumentException($"No bytes are defined for {command.GetType().Name}.", nameof(command));
        }
    }

    public static ControllerCommand Read(ref WireReader reader, ControllerCommandType type)
    {
        switch (type)
        {
            case ControllerCommandType.RegisterBroker:
                return ReadRegistration(ref reader);
            case ControllerCommandType.FenceBroker:
                return new FenceBroker(reader.ReadInt32(), reader.ReadInt64(), reader.ReadBool());
            case ControllerCommandType.DrainBroker:
                var (id, hasIncarnation, incarnation) = (reader.ReadInt32(), reader.ReadBool(), reader.ReadInt64());
                return new DrainBroker(id, hasIncarnation ? incarnation : null, reader.ReadBool());
            case ControllerCommandType.UnregisterBroker:
                return new UnregisterBroker(reader.ReadInt32());
            case ControllerCommandType.AllocateProducerIds:
                return new AllocateProducerIds(reader.ReadInt32(), reader.ReadInt32());
            case ControllerCommandType.SetFeatureLevel:
                return new SetFeatureLevel(reader.ReadCompactString(), reader.ReadInt16()) { ValidateOnly = reader.ReadBool() };
            default:
                throw new WireFormatException($"controller command of the unknown type {(int)type}");
        }
    }

    private static void WriteRegistration(WireWriter writer, RegisterBroker register)
    {
        writer.WriteInt32(register.BrokerId);
        writer.WriteInt64(register.Incarnation);
        writer.WriteCompactNullableString(register.Rack);
        writer.WriteArray(register.Endpoints, static (writer, endpoint) =>
        {
            writer.WriteCompactString(endpoint.Listener);
            writer.WriteCompactString(endpoint.Host);
            writer.WriteInt32(endpoint.Port);
            writer.WriteCompactString(endpoint.SecurityProtocol);
        });
        writer.WriteArray(register.Directories, static (writer, id) => writer.WriteUuid(id));
        writer.WriteBool(register.IsCleanStart);
        writer.WriteInt16(register.MetadataLevel);
        writer.WriteBool(register.Lanes is not null);
        if (register.Lanes is not { } lanes) return;
        writer.WriteCompactString(lanes.Host);
        writer.WriteInt32(lanes.ControlPort);
        writer.WriteInt32(lanes.BulkPort);
    }

    private static RegisterBroker ReadRegistration(ref WireReader reader)
    {
        var (id, incarnation, rack) = (reader.ReadInt32(), reader.ReadInt64(), reader.ReadCompactNullableString());
        var endpoints = reader.ReadArray(7, static (ref WireReader reader) => new EndpointImage(
            reader.ReadCompactString(), reader.ReadCompactString(), reader.ReadInt32(), reader.ReadCompactString()));
        var directories = reader.ReadArray(16, static (ref WireReader reader) => reader.ReadUuid());
        var (isClean, level, hasLanes) = (reader.ReadBool(), reader.ReadInt16(), reader.ReadBool());
        return new RegisterBroker(id, incarnation, rack, endpoints, directories, isClean)
        {
            MetadataLevel = level,
            Lanes = hasLanes ? new LaneAddresses(reader.ReadCompactString(), reader.ReadInt32(), reader.ReadInt32()) : null,
        };
    }
}
