using Akka.Actor;
using Akka.Cluster;

namespace ActorBroker.Akka.Tests.Cluster.Support;

/// <summary>One machine, and what it has published.</summary>
internal sealed class SimulatedNode
{
    private readonly Dictionary<UniqueAddress, MemberStatus> _last = [];
    private MembershipState _published;

    public SimulatedNode(UniqueAddress self, MembershipRules rules, Random random, Func<long> nowMs)
    {
        Self = self;
        Machine = new MembershipMachine(self, rules, random, nowMs);
        _published = Machine.State;
    }

    public UniqueAddress Self { get; }

    public Address Address => Self.Address;

    public MembershipMachine Machine { get; }

    public SimulatedNode? Contact { get; set; }

    public bool IsExiting { get; set; }

    public bool Ended { get; set; }

    public List<ClusterEvent.IClusterDomainEvent> Events { get; } = [];

    public MemberStatus StatusOf(SimulatedNode other) => Machine.State.Gossip.Member(other.Self).Status;

    public void Receive(IClusterMessage message)
    {
        switch (message)
        {
            case Welcome welcome when !Machine.IsMember && welcome.Gossip.HasMember(Self):
                Machine.Welcome(welcome);
                break;
            case GossipEnvelope envelope when Machine.IsMember:
                Machine.Receive(envelope);
                break;
            case GossipStatus status when Machine.IsMember:
                Machine.Receive(status);
                break;
            case Join join when Machine.IsMember:
                Machine.Join(join);
                break;
            case ExitingConfirmed confirmed when Machine.IsMember:
                Machine.ExitingConfirmed(confirmed.Node);
                break;
        }
    }

    public void Note(ClusterEffect effect)
    {
        switch (effect)
        {
            case ClusterEffect.Publish publish:
                Events.AddRange(StateChanges.Between(_published, publish.State));
                _published = publish.State;
                break;
            case ClusterEffect.BeginExiting:
                IsExiting = true;
                break;
            case ClusterEffect.ShutDown:
                Ended = true;
                break;
        }
    }

    /// <summary>Nobody goes back in any node's view, and nobody removed comes back.</summary>
    public void CheckProgress()
    {
        var gossip = Machine.State.Gossip;
        foreach (var member in gossip.Members)
        {
            if (_last.TryGetValue(member.UniqueAddress, out var before))
                Assert.True(Rank(member.Status) >= Rank(before), $"At {Self}: {member} was {before}");
            _last[member.UniqueAddress] = member.Status;
            Assert.False(gossip.Tombstones.ContainsKey(member.UniqueAddress), $"At {Self}: {member} has a tombstone");
        }
        foreach (var gone in _last.Keys.Where(n => !gossip.HasMember(n)).ToArray())
            _last[gone] = MemberStatus.Removed;
        var members = gossip.Members.Select(m => m.UniqueAddress).ToHashSet();
        Assert.True(gossip.Seen.IsSubsetOf(members), "Who is no member has seen the gossip");
        Assert.True(gossip.Version.Counts.Keys.All(members.Contains), "Who is no member has an entry in the vector clock");
        Assert.True(gossip.Reachability.Rows.All(r => members.Contains(r.Key) && r.Value.Subjects.Keys.All(members.Contains)));
    }

    // The order of a member's life, written down apart from the code that is tested.
    private static int Rank(MemberStatus status) => Array.IndexOf(
        [MemberStatus.Joining, MemberStatus.WeaklyUp, MemberStatus.Up, MemberStatus.Leaving, MemberStatus.Exiting, MemberStatus.Down, MemberStatus.Removed],
        status);
}
