using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Serialization;
using SerializationExtension = Akka.Serialization.Serialization;

namespace Akka.Remote.Serialization;

/// <summary>The messages about an actor's life that cross nodes.</summary>
internal sealed class SystemMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string WatchManifest = "W";
    private const string UnwatchManifest = "UW";
    private const string DeathWatchManifest = "DWN";
    private const string TerminateManifest = "T";
    private const string SuspendManifest = "SP";
    private const string ResumeManifest = "RS";
    private const string RecreateManifest = "RC";

    public override int Identifier => 22;

    public override string Manifest(object o) => o switch
    {
        Watch => WatchManifest,
        Unwatch => UnwatchManifest,
        DeathWatchNotification => DeathWatchManifest,
        Terminate => TerminateManifest,
        Suspend => SuspendManifest,
        Resume => ResumeManifest,
        Recreate => RecreateManifest,
        _ => throw Unknown(o),
    };

    public override byte[] ToBinary(object obj)
    {
        var writer = new WireWriter();
        switch (obj)
        {
            case Watch watch:
                writer.Text(SerializationExtension.SerializedActorPath(watch.Watchee));
                writer.Text(SerializationExtension.SerializedActorPath(watch.Watcher));
                break;
            case Unwatch unwatch:
                writer.Text(SerializationExtension.SerializedActorPath(unwatch.Watchee));
                writer.Text(SerializationExtension.SerializedActorPath(unwatch.Watcher));
                break;
            case DeathWatchNotification notification:
                writer.Text(SerializationExtension.SerializedActorPath(notification.Actor));
                writer.Bool(notification.ExistenceConfirmed);
                writer.Bool(notification.AddressTerminated);
                break;
            case Resume resume:
                RemoteFailure.Write(writer, resume.CausedByFailure);
                break;
            case Recreate recreate:
                RemoteFailure.Write(writer, recreate.Cause);
                break;
            case Terminate or Suspend:
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

    private SystemMessage Read(ref WireReader reader, string manifest) => manifest switch
    {
        WatchManifest => new Watch(Reference(ref reader), Reference(ref reader)),
        UnwatchManifest => new Unwatch(Reference(ref reader), Reference(ref reader)),
        DeathWatchManifest => new DeathWatchNotification(Reference(ref reader), reader.Bool(), reader.Bool()),
        TerminateManifest => new Terminate(),
        SuspendManifest => new Suspend(),
        ResumeManifest => new Resume(RemoteFailure.Read(ref reader)),
        RecreateManifest => new Recreate(RemoteFailure.Read(ref reader) ?? throw new WireFormatException("A restart without a cause")),
        _ => throw new SerializationException($"Unknown manifest [{manifest}]"),
    };

    private IInternalActorRef Reference(ref WireReader reader) => (IInternalActorRef)system.Provider.ResolveActorRef(reader.Text());

    private static SerializationException Unknown(object o) => new($"Cannot serialize {o.GetType()}");
}
