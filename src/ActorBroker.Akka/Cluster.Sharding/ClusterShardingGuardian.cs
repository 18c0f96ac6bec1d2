using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Cluster.Tools.Singleton;

namespace Akka.Cluster.Sharding;

/// <summary>The parent of all regions, proxies and coordinators' singleton managers of a node.</summary>
internal sealed class ClusterShardingGuardian : UntypedActor
{
    private const string SingletonName = "singleton";

    private readonly ConcurrentDictionary<string, IActorRef> _regions;
    private readonly ConcurrentDictionary<string, IActorRef> _proxies;

    public ClusterShardingGuardian(ConcurrentDictionary<string, IActorRef> regions, ConcurrentDictionary<string, IActorRef> proxies)
    {
        _regions = regions;
        _proxies = proxies;
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case StartRegion start:
                Reply(start);
                break;
            case Terminated terminated:
                Forget(_regions, terminated.ActorRef);
                Forget(_proxies, terminated.ActorRef);
                break;
        }
    }

    private static void Forget(ConcurrentDictionary<string, IActorRef> known, IActorRef ended)
    {
        foreach (var entry in known.Where(e => e.Value.Equals(ended)))
            known.TryRemove(entry);
    }

    private void Reply(StartRegion start)
    {
        try
        {
            Sender.Tell(new Started(Start(start)), Self);
        }
        catch (Exception e)
        {
            // The caller's settings are wrong; the other types are none of the worse for it.
            Sender.Tell(new Status.Failure(e), Self);
        }
    }

    private IActorRef Start(StartRegion start)
    {
        var name = Uri.EscapeDataString(start.Blueprint is null ? $"{start.TypeName}Proxy" : start.TypeName);
        var known = Context.Child(name);
        if (!known.IsNobody())
            return known;
        var managerName = $"{Uri.EscapeDataString(start.TypeName)}Coordinator";
        if (start.Blueprint is not null && Context.Child(managerName).IsNobody())
            StartCoordinator(managerName, start);
        var path = (Self.Path / managerName / SingletonName / CoordinatorSupervisor.ChildName).ToStringWithoutAddress();
        var props = ShardRegion.Props(start.TypeName, start.Settings, path, start.Extractor, start.Blueprint);
        var region = Context.Watch(Context.ActorOf(props.WithDispatcher(Context.Props.Dispatcher), name));
        (start.Blueprint is null ? _proxies : _regions)[start.TypeName] = region;
        return region;
    }

    private void StartCoordinator(string name, StartRegion start)
    {
        var coordinator = PersistentShardCoordinator.Props(start.TypeName, start.Settings, start.Strategy!)
            .WithDispatcher(Context.Props.Dispatcher);
        var backoff = start.Settings.TuningParameters.CoordinatorFailureBackoff;
        var singleton = Props.Create(() => new CoordinatorSupervisor(coordinator, backoff)).WithDispatcher(Context.Props.Dispatcher);
        var settings = start.Settings.CoordinatorSingletonSettings.WithSingletonName(SingletonName).WithRole(start.Settings.Role);
        var manager = ClusterSingletonManager.Props(singleton, TerminateCoordinator.Instance, settings);
        Context.ActorOf(manager.WithDispatcher(Context.Props.Dispatcher), name);
    }

    internal sealed record StartRegion(
        string TypeName,
        ClusterShardingSettings Settings,
        IMessageExtractor Extractor,
        ShardBlueprint? Blueprint,
        IShardAllocationStrategy? Strategy) : INoSerializationVerificationNeeded;

    internal sealed record Started(IActorRef Region) : INoSerializationVerificationNeeded;
}
