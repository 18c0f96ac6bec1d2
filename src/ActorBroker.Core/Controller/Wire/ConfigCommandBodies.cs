using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller.Wire;

/// <summary>Bodies of the commands about configs.</summary>
internal static class ConfigCommandBodies
{
    public static void Write(WireWriter writer, ControllerCommand command)
    {
        switch (command)
        {
            case AlterConfigs alter:
                writer.WriteArray(alter.Resources, static (writer, change) =>
                {
                    WriteResource(writer, change.Resource);
                    writer.WriteArray(change.Operations, static (writer, operation) =>
                    {
                        writer.WriteCompactString(operation.Name);
                        writer.WriteInt8((sbyte)operation.Type);
                        writer.WriteCompactNullableString(operation.Value);
                    });
                });
                writer.WriteBool(alter.ValidateOnly);
                break;
            case ReplaceConfigs replace:
                writer.WriteArray(replace.Resources, static (writer, change) =>
                {
                    WriteResource(writer, change.Resource);
                    writer.WriteArray(change.Configs, static (writer, pair) => writer.WritePair(pair));
                });
                writer.WriteBool(replace.ValidateOnly);
                break;
            default:
                throw new ArgumentException($"No bytes are defined for {command.GetType().Name}.", nameof(command));
        }
    }

    public static ControllerCommand Read(ref WireReader reader, ControllerCommandType type) => type switch
    {
        ControllerCommandType.AlterConfigs => new AlterConfigs(
            reader.ReadArray(3, static (ref WireReader reader) => new ResourceToAlter(ReadResource(ref reader),
                reader.ReadArray(3, static (ref WireReader reader) => new ConfigOperation(
                    reader.ReadCompactString(), (ConfigOperationType)reader.ReadInt8(), reader.ReadCompactNullableString())))),
            reader.ReadBool()),
        ControllerCommandType.ReplaceConfigs => new ReplaceConfigs(
            reader.ReadArray(3, static (ref WireReader reader) => new ResourceToReplace(ReadResource(ref reader),
                reader.ReadArray(2, static (ref WireReader reader) => reader.ReadPair()))),
            reader.ReadBool()),
        _ => throw new WireFormatException($"controller command of the unknown type {(int)type}"),
    };

    public static void WriteResource(WireWriter writer, ConfigResource resource)
    {
        writer.WriteInt8((sbyte)resource.Type);
        writer.WriteCompactString(resource.Name);
    }

    public static ConfigResource ReadResource(ref WireReader reader) =>
        new((ConfigResourceType)reader.ReadInt8(), reader.ReadCompactString());
}
