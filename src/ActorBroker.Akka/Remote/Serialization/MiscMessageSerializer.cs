using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using SerializationExtension = Akka.Serialization.Serialization;

namespace Akka.Remote.Serialization;

/// <summary>The engine's small messages that any actor may get.</summary>
internal sealed class MiscMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string IdentifyManifest = "ID";
    private const string IdentityManifest = "AID";
    private const string ReferenceManifest = "AR";
    private const string PoisonPillManifest = "PP";
    private const string KillManifest = "K";
    private const string FailureManifest = "SF";
    private const string SuccessManifest = "SS";
    private const string DoneManifest = "D";
    private const string HeartbeatManifest = "RWHB";
    private const string HeartbeatRspManifest = "RWHR";

    private static readonly byte[] Empty = [];

    public override int Identifier => 16;

    public override string Manifest(object o) => o switch
    {
        Identify => IdentifyManifest,
        ActorIdentity => IdentityManifest,
        IActorRef => ReferenceManifest,
        PoisonPill => PoisonPillManifest,
        Kill => KillManifest,
        Status.Failure => FailureManifest,
        Status.Success => SuccessManifest,
        Done => DoneManifest,
        RemoteWatcher.Heartbeat => HeartbeatManifest,
        RemoteWatcher.HeartbeatRsp => HeartbeatRspManifest,
        _ => throw Unknown(o),
    };

    public override byte[] ToBinary(object obj)
    {
        if (obj is PoisonPill or Kill or Done or RemoteWatcher.Heartbeat)
            return Empty;
        var writer = new WireWriter();
        switch (obj)
        {
            case Identify identify:
                WrappedPayload.Write(writer, identify.MessageId, system);
                break;
            case ActorIdentity identity:
                WrappedPayload.Write(writer, identity.MessageId, system);
                WriteReference(writer, identity.Subject);
                break;
            case IActorRef reference:
                WriteReference(writer, reference);
                break;
            case Status.Failure failure:
                RemoteFailure.Write(writer, failure.Cause);
                WrappedPayload.Write(writer, failure.State, system);
                break;
            case Status.Success success:
                WrappedPayload.Write(writer, success.Status, system);
                break;
            case RemoteWatcher.HeartbeatRsp response:
                writer.Int32(response.AddressUid);
                break;
            default:
                throw Unknown(obj);
        }
        return writer.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        var reader = new WireReader(bytes);
        var message = Read(ref reader, manifest);
        reader.End();
        return message;
    }

    private object Read(ref WireReader reader, string manifest)
    {
        switch (manifest)
        {
            case IdentifyManifest:
                return new Identify(WrappedPayload.Read(ref reader, system)!);
            case IdentityManifest:
                return new ActorIdentity(WrappedPayload.Read(ref reader, system)!, ReadReference(ref reader));
            case ReferenceManifest:
                return ReadReference(ref reader) ?? throw new WireFormatException("A reference to nothing");
            case PoisonPillManifest:
                return PoisonPill.Instance;
            case KillManifest:
                return Kill.Instance;
            case FailureManifest:
                return new Status.Failure(RemoteFailure.Read(ref reader)!, WrappedPayload.Read(ref reader, system));
            case SuccessManifest:
                return WrappedPayload.Read(ref reader, system) is { } status ? new Status.Success(status) : Status.Success.Instance;
            case DoneManifest:
                return Done.Instance;
            case HeartbeatManifest:
                return RemoteWatcher.Heartbeat.Instance;
            case HeartbeatRspManifest:
                return new RemoteWatcher.HeartbeatRsp(reader.Int32());
            default:
                throw new SerializationException($"Unknown manifest [{manifest}]");
        }
    }

    private IActorRef? ReadReference(ref WireReader reader) =>
        reader.OptionalText() is { } path ? system.Provider.ResolveActorRef(path) : null;

    private static void WriteReference(WireWriter writer, IActorRef? reference) =>
        writer.OptionalText(reference is null ? null : SerializationExtension.SerializedActorPath(reference));

    private static SerializationException Unknown(object o) => new($"Cannot serialize {o.GetType()}");
}
