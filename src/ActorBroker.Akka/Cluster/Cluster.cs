using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;

namespace Akka.Cluster;

/// <summary>
/// The cluster as one node sees it, and what the node can do about it. Everything here only tells the actors under
/// <c>/system/cluster</c>; <see cref="State"/> follows what they publish.
/// </summary>
public class Cluster : IExtension
{
    private readonly ClusterActors _actors = new();
    private readonly Lazy<IDowningProvider> _downingProvider;
    private readonly ClusterLog _log;
    private readonly ClusterStateView _view;
    private Task? _leaving;
    private int _terminated;

    internal Cluster(ActorSystemImpl system)
    {
        System = system;
        Settings = new ClusterSettings(system.Settings.Config, system.Name);
        SelfUniqueAddress = SelfOf(system);
        _log = new ClusterLog(Logging.GetLogger(system, "Cluster"), Settings, SelfAddress);
        _log.Info("Starting up...");
        FailureDetector = new DefaultFailureDetectorRegistry<Address>(() => FailureDetectorLoader.Load(
            Settings.FailureDetectorImplementationClass, Settings.FailureDetectorConfig, system));
        // Not now: a provider may ask for this very extension.
        _downingProvider = new Lazy<IDowningProvider>(CreateDowningProvider);
        _view = new ClusterStateView(this);
        system.SystemActorOf(Local(Props.Create(() => new ClusterDaemon(this, _actors))), "cluster");
        _actors.AwaitStart(system.Settings.Config.GetTimeSpan("akka.actor.creation-timeout"));
        system.RegisterOnTermination(Shutdown);
        _log.Info("Started up successfully");
    }

    public ExtendedActorSystem System { get; }

    public ClusterSettings Settings { get; }

    public UniqueAddress SelfUniqueAddress { get; }

    public Address SelfAddress => SelfUniqueAddress.Address;

    public ImmutableHashSet<string> SelfRoles => Settings.Roles;

    /// <summary>What the gossip of this node says now; it lags behind the events by nothing but the time to publish them.</summary>
    public ClusterEvent.CurrentClusterState State => _view.State;

    /// <summary>This node; with the status Removed before it has joined and after it has left.</summary>
    public Member SelfMember => IsTerminated ? _view.RemovedSelf : _view.Self;

    public bool IsUp => SelfMember.Status is MemberStatus.Up or MemberStatus.WeaklyUp;

    public bool IsTerminated => Volatile.Read(ref _terminated) != 0;

    /// <summary>What this node knows of the others' heartbeats.</summary>
    public DefaultFailureDetectorRegistry<Address> FailureDetector { get; }

    public IDowningProvider DowningProvider => _downingProvider.Value;

    internal ClusterLog Log => _log;

    public static Cluster Get(ActorSystem system) => system.WithExtension<Cluster, ClusterExtension>();

    public void Subscribe(IActorRef subscriber, params Type[] to) =>
        Subscribe(subscriber, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsSnapshot, to);

    /// <summary>Sends events of the given classes, after the state as it is now.</summary>
    public void Subscribe(IActorRef subscriber, ClusterEvent.SubscriptionInitialStateMode initialStateMode, params Type[] to)
    {
        if (to.Length == 0)
            throw new ArgumentException("At least one `IClusterDomainEvent` class is required", nameof(to));
        if (Array.Find(to, t => !typeof(ClusterEvent.IClusterDomainEvent).IsAssignableFrom(t)) is { } other)
            throw new ArgumentException($"Subscribe to `IClusterDomainEvent` or subclasses, was [{other.Name}]", nameof(to));
        _actors.Core.Tell(new Subscribe(subscriber, initialStateMode, [.. to]), ActorRefs.NoSender);
    }

    public void Unsubscribe(IActorRef subscriber) => Unsubscribe(subscriber, null!);

    public void Unsubscribe(IActorRef subscriber, Type to) => _actors.Core.Tell(new Unsubscribe(subscriber, to), ActorRefs.NoSender);

    public void SendCurrentClusterState(IActorRef receiver) => _actors.Core.Tell(new SendCurrentClusterState(receiver), ActorRefs.NoSender);

    /// <summary>Joins the cluster that the node at the address is in. Without effect on a node that is in one.</summary>
    public void Join(Address address) => _actors.Core.Tell(new JoinTo(FillLocal(address)), ActorRefs.NoSender);

    /// <summary>Completes when this node is Up; fails with <see cref="ClusterJoinFailedException"/> when the token is cancelled.</summary>
    public Task JoinAsync(Address address, CancellationToken token = default) =>
        WhenUp(() => Join(address), $"Node has not managed to join the cluster using provided address: {address}", token);

