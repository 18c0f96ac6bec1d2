using ActorBroker.Core.Controller;
using Akka.Actor;
using Akka.Cluster;

namespace ActorBroker.Actors.Controller;

/// <summary>
/// Tells its parent who is a member of the cluster: everybody who has joined and is neither down nor removed. Whether a member can be
/// reached at the moment does not matter here; whether it is given up is decided by the voters (<c>Actors/Membership</c>).
/// </summary>
internal sealed class ClusterMembersActor : ReceiveActor
{
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Dictionary<UniqueAddress, Member> _live = [];

    public ClusterMembersActor()
    {
        Receive<ClusterEvent.CurrentClusterState>(state =>
        {
            foreach (var member in state.Members) Note(member);
            Tell();
        });
        Receive<ClusterEvent.IMemberEvent>(happened =>
        {
            Note(happened.Member);
            Tell();
        });
    }

    public static Props PropsFor() => Props.Create(() => new ClusterMembersActor());

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot, typeof(ClusterEvent.IMemberEvent));
        base.PreStart();
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        base.PostStop();
    }

    private void Note(Member member)
    {
        if (member.Status is MemberStatus.Down or MemberStatus.Removed) _live.Remove(member.UniqueAddress);
        else _live[member.UniqueAddress] = member;
    }

    private void Tell()
    {
        var addresses = new HashSet<MemberAddress>();
        foreach (var unique in _live.Keys)
            if (unique.Address is { Host: { } host, Port: { } port }) addresses.Add(new MemberAddress(host, port));
        Context.Parent.Tell(new LiveMembersChanged(addresses), Self);
    }
}
