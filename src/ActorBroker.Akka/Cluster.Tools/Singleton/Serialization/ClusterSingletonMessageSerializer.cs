using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace Akka.Cluster.Tools.Singleton.Serialization;

/// <summary>The hand-over messages: the manifest says it all, there are no bytes.</summary>
public class ClusterSingletonMessageSerializer : SerializerWithStringManifest
{
    private const string HandOverToMeManifest = "A";
    private const string HandOverInProgressManifest = "B";
    private const string HandOverDoneManifest = "C";
    private const string TakeOverFromMeManifest = "D";

    public ClusterSingletonMessageSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    public override byte[] ToBinary(object obj)
    {
        _ = Manifest(obj);
        return [];
    }

    public override object FromBinary(byte[] bytes, string manifest) => manifest switch
    {
        HandOverToMeManifest => HandOverToMe.Instance,
        HandOverInProgressManifest => HandOverInProgress.Instance,
        HandOverDoneManifest => HandOverDone.Instance,
        TakeOverFromMeManifest => TakeOverFromMe.Instance,
        _ => throw new SerializationException($"[{GetType()}] has no message with manifest [{manifest}]"),
    };

    public override string Manifest(object o) => o switch
    {
        HandOverToMe => HandOverToMeManifest,
        HandOverInProgress => HandOverInProgressManifest,
        HandOverDone => HandOverDoneManifest,
        TakeOverFromMe => TakeOverFromMeManifest,
        _ => throw new ArgumentException($"[{GetType()}] does not serialize [{o.GetType()}]", nameof(o)),
    };
}
