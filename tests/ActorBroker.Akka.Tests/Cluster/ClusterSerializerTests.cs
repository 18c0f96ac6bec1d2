using System.Runtime.Serialization;
using Akka.Cluster;
using Akka.Cluster.Serialization;
using Akka.Util;
using ActorBroker.Akka.Tests.Cluster.Support;
using static ActorBroker.Akka.Tests.Cluster.Support.Nodes;

namespace ActorBroker.Akka.Tests.Cluster;

public sealed class ClusterSerializerTests
{
    private readonly ClusterMessageSerializer _serializer = new(null!);

    public static TheoryData<string> Names => [.. Messages.Keys];

    private static Gossip Sample => Gossip(
        Member(A, MemberStatus.Up, 1, "voter", "node-1"), Member(B, MemberStatus.Down, 2, "voter"), Member(C, MemberStatus.Joining)) with
    {
        Seen = [A, C],
        Reachability = Reachability.Empty.Unreachable(A, B).Terminated(C, B),
        Version = VectorClock.Zero.Increment(A).Increment(A).Increment(C),
        Tombstones = Gossip(Member(D, MemberStatus.Down)).Remove([D], 1_700_000_000_123).Tombstones,
    };

    private static Dictionary<string, object> Messages => new()
    {
        ["IJ"] = InitJoin.Instance,
        ["IJA"] = new InitJoinAck(A.Address),
        ["IJN"] = new InitJoinNack(B.Address),
        ["J"] = new Join(A, ["voter", "node-1"], AppVersion.Create("1.2.3")),
        ["W"] = new Welcome(A, Sample),
        ["G"] = new GossipEnvelope(A, B, Sample),
        ["GS"] = new GossipStatus(A, Sample.Version),
        ["EC"] = new ExitingConfirmed(C),
        ["H"] = new Heartbeat(A.Address, 17, long.MaxValue),
        ["HR"] = new HeartbeatRsp(B, 17, -1),
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_message_survives_its_bytes(string manifest)
    {
        var message = Messages[manifest];
        Assert.Equal(manifest, _serializer.Manifest(message));

        var back = _serializer.FromBinary(_serializer.ToBinary(message), manifest);

        Assert.Equal(Text(message), Text(back));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Bytes_that_are_cut_or_changed_give_a_message_or_one_kind_of_error(string manifest)
    {
        var random = new Random(11);
        var bytes = _serializer.ToBinary(Messages[manifest]);
        for (var round = 0; round < 3_000; round++)
        {
            var broken = bytes[..random.Next(bytes.Length + 1)];
            for (var i = random.Next(4); i > 0 && broken.Length > 0; i--)
                broken[random.Next(broken.Length)] = (byte)random.Next(256);
            try
            {
                Assert.NotNull(_serializer.FromBinary(broken, manifest));
            }
            catch (SerializationException)
            {
                continue;
            }
        }
    }

    [Fact]
    public void Counts_and_lengths_on_the_wire_allocate_nothing()
    {
        byte[] manyMembers = [1, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x07];
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<SerializationException>(() => _serializer.FromBinary(manyMembers, "G"));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
    }

    [Fact]
    public void A_newer_version_and_an_unknown_manifest_are_refused()
    {
        Assert.Throws<SerializationException>(() => _serializer.FromBinary([2], "IJ"));
        Assert.Throws<SerializationException>(() => _serializer.FromBinary([1], "X"));
        Assert.Throws<ArgumentException>(() => _serializer.ToBinary("no message"));
        Assert.Throws<ArgumentException>(() => _serializer.Manifest(GossipTick.Instance));
    }

    [Fact]
    public void The_bytes_of_a_version_do_not_change()
    {
        Assert.Equal(
            "01" + "00" + "0008616B6B612E746370" + "000373696D" + "000831302E302E302E32" + "F813" + "D0070000" + "11" + "01",
            Convert.ToHexString(_serializer.ToBinary(new HeartbeatRsp(B, 17, 1))));
        Assert.Equal("01", Convert.ToHexString(_serializer.ToBinary(InitJoin.Instance)));
    }

    [Fact]
    public void A_gossip_of_a_hundred_members_stays_small()
    {
        var gossip = Gossip([.. Enumerable.Range(1, 100).Select(i => Member(Node(i), MemberStatus.Up, i, "voter", $"node-{i}"))]).SeenByAll();

        var bytes = _serializer.ToBinary(new GossipEnvelope(A, B, gossip));

        Assert.InRange(bytes.Length, 2_000, 6_000);
    }

    private static string Text(object message) => message switch
    {
        GossipEnvelope envelope => $"{envelope.From} {envelope.To} {Text(envelope.Gossip)}",
        Welcome welcome => $"{welcome.From} {Text(welcome.Gossip)}",
        Join join => $"{join.Node} {string.Join(",", join.Roles.Order())} {join.AppVersion}",
        GossipStatus status => $"{status.From} {Text(status.Version)}",
        Gossip gossip => string.Join(
            "\n",
            string.Join(";", gossip.Members.Select(m => $"{m.UniqueAddress} {m.Status} {m.UpNumber} {m.AppVersion} {string.Join(",", m.Roles.Order())}")),
            string.Join(";", gossip.Seen.Order()),
            string.Join(";", gossip.Reachability.Rows.OrderBy(r => r.Key).Select(
                r => $"{r.Key} {r.Value.Version} {string.Join(",", r.Value.Subjects.OrderBy(s => s.Key))}")),
            Text(gossip.Version),
            string.Join(";", gossip.Tombstones.OrderBy(t => t.Key))),
        VectorClock clock => string.Join(";", clock.Counts.OrderBy(c => c.Key)),
        _ => message.ToString()!,
    };
}
