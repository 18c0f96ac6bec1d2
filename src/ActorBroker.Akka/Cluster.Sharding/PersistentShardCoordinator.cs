using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace Akka.Cluster.Sharding;

/// <summary>
/// The one authority on where shards are. Regions register and ask for the homes of shards; a shard without one is allocated by the
/// strategy, and the decision counts when it is persisted. After a move of the singleton the next coordinator has the same state from
/// the journal; events of other kinds, as a quorum journal has them, are none of its business.
///
/// After recovery it waits, for a short time, until every region of the state has registered again or is known to have ended, so that
/// no home is given out that is gone already. Questions wait meanwhile.
///
/// A shard that is being handed off (<see cref="HandOffWorker"/>) has no home: who asks for it is answered when it has a new one.
/// Invariant: an event is persisted before anybody acts on it, so a coordinator that is replaced has promised nothing that its
/// successor does not know.
/// </summary>
internal sealed class PersistentShardCoordinator : PersistentActor, IWithTimers
{
    private static readonly TimeSpan RegionsWait = TimeSpan.FromMilliseconds(500);

    private readonly string _typeName;
    private readonly ClusterShardingSettings _settings;
    private readonly StrategyQuestions _questions;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly RegionPlaces _places = new(Cluster.Get(Context.System));
    private readonly TimeSpan _removalMargin;
    private readonly int _minMembers;
    private readonly HashSet<IActorRef> _alive = [];
    private readonly HashSet<IActorRef> _shuttingDown = [];
    private readonly HashSet<IActorRef> _ending = [];
    private readonly HashSet<IActorRef> _unaccounted = [];
    private readonly RunningHandOffs _handOffs;
    private readonly HostOrders _orders;
    private CoordinatorState _state = CoordinatorState.Empty;
    private long _snapshotNr;
    private bool _initialized;
    private bool _allRegistered;
    private bool _waitsForLocalRegion;

    public PersistentShardCoordinator(string typeName, ClusterShardingSettings settings, IShardAllocationStrategy strategy)
    {
        _typeName = typeName;
        _settings = settings;
        _questions = new StrategyQuestions(Context, strategy, typeName);
        _removalMargin = _cluster.DowningProvider.DownRemovalMargin;
        _minMembers = settings.Role is null
            ? _cluster.Settings.MinNrOfMembers
            : _cluster.Settings.MinNrOfMembersOfRole.GetValueOrDefault(settings.Role, 1);
        _handOffs = new RunningHandOffs(Context, Tuning.HandOffTimeout);
        _orders = new HostOrders(Context, Timers, Tuning.ShardStartTimeout);
        PersistenceId = $"/system/sharding/{typeName}Coordinator/singleton/coordinator";
        JournalPluginId = settings.JournalPluginId;
        SnapshotPluginId = settings.SnapshotPluginId;
    }

    public override string PersistenceId { get; }

    public ITimerScheduler Timers { get; set; } = null!;

    private TuningParameters Tuning => _settings.TuningParameters;

    public static Props Props(string typeName, ClusterShardingSettings settings, IShardAllocationStrategy strategy) =>
        Actor.Props.Create(() => new PersistentShardCoordinator(typeName, settings, strategy));

