using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Quorum;

/// <summary>
/// The parts that requests, replies and records share, as bytes. Numbers are big-endian, strings and bytes in Kafka's compact form. A
/// change of any of these is a new version of whatever carries them.
///
/// position := ballot int64 · sequence number int64
/// entry    := first int64 · last int64 · ballot int64 · kind int8 · bytes
/// snapshot := position · ticks int64 · bytes
/// voters   := epoch int32 · count uvarint+1 · (id int32 · file uuid · host · port int32)*
/// </summary>
internal static class QuorumCodec
{
    private const int EntryBytesMin = 26;
    private const int VoterBytesMin = 25;

    public static void WritePosition(WireWriter writer, LogPosition position)
    {
        writer.WriteInt64(position.Ballot.Value);
        writer.WriteInt64(position.SequenceNr);
    }

    public static LogPosition ReadPosition(ref WireReader reader)
    {
        var ballot = ReadBallot(ref reader);
        return new LogPosition(ballot, reader.ReadInt64());
    }

    public static Ballot ReadBallot(ref WireReader reader) => new(reader.ReadInt64());

    public static void WriteEntries(WireWriter writer, IReadOnlyList<QuorumEntry> entries)
    {
        writer.WriteCompactArrayLength(entries.Count);
        foreach (var entry in entries)
        {
            writer.WriteInt64(entry.First);
            writer.WriteInt64(entry.Last);
            writer.WriteInt64(entry.Ballot.Value);
            writer.WriteInt8((sbyte)entry.Kind);
            writer.WriteCompactBytes(entry.Bytes.Span);
        }
    }

    public static List<QuorumEntry> ReadEntries(ref WireReader reader)
    {
        var count = reader.ReadCompactArrayLength(EntryBytesMin, "entries");
        var entries = new List<QuorumEntry>(count);
        for (var i = 0; i < count; i++)
        {
            var first = reader.ReadInt64();
            var last = reader.ReadInt64();
            var ballot = ReadBallot(ref reader);
            var kind = (QuorumEntryKind)reader.ReadInt8();
            entries.Add(new QuorumEntry(first, last, ballot, kind, reader.ReadCompactBytes("entry")));
        }

        return entries;
    }

    public static void WriteSnapshot(WireWriter writer, QuorumSnapshot snapshot)
    {
        WritePosition(writer, snapshot.Position);
        writer.WriteInt64(snapshot.Ticks);
        writer.WriteCompactBytes(snapshot.Bytes.Span);
    }

    public static QuorumSnapshot ReadSnapshot(ref WireReader reader)
    {
        var position = ReadPosition(ref reader);
        var ticks = reader.ReadInt64();
        return new QuorumSnapshot(position, ticks, reader.ReadCompactBytes("snapshot"));
    }

    public static void WriteVoters(WireWriter writer, VoterSet voters)
    {
        writer.WriteInt32(voters.Epoch);
        writer.WriteCompactArrayLength(voters.Voters.Length);
        foreach (var voter in voters.Voters)
        {
            writer.WriteInt32(voter.Id);
            writer.WriteUuid(voter.FileId);
            writer.WriteCompactString(voter.Host);
            writer.WriteInt32(voter.Port);
        }
    }

    public static VoterSet ReadVoters(ref WireReader reader)
    {
        var epoch = reader.ReadInt32();
        var count = reader.ReadCompactArrayLength(VoterBytesMin, "voters");
        var voters = ImmutableArray.CreateBuilder<Voter>(count);
        for (var i = 0; i < count; i++)
        {
            var id = reader.ReadInt32();
            var file = reader.ReadUuid();
            var host = reader.ReadCompactString("host");
            voters.Add(new Voter(id, file, host, reader.ReadInt32()));
        }

        return new VoterSet(epoch, voters.MoveToImmutable());
    }

    public static void WriteOptionalVoters(WireWriter writer, VoterSet? voters)
    {
        writer.WriteBool(voters is not null);
        if (voters is not null) WriteVoters(writer, voters);
    }

    public static VoterSet? ReadOptionalVoters(ref WireReader reader) => reader.ReadBool() ? ReadVoters(ref reader) : null;
}
