using ActorBroker.Protocol;

namespace ActorBroker.Core.Quorum;

/// <summary>
/// The bytes of an acceptor's records: type int8 · version int8 (0) · fields in the order of the record. An unknown type or version is an
/// error: a voter that skipped what it does not know would forget a promise.
/// </summary>
public static class AcceptorRecordCodec
{
    private const sbyte Version = 0;

    public static void Write(WireWriter writer, AcceptorRecord record)
    {
        writer.WriteInt8(TypeOf(record));
        writer.WriteInt8(Version);
        switch (record)
        {
            case VoterCreated created:
                writer.WriteInt32(created.NodeId);
                writer.WriteUuid(created.FileId);
                break;
            case ClusterJoined joined:
                writer.WriteCompactString(joined.ClusterId);
                break;
            case PromiseMade promise:
                WriteLog(writer, promise.Log, promise.Ballot);
                writer.WriteInt64(promise.Nonce);
                break;
            case EntriesAccepted accepted:
                WriteLog(writer, accepted.Log, accepted.Ballot);
                writer.WriteInt64(accepted.AfterSequenceNr);
                QuorumCodec.WriteEntries(writer, accepted.Entries);
                break;
            case SnapshotInstalled installed:
                WriteLog(writer, installed.Log, installed.Ballot);
                QuorumCodec.WriteSnapshot(writer, installed.Snapshot);
                break;
            case LogCut cut:
                writer.WriteCompactString(cut.Log);
                writer.WriteInt64(cut.ToSequenceNr);
                break;
            case LogStarted started:
                writer.WriteCompactString(started.Log);
                QuorumCodec.WritePosition(writer, started.Start);
                break;
            case VotersPromiseMade promise:
                writer.WriteInt64(promise.Ballot.Value);
                writer.WriteInt64(promise.Nonce);
                break;
            case VoterSetAccepted accepted:
                writer.WriteInt64(accepted.Ballot.Value);
                QuorumCodec.WriteVoters(writer, accepted.Voters);
                break;
            case VotersDecided decided:
                QuorumCodec.WriteVoters(writer, decided.Voters);
                break;
        }
    }

    /// <summary>Throws <see cref="WireFormatException"/> for bytes that this build cannot read.</summary>
    public static AcceptorRecord Read(ref WireReader reader)
    {
        var type = reader.ReadInt8();
        var version = reader.ReadInt8();
        if (version != Version) throw new WireFormatException($"quorum record of type {type} has the unknown version {version}");
        switch (type)
        {
            case 1:
                var node = reader.ReadInt32();
                return new VoterCreated(node, reader.ReadUuid());
            case 2:
                return new ClusterJoined(reader.ReadCompactString("cluster"));
            case 3:
                var (promised, promise) = ReadLog(ref reader);
                return new PromiseMade(promised, promise, reader.ReadInt64());
            case 4:
                var (accepted, under) = ReadLog(ref reader);
                var after = reader.ReadInt64();
                return new EntriesAccepted(accepted, under, after, QuorumCodec.ReadEntries(ref reader));
            case 5:
                var (installed, ballot) = ReadLog(ref reader);
                return new SnapshotInstalled(installed, ballot, QuorumCodec.ReadSnapshot(ref reader));
            case 6:
                var cut = reader.ReadCompactString("log");
                return new LogCut(cut, reader.ReadInt64());
            case 7:
                var started = reader.ReadCompactString("log");
                return new LogStarted(started, QuorumCodec.ReadPosition(ref reader));
            case 8:
                var votersBallot = QuorumCodec.ReadBallot(ref reader);
                return new VotersPromiseMade(votersBallot, reader.ReadInt64());
            case 9:
                var setBallot = QuorumCodec.ReadBallot(ref reader);
                return new VoterSetAccepted(setBallot, QuorumCodec.ReadVoters(ref reader));
            case 10:
                return new VotersDecided(QuorumCodec.ReadVoters(ref reader));
            default:
                throw new WireFormatException($"quorum record of the unknown type {type}");
        }
    }

    private static sbyte TypeOf(AcceptorRecord record) => record switch
    {
        VoterCreated => 1,
        ClusterJoined => 2,
        PromiseMade => 3,
        EntriesAccepted => 4,
        SnapshotInstalled => 5,
        LogCut => 6,
        LogStarted => 7,
        VotersPromiseMade => 8,
        VoterSetAccepted => 9,
        VotersDecided => 10,
        _ => throw new ArgumentException($"{record.GetType().Name} is no record of an acceptor"),
    };

    private static void WriteLog(WireWriter writer, string log, Ballot ballot)
    {
        writer.WriteCompactString(log);
        writer.WriteInt64(ballot.Value);
    }

    private static (string Log, Ballot Ballot) ReadLog(ref WireReader reader)
    {
        var log = reader.ReadCompactString("log");
        return (log, QuorumCodec.ReadBallot(ref reader));
    }
}
