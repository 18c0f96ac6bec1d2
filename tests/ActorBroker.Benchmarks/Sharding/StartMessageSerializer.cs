using System.Text;
using Akka.Actor;
using Akka.Serialization;

namespace ActorBroker.Benchmarks.Sharding;

public sealed class StartMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 4713;

    public override string Manifest(object o) => "s1";

    public override byte[] ToBinary(object obj)
    {
        var start = (StartMessage)obj;
        return Encoding.UTF8.GetBytes($"{start.Shard}\n{start.Entity}");
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        var fields = Encoding.UTF8.GetString(bytes).Split('\n');
        return new StartMessage(fields[0], fields[1]);
    }
}
