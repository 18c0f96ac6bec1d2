using ActorBroker.Core.Quorum;
using ActorBroker.Protocol;
using Akka.Actor;
using Akka.Serialization;

namespace ActorBroker.Actors.Quorum;

/// <summary>
/// The bytes of everything about the metadata quorum that crosses nodes or is persisted. The manifest names the message and its version;
/// what this node does not know is refused.
/// </summary>
public sealed class QuorumSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string BallotWonV1 = "ballot-won-1";
    private const string CallV1 = "quorum-call-1";
    private const string AnswerV1 = "quorum-answer-1";
    private const string PartV1 = "quorum-part-1";
    private const string WhoV1 = "who-are-you-1";
    private const string IAmV1 = "i-am-1";

    public override int Identifier => 9210;

    public override string Manifest(object o) => o switch
    {
        BallotWon => BallotWonV1,
        QuorumCall => CallV1,
        QuorumAnswer => AnswerV1,
        QuorumPart => PartV1,
        WhoAreYou => WhoV1,
        IAm => IAmV1,
        _ => throw new ArgumentException($"{o.GetType()} is no message of the metadata quorum."),
    };

    public override byte[] ToBinary(object obj)
    {
        using var writer = new WireWriter(256);
        switch (obj)
        {
            case BallotWon won:
                writer.WriteInt64(won.Ballot);
                writer.WriteInt32(won.Node);
                writer.WriteInt64(won.Incarnation);
                break;
            case QuorumCall call:
                WriteCall(writer, call);
                break;
            case QuorumAnswer answer:
                WriteAnswer(writer, answer);
                break;
            case QuorumPart part:
                writer.WriteInt64(part.Id);
                writer.WriteInt32(part.Index);
                writer.WriteInt32(part.Count);
                writer.WriteBool(part.IsCall);
                writer.WriteCompactBytes(part.Bytes);
                break;
            case WhoAreYou who:
                writer.WriteInt64(who.Id);
                break;
            case IAm me:
                writer.WriteInt64(me.Id);
                NodeStandingCodec.Write(writer, me.Standing);
                break;
            default:
                throw new ArgumentException($"{obj.GetType()} is no message of the metadata quorum.");
        }

        return writer.WrittenSpan.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        var reader = new WireReader(bytes);
        object read = manifest switch
        {
            BallotWonV1 => new BallotWon(reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt64()),
            CallV1 => ReadCall(ref reader),
            AnswerV1 => ReadAnswer(ref reader),
            PartV1 => new QuorumPart(reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadBool(), reader.ReadCompactBytes("part")),
            WhoV1 => new WhoAreYou(reader.ReadInt64()),
            IAmV1 => new IAm(reader.ReadInt64(), NodeStandingCodec.Read(ref reader)),
            _ => throw new ArgumentException($"{manifest} is not known to this version."),
        };
        reader.ExpectEnd();
        return read;
    }

    internal static void WriteCall(WireWriter writer, QuorumCall call)
    {
        writer.WriteCompactString(call.ClusterId);
        writer.WriteUuid(call.FileId);
        QuorumMessageCodec.WriteRequest(writer, call.Request);
    }

    internal static QuorumCall ReadCall(ref WireReader reader)
    {
        var cluster = reader.ReadCompactString("cluster");
        var file = reader.ReadUuid();
        return new QuorumCall(cluster, file, QuorumMessageCodec.ReadRequest(ref reader));
    }

    internal static void WriteAnswer(WireWriter writer, QuorumAnswer answer)
    {
        writer.WriteInt32(answer.Voter);
        QuorumMessageCodec.WriteReply(writer, answer.Reply);
    }

    internal static QuorumAnswer ReadAnswer(ref WireReader reader)
    {
        var voter = reader.ReadInt32();
        return new QuorumAnswer(voter, QuorumMessageCodec.ReadReply(ref reader));
    }
}