    /// <summary>
    /// Joins whoever of them answers. The first of the list founds a cluster when none of the others is in one; another node waits.
    /// </summary>
    public void JoinSeedNodes(IEnumerable<Address> seedNodes) =>
        _actors.Core.Tell(new JoinSeedNodes([.. seedNodes.Select(FillLocal)]), ActorRefs.NoSender);

    public Task JoinSeedNodesAsync(IEnumerable<Address> seedNodes, CancellationToken token = default)
    {
        var nodes = seedNodes.ToArray();
        return WhenUp(
            () => JoinSeedNodes(nodes),
            $"Node has not managed to join the cluster using provided addresses: [{string.Join<Address>(",", nodes)}]",
            token);
    }

    /// <summary>Makes the member leave gracefully: Leaving, Exiting, Removed.</summary>
    public void Leave(Address address)
    {
        if (FillLocal(address) == SelfAddress)
            LeaveSelf();
        else
            _actors.Core.Tell(new LeaveMember(FillLocal(address)), ActorRefs.NoSender);
    }

    /// <summary>Completes when this node is removed.</summary>
    public Task LeaveAsync() => LeaveSelf();

    public Task LeaveAsync(CancellationToken cancellationToken) => LeaveSelf().WaitAsync(cancellationToken);

    /// <summary>Excludes the member; it shall be dead or cut off. It comes back only with a new incarnation.</summary>
    public void Down(Address address) => _actors.Core.Tell(new DownMember(FillLocal(address)), ActorRefs.NoSender);

    /// <summary>Runs the callback once this node is Up; at once when it is.</summary>
    public void RegisterOnMemberUp(Action callback)
    {
        if (IsUp)
            callback();
        else
            _actors.Top.Tell(new AddStatusListener(MemberStatus.Up, callback), ActorRefs.NoSender);
    }

    /// <summary>Runs the callback once this node is removed or its cluster extension ends; at once when it has.</summary>
    public void RegisterOnMemberRemoved(Action callback)
    {
        if (IsTerminated)
            callback();
        else
            _actors.Top.Tell(new AddStatusListener(MemberStatus.Removed, callback), ActorRefs.NoSender);
    }

    /// <summary>The path under which other nodes know a local actor.</summary>
    public ActorPath RemotePathOf(IActorRef actorRef) => actorRef.Path.Address.HasGlobalScope
        ? actorRef.Path
        : (new RootActorPath(SelfAddress) / actorRef.Path.Elements).WithUid(actorRef.Path.Uid);

    /// <summary>Ends the cluster's actors on this node, not the node.</summary>
    internal void Shutdown()
    {
        if (Interlocked.Exchange(ref _terminated, 1) != 0)
            return;
        _log.Info("Shutting down...");
        System.Stop(_actors.Top);
        _log.Info("Successfully shut down");
    }

    internal void PublishState(ClusterEvent.CurrentClusterState state) => _view.State = state;

    internal Props Local(Props props) => props.WithDispatcher(Settings.UseDispatcher);

    private static UniqueAddress SelfOf(ActorSystemImpl system) => system.Provider.DefaultAddress.HasGlobalScope
        ? new UniqueAddress(system.Provider.DefaultAddress, AddressUidExtension.Uid(system))
        : throw new ConfigurationException($"Actor system {system} needs akka.actor.provider = cluster to be part of a cluster");

    private Address FillLocal(Address address) => address.HasLocalScope && address.System == SelfAddress.System ? SelfAddress : address;

    private Task WhenUp(Action join, string failure, CancellationToken token)
    {
        if (IsTerminated)
            throw new ClusterJoinFailedException("Cluster has already been terminated");
        if (IsUp)
            return Task.CompletedTask;
        var up = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var cancellation = token.UnsafeRegister(_ => up.TrySetException(new ClusterJoinFailedException(failure)), null);
        RegisterOnMemberUp(() =>
        {
            cancellation.Dispose();
            up.TrySetResult();
        });
        join();
        return up.Task;
    }

    private Task LeaveSelf()
    {
        var removed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _leaving, removed.Task, null) is { } already)
            return already;
        RegisterOnMemberRemoved(() => removed.TrySetResult());
        _actors.Core.Tell(new LeaveMember(SelfAddress), ActorRefs.NoSender);
        return removed.Task;
    }

    private IDowningProvider CreateDowningProvider()
    {
        try
        {
            return (IDowningProvider)Activator.CreateInstance(Settings.DowningProviderType, System, this)!;
        }
        catch (Exception e)
        {
            throw new ConfigurationException($"Couldn't create downing provider of type [{Settings.DowningProviderType.FullName}]", e);
        }
    }
}
