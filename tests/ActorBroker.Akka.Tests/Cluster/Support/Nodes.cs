using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;
using Akka.Util;

namespace ActorBroker.Akka.Tests.Cluster.Support;

/// <summary>Nodes with short names for tests of what is pure.</summary>
internal static class Nodes
{
    public static readonly UniqueAddress A = Node(1);
    public static readonly UniqueAddress B = Node(2);
    public static readonly UniqueAddress C = Node(3);
    public static readonly UniqueAddress D = Node(4);

    public static UniqueAddress Node(int number, int uid = 0) =>
        new(new Address("akka.tcp", "sim", $"10.0.0.{number}", 2552), uid == 0 ? number * 1000 : uid);

    public static Member Member(UniqueAddress node, MemberStatus status, int upNumber = int.MaxValue, params string[] roles) =>
        new(node, status is MemberStatus.Joining or MemberStatus.WeaklyUp ? int.MaxValue : upNumber, status, [.. roles], AppVersion.Zero);

    public static Gossip Gossip(params Member[] members) => new() { Members = [.. members] };

    public static Gossip SeenByAll(this Gossip gossip) => gossip with { Seen = [.. gossip.Members.Select(m => m.UniqueAddress)] };

    public static MembershipRules Rules => new([], AppVersion.Zero);

    public static ImmutableHashSet<UniqueAddress> None => [];
}
