using System.Collections.Immutable;

namespace Akka.Cluster;

/// <summary>
/// What a node believes about the cluster. Immutable; every change counts the changer's entry in <see cref="Version"/> up.
/// <para>
/// Two gossips that were changed independently are merged, and the merge is a join: commutative, associative, idempotent, whatever
/// order messages come in. Of each member the state that is further on stays, of each observer the newer row. A member that one side
/// has removed has a tombstone there, which wins over everything the other side still says about it: nobody removed comes back.
/// </para>
/// <para><see cref="Seen"/> is who has this very version; it starts anew with each change and after a merge.</para>
/// </summary>
internal sealed record Gossip
{
    public static readonly Gossip Empty = new();

    public ImmutableSortedSet<Member> Members { get; init; } = [];

    public ImmutableHashSet<UniqueAddress> Seen { get; init; } = [];

    public Reachability Reachability { get; init; } = Reachability.Empty;

    public VectorClock Version { get; init; } = VectorClock.Zero;

    /// <summary>Removed members and when they were, in ms of Unix time.</summary>
    public ImmutableDictionary<UniqueAddress, long> Tombstones { get; init; } = ImmutableDictionary<UniqueAddress, long>.Empty;

    public bool IsSingleton => Members.Count == 1;

    public IEnumerable<string> AllRoles => Members.SelectMany(m => m.Roles).Distinct();

    public bool HasMember(UniqueAddress node) => Find(node) is not null;

    /// <summary>The member, or a stand-in with the status Removed.</summary>
    public Member Member(UniqueAddress node) => Find(node) ?? global::Akka.Cluster.Member.Removed(node);

    public bool SeenBy(UniqueAddress node) => Seen.Contains(node);

    public Gossip MarkSeen(UniqueAddress node) => Seen.Contains(node) ? this : this with { Seen = Seen.Add(node) };

    public Gossip Replace(Member member) => this with { Members = Members.Remove(member).Add(member) };

    public Gossip MarkDown(Member member) =>
        Replace(member.Copy(MemberStatus.Down)) with { Seen = Seen.Remove(member.UniqueAddress) };

    public Gossip Remove(IReadOnlyCollection<UniqueAddress> nodes, long nowMs) => nodes.Count == 0 ? this : this with
    {
        Members = Members.Except(Members.Where(m => nodes.Contains(m.UniqueAddress))),
        Seen = Seen.Except(nodes),
        Reachability = Reachability.Without(nodes),
        Version = Version.Without(nodes),
        Tombstones = Tombstones.SetItems(nodes.Select(n => KeyValuePair.Create(n, nowMs))),
    };

    /// <summary>Forgets those that were removed before the given time: no message is that old.</summary>
    public Gossip PruneTombstones(long beforeMs)
    {
        var old = Tombstones.Where(t => t.Value < beforeMs).Select(t => t.Key).ToArray();
        return old.Length == 0 ? this : this with { Tombstones = Tombstones.RemoveRange(old) };
    }

    public Gossip Merge(Gossip that)
    {
        var tombstones = Tombstones.ToBuilder();
        foreach (var (node, removedMs) in that.Tombstones)
            tombstones[node] = Math.Max(removedMs, tombstones.GetValueOrDefault(node, long.MinValue));
        var members = Members.ToBuilder();
        foreach (var theirs in that.Members)
        {
            if (members.TryGetValue(theirs, out var mine))
                members.Remove(mine);
            members.Add(mine is null || mine == theirs ? theirs : global::Akka.Cluster.Member.HighestPriorityOf(mine, theirs));
        }
        foreach (var removed in members.Where(m => tombstones.ContainsKey(m.UniqueAddress)).ToArray())
            members.Remove(removed);
        var left = members.Select(m => m.UniqueAddress).ToHashSet();
        return new Gossip
        {
            Members = members.ToImmutable(),
            Reachability = Reachability.Merge(that.Reachability, left.Contains),
            Version = Version.Merge(that.Version).Without(tombstones.Keys),
            Tombstones = tombstones.ToImmutable(),
        };
    }

    public override string ToString() =>
        $"Gossip(members = [{string.Join(", ", Members)}], seen = [{string.Join(", ", Seen.Select(s => s.Address))}], {Reachability}, {Version})";

    private Member? Find(UniqueAddress node) => Members.TryGetValue(global::Akka.Cluster.Member.Removed(node), out var member) ? member : null;
}
