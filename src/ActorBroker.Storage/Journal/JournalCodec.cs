using System.Buffers.Binary;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Storage.Journal;

/// <summary>
/// The bytes of a journal file.
///
/// A file is an 8-byte magic and frames. A frame is length (int32, of all that follows the checksum), CRC-32C of that (uint32), and a
/// body: kind
/// (int8), persistence id, sequence number (int64), and for an event serializer id (int32), manifest, writer id, payload. Strings and
/// the payload
/// are in Kafka's compact form. Kind 1 is an event, kind 2 says that everything up to the sequence number is deleted, kind 3 that the
/// sequence
/// number was reached although its event is gone (written by the rewrite, so that numbers are never given out twice).
///
/// A frame is believed only when its checksum holds. The first that does not ends the file: what follows was never acknowledged, because
/// a write
/// is acknowledged after the sync of all bytes before it.
/// </summary>
internal static class JournalCodec
{
    public const int FrameOverhead = 8;
    public const int FrameBytesMax = 64 * 1024 * 1024;
    public static ReadOnlySpan<byte> Magic => "ABJRNL01"u8;

    public enum Kind : byte
    {
        Event = 1,
        DeletedTo = 2,
        HighestReached = 3,
    }

    public readonly record struct Frame(Kind Kind, JournalEntry Entry);

    public static void Append(WireWriter writer, Kind kind, in JournalEntry entry)
    {
        var start = writer.Reserve(FrameOverhead);
        writer.WriteInt8((sbyte)kind);
        writer.WriteCompactString(entry.PersistenceId);
        writer.WriteInt64(entry.SequenceNr);
        if (kind == Kind.Event)
        {
            writer.WriteInt32(entry.SerializerId);
            writer.WriteCompactString(entry.Manifest);
            writer.WriteCompactString(entry.WriterId);
            writer.WriteCompactBytes(entry.Payload.Span);
        }

        var body = writer.WrittenSpan[(start + FrameOverhead)..];
        var length = body.Length;
        var crc = Crc32C.Compute(body);
        writer.PatchInt32(start, length);
        writer.PatchInt32(start + 4, unchecked((int)crc));
    }

    /// <summary>The length of the frame at the start of <paramref name="bytes"/>, or 0 when none that can be believed starts
    /// there.</summary>
    public static int FrameLength(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < FrameOverhead) return 0;
        var length = BinaryPrimitives.ReadInt32BigEndian(bytes);
        if (length is <= 0 or > FrameBytesMax || bytes.Length - FrameOverhead < length) return 0;
        var crc = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        return Crc32C.Compute(bytes.Slice(FrameOverhead, length)) == crc ? FrameOverhead + length : 0;
    }

    public static Frame Read(ReadOnlyMemory<byte> frame)
    {
        var reader = new WireReader(frame[FrameOverhead..]);
        var kind = (Kind)reader.ReadInt8();
        var id = reader.ReadCompactString();
        var sequenceNr = reader.ReadInt64();
        if (kind != Kind.Event) return new Frame(kind, new JournalEntry(id, sequenceNr, 0, "", "", default));
        var serializerId = reader.ReadInt32();
        var manifest = reader.ReadCompactString();
        var writerId = reader.ReadCompactString();
        return new Frame(kind, new JournalEntry(id, sequenceNr, serializerId, manifest, writerId, reader.ReadCompactBytes()));
    }
}
