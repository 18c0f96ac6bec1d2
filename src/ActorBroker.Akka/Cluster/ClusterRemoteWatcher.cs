using Akka.Actor;
using Akka.Remote;

namespace Akka.Cluster;

/// <summary>
/// Death watch across the cluster: actors of a member have ended when the member is removed, and not when its heartbeats stay away.
/// Nodes that are no members are watched as in plain remoting. A member that was downed is quarantined when it is removed: it may
/// live on, and must not be heard again.
/// </summary>
internal sealed class ClusterRemoteWatcher : RemoteWatcher
{
    private readonly Cluster _cluster;
    private readonly HashSet<Address> _members = [];

    public ClusterRemoteWatcher(Cluster cluster, IFailureDetectorRegistry<Address> failureDetector, RemoteSettings settings)
        : base(failureDetector, settings) => _cluster = cluster;

    protected override void PreStart()
    {
        base.PreStart();
        _cluster.Subscribe(Self, typeof(ClusterEvent.IMemberEvent));
    }

    protected override void PostStop()
    {
        base.PostStop();
        _cluster.Unsubscribe(Self);
    }

    protected override bool IsWatchedElsewhere(Address address) => _members.Contains(address);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.CurrentClusterState state:
                _members.Clear();
                foreach (var member in state.Members)
                    TakeOver(member.Address);
                break;
            case ClusterEvent.MemberUp or ClusterEvent.MemberWeaklyUp:
                TakeOver(((ClusterEvent.IMemberEvent)message).Member.Address);
                break;
            case ClusterEvent.MemberRemoved removed when !removed.Member.Address.Equals(_cluster.SelfAddress):
                _members.Remove(removed.Member.Address);
                if (removed.PreviousStatus == MemberStatus.Down)
                    Quarantine(removed.Member.Address, removed.Member.UniqueAddress.Uid);
                PublishAddressTerminated(removed.Member.Address);
                break;
            case ClusterEvent.IMemberEvent:
                break;
            default:
                base.OnReceive(message);
                break;
        }
    }

    private void TakeOver(Address address)
    {
        if (address.Equals(_cluster.SelfAddress))
            return;
        _members.Add(address);
        Unreachable.Remove(address);
        if (WatchingNodes.Contains(address))
            UnwatchNode(address);
    }
}
