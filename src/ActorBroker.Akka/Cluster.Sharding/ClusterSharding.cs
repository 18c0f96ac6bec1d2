using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.ExceptionServices;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;

namespace Akka.Cluster.Sharding;

/// <summary>
/// Spreads actors of one type, the entities, over the nodes of a cluster: each is one actor, on one node, found by its id through the
/// type's region on any node. Entities are grouped in shards, the units that are allocated and moved.
/// </summary>
public class ClusterSharding : IExtension
{
    private readonly ExtendedActorSystem _system;
    private readonly Cluster _cluster;
    private readonly Lazy<IActorRef> _guardian;
    private readonly ConcurrentDictionary<string, IActorRef> _regions = new();
    private readonly ConcurrentDictionary<string, IActorRef> _proxies = new();

    public ClusterSharding(ExtendedActorSystem system)
    {
        _system = system;
        ShardingReference.Install(system);
        _cluster = Cluster.Get(system);
        Settings = ClusterShardingSettings.Create(system);
        _guardian = new Lazy<IActorRef>(() =>
        {
            var config = system.Settings.Config.GetConfig("akka.cluster.sharding")!;
            var dispatcher = config.GetString("use-dispatcher", "");
            var props = Props.Create(() => new ClusterShardingGuardian(_regions, _proxies))
                .WithDispatcher(dispatcher.Length == 0 ? Dispatchers.InternalDispatcherId : dispatcher);
            return system.SystemActorOf(props, config.GetString("guardian-name", "sharding"));
        });
    }

    public ClusterShardingSettings Settings { get; }

    /// <summary>Types that have a region on this node.</summary>
    public ImmutableHashSet<string> ShardTypeNames => [.. _regions.Keys];

    public static ClusterSharding Get(ActorSystem system) => system.WithExtension<ClusterSharding, ClusterShardingExtensionProvider>();

    /// <summary>The reference configuration.</summary>
    public static Config DefaultConfig() => ConfigurationFactory.FromResource<ClusterSharding>("Akka.Cluster.Sharding.sharding.conf");

    /// <summary>Starts the region of a type on this node; a proxy where the node has not the role.</summary>
    /// <param name="typeName">Name of the entity type, the same on every node.</param>
    /// <param name="entityPropsFactory">Recipe of an entity by its id.</param>
    /// <param name="settings">Settings of the type.</param>
    /// <param name="messageExtractor">Finds entity, shard and payload of a message.</param>
    /// <param name="allocationStrategy">Where shards go, asked on the node of the coordinator.</param>
    /// <param name="handOffStopMessage">Makes an entity stop itself when its shard moves.</param>
    public IActorRef Start(
        string typeName,
        Func<string, Props> entityPropsFactory,
        ClusterShardingSettings settings,
        IMessageExtractor messageExtractor,
        IShardAllocationStrategy allocationStrategy,
        object handOffStopMessage) =>
        Wait(StartAsync(typeName, entityPropsFactory, settings, messageExtractor, allocationStrategy, handOffStopMessage));

    public IActorRef Start(
        string typeName, Func<string, Props> entityPropsFactory, ClusterShardingSettings settings, IMessageExtractor messageExtractor) =>
        Start(typeName, entityPropsFactory, settings, messageExtractor, DefaultShardAllocationStrategy(settings), PoisonPill.Instance);

    public IActorRef Start(
        string typeName,
        Props entityProps,
        ClusterShardingSettings settings,
        IMessageExtractor messageExtractor,
        IShardAllocationStrategy allocationStrategy,
        object handOffStopMessage) =>
        Start(typeName, _ => entityProps, settings, messageExtractor, allocationStrategy, handOffStopMessage);

    public IActorRef Start(string typeName, Props entityProps, ClusterShardingSettings settings, IMessageExtractor messageExtractor) =>
        Start(typeName, _ => entityProps, settings, messageExtractor);

#pragma warning disable CS0618 // the older form of an extractor
    [Obsolete("Use one of the overloads that accepts an IMessageExtractor instead")]
    public IActorRef Start(
        string typeName,
        Func<string, Props> entityPropsFactory,
        ClusterShardingSettings settings,
        ExtractEntityId extractEntityId,
        ExtractShardId extractShardId,
        IShardAllocationStrategy allocationStrategy,
        object handOffStopMessage)
    {
        var extractor = new DelegateExtractor(extractEntityId, extractShardId);
        return Start(typeName, entityPropsFactory, settings, extractor, allocationStrategy, handOffStopMessage);
    }
#pragma warning restore CS0618

