using Akka.Actor;

namespace Akka.Cluster;

/// <summary>
/// <c>/system/cluster/core</c>: a membership that has failed cannot be trusted any more. It is not restarted; the node leaves the
/// cluster the hard way.
/// </summary>
internal sealed class ClusterCoreSupervisor : UntypedActor
{
    private readonly Cluster _cluster;
    private readonly ClusterActors _actors;

    public ClusterCoreSupervisor(Cluster cluster, ClusterActors actors)
    {
        _cluster = cluster;
        _actors = actors;
    }

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(cause =>
    {
        _cluster.Log.Error(cause, "crashed - shutting down...");
        Self.Tell(PoisonPill.Instance);
        return Directive.Stop;
    });

    protected override void PreStart()
    {
        var publisher = Context.ActorOf(_cluster.Local(Props.Create(() => new ClusterDomainEventPublisher(_cluster))), "publisher");
        _actors.Core = Context.ActorOf(_cluster.Local(Props.Create(() => new ClusterCoreDaemon(_cluster, publisher))), "daemon");
    }

    protected override void PostStop() => _cluster.Shutdown();

    protected override void OnReceive(object message) => Unhandled(message);
}