    protected override void PreStart()
    {
        _questions.StartStrategy();
        Timers.StartPeriodicTimer(RebalanceTick.Instance, RebalanceTick.Instance, Tuning.RebalanceInterval);
        _cluster.Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.ClusterShuttingDown));
    }

    protected override void PostStop()
    {
        _cluster.Unsubscribe(Self);
        base.PostStop();
    }

    protected override bool ReceiveRecover(object message)
    {
        switch (message)
        {
            case SnapshotOffer { Snapshot: CoordinatorState state } offer:
                _state = state;
                _snapshotNr = offer.Metadata.SequenceNr;
                break;
            case SnapshotOffer offer:
                throw new InvalidOperationException($"{_typeName}: [{offer.Snapshot.GetType()}] is not a coordinator's state");
            case ICoordinatorEvent e:
                _state = _state.With(e);
                break;
            case RecoveryCompleted:
                WatchRecovered();
                break;
        }
        return true;
    }

    protected override bool ReceiveCommand(object message) => message switch
    {
        ICoordinatorCommand command => OnCommand(command),
        Terminated terminated => OnTerminated(terminated),
        IShardRegionQuery query => OnQuery(query),
        INoSerializationVerificationNeeded own => OnOwn(own),
        _ => OnPlugin(message),
    };

    private bool OnCommand(ICoordinatorCommand command)
    {
        switch (command)
        {
            case Register register:
                OnRegister(register.Region);
                return true;
            case RegisterProxy register:
                OnRegisterProxy(register.Proxy);
                return true;
            case GetShardHome when !_initialized:
                Stash.Stash();
                return true;
            case GetShardHome get:
                FindHome(get.Shard, Sender);
                return true;
            case ShardStarted started:
                _orders.Confirmed(started.Shard);
                return true;
            case GracefulShutdownRequest request:
                ShutDown(request.Region);
                return true;
            case RegionStopped stopped:
                RegionEnded(stopped.Region);
                return true;
            default:
                // An answer to a worker that has ended.
                return true;
        }
    }

    private bool OnOwn(INoSerializationVerificationNeeded message)
    {
        switch (message)
        {
            case StateInitialized:
                Initialize();
                return true;
            case RebalanceTick:
                Rebalance();
                return true;
            case RebalanceChosen chosen:
                HandOff(chosen.Shards);
                return true;
            case AllocationChosen chosen:
                Allocate(chosen.Shard, chosen.Region, chosen.Requester);
                return true;
            case Reallocate lost when _initialized:
                FindHome(lost.Shard, null);
                return true;
            case HandOffEnded ended:
                OnHandOffEnded(ended);
                return true;
            case HostShardAgain host
                when !_handOffs.Contains(host.Shard) && host.Region.Equals(_state.Shards.GetValueOrDefault(host.Shard)):
                _orders.Send(host.Shard, host.Region);
                return true;
            case RegionGone gone:
                RegionEnded(gone.Region);
                return true;
            case TerminateCoordinator:
                Terminate();
                return true;
        }
        return message is Reallocate or HostShardAgain || OnPlugin(message);
    }

    private bool OnQuery(IShardRegionQuery query)
    {
        if (query is not GetCurrentRegions)
            return false;
        Sender.Tell(new CurrentRegions([.. _state.Regions.Keys.Select(_places.AddressOf)]), Self);
        return true;
    }

    private bool OnPlugin(object message)
    {
        switch (message)
        {
            case ClusterEvent.ClusterShuttingDown:
                // To stop is of no use, its supervisor would start it again. It ends with the singleton, which is soon.
                Become(m =>
                {
                    if (m is TerminateCoordinator)
                        Context.Stop(Self);
                    return true;
                });
                return true;
            case SaveSnapshotSuccess saved:
                DeleteBefore(saved.Metadata.SequenceNr);
                return true;
            case DeleteMessagesSuccess deleted:
                DeleteSnapshots(new SnapshotSelectionCriteria(deleted.ToSequenceNr - 1));
                return true;
            case DeleteSnapshotsSuccess:
                return true;
        }
        return false;
    }

    private void WatchRecovered()
    {
        foreach (var region in _state.Regions.Keys)
        {
            // A region of a node that is no member any more has ended, without a wait for the word of it.
            if (_places.HasMember(region))
                _unaccounted.Add(Context.Watch(region));
            else
                RegionEnded(region);
        }
        foreach (var proxy in _state.Proxies)
        {
            if (_places.HasMember(proxy))
                Context.Watch(proxy);
            else
                ProxyEnded(proxy);
        }
        if (_unaccounted.Count == 0)
            Self.Tell(StateInitialized.Instance, Self);
        else
            Timers.StartSingleTimer(StateInitialized.Instance, StateInitialized.Instance, RegionsWait);
    }

    private void Account(IActorRef region)
    {
        if (_unaccounted.Remove(region) && _unaccounted.Count == 0)
            Initialize();
    }

    private void Initialize()
    {
        if (_initialized)
            return;
        _initialized = true;
        _unaccounted.Clear();
        Timers.Cancel(StateInitialized.Instance);
        foreach (var (shard, region) in _state.Shards)
        {
            if (!_ending.Contains(region))
                _orders.Send(shard, region);
        }
        Log.Debug("{0}: coordinator has [{1}] regions and [{2}] shards", _typeName, _state.Regions.Count, _state.Shards.Count);
        Stash.UnstashAll();
    }

    private void OnRegister(IActorRef region)
    {
        if (!_places.IsMember(region))
        {
            Log.Debug("{0}: region [{1}] is not registered, its node is not up here yet", _typeName, region);
            return;
        }
        _alive.Add(region);
        Account(region);
        if (_state.Regions.ContainsKey(region))
        {
            region.Tell(new RegisterAck(Self), Self);
            return;
        }
        // A node has one region of a type: an older one at its address has ended, even if nobody has said so yet.
        foreach (var older in _state.Regions.Keys.Where(r => _places.AddressOf(r).Equals(_places.AddressOf(region))).ToArray())
            RegionEnded(older);
        _shuttingDown.Remove(region);
        Update(new ShardRegionRegistered(region), _ =>
        {
            Log.Debug("{0}: region [{1}] registered", _typeName, region);
            Context.Watch(region);
            region.Tell(new RegisterAck(Self), Self);
        });
    }

    private void OnRegisterProxy(IActorRef proxy)
    {
        if (!_places.IsMember(proxy))
            return;
        if (_state.Proxies.Contains(proxy))
        {
            proxy.Tell(new RegisterAck(Self), Self);
            return;
        }
        Update(new ShardRegionProxyRegistered(proxy), _ =>
        {
            Context.Watch(proxy);
            proxy.Tell(new RegisterAck(Self), Self);
        });
    }

    private bool OnTerminated(Terminated terminated)
    {
        var gone = terminated.ActorRef;
        if (_handOffs.WorkerEnded(gone))
            return true;
        if (_state.Regions.ContainsKey(gone))
        {
            if (_removalMargin > TimeSpan.Zero && terminated.AddressTerminated && _alive.Contains(gone))
            {
                _ending.Add(gone);
                Timers.StartSingleTimer(gone, new RegionGone(gone), _removalMargin);
            }
            else
            {
                RegionEnded(gone);
            }
        }
        else if (_state.Proxies.Contains(gone))
        {
            ProxyEnded(gone);
        }
        return true;
    }

    private void RegionEnded(IActorRef region)
    {
        _handOffs.RegionEnded(region);
        if (!_state.Regions.TryGetValue(region, out var shards))
            return;
        _ending.Add(region);
        Update(new ShardRegionTerminated(region), _ =>
        {
            Log.Debug("{0}: region [{1}] has ended with [{2}] shards", _typeName, region, shards.Count);
            _shuttingDown.Remove(region);
            _ending.Remove(region);
            _alive.Remove(region);
            Account(region);
            foreach (var shard in shards)
            {
                _orders.Confirmed(shard);
                Self.Tell(new Reallocate(shard), Self);
            }
            if (_waitsForLocalRegion && _places.IsLocal(region))
                Terminate();
        });
    }

    private void ProxyEnded(IActorRef proxy)
    {
        _handOffs.RegionEnded(proxy);
        Update(new ShardRegionProxyTerminated(proxy), static _ => { });
    }

    private void FindHome(string shard, IActorRef? requester)
    {
        if (_handOffs.Defer(shard, requester))
            return;
        // Asked for at the start only: once all have registered it is not looked at again.
        _allRegistered |= _alive.Count >= _minMembers;
        if (!_allRegistered)
            return;
        if (_state.Shards.TryGetValue(shard, out var home))
        {
            if (!_ending.Contains(home))
                requester?.Tell(new ShardHome(shard, home), Self);
            return;
        }
        var active = _state.Regions.RemoveRange(_shuttingDown).RemoveRange(_ending);
        if (active.Count > 0 && _questions.Allocate(shard, requester, active) is { } chosen)
            Allocate(chosen.Shard, chosen.Region, chosen.Requester);
    }

    private void Allocate(string shard, IActorRef? region, IActorRef? requester)
    {
        if (_handOffs.Contains(shard) || _state.Shards.ContainsKey(shard))
        {
            FindHome(shard, requester);
            return;
        }
        if (region is null || !_state.Regions.ContainsKey(region) || _shuttingDown.Contains(region) || _ending.Contains(region))
        {
            Log.Debug("{0}: [{1}] for shard [{2}] is not an active region, the shard stays without a home", _typeName, region!, shard);
            return;
        }
        Update(new ShardHomeAllocated(shard, region), _ =>
        {
            Log.Debug("{0}: shard [{1}] allocated at [{2}]", _typeName, shard, region);
            _orders.Send(shard, region);
            requester?.Tell(new ShardHome(shard, region), Self);
        });
    }

    private void Rebalance()
    {
        // Shards that are only starting are no reason to move others.
        if (!_initialized || _state.Regions.Count == 0 || _orders.AreUnconfirmed)
            return;
        if (_questions.Rebalance(_state.Regions, _handOffs.Shards) is { } shards)
            HandOff(shards);
    }

    private void HandOff(IEnumerable<string> shards)
    {
        foreach (var shard in shards)
        {
            if (_handOffs.Contains(shard) || !_state.Shards.TryGetValue(shard, out var region))
                continue;
            Log.Info("{0}: hand-off of shard [{1}] from [{2}]", _typeName, shard, region);
            // An order to host it that is repeated now would start it again behind the hand-off's back.
            _orders.Confirmed(shard);
            _handOffs.Begin(shard, region, [.. _state.Regions.Keys, .. _state.Proxies]);
        }
    }

    private void ShutDown(IActorRef region)
    {
        if (!_state.Regions.TryGetValue(region, out var shards) || !_shuttingDown.Add(region))
            return;
        Log.Info("{0}: region [{1}] shuts down with [{2}] shards", _typeName, region, shards.Count);
        HandOff(shards);
    }

    private void OnHandOffEnded(HandOffEnded ended)
    {
        if (!ended.Ok)
        {
            Log.Warning("{0}: hand-off of shard [{1}] did not end within [{2}]", _typeName, ended.Shard, Tuning.HandOffTimeout);
            // A region that shuts down asks again.
            if (_state.Shards.TryGetValue(ended.Shard, out var region))
                _shuttingDown.Remove(region);
            ClearHandOff(ended.Shard);
        }
        else if (_state.Shards.ContainsKey(ended.Shard))
        {
            Update(new ShardHomeDeallocated(ended.Shard), _ =>
            {
                ClearHandOff(ended.Shard);
                Self.Tell(new Reallocate(ended.Shard), Self);
            });
        }
        else
        {
            ClearHandOff(ended.Shard);
        }
    }

    private void ClearHandOff(string shard)
    {
        _orders.Confirmed(shard);
        foreach (var requester in _handOffs.End(shard))
            Self.Tell(new GetShardHome(shard), requester);
    }

    private void Terminate()
    {
        var local = _alive.Concat(_shuttingDown).Where(_places.IsLocal).ToHashSet();
        if (!_initialized || local.Count == 0)
        {
            Context.Stop(Self);
            return;
        }
        // The region gets this from the coordinated shutdown too; its shards move while there still is a coordinator.
        foreach (var region in local)
            region.Tell(GracefulShutdown.Instance, Self);
        _waitsForLocalRegion = true;
    }

    private void Update<TEvent>(TEvent e, Action<TEvent> handler)
        where TEvent : ICoordinatorEvent
    {
        if (LastSequenceNr - _snapshotNr >= Tuning.SnapshotAfter)
        {
            _snapshotNr = LastSequenceNr;
            SaveSnapshot(_state);
        }
        Persist(e, persisted =>
        {
            _state = _state.With(persisted);
            handler(persisted);
        });
    }

    private void DeleteBefore(long snapshotNr)
    {
        var keep = (long)Tuning.KeepNrOfBatches * Tuning.SnapshotAfter;
        var to = keep == 0 ? snapshotNr : snapshotNr - 1 - keep;
        if (to > 0)
            DeleteMessages(to);
    }
}
