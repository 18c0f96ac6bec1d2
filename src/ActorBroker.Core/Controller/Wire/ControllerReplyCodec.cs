using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller.Wire;

/// <summary>The bytes of the controller's replies: reply := type int8 · version int8 · body. See <see cref="ControllerCommandCodec"/>.</summary>
public static class ControllerReplyCodec
{
    private const sbyte Version = 0;

    public static void Write(WireWriter writer, ControllerReply reply)
    {
        void Begin(ControllerReplyType type)
        {
            writer.WriteInt8((sbyte)type);
            writer.WriteInt8(Version);
        }

        switch (reply)
        {
            case BrokerReply broker:
                Begin(ControllerReplyType.Broker);
                writer.WriteError(broker.Error);
                break;
            case DrainReply drain:
                Begin(ControllerReplyType.Drain);
                writer.WriteError(drain.Error);
                writer.WriteInt32(drain.StillLed);
                break;
            case ProducerIdsReply ids:
                Begin(ControllerReplyType.ProducerIds);
                writer.WriteError(ids.Error);
                writer.WriteInt64(ids.FirstProducerId);
                writer.WriteInt32(ids.Count);
                break;
            case AlterPartitionReply alter:
                Begin(ControllerReplyType.AlterPartition);
                writer.WriteError(alter.Error);
                writer.WriteBool(alter.Partition is not null);
                if (alter.Partition is not null) PartitionRecordBody.Write(writer, alter.Partition, 1);
                break;
            case ElectLeaderReply elect:
                Begin(ControllerReplyType.ElectLeader);
                writer.WriteError(elect.Error);
                break;
            case FeatureReply feature:
                Begin(ControllerReplyType.Feature);
                writer.WriteError(feature.Error);
                break;
            case MaintenanceReply maintenance:
                Begin(ControllerReplyType.Maintenance);
                writer.WriteInt32(maintenance.Changed);
                break;
            default:
                Begin(TopicReplyBodies.TypeOf(reply));
                TopicReplyBodies.Write(writer, reply);
                break;
        }
    }

    /// <summary>Throws <see cref="WireFormatException"/> for bytes that this build cannot read.</summary>
    public static ControllerReply Read(ref WireReader reader)
    {
        var type = (ControllerReplyType)reader.ReadInt8();
        var version = reader.ReadInt8();
        if (version != Version) throw new WireFormatException($"controller reply of type {(int)type} has the unknown version {version}");
        return type switch
        {
            ControllerReplyType.Broker => new BrokerReply(reader.ReadKafkaError()),
            ControllerReplyType.Drain => new DrainReply(reader.ReadKafkaError(), reader.ReadInt32()),
            ControllerReplyType.ProducerIds => new ProducerIdsReply(reader.ReadKafkaError(), reader.ReadInt64(), reader.ReadInt32()),
            ControllerReplyType.AlterPartition => new AlterPartitionReply(
                reader.ReadKafkaError(), reader.ReadBool() ? PartitionRecordBody.Read(ref reader, 1) : null),
            ControllerReplyType.ElectLeader => new ElectLeaderReply(reader.ReadKafkaError()),
            ControllerReplyType.Feature => new FeatureReply(reader.ReadKafkaError()),
            ControllerReplyType.Maintenance => new MaintenanceReply(reader.ReadInt32()),
            _ => TopicReplyBodies.Read(ref reader, type),
        };
    }
}
