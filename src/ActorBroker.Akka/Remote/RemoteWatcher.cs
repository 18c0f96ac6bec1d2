using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Remote;

/// <summary>
/// Watches actors of other nodes for all actors of this one. An actor that ends there is announced by its own node. A node
/// that ends can announce nothing: so each node with watched actors is sent heartbeats, and when its answers stay away the
/// failure detector gives it up. Then it is quarantined, because from here on its actors count as ended, and everyone who
/// watches some learns that the address has ended.
///
/// A response with another uid than the last is from a new incarnation: all watches there are sent again, and it answers
/// for the actors that it does not have.
/// </summary>
internal class RemoteWatcher : UntypedActor
{
    private readonly Dictionary<IInternalActorRef, HashSet<IInternalActorRef>> _watching = [];
    private readonly Dictionary<Address, HashSet<IInternalActorRef>> _watcheesByNode = [];
    private readonly Dictionary<Address, int> _uids = [];
    private readonly HashSet<Address> _unreachable = [];
    private readonly IFailureDetectorRegistry<Address> _failureDetector;
    private readonly RemoteSettings _settings;
    private readonly RemoteActorRefProvider _provider;
    private readonly HeartbeatRsp _response;
    private readonly Cancelable _ticks;

    public RemoteWatcher(IFailureDetectorRegistry<Address> failureDetector, RemoteSettings settings)
    {
        _failureDetector = failureDetector;
        _settings = settings;
        Log = Context.GetLogger();
        _provider = (RemoteActorRefProvider)((ExtendedActorSystem)Context.System).Provider;
        _response = new HeartbeatRsp(_provider.Uid);
        var scheduler = Context.System.Scheduler;
        _ticks = new Cancelable(scheduler);
        Repeat("heartbeat-interval", HeartbeatTick.Instance);
        Repeat("unreachable-nodes-reaper-interval", ReapUnreachableTick.Instance);

        void Repeat(string key, object tick)
        {
            var interval = settings.WatchFailureDetectorConfig.GetTimeSpan(key);
            scheduler.ScheduleTellRepeatedly(interval, interval, Self, tick, Self, _ticks);
        }
    }

    protected ILoggingAdapter Log { get; }

    protected IReadOnlyCollection<Address> WatchingNodes => _watcheesByNode.Keys;

    protected ICollection<Address> Unreachable => _unreachable;

    public static Props Props(IFailureDetectorRegistry<Address> failureDetector, RemoteSettings settings) =>
        Actor.Props.Create(typeof(RemoteWatcher), failureDetector, settings);

    protected override void PostStop() => _ticks.Cancel();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Heartbeat:
                Sender.Tell(_response, Self);
                break;
            case HeartbeatRsp response:
                ReceiveResponse(Sender.Path.Address, response.AddressUid);
                break;
            case HeartbeatTick:
                SendHeartbeats();
                break;
            case ReapUnreachableTick:
                ReapUnreachable();
                break;
            case ExpectedFirstHeartbeat expected:
                if (_watcheesByNode.ContainsKey(expected.From) && !_failureDetector.IsMonitoring(expected.From))
                    _failureDetector.Heartbeat(expected.From);
                break;
            case WatchRemote watch:
                AddWatch(watch.Watchee, watch.Watcher);
                break;
            case UnwatchRemote unwatch:
                RemoveWatch(unwatch.Watchee, unwatch.Watcher);
                break;
            case Terminated terminated:
                WatcheeEnded(terminated);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    /// <summary>True when the node's end is somebody else's to find out.</summary>
    protected virtual bool IsWatchedElsewhere(Address address) => false;

    protected virtual void PublishAddressTerminated(Address address) =>
        AddressTerminatedTopic.Get(Context.System).Publish(new AddressTerminated(address));

    protected virtual void Quarantine(Address address, int? uid) => _provider.Quarantine(address, uid);

    /// <summary>The node is somebody else's from now on, or nobody's.</summary>
    protected void UnwatchNode(Address address)
    {
        _watcheesByNode.Remove(address);
        _uids.Remove(address);
        _failureDetector.Remove(address);
    }

