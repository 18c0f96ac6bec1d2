using System.Buffers.Binary;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions.Replication;
using ActorBroker.Protocol;

namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>
/// The bytes of an envelope, version 1. Big-endian.
///
/// Envelope: sender's node i32, sender's incarnation i64, then parts to the end. Part: kind u8, topic id 16 bytes, partition i32, leader
/// epoch i32, session i64, then by kind:
/// open: log start i64, log end i64, durable end i64, last epoch i32;
/// opened: verdict u8, error i16, epoch i32, offset i64, high watermark i64, log start i64;
/// records: flags u8 (1: wants an answer), start offset i64, end offset i64, high watermark i64, log start i64, total bytes i32, position
/// i32, length i32, so many bytes;
/// acknowledge: end offset i64, durable end i64, log start i64;
/// closed: error i16;
/// leader here: nothing.
///
/// Records that do not fit into one envelope are cut into several, one after the other in order, each with its position.
/// </summary>
internal static class ReplicationCodec
{
    public const int EnvelopeHead = 12;
    private const int PartHead = 33;
    private const int RecordsHead = PartHead + 45;

    /// <summary>Bytes of a part without its records.</summary>
    public static int HeadOf(PartKind kind) => kind switch
    {
        PartKind.Open => PartHead + 28,
        PartKind.Opened => PartHead + 31,
        PartKind.Records => RecordsHead,
        PartKind.Acknowledge => PartHead + 24,
        PartKind.Closed => PartHead + 2,
        _ => PartHead,
    };

    public static int WriteHead(Span<byte> to, int node, long incarnation)
    {
        BinaryPrimitives.WriteInt32BigEndian(to, node);
        BinaryPrimitives.WriteInt64BigEndian(to[4..], incarnation);
        return EnvelopeHead;
    }

    /// <summary>Writes a part, of its records <paramref name="length"/> bytes from <paramref name="position"/>; the bytes written.</summary>
    public static int Write(Span<byte> to, ReplicaPart part, int position, int length)
    {
        to[0] = (byte)part.Kind;
        part.Id.TopicId.Write(to[1..]);
        BinaryPrimitives.WriteInt32BigEndian(to[17..], part.Id.Partition);
        BinaryPrimitives.WriteInt32BigEndian(to[21..], part.LeaderEpoch);
        BinaryPrimitives.WriteInt64BigEndian(to[25..], part.Session);
        WriteBody(to[PartHead..], part, position, length);
        if (part.Kind != PartKind.Records) return HeadOf(part.Kind);
        CopyRecords(part, position, to.Slice(RecordsHead, length));
        return RecordsHead + length;
    }

    /// <summary>
    /// Reads the part at the reader's place. Records stay where they are: <paramref name="records"/> is their range in the envelope. Throws
    /// <see cref="WireFormatException"/>.
    /// </summary>
    public static ReplicaPart Read(ref WireReader reader, int node, long incarnation, out RecordsRange records)
    {
        records = default;
        var kind = (PartKind)reader.ReadInt8();
        var id = new TopicIdPartition(reader.ReadUuid(), reader.ReadInt32());
        var epoch = reader.ReadInt32();
        var session = reader.ReadInt64();
        switch (kind)
        {
            case PartKind.Open:
                return new ReplicaPart
                {
                    Kind = kind, Id = id, LeaderEpoch = epoch, Session = session, Node = node, Incarnation = incarnation,
                    Position = new ReplicaPosition(reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32()),
                };
            case PartKind.Opened:
                var verdict = (OpenVerdict)reader.ReadInt8();
                return new ReplicaPart
                {
                    Kind = kind, Id = id, LeaderEpoch = epoch, Session = session, Node = node, Incarnation = incarnation,
                    Answer = new OpenAnswer(verdict, (ErrorCode)reader.ReadInt16(), reader.ReadInt32(), reader.ReadInt64()),
                    HighWatermark = reader.ReadInt64(), LogStart = reader.ReadInt64(),
                };
            case PartKind.Records:
                var part = new ReplicaPart
                {
                    Kind = kind, Id = id, LeaderEpoch = epoch, Session = session, Node = node, Incarnation = incarnation,
                    WantsAnswer = (reader.ReadInt8() & 1) != 0,
                    StartOffset = reader.ReadInt64(), EndOffset = reader.ReadInt64(),
                    HighWatermark = reader.ReadInt64(), LogStart = reader.ReadInt64(), Bytes = reader.ReadInt32(),
                };
                records = new RecordsRange(reader.ReadInt32(), reader.ReadInt32(), reader.Position);
                if (!records.FitsInto(part.Bytes)) throw reader.Fail("records", "lie outside what they are a piece of");
                reader.Skip(records.Length);
                return part;
            case PartKind.Acknowledge:
                return new ReplicaPart
                {
                    Kind = kind, Id = id, LeaderEpoch = epoch, Session = session, Node = node, Incarnation = incarnation,
                    EndOffset = reader.ReadInt64(), DurableEnd = reader.ReadInt64(), LogStart = reader.ReadInt64(),
                };
            case PartKind.Closed:
                return new ReplicaPart
                {
                    Kind = kind, Id = id, LeaderEpoch = epoch, Session = session, Node = node, Incarnation = incarnation,
                    Error = (ErrorCode)reader.ReadInt16(),
                };
            case PartKind.LeaderHere:
                return new ReplicaPart { Kind = kind, Id = id, LeaderEpoch = epoch, Session = session, Node = node, Incarnation = incarnation };
            default:
                throw reader.Fail("kind", $"{(byte)kind} is not known");
        }
    }

