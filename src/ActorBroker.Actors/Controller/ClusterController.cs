using ActorBroker.Core.Configuration;
using ActorBroker.Core.Ports;
using Akka.Actor;
using Akka.Cluster.Tools.Singleton;

namespace ActorBroker.Actors.Controller;

/// <summary>
/// A node's part of the controller in a cluster: on voters the singleton's manager, on every node the proxy, the link that carries commands
/// and the follower of the metadata. Made once for each actor system; the publisher outlives it.
/// </summary>
public sealed class ClusterController
{
    /// <summary>The role of the nodes that may run the controller.</summary>
    public const string VoterRole = "voter";

    private const string ManagerName = "controller";
    private const string ProxyName = "controller-proxy";

    private ClusterController(IController controller) => Controller = controller;

    /// <summary>Asks the controller of the cluster, wherever it runs.</summary>
    public IController Controller { get; }

    /// <param name="settings">With the journal plugins of the quorum.</param>
    /// <param name="incarnation">This process's, or this actor system's after it was rebuilt.</param>
    /// <param name="publisher">Where the node's images are published.</param>
    public static ClusterController Start(
        ActorSystem system, ControllerSettings settings, BrokerConfig config, long incarnation, bool isVoter, MetadataPublisher publisher)
    {
        if (isVoter)
        {
            var gate = ControllerGateActor.PropsFor(settings, config, TimeProvider.System, ClusterMembersActor.PropsFor());
            var manager = ClusterSingletonManagerSettings.Create(system).WithRole(VoterRole);
            system.ActorOf(ClusterSingletonManager.Props(gate, PoisonPill.Instance, manager), ManagerName);
        }
        var proxy = system.ActorOf(
            ClusterSingletonProxy.Props($"/user/{ManagerName}", ClusterSingletonProxySettings.Create(system).WithRole(VoterRole)), ProxyName);
        var link = system.ActorOf(ControllerLinkActor.PropsFor(), ControllerLinkActor.Name);
        var follower = new FollowerSettings(settings.NodeId, incarnation);
        system.ActorOf(MetadataFollowerActor.PropsFor(follower, proxy, link, publisher), MetadataFollowerActor.Name);
        return new ClusterController(new ClusterControllerClient(
            link, publisher, config.Int("actorbroker.controller.inbox.max.commands"), TimeProvider.System));
    }
}
