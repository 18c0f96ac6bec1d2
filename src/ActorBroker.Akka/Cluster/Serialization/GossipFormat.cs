using System.Collections.Immutable;
using System.Runtime.Serialization;
using Akka.Util;

namespace Akka.Cluster.Serialization;

/// <summary>A gossip in bytes: members, who has seen it, reachability rows, vector clock, tombstones.</summary>
internal static class GossipFormat
{
    public static void Write(ClusterWriter to, Gossip gossip)
    {
        to.Each(gossip.Members, member =>
        {
            to.Node(member.UniqueAddress);
            to.Int((int)member.Status);
            to.Int(member.UpNumber);
            to.Each(member.Roles, to.Text);
            to.Text(member.AppVersion.Version);
        });
        to.Each(gossip.Seen, to.Node);
        to.Each(gossip.Reachability.Rows, row =>
        {
            to.Node(row.Key);
            to.Long(row.Value.Version);
            to.Each(row.Value.Subjects, subject =>
            {
                to.Node(subject.Key);
                to.Int((int)subject.Value);
            });
        });
        WriteClock(to, gossip.Version);
        to.Each(gossip.Tombstones, tombstone =>
        {
            to.Node(tombstone.Key);
            to.Long(tombstone.Value);
        });
    }

    public static Gossip Read(ClusterReader from) => new()
    {
        Members = [.. from.Each(() => ReadMember(from))],
        Seen = [.. from.Each(from.Node)],
        Reachability = Reachability.From(from.Each(() => KeyValuePair.Create(from.Node(), ReadRow(from)))),
        Version = ReadClock(from),
        Tombstones = ImmutableDictionary.CreateRange(from.Each(() => KeyValuePair.Create(from.Node(), from.Long()))),
    };

    public static void WriteClock(ClusterWriter to, VectorClock clock) => to.Each(clock.Counts, count =>
    {
        to.Node(count.Key);
        to.Long(count.Value);
    });

    public static VectorClock ReadClock(ClusterReader from) =>
        VectorClock.From(from.Each(() => KeyValuePair.Create(from.Node(), from.Long())));

    private static Member ReadMember(ClusterReader from)
    {
        var node = from.Node();
        var status = (MemberStatus)from.Int();
        if (!Enum.IsDefined(status) || status == MemberStatus.Removed)
            throw new SerializationException($"{node} has status {status}");
        var upNumber = from.Int();
        return new Member(node, upNumber, status, [.. from.Each(from.Text)], AppVersion.Create(from.Text()));
    }

    private static Reachability.Row ReadRow(ClusterReader from) =>
        new(from.Long(), ImmutableDictionary.CreateRange(from.Each(() => KeyValuePair.Create(from.Node(), ReadStatus(from)))));

    private static ReachabilityStatus ReadStatus(ClusterReader from) => from.Int() switch
    {
        (int)ReachabilityStatus.Unreachable => ReachabilityStatus.Unreachable,
        (int)ReachabilityStatus.Terminated => ReachabilityStatus.Terminated,
        var other => throw new SerializationException($"Reachability status {other}"),
    };
}
