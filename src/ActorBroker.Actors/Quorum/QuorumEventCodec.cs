using System.Collections.Immutable;
using ActorBroker.Protocol;
using Akka.Actor;
using Akka.Persistence;
using AkkaSerialization = Akka.Serialization.Serialization;

namespace ActorBroker.Actors.Quorum;

/// <summary>
/// The bytes of an atomic write: version int8 (1) · writer · count · (serializer id int32 · manifest · payload)*, strings and payloads in
/// Kafka's compact form. The events are numbered on from the entry's first sequence number.
/// </summary>
internal static class QuorumEventCodec
{
    private const sbyte Version = 1;

    public static ReadOnlyMemory<byte> Write(AkkaSerialization serialization, IImmutableList<IPersistentRepresentation> events)
    {
        using var writer = new WireWriter(512);
        writer.WriteInt8(Version);
        writer.WriteCompactString(events[0].WriterGuid ?? "");
        writer.WriteCompactArrayLength(events.Count);
        foreach (var message in events) WriteObject(writer, serialization, message.Payload);
        return writer.WrittenSpan.ToArray();
    }

    public static List<IPersistentRepresentation> Read(AkkaSerialization serialization, string persistenceId, long first, ReadOnlyMemory<byte> bytes)
    {
        var reader = new WireReader(bytes);
        var version = reader.ReadInt8();
        if (version != Version) throw new WireFormatException($"an atomic write of {persistenceId} at {first} has the unknown version {version}");
        var writerId = reader.ReadCompactString("writer");
        var count = reader.ReadCompactArrayLength(6, "events");
        var events = new List<IPersistentRepresentation>(count);
        for (var i = 0; i < count; i++)
        {
            var (payload, manifest) = ReadObject(ref reader, serialization);
            events.Add(new Persistent(payload, first + i, persistenceId, manifest, false, ActorRefs.NoSender, writerId, 0L));
        }

        reader.ExpectEnd();
        return events;
    }

    public static void WriteObject(WireWriter writer, AkkaSerialization serialization, object payload)
    {
        var serializer = serialization.FindSerializerFor(payload, null);
        WriteObject(writer, serializer.Identifier, AkkaSerialization.ManifestFor(serializer, payload), serializer.ToBinary(payload));
    }

    public static void WriteObject(WireWriter writer, int serializerId, string manifest, ReadOnlyMemory<byte> bytes)
    {
        writer.WriteInt32(serializerId);
        writer.WriteCompactString(manifest);
        writer.WriteCompactBytes(bytes);
    }

    public static (object Payload, string Manifest) ReadObject(ref WireReader reader, AkkaSerialization serialization)
    {
        var serializerId = reader.ReadInt32();
        var manifest = reader.ReadCompactString("manifest");
        var payload = reader.ReadCompactBytes("payload");
        return (serialization.Deserialize(payload.ToArray(), serializerId, manifest), manifest);
    }

    /// <summary>One event as a local journal has it, as an atomic write of its own.</summary>
    public static ReadOnlyMemory<byte> FromStored(string writerId, int serializerId, string manifest, ReadOnlyMemory<byte> bytes)
    {
        using var writer = new WireWriter(bytes.Length + 64);
        writer.WriteInt8(Version);
        writer.WriteCompactString(writerId);
        writer.WriteCompactArrayLength(1);
        WriteObject(writer, serializerId, manifest, bytes);
        return writer.WrittenSpan.ToArray();
    }
}
