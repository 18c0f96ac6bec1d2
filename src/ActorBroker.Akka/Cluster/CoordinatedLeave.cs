using Akka.Actor;

namespace Akka.Cluster;

/// <summary>Makes this node leave for the coordinated shutdown, and answers when it is on its way out or was in no cluster.</summary>
internal sealed class CoordinatedLeave : UntypedActor
{
    private readonly Cluster _cluster;
    private IActorRef? _replyTo;

    public CoordinatedLeave(Cluster cluster) => _cluster = cluster;

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LeaveInShutdown:
                _replyTo = Sender;
                _cluster.Leave(_cluster.SelfAddress);
                _cluster.Subscribe(
                    Self, typeof(ClusterEvent.MemberLeft), typeof(ClusterEvent.MemberRemoved), typeof(ClusterEvent.MemberDowned));
                break;
            case ClusterEvent.CurrentClusterState state:
                if (state.Members.IsEmpty || state.Members.Any(m => m.UniqueAddress == _cluster.SelfUniqueAddress
                    && m.Status is (MemberStatus.Leaving or MemberStatus.Exiting or MemberStatus.Down)))
                {
                    End();
                }
                break;
            case ClusterEvent.IMemberEvent change when change.Member.UniqueAddress == _cluster.SelfUniqueAddress:
                End();
                break;
            case ClusterEvent.IMemberEvent:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void End()
    {
        _replyTo?.Tell(Done.Instance, Self);
        Context.Stop(Self);
    }
}
