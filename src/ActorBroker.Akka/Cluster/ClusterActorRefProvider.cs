using Akka.Actor;
using Akka.Configuration;
using Akka.Remote;

namespace Akka.Cluster;

/// <summary><c>akka.actor.provider = cluster</c>: remoting, and the cluster extension from the start.</summary>
internal sealed class ClusterActorRefProvider : RemoteActorRefProvider
{
    public ClusterActorRefProvider(ActorSystemImpl system, LocalActorRefProvider local)
        : base(system, local) =>
        system.Settings.InjectTopLevelFallback(ConfigurationFactory.FromResource<ClusterActorRefProvider>("Akka.Cluster.cluster.conf"));

    protected override IActorRef CreateRemoteWatcher()
    {
        var cluster = Cluster.Get(System);
        var props = Props.Create(typeof(ClusterRemoteWatcher), cluster, CreateFailureDetectors(), RemoteSettings);
        return System.SystemActorOf(RemoteSettings.ConfigureDispatcher(props), "remote-watcher");
    }
}
