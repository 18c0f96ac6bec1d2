using System.Collections.Immutable;
using ActorBroker.Core.Membership;
using ActorBroker.Protocol;
using Akka.Actor;
using Akka.Serialization;

namespace ActorBroker.Actors.Membership;

/// <summary>The bytes of the voters' heartbeats. Big-endian integers in the order of the record's fields; the manifest has the
/// version.</summary>
public sealed class MembershipSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const string PingV1 = "ping-1";
    private const string PongV1 = "pong-1";
    private const string SuspicionsV1 = "suspicions-1";

    public override int Identifier => 9230;

    public override string Manifest(object o) => o switch
    {
        Ping => PingV1,
        Pong => PongV1,
        Suspicions => SuspicionsV1,
        _ => throw new ArgumentException($"{o.GetType()} is no heartbeat."),
    };

    public override byte[] ToBinary(object obj)
    {
        using var writer = new WireWriter(64);
        switch (obj)
        {
            case Ping ping:
                writer.WriteInt32(ping.FromNode);
                break;
            case Pong pong:
                writer.WriteInt32(pong.Node);
                writer.WriteInt32(pong.Uid);
                break;
            case Suspicions suspicions:
                writer.WriteInt32(suspicions.Voter);
                writer.WriteCompactArrayLength(suspicions.Suspects.Length);
                foreach (var suspect in suspicions.Suspects)
                {
                    writer.WriteInt32(suspect.Node);
                    writer.WriteInt32(suspect.Uid);
                }

                break;
            default:
                throw new ArgumentException($"{obj.GetType()} is no heartbeat.");
        }

        return writer.WrittenSpan.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        var reader = new WireReader(bytes);
        object message = manifest switch
        {
            PingV1 => new Ping(reader.ReadInt32()),
            PongV1 => new Pong(reader.ReadInt32(), reader.ReadInt32()),
            SuspicionsV1 => ReadSuspicions(ref reader),
            _ => throw new ArgumentException($"Heartbeat {manifest} is not known to this version."),
        };
        reader.ExpectEnd();
        return message;
    }

    private static Suspicions ReadSuspicions(ref WireReader reader)
    {
        var voter = reader.ReadInt32();
        var count = reader.ReadCompactArrayLength(8, "suspects");
        var suspects = ImmutableArray.CreateBuilder<NodeIncarnation>(Math.Max(0, count));
        for (var i = 0; i < count; i++) suspects.Add(new NodeIncarnation(reader.ReadInt32(), reader.ReadInt32()));
        return new Suspicions(voter, suspects.ToImmutable());
    }
}
