using Akka.Actor;

namespace Akka.Cluster;

/// <summary>
/// <c>/system/cluster</c>: the top of the cluster's actors, and its tasks in the coordinated shutdown. When it ends although nobody
/// was leaving, this node was downed, and the shutdown runs from here.
/// </summary>
internal sealed class ClusterDaemon : UntypedActor
{
    private readonly Cluster _cluster;
    private readonly ClusterActors _actors;
    private readonly CoordinatedShutdown _shutdown = CoordinatedShutdown.Get(Context.System);
    private readonly TaskCompletionSource<Done> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ClusterDaemon(Cluster cluster, ClusterActors actors)
    {
        _cluster = cluster;
        _actors = actors;
        var self = actors.Top = Self;
        _shutdown.AddTask(CoordinatedShutdown.PhaseClusterLeave, "leave", () => Leave(self));
        _shutdown.AddTask(CoordinatedShutdown.PhaseClusterShutdown, "wait-shutdown", () => _stopped.Task);
    }

    protected override void PreStart()
    {
        Context.ActorOf(_cluster.Local(Props.Create(() => new ClusterCoreSupervisor(_cluster, _actors))), "core");
        Context.ActorOf(_cluster.Local(Props.Create(() => new ClusterHeartbeatReceiver(_cluster))), "heartbeatReceiver");
    }

    protected override void PostStop()
    {
        _stopped.TrySetResult(Done.Instance);
        if (_cluster.Settings.RunCoordinatedShutdownWhenDown)
            _shutdown.Run(CoordinatedShutdown.ClusterDowningReason.Instance);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case AddStatusListener listener:
                Context.ActorOf(_cluster.Local(Props.Create(() => new MemberStatusListener(_cluster, listener.Status, listener.Callback))));
                break;
            case LeaveInShutdown:
                Context.ActorOf(_cluster.Local(Props.Create(() => new CoordinatedLeave(_cluster)))).Forward(message);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private Task<Done> Leave(IActorRef self) => _cluster.IsTerminated || _cluster.SelfMember.Status == MemberStatus.Down
        ? Task.FromResult(Done.Instance)
        : self.Ask<Done>(LeaveInShutdown.Instance, _shutdown.Timeout(CoordinatedShutdown.PhaseClusterLeave));
}
