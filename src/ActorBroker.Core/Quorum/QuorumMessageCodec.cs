using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Quorum;

/// <summary>
/// The bytes of requests and replies between voters: type int8 · id int64 · fields in the order of the record. The version is that of the
/// message that carries them (the serializer's manifest).
/// </summary>
public static class QuorumMessageCodec
{
    private const int LogStatusBytesMin = 41;

    public static void WriteRequest(WireWriter writer, QuorumRequest request)
    {
        writer.WriteInt8(TypeOf(request));
        writer.WriteInt64(request.Id);
        if (request is LogRequest log)
        {
            writer.WriteCompactString(log.Log);
            writer.WriteInt32(log.Epoch);
            writer.WriteInt64(log.Ballot.Value);
        }

        switch (request)
        {
            case Prepare prepare:
                writer.WriteInt64(prepare.Nonce);
                break;
            case ReadLog read:
                writer.WriteInt64(read.AfterSequenceNr);
                writer.WriteInt32(read.MaxBytes);
                break;
            case AppendEntries append:
                QuorumCodec.WritePosition(writer, append.Previous);
                QuorumCodec.WriteEntries(writer, append.Entries);
                writer.WriteInt64(append.Committed);
                writer.WriteInt64(append.CutTo);
                break;
            case InstallSnapshot install:
                QuorumCodec.WriteSnapshot(writer, install.Snapshot);
                break;
            case PrepareVoters prepare:
                writer.WriteInt32(prepare.Epoch);
                writer.WriteInt64(prepare.Ballot.Value);
                writer.WriteInt64(prepare.Nonce);
                break;
            case AcceptVoters accept:
                writer.WriteInt64(accept.Ballot.Value);
                QuorumCodec.WriteVoters(writer, accept.Voters);
                break;
            case LearnVoters learn:
                writer.WriteCompactString(learn.ClusterId);
                QuorumCodec.WriteVoters(writer, learn.Voters);
                break;
        }
    }

    public static QuorumRequest ReadRequest(ref WireReader reader)
    {
        var type = reader.ReadInt8();
        var id = reader.ReadInt64();
        if (type is >= 1 and <= 4) return ReadLogRequest(ref reader, type, id);
        switch (type)
        {
            case 5:
                return new AskStatus(id);
            case 6:
                var epoch = reader.ReadInt32();
                var ballot = QuorumCodec.ReadBallot(ref reader);
                return new PrepareVoters(id, epoch, ballot, reader.ReadInt64());
            case 7:
                var accepted = QuorumCodec.ReadBallot(ref reader);
                return new AcceptVoters(id, accepted, QuorumCodec.ReadVoters(ref reader));
            case 8:
                var cluster = reader.ReadCompactString("cluster");
                return new LearnVoters(id, cluster, QuorumCodec.ReadVoters(ref reader));
            default:
                throw new WireFormatException($"quorum request of the unknown type {type}");
        }
    }

    public static void WriteReply(WireWriter writer, QuorumReply reply)
    {
        writer.WriteInt8(TypeOf(reply));
        writer.WriteInt64(reply.Id);
        switch (reply)
        {
            case Promised promised:
                QuorumCodec.WritePosition(writer, promised.Last);
                writer.WriteInt64(promised.SnapshotSequenceNr);
                break;
            case LogPage page:
                QuorumCodec.WritePosition(writer, page.Start);
                writer.WriteBool(page.Snapshot is not null);
                if (page.Snapshot is not null) QuorumCodec.WriteSnapshot(writer, page.Snapshot);
                QuorumCodec.WriteEntries(writer, page.Entries);
                writer.WriteBool(page.IsLast);
                break;
            case Accepted accepted:
                writer.WriteInt64(accepted.Match);
                writer.WriteInt64(accepted.SnapshotSequenceNr);
                break;
            case Mismatched mismatched:
                writer.WriteInt64(mismatched.Hint);
                writer.WriteInt64(mismatched.SnapshotSequenceNr);
                break;
            case Installed installed:
                writer.WriteInt64(installed.SnapshotSequenceNr);
                writer.WriteInt64(installed.Match);
                break;
            case QuorumStatus status:
                WriteStatus(writer, status);
                break;
            case VotersPromised promised:
                writer.WriteInt64(promised.AcceptedBallot.Value);
                QuorumCodec.WriteOptionalVoters(writer, promised.Accepted);
                break;
            case VotersLearned learned:
                writer.WriteInt32(learned.Epoch);
                break;
            case Refused refused:
                writer.WriteInt8((sbyte)refused.Reason);
                writer.WriteInt64(refused.Promised.Value);
                QuorumCodec.WriteVoters(writer, refused.Voters);
                break;
        }
    }

