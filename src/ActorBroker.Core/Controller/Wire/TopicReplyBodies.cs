using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller.Wire;

/// <summary>Bodies of the replies that have one entry for each thing asked about.</summary>
internal static class TopicReplyBodies
{
    public static ControllerReplyType TypeOf(ControllerReply reply) => reply switch
    {
        CreateTopicsReply => ControllerReplyType.CreateTopics,
        DeleteTopicsReply => ControllerReplyType.DeleteTopics,
        CreatePartitionsReply => ControllerReplyType.CreatePartitions,
        AlterConfigsReply => ControllerReplyType.AlterConfigs,
        AdoptTopicsReply => ControllerReplyType.AdoptTopics,
        AlterReassignmentsReply => ControllerReplyType.AlterReassignments,
        _ => throw new ArgumentException($"{reply.GetType().Name} does not go to another node.", nameof(reply)),
    };

    public static void Write(WireWriter writer, ControllerReply reply)
    {
        switch (reply)
        {
            case CreateTopicsReply create:
                writer.WriteArray(create.Topics, static (writer, topic) => WriteCreated(writer, topic));
                break;
            case DeleteTopicsReply delete:
                writer.WriteArray(delete.Topics, static (writer, topic) =>
                {
                    writer.WriteCompactNullableString(topic.Name);
                    writer.WriteUuid(topic.TopicId);
                    writer.WriteError(topic.Error);
                });
                break;
            case CreatePartitionsReply grow:
                writer.WriteArray(grow.Topics, static (writer, topic) =>
                {
                    writer.WriteCompactString(topic.Name);
                    writer.WriteInt32(topic.PartitionCount);
                    writer.WriteError(topic.Error);
                });
                break;
            case AlterConfigsReply alter:
                writer.WriteArray(alter.Resources, static (writer, resource) =>
                {
                    ConfigCommandBodies.WriteResource(writer, resource.Resource);
                    writer.WriteError(resource.Error);
                });
                break;
            case AdoptTopicsReply adopt:
                writer.WriteArray(adopt.Topics, static (writer, topic) =>
                {
                    writer.WriteCompactString(topic.Name);
                    writer.WriteUuid(topic.TopicId);
                    writer.WriteBool(topic.IsNew);
                    writer.WriteError(topic.Error);
                    writer.WriteCompactNullableString(topic.Warning);
                });
                break;
            case AlterReassignmentsReply alter:
                writer.WriteArray(alter.Partitions, static (writer, partition) =>
                {
                    writer.WriteCompactString(partition.Topic);
                    writer.WriteInt32(partition.Partition);
                    writer.WriteError(partition.Error);
                });
                break;
            default:
                throw new ArgumentException($"No bytes are defined for {reply.GetType().Name}.", nameof(reply));
        }
    }

    public static ControllerReply Read(ref WireReader reader, ControllerReplyType type) => type switch
    {
        ControllerReplyType.CreateTopics =>
            new CreateTopicsReply(reader.ReadArray(28, static (ref WireReader reader) => ReadCreated(ref reader))),
        ControllerReplyType.DeleteTopics => new DeleteTopicsReply(reader.ReadArray(20, static (ref WireReader reader) =>
            new DeletedTopic(reader.ReadCompactNullableString(), reader.ReadUuid(), reader.ReadKafkaError()))),
        ControllerReplyType.CreatePartitions => new CreatePartitionsReply(reader.ReadArray(8, static (ref WireReader reader) =>
            new GrownTopic(reader.ReadCompactString(), reader.ReadInt32(), reader.ReadKafkaError()))),
        ControllerReplyType.AlterConfigs => new AlterConfigsReply(reader.ReadArray(5, static (ref WireReader reader) =>
            new AlteredResource(ConfigCommandBodies.ReadResource(ref reader), reader.ReadKafkaError()))),
        ControllerReplyType.AdoptTopics => new AdoptTopicsReply(reader.ReadArray(22, static (ref WireReader reader) => new AdoptedTopic(
            reader.ReadCompactString(), reader.ReadUuid(), reader.ReadBool(), reader.ReadKafkaError(), reader.ReadCompactNullableString()))),
        ControllerReplyType.AlterReassignments => new AlterReassignmentsReply(reader.ReadArray(8, static (ref WireReader reader) =>
            new ReassignedPartition(reader.ReadCompactString(), reader.ReadInt32(), reader.ReadKafkaError()))),
        _ => throw new WireFormatException($"controller reply of the unknown type {(int)type}"),
    };

    private static void WriteCreated(WireWriter writer, CreatedTopic topic)
    {
        writer.WriteCompactString(topic.Name);
        writer.WriteError(topic.Error);
        writer.WriteUuid(topic.TopicId);
        writer.WriteInt32(topic.PartitionCount);
        writer.WriteInt16(topic.ReplicationFactor);
        writer.WriteCompactArrayLength(topic.Configs.Count);
        foreach (var (name, value) in topic.Configs) writer.WritePair(new KeyValuePair<string, string?>(name, value));
    }

    private static CreatedTopic ReadCreated(ref WireReader reader)
    {
        var (name, error, id) = (reader.ReadCompactString(), reader.ReadKafkaError(), reader.ReadUuid());
        var (partitions, factor) = (reader.ReadInt32(), reader.ReadInt16());
        var configs = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        for (var left = reader.ReadCompactArrayLength(2); left > 0; left--)
        {
            var (key, value) = reader.ReadPair();
            configs[key] = value ?? "";
        }
        return new CreatedTopic(name, error, id, partitions, factor, configs.ToImmutable());
    }
}