    private static void WriteBody(Span<byte> to, ReplicaPart part, int position, int length)
    {
        switch (part.Kind)
        {
            case PartKind.Open:
                BinaryPrimitives.WriteInt64BigEndian(to, part.Position.LogStart);
                BinaryPrimitives.WriteInt64BigEndian(to[8..], part.Position.LogEnd);
                BinaryPrimitives.WriteInt64BigEndian(to[16..], part.Position.DurableEnd);
                BinaryPrimitives.WriteInt32BigEndian(to[24..], part.Position.LastEpoch);
                break;
            case PartKind.Opened:
                to[0] = (byte)part.Answer.Verdict;
                BinaryPrimitives.WriteInt16BigEndian(to[1..], (short)part.Answer.Error);
                BinaryPrimitives.WriteInt32BigEndian(to[3..], part.Answer.Epoch);
                BinaryPrimitives.WriteInt64BigEndian(to[7..], part.Answer.Offset);
                BinaryPrimitives.WriteInt64BigEndian(to[15..], part.HighWatermark);
                BinaryPrimitives.WriteInt64BigEndian(to[23..], part.LogStart);
                break;
            case PartKind.Records:
                to[0] = part.WantsAnswer ? (byte)1 : (byte)0;
                BinaryPrimitives.WriteInt64BigEndian(to[1..], part.StartOffset);
                BinaryPrimitives.WriteInt64BigEndian(to[9..], part.EndOffset);
                BinaryPrimitives.WriteInt64BigEndian(to[17..], part.HighWatermark);
                BinaryPrimitives.WriteInt64BigEndian(to[25..], part.LogStart);
                BinaryPrimitives.WriteInt32BigEndian(to[33..], part.Bytes);
                BinaryPrimitives.WriteInt32BigEndian(to[37..], position);
                BinaryPrimitives.WriteInt32BigEndian(to[41..], length);
                break;
            case PartKind.Acknowledge:
                BinaryPrimitives.WriteInt64BigEndian(to, part.EndOffset);
                BinaryPrimitives.WriteInt64BigEndian(to[8..], part.DurableEnd);
                BinaryPrimitives.WriteInt64BigEndian(to[16..], part.LogStart);
                break;
            case PartKind.Closed:
                BinaryPrimitives.WriteInt16BigEndian(to, (short)part.Error);
                break;
        }
    }

    private static void CopyRecords(ReplicaPart part, int position, Span<byte> to)
    {
        foreach (var slice in part.Slices)
        {
            if (to.IsEmpty) return;
            if (position >= slice.Length)
            {
                position -= slice.Length;
                continue;
            }

            var length = Math.Min(slice.Length - position, to.Length);
            slice.Buffer!.Span((int)slice.Position + position, length).CopyTo(to);
            to = to[length..];
            position = 0;
        }
    }
}
