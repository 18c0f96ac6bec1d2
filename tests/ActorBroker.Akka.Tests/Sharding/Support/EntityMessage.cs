using System.Text;
using Akka.Actor;
using Akka.Serialization;

namespace ActorBroker.Akka.Tests.Sharding.Support;

/// <summary>A numbered message for an entity; the shard is named by it, as the broker's envelopes do.</summary>
public sealed record EntityMessage(string Shard, string Entity, string Text, int Number);

public sealed class EntityMessageSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 4712;

    public override string Manifest(object o) => o is EntityMessage ? "m" : "r";

    public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes(obj switch
    {
        EntityMessage m => $"{m.Shard}\n{m.Entity}\n{m.Text}\n{m.Number}",
        EntityReply r => $"{r.Text}\n{r.Port}",
        _ => throw new ArgumentException($"{obj.GetType()} is not a test's message"),
    });

    public override object FromBinary(byte[] bytes, string manifest)
    {
        var fields = Encoding.UTF8.GetString(bytes).Split('\n');
        return manifest == "m" ? new EntityMessage(fields[0], fields[1], fields[2], int.Parse(fields[3])) : new EntityReply(fields[0], int.Parse(fields[1]));
    }
}

/// <summary>Answer of an entity or a singleton: from which node it comes.</summary>
public sealed record EntityReply(string Text, int Port);