    public async Task<IActorRef> StartAsync(
        string typeName,
        Func<string, Props> entityPropsFactory,
        ClusterShardingSettings settings,
        IMessageExtractor messageExtractor,
        IShardAllocationStrategy allocationStrategy,
        object handOffStopMessage)
    {
        ArgumentException.ThrowIfNullOrEmpty(typeName);
        ArgumentNullException.ThrowIfNull(entityPropsFactory);
        settings.RefuseUnsupported();
        if (!settings.HostsShards(_cluster))
            return await StartProxyAsync(typeName, settings.Role!, messageExtractor).ConfigureAwait(false);
        if (_regions.TryGetValue(typeName, out var known))
            return known;
        var extractor = new EnvelopeExtractor(messageExtractor);
        var blueprint = new ShardBlueprint(entityPropsFactory, extractor, handOffStopMessage);
        var start = new ClusterShardingGuardian.StartRegion(typeName, settings, extractor, blueprint, allocationStrategy);
        return await Started(start).ConfigureAwait(false);
    }

    /// <summary>Starts a region that hosts no entities.</summary>
    /// <param name="typeName">Name of the entity type.</param>
    /// <param name="role">Role of the nodes that host entities; null is every node.</param>
    /// <param name="messageExtractor">Finds entity and shard of a message.</param>
    public IActorRef StartProxy(string typeName, string role, IMessageExtractor messageExtractor) =>
        Wait(StartProxyAsync(typeName, role, messageExtractor));

    public async Task<IActorRef> StartProxyAsync(string typeName, string role, IMessageExtractor messageExtractor)
    {
        ArgumentException.ThrowIfNullOrEmpty(typeName);
        if (_proxies.TryGetValue(typeName, out var known))
            return known;
        var settings = Settings.WithRole(role);
        var start = new ClusterShardingGuardian.StartRegion(typeName, settings, new EnvelopeExtractor(messageExtractor), null, null);
        return await Started(start).ConfigureAwait(false);
    }

    /// <summary>The region of a type that was started on this node, else its proxy.</summary>
    public IActorRef ShardRegion(string typeName) =>
        _regions.TryGetValue(typeName, out var region) || _proxies.TryGetValue(typeName, out region)
            ? region
            : throw new ArgumentException($"Shard type [{typeName}] must be started first", nameof(typeName));

    public IActorRef ShardRegionProxy(string typeName) => _proxies.TryGetValue(typeName, out var proxy)
        ? proxy
        : throw new ArgumentException($"Shard type [{typeName}] must be started first", nameof(typeName));

    public IShardAllocationStrategy DefaultShardAllocationStrategy(ClusterShardingSettings settings)
    {
        var tuning = settings.TuningParameters;
        if (tuning.LeastShardAllocationAbsoluteLimit > 0)
        {
            return ShardAllocationStrategy.LeastShardAllocationStrategy(
                tuning.LeastShardAllocationAbsoluteLimit, tuning.LeastShardAllocationRelativeLimit);
        }
#pragma warning disable CS0618 // the default is the older algorithm
        return new LeastShardAllocationStrategy(
            tuning.LeastShardAllocationRebalanceThreshold, tuning.LeastShardAllocationMaxSimultaneousRebalance);
#pragma warning restore CS0618
    }

    private static IActorRef Wait(Task<IActorRef> started) => started.GetAwaiter().GetResult();

    private async Task<IActorRef> Started(ClusterShardingGuardian.StartRegion start)
    {
        var timeout = _system.Settings.Config.GetTimeSpan("akka.actor.creation-timeout", TimeSpan.FromSeconds(20));
        var reply = await _guardian.Value.Ask(start, timeout).ConfigureAwait(false);
        if (reply is Status.Failure failure)
            ExceptionDispatchInfo.Capture(failure.Cause).Throw();
        return ((ClusterShardingGuardian.Started)reply).Region;
    }
}
