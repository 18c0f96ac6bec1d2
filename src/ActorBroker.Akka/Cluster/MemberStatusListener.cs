using Akka.Actor;

namespace Akka.Cluster;

/// <summary>Calls back once, when this node's member is Up or Removed; for Removed also when the cluster's actors end.</summary>
internal sealed class MemberStatusListener : UntypedActor
{
    private readonly Cluster _cluster;
    private readonly MemberStatus _status;
    private readonly Action _callback;
    private bool _called;

    public MemberStatusListener(Cluster cluster, MemberStatus status, Action callback)
    {
        _cluster = cluster;
        _status = status;
        _callback = callback;
    }

    protected override void PreStart() => _cluster.Subscribe(
        Self, _status == MemberStatus.Up ? typeof(ClusterEvent.MemberUp) : typeof(ClusterEvent.MemberRemoved));

    protected override void PostStop()
    {
        if (_status == MemberStatus.Removed)
            Call();
        _cluster.Unsubscribe(Self);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ClusterEvent.CurrentClusterState state when state.Members.Any(IsIt):
            case ClusterEvent.IMemberEvent change when IsIt(change.Member):
                Call();
                Context.Stop(Self);
                break;
            case ClusterEvent.CurrentClusterState or ClusterEvent.IMemberEvent:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private bool IsIt(Member member) => member.UniqueAddress == _cluster.SelfUniqueAddress && member.Status == _status;

    private void Call()
    {
        if (_called)
            return;
        _called = true;
        try
        {
            _callback();
        }
        catch (Exception e)
        {
            _cluster.Log.Error(e, $"a callback for the status {_status} failed");
        }
    }
}
