using ActorBroker.Protocol;

namespace ActorBroker.Network.Produce;

/// <summary>
/// Reads a produce request (versions 3 to 13) as a view: names and records stay where they are in the received buffer, each entry takes one
/// pooled object. The number of entries has a limit, because the smallest entry on the wire is much smaller than what it takes in memory.
/// </summary>
internal static class ProduceRequestParser
{
    public const int MaxPartitions = 65_536;

    private const short FirstFlexible = 9;
    private const short FirstWithTopicIds = 13;

    /// <summary>Fills the operation from its frame's body. Throws <see cref="WireFormatException"/>.</summary>
    public static void Parse(ProduceOperation operation, int bodyOffset)
    {
        var frame = operation.Frame;
        var version = operation.Version;
        var flexible = version >= FirstFlexible;
        var reader = new WireReader(frame.Memory);
        reader.Skip(bodyOffset);
        operation.HasTransactionalId = SkipNullableString(ref reader, flexible);
        operation.Acks = reader.ReadInt16();
        operation.TimeoutMs = reader.ReadInt32();
        var topics = Count(ref reader, flexible, version >= FirstWithTopicIds ? 18 : 2, "topics");
        for (; topics > 0; topics--) ParseTopic(operation, ref reader, frame.Start);
        if (flexible) reader.SkipTaggedFields();
        if (ProduceDuplicates.MayHave(operation)) ProduceDuplicates.Drop(operation);
    }

    private static void ParseTopic(ProduceOperation operation, ref WireReader reader, int frameStart)
    {
        var flexible = operation.Version >= FirstFlexible;
        var nameStart = 0;
        var nameLength = 0;
        var id = Uuid.Zero;
        if (operation.Version >= FirstWithTopicIds)
        {
            id = reader.ReadUuid();
        }
        else
        {
            nameLength = StringLength(ref reader, flexible);
            if (nameLength < 0) throw reader.Fail("topic name", "must not be null");
            nameStart = frameStart + reader.Position;
            reader.Skip(nameLength);
        }

        var first = operation.Count;
        var partitions = Count(ref reader, flexible, 4, "partitions");
        if (partitions > MaxPartitions - first) throw reader.Fail("partitions", $"are more than {MaxPartitions}");
        for (var i = 0; i < partitions; i++)
        {
            var index = reader.ReadInt32();
            var length = flexible ? (int)Math.Min(reader.ReadUnsignedVarint(), int.MaxValue) - 1 : reader.ReadInt32();
            operation.AddPartition(index, frameStart + reader.Position, length);
            if (length > 0) reader.Skip(length);
            if (flexible) reader.SkipTaggedFields();
        }

        if (flexible) reader.SkipTaggedFields();
        if (partitions == 0) return;
        operation.AddTopic(new ProduceTopic(nameStart, nameLength, id, first, partitions));
    }

    private static int Count(ref WireReader reader, bool flexible, int minimumBytes, string field)
    {
        var count = flexible ? reader.ReadCompactArrayLength(minimumBytes, field) : reader.ReadArrayLength(minimumBytes, field);
        return count >= 0 ? count : throw reader.Fail(field, "must not be null");
    }

    private static bool SkipNullableString(ref WireReader reader, bool flexible)
    {
        var length = StringLength(ref reader, flexible);
        if (length > 0) reader.Skip(length);
        return length >= 0;
    }

    private static int StringLength(ref WireReader reader, bool flexible) =>
        flexible ? (int)Math.Min(reader.ReadUnsignedVarint(), int.MaxValue) - 1 : reader.ReadInt16();
}
