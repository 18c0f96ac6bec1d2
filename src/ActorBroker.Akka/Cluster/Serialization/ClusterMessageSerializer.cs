using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Serialization;
using Akka.Util;

namespace Akka.Cluster.Serialization;

/// <summary>
/// What nodes of a cluster tell each other, in this engine's own binary form: a version byte, then the fields. Bytes that are not of
/// this form give <see cref="SerializationException"/>, whatever is wrong with them.
/// </summary>
internal sealed class ClusterMessageSerializer : SerializerWithStringManifest
{
    private const byte Version = 1;

    public ClusterMessageSerializer(ExtendedActorSystem system)
        : base(system)
    {
    }

    public override string Manifest(object o) => o switch
    {
        InitJoin => "IJ",
        InitJoinAck => "IJA",
        InitJoinNack => "IJN",
        Join => "J",
        Welcome => "W",
        GossipEnvelope => "G",
        GossipStatus => "GS",
        ExitingConfirmed => "EC",
        Heartbeat => "H",
        HeartbeatRsp => "HR",
        _ => throw new ArgumentException($"{o.GetType()} is no message between nodes of a cluster", nameof(o)),
    };

    public override byte[] ToBinary(object obj)
    {
        var to = new ClusterWriter(Version);
        switch (obj)
        {
            case InitJoin:
                break;
            case InitJoinAck ack:
                to.Address(ack.Address);
                break;
            case InitJoinNack nack:
                to.Address(nack.Address);
                break;
            case Join join:
                to.Node(join.Node);
                to.Each(join.Roles, to.Text);
                to.Text(join.AppVersion.Version);
                break;
            case Welcome welcome:
                to.Node(welcome.From);
                GossipFormat.Write(to, welcome.Gossip);
                break;
            case GossipEnvelope envelope:
                to.Node(envelope.From);
                to.Node(envelope.To);
                GossipFormat.Write(to, envelope.Gossip);
                break;
            case GossipStatus status:
                to.Node(status.From);
                GossipFormat.WriteClock(to, status.Version);
                break;
            case ExitingConfirmed confirmed:
                to.Node(confirmed.Node);
                break;
            case Heartbeat heartbeat:
                to.Address(heartbeat.From);
                to.Long(heartbeat.SequenceNr);
                to.Long(heartbeat.CreationTimeNanos);
                break;
            case HeartbeatRsp response:
                to.Node(response.From);
                to.Long(response.SequenceNr);
                to.Long(response.CreationTimeNanos);
                break;
            default:
                throw new ArgumentException($"{obj.GetType()} is no message between nodes of a cluster", nameof(obj));
        }
        return to.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        try
        {
            return Read(new ClusterReader(bytes, Version), manifest);
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException or OverflowException)
        {
            throw new SerializationException($"Not a cluster message [{manifest}]: {e.Message}", e);
        }
    }

    private static IClusterMessage Read(ClusterReader from, string manifest) => manifest switch
    {
        "IJ" => InitJoin.Instance,
        "IJA" => new InitJoinAck(from.Address()),
        "IJN" => new InitJoinNack(from.Address()),
        "J" => new Join(from.Node(), [.. from.Each(from.Text)], AppVersion.Create(from.Text())),
        "W" => new Welcome(from.Node(), GossipFormat.Read(from)),
        "G" => new GossipEnvelope(from.Node(), from.Node(), GossipFormat.Read(from)) { ReceivedMs = Environment.TickCount64 },
        "GS" => new GossipStatus(from.Node(), GossipFormat.ReadClock(from)),
        "EC" => new ExitingConfirmed(from.Node()),
        "H" => new Heartbeat(from.Address(), from.Long(), from.Long()),
        "HR" => new HeartbeatRsp(from.Node(), from.Long(), from.Long()),
        _ => throw new SerializationException($"Unknown cluster message [{manifest}]"),
    };
}
