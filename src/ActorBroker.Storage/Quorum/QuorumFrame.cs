using System.Buffers.Binary;
using ActorBroker.Core.Quorum;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Storage.Quorum;

/// <summary>
/// The bytes of a voter's file: an 8-byte magic, then frames. A frame is a marker (int32), the length of its body (int32), the body's
/// CRC-32C (uint32), and the body: the records of one batch, one after the other (<see cref="AcceptorRecordCodec"/>).
///
/// One batch is one frame and one sync, and the next is written only after the sync of the one before. So a crash can tear the last frame
/// only. A frame that cannot be believed although a good one follows is damage that no crash made: a voter that passed over it would break
/// its promises, so the file is refused.
/// </summary>
internal static class QuorumFrame
{
    public const int Overhead = 12;
    public const int BodyBytesMax = 256 * 1024 * 1024;
    private const int Marker = 0x51465231;

    public static ReadOnlySpan<byte> Magic => "ABQUOR01"u8;

    public static void Append(WireWriter writer, IReadOnlyList<AcceptorRecord> records)
    {
        var start = writer.Reserve(Overhead);
        foreach (var record in records) AcceptorRecordCodec.Write(writer, record);
        var body = writer.WrittenSpan[(start + Overhead)..];
        var (length, crc) = (body.Length, Crc32C.Compute(body));
        writer.PatchInt32(start, Marker);
        writer.PatchInt32(start + 4, length);
        writer.PatchInt32(start + 8, unchecked((int)crc));
    }

    /// <summary>The length of the frame at the start of the bytes, or 0 when none that can be believed starts there.</summary>
    public static int LengthAt(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Overhead || BinaryPrimitives.ReadInt32BigEndian(bytes) != Marker) return 0;
        var length = BinaryPrimitives.ReadInt32BigEndian(bytes[4..]);
        if (length is <= 0 or > BodyBytesMax || bytes.Length - Overhead < length) return 0;
        var crc = BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]);
        return Crc32C.Compute(bytes.Slice(Overhead, length)) == crc ? Overhead + length : 0;
    }

    /// <summary>Where the next good frame begins at or behind a position; -1 when there is none.</summary>
    public static int FindNext(ReadOnlySpan<byte> bytes, int from)
    {
        Span<byte> marker = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(marker, Marker);
        while (from < bytes.Length && bytes[from..].IndexOf(marker) is var at and >= 0)
        {
            if (LengthAt(bytes[(from + at)..]) > 0) return from + at;
            from += at + 1;
        }

        return -1;
    }

    public static void Apply(AcceptorMachine machine, ReadOnlyMemory<byte> frame)
    {
        var reader = new WireReader(frame[Overhead..]);
        while (reader.Remaining > 0) machine.Apply(AcceptorRecordCodec.Read(ref reader));
    }
}