    public static QuorumReply ReadReply(ref WireReader reader)
    {
        var type = reader.ReadInt8();
        var id = reader.ReadInt64();
        switch (type)
        {
            case 1:
                var last = QuorumCodec.ReadPosition(ref reader);
                return new Promised(id, last, reader.ReadInt64());
            case 2:
                var start = QuorumCodec.ReadPosition(ref reader);
                var snapshot = reader.ReadBool() ? QuorumCodec.ReadSnapshot(ref reader) : null;
                var entries = QuorumCodec.ReadEntries(ref reader);
                return new LogPage(id, start, snapshot, entries, reader.ReadBool());
            case 3:
                var match = reader.ReadInt64();
                return new Accepted(id, match, reader.ReadInt64());
            case 4:
                var hint = reader.ReadInt64();
                return new Mismatched(id, hint, reader.ReadInt64());
            case 5:
                var installed = reader.ReadInt64();
                return new Installed(id, installed, reader.ReadInt64());
            case 6:
                return ReadStatus(ref reader, id);
            case 7:
                var ballot = QuorumCodec.ReadBallot(ref reader);
                return new VotersPromised(id, ballot, QuorumCodec.ReadOptionalVoters(ref reader));
            case 8:
                return new VotersAccepted(id);
            case 9:
                return new VotersLearned(id, reader.ReadInt32());
            case 10:
                var reason = (QuorumRefusal)reader.ReadInt8();
                var promise = QuorumCodec.ReadBallot(ref reader);
                return new Refused(id, reason, promise, QuorumCodec.ReadVoters(ref reader));
            default:
                throw new WireFormatException($"quorum reply of the unknown type {type}");
        }
    }

    private static LogRequest ReadLogRequest(ref WireReader reader, sbyte type, long id)
    {
        var log = reader.ReadCompactString("log");
        var epoch = reader.ReadInt32();
        var ballot = QuorumCodec.ReadBallot(ref reader);
        switch (type)
        {
            case 1:
                return new Prepare(id, log, epoch, ballot, reader.ReadInt64());
            case 2:
                var after = reader.ReadInt64();
                return new ReadLog(id, log, epoch, ballot, after, reader.ReadInt32());
            case 3:
                var previous = QuorumCodec.ReadPosition(ref reader);
                var entries = QuorumCodec.ReadEntries(ref reader);
                var committed = reader.ReadInt64();
                return new AppendEntries(id, log, epoch, ballot, previous, entries, committed, reader.ReadInt64());
            default:
                return new InstallSnapshot(id, log, epoch, ballot, QuorumCodec.ReadSnapshot(ref reader));
        }
    }

    private static void WriteStatus(WireWriter writer, QuorumStatus status)
    {
        writer.WriteCompactString(status.ClusterId);
        writer.WriteInt32(status.NodeId);
        writer.WriteUuid(status.FileId);
        QuorumCodec.WriteVoters(writer, status.Voters);
        QuorumCodec.WriteOptionalVoters(writer, status.Accepted);
        writer.WriteCompactArrayLength(status.Logs.Length);
        foreach (var log in status.Logs)
        {
            writer.WriteCompactString(log.Log);
            writer.WriteInt64(log.Promised.Value);
            QuorumCodec.WritePosition(writer, log.Last);
            writer.WriteInt64(log.Committed);
            writer.WriteInt64(log.SnapshotSequenceNr);
        }
    }

    private static QuorumStatus ReadStatus(ref WireReader reader, long id)
    {
        var cluster = reader.ReadCompactString("cluster");
        var node = reader.ReadInt32();
        var file = reader.ReadUuid();
        var voters = QuorumCodec.ReadVoters(ref reader);
        var accepted = QuorumCodec.ReadOptionalVoters(ref reader);
        var count = reader.ReadCompactArrayLength(LogStatusBytesMin, "logs");
        var logs = ImmutableArray.CreateBuilder<LogStatus>(count);
        for (var i = 0; i < count; i++)
        {
            var log = reader.ReadCompactString("log");
            var promised = QuorumCodec.ReadBallot(ref reader);
            var last = QuorumCodec.ReadPosition(ref reader);
            var committed = reader.ReadInt64();
            logs.Add(new LogStatus(log, promised, last, committed, reader.ReadInt64()));
        }

        return new QuorumStatus(id, cluster, node, file, voters, accepted, logs.MoveToImmutable());
    }

    private static sbyte TypeOf(QuorumRequest request) => request switch
    {
        Prepare => 1,
        ReadLog => 2,
        AppendEntries => 3,
        InstallSnapshot => 4,
        AskStatus => 5,
        PrepareVoters => 6,
        AcceptVoters => 7,
        LearnVoters => 8,
        _ => throw new ArgumentException($"{request.GetType().Name} is no request to an acceptor"),
    };

    private static sbyte TypeOf(QuorumReply reply) => reply switch
    {
        Promised => 1,
        LogPage => 2,
        Accepted => 3,
        Mismatched => 4,
        Installed => 5,
        QuorumStatus => 6,
        VotersPromised => 7,
        VotersAccepted => 8,
        VotersLearned => 9,
        Refused => 10,
        _ => throw new ArgumentException($"{reply.GetType().Name} is no reply of an acceptor"),
    };
}
