using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller.Wire;

/// <summary>Bodies of the commands about topics.</summary>
internal static class TopicCommandBodies
{
    public static void Write(WireWriter writer, ControllerCommand command)
    {
        switch (command)
        {
            case CreateTopics create:
                writer.WriteArray(create.Topics, static (writer, topic) => WriteTopic(writer, topic));
                writer.WriteBool(create.ValidateOnly);
                writer.WriteInt32(create.PlacementSeed);
                break;
            case DeleteTopics delete:
                writer.WriteArray(delete.Topics, static (writer, topic) =>
                {
                    writer.WriteCompactNullableString(topic.Name);
                    writer.WriteUuid(topic.TopicId);
                });
                break;
            case CreatePartitions grow:
                writer.WriteArray(grow.Topics, static (writer, topic) =>
                {
                    writer.WriteCompactString(topic.Name);
                    writer.WriteInt32(topic.PartitionCount);
                    writer.WriteArray(topic.Assignments, static (writer, nodes) => writer.WriteNodes(nodes));
                });
                writer.WriteBool(grow.ValidateOnly);
                writer.WriteInt32(grow.PlacementSeed);
                break;
            case AdoptTopics adopt:
                writer.WriteInt32(adopt.BrokerId);
                writer.WriteArray(adopt.Topics, static (writer, topic) => WriteAdopted(writer, topic));
                writer.WriteInt64(adopt.FirstFreeProducerId);
                break;
            default:
                throw new ArgumentException($"No bytes are defined for {command.GetType().Name}.", nameof(command));
        }
    }

    public static ControllerCommand Read(ref WireReader reader, ControllerCommandType type) => type switch
    {
        ControllerCommandType.CreateTopics => new CreateTopics(
            reader.ReadArray(30, static (ref WireReader reader) => ReadTopic(ref reader)), reader.ReadBool(), reader.ReadInt32()),
        ControllerCommandType.DeleteTopics => new DeleteTopics(reader.ReadArray(17,
            static (ref WireReader reader) => new TopicReference(reader.ReadCompactNullableString(), reader.ReadUuid()))),
        ControllerCommandType.CreatePartitions => new CreatePartitions(reader.ReadArray(6, static (ref WireReader reader) => new TopicToGrow(
            reader.ReadCompactString(), reader.ReadInt32(),
            reader.ReadArray(1, static (ref WireReader reader) => reader.ReadNodes()))), reader.ReadBool(), reader.ReadInt32()),
        ControllerCommandType.AdoptTopics => new AdoptTopics(
            reader.ReadInt32(), reader.ReadArray(18, static (ref WireReader reader) => ReadAdopted(ref reader)))
        {
            FirstFreeProducerId = reader.ReadInt64(),
        },
        _ => throw new WireFormatException($"controller command of the unknown type {(int)type}"),
    };

    private static void WriteTopic(WireWriter writer, TopicToCreate topic)
    {
        writer.WriteCompactString(topic.Name);
        writer.WriteUuid(topic.TopicId);
        writer.WriteInt32(topic.PartitionCount);
        writer.WriteInt16(topic.ReplicationFactor);
        writer.WriteArray(topic.Assignments, static (writer, assignment) =>
        {
            writer.WriteInt32(assignment.Partition);
            writer.WriteNodes(assignment.Replicas);
        });
        writer.WriteArray(topic.Configs, static (writer, pair) => writer.WritePair(pair));
    }

    private static TopicToCreate ReadTopic(ref WireReader reader) => new(
        reader.ReadCompactString(), reader.ReadUuid(), reader.ReadInt32(), reader.ReadInt16(),
        reader.ReadArray(5, static (ref WireReader reader) => new PartitionAssignment(reader.ReadInt32(), reader.ReadNodes())),
        reader.ReadArray(2, static (ref WireReader reader) => reader.ReadPair()));

    private static void WriteAdopted(WireWriter writer, TopicToAdopt topic)
    {
        writer.WriteCompactString(topic.Name);
        writer.WriteUuid(topic.TopicId);
        writer.WriteArray(topic.Partitions, static (writer, partition) =>
        {
            writer.WriteInt32(partition.Partition);
            writer.WriteUuid(partition.Directory);
            writer.WriteInt32(partition.LastLeaderEpoch);
        });
    }

    private static TopicToAdopt ReadAdopted(ref WireReader reader) => new(
        reader.ReadCompactString(), reader.ReadUuid(),
        reader.ReadArray(24, static (ref WireReader reader) =>
            new PartitionToAdopt(reader.ReadInt32(), reader.ReadUuid(), reader.ReadInt32())));
}