    protected void AddWatch(IInternalActorRef watchee, IInternalActorRef watcher)
    {
        if (!_watching.TryGetValue(watchee, out var watchers))
            _watching[watchee] = watchers = [];
        watchers.Add(watcher);
        var address = watchee.Path.Address;
        if (!IsWatchedElsewhere(address))
        {
            if (!_watcheesByNode.TryGetValue(address, out var watchees))
            {
                _watcheesByNode[address] = watchees = [];
                // The first watch there after the node was given up: it gets a new chance.
                if (_unreachable.Remove(address))
                    _failureDetector.Remove(address);
            }
            watchees.Add(watchee);
        }
        Context.Watch(watchee);
    }

    private void RemoveWatch(IInternalActorRef watchee, IInternalActorRef watcher)
    {
        if (!_watching.TryGetValue(watchee, out var watchers) || !watchers.Remove(watcher) || watchers.Count > 0)
            return;
        Context.Unwatch(watchee);
        Forget(watchee);
    }

    private void Forget(IInternalActorRef watchee)
    {
        _watching.Remove(watchee);
        var address = watchee.Path.Address;
        if (_watcheesByNode.TryGetValue(address, out var watchees) && watchees.Remove(watchee) && watchees.Count == 0)
            UnwatchNode(address);
    }

    private void WatcheeEnded(Terminated terminated)
    {
        var watchee = Known((IInternalActorRef)terminated.ActorRef);
        // The end of an address reaches the watchers without us.
        if (!terminated.AddressTerminated && _watching.TryGetValue(watchee, out var watchers))
        {
            foreach (var watcher in watchers)
                watcher.SendSystemMessage(new DeathWatchNotification(terminated.ActorRef, terminated.ExistenceConfirmed, false));
        }
        Forget(watchee);
    }

    /// <summary>What was watched without a uid is announced with it.</summary>
    private IInternalActorRef Known(IInternalActorRef ended) => _watching.ContainsKey(ended)
        ? ended
        : _watching.Keys.FirstOrDefault(w => w.Path.Uid == ActorCell.UndefinedUid && w.Path.Equals(ended.Path)) ?? ended;

    private void SendHeartbeats()
    {
        foreach (var address in _watcheesByNode.Keys.Where(a => !_unreachable.Contains(a)))
        {
            if (!_failureDetector.IsMonitoring(address))
            {
                var after = _settings.WatchFailureDetectorConfig.GetTimeSpan("expected-response-after");
                Context.System.Scheduler.ScheduleTellOnce(after, Self, new ExpectedFirstHeartbeat(address), Self);
            }
            Context.ActorSelection(new RootActorPath(address) / Self.Path.Elements).Tell(Heartbeat.Instance, Self);
        }
    }

    private void ReceiveResponse(Address from, int uid)
    {
        if (!_watcheesByNode.TryGetValue(from, out var watchees) || _unreachable.Contains(from))
            return;
        if (!_uids.TryGetValue(from, out var known) || known != uid)
        {
            foreach (var watchee in watchees)
                watchee.SendSystemMessage(new Watch(watchee, (IInternalActorRef)Self));
        }
        _uids[from] = uid;
        _failureDetector.Heartbeat(from);
    }

    private void ReapUnreachable()
    {
        foreach (var address in _watcheesByNode.Keys.Where(a => !_unreachable.Contains(a) && !_failureDetector.IsAvailable(a)).ToArray())
        {
            Log.Warning("Detected unreachable: [{0}]", address);
            // A node that never answered a heartbeat may still have let us in: then that incarnation is out.
            Quarantine(address, _uids.TryGetValue(address, out var uid) ? uid : _provider.Transport.AssociationWith(address)?.Incarnations.Current);
            PublishAddressTerminated(address);
            _unreachable.Add(address);
        }
    }

    internal sealed record WatchRemote(IInternalActorRef Watchee, IInternalActorRef Watcher) : INoSerializationVerificationNeeded;

    internal sealed record UnwatchRemote(IInternalActorRef Watchee, IInternalActorRef Watcher) : INoSerializationVerificationNeeded;

    internal sealed class Heartbeat : IPriorityMessage, IDeadLetterSuppression
    {
        public static readonly Heartbeat Instance = new();
    }

    internal sealed record HeartbeatRsp(int AddressUid) : IPriorityMessage, IDeadLetterSuppression;

    internal sealed class HeartbeatTick : INoSerializationVerificationNeeded
    {
        public static readonly HeartbeatTick Instance = new();
    }

    internal sealed class ReapUnreachableTick : INoSerializationVerificationNeeded
    {
        public static readonly ReapUnreachableTick Instance = new();
    }

    internal sealed record ExpectedFirstHeartbeat(Address From) : INoSerializationVerificationNeeded;
}
