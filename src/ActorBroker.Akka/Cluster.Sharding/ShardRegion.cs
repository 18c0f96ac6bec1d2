using Akka.Actor;
using Akka.Event;
using static Akka.Cluster.ClusterEvent;

namespace Akka.Cluster.Sharding;

/// <summary>
/// Takes messages for entities of one type on this node and sees that they reach the entity, wherever it is: to a shard of its own, to
/// the region that has the shard, or into a bounded buffer until the coordinator has said which one that is. A region without a recipe
/// for entities is a proxy, which only passes messages on.
///
/// Order: messages for a shard go out in the order in which they came. What waits goes before what comes; while a shard is being
/// handed off its region delivers until it is told to stop it, and the other regions have sent a fence behind their last message to
/// it (<see cref="HandOffWorker"/>).
/// </summary>
public sealed class ShardRegion : ActorBase, IWithTimers
{
    private readonly string _typeName;
    private readonly ClusterShardingSettings _settings;
    private readonly string _coordinatorPath;
    private readonly ShardBlueprint? _blueprint;
    private readonly IMessageExtractor _extractor;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ShardHomes _homes = new();
    private readonly RegionBuffers _buffers;
    private readonly Dictionary<string, HostedShard> _shards = [];
    private readonly Dictionary<IActorRef, HostedShard> _shardsByActor = [];
    private readonly TaskCompletionSource<Done> _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RegionRegistration _registration = null!;
    private bool _shuttingDown;
    private bool _warnedOfFullBuffer;

    internal ShardRegion(
        string typeName, ClusterShardingSettings settings, string coordinatorPath, IMessageExtractor extractor, ShardBlueprint? blueprint)
    {
        _typeName = typeName;
        _settings = settings;
        _coordinatorPath = coordinatorPath;
        _extractor = extractor;
        _blueprint = blueprint;
        _buffers = new RegionBuffers(settings.TuningParameters.BufferSize);
        AddShutdownTask();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>The path of the coordinator's supervisor is the singleton's, the same on every node.</summary>
    internal static Props Props(
        string typeName, ClusterShardingSettings settings, string coordinatorPath, IMessageExtractor extractor, ShardBlueprint? blueprint) =>
        Actor.Props.Create(() => new ShardRegion(typeName, settings, coordinatorPath, extractor, blueprint));

    protected override void PreStart()
    {
        var self = Self;
        _registration = new RegionRegistration(
            Context, Timers, _settings, _coordinatorPath, () => _blueprint is null ? new RegisterProxy(self) : new Register(self));
        _cluster.Subscribe(Self, SubscriptionInitialStateMode.InitialStateAsSnapshot, typeof(IMemberEvent));
        Timers.StartPeriodicTimer(Retry.Instance, Retry.Instance, _settings.TuningParameters.RetryInterval);
        _registration.Begin();
    }

    protected override void PostStop()
    {
        _registration.Coordinator?.Tell(new RegionStopped(Self), Self);
        _cluster.Unsubscribe(Self);
        _stopped.TrySetResult(Done.Instance);
        base.PostStop();
    }

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case Terminated terminated:
                OnTerminated(terminated.ActorRef);
                return true;
            case IRegionOrder order:
                OnOrder(order);
                return true;
            case IClusterDomainEvent or CurrentClusterState:
                OnMembership(message);
                return true;
            case IShardRegionQuery query:
                return RegionQueries.Answer(query, _registration.Coordinator, _shards.Values, _settings, Context);
            case GracefulShutdown:
                ShutDown();
                return true;
            case Retry:
                OnRetry();
                return true;
            case RegionRegistration.RegisterAgain:
                _registration.Again();
                return true;
            case ShutdownTakesTooLong:
                _log.Warning("{0}: graceful shutdown took too long, [{1}] shards are left", _typeName, _shards.Count);
                Context.Stop(Self);
                return true;
            case StartEntity start:
                Deliver(start.EntityId, message);
                return true;
            default:
                return OnEntityMessage(message);
        }
    }

    private bool OnEntityMessage(object message)
    {
        if (_extractor.EntityId(message) is { } id)
        {
            Deliver(id, message);
            return true;
        }
        _log.Warning("{0}: message [{1}] is for no entity", _typeName, message.GetType());
        return false;
    }

    private void Deliver(string entityId, object message)
    {
        var shard = _extractor.ShardId(entityId, message);
        if (string.IsNullOrEmpty(shard))
        {
            _log.Warning("{0}: message [{1}] is for no shard", _typeName, message.GetType());
            Context.System.DeadLetters.Tell(message, Sender);
            return;
        }
        if (!_buffers.Contains(shard) && Receiver(shard) is { } receiver)
            receiver.Tell(message, Sender);
        else
            Wait(shard, message);
    }

    /// <summary>The shard's actor here, or the region that has it; null while messages must wait.</summary>
    private IActorRef? Receiver(string shard)
    {
        var home = _homes.Of(shard);
        if (home is null || !home.Equals(Self))
            return home;
        if (_shards.TryGetValue(shard, out var hosted))
            return hosted.IsHandingOff ? null : hosted.Actor;
        return _shuttingDown ? null : StartShard(shard);
    }

    private void Wait(string shard, object message)
    {
        if (!_buffers.Contains(shard) && _homes.Of(shard) is null)
            _registration.Coordinator?.Tell(new GetShardHome(shard), Self);
        if (_buffers.TryAdd(shard, message, Sender))
            return;
        if (!_warnedOfFullBuffer)
            _log.Warning("{0}: buffer is full, dropping messages for shard [{1}]", _typeName, shard);
        _warnedOfFullBuffer = true;
        Context.System.DeadLetters.Tell(message, Sender);
    }

    private void DeliverWaiting(string shard)
    {
        if (!_buffers.Contains(shard) || Receiver(shard) is not { } receiver)
            return;
        foreach (var (message, sender) in _buffers.Take(shard))
            receiver.Tell(message, sender);
        _warnedOfFullBuffer = false;
    }

    private IActorRef StartShard(string shard)
    {
        var blueprint = _blueprint ?? throw new InvalidOperationException($"{_typeName}: shard [{shard}] was allocated to a proxy");
        var props = Shard.Props(_typeName, shard, blueprint, _settings).WithDispatcher(Context.Props.Dispatcher);
        var hosted = new HostedShard(shard, Context.Watch(Context.ActorOf(props, Uri.EscapeDataString(shard))));
        _shards.Add(shard, hosted);
        _shardsByActor.Add(hosted.Actor, hosted);
        return hosted.Actor;
    }

    private void OnOrder(IRegionOrder order)
    {
        switch (order)
        {
            case RegisterAck ack:
                _registration.Acknowledged(ack.Coordinator);
                AskForHomes();
                break;
            case HostShard when _shuttingDown:
                // The coordinator does not know, it may be a new one.
                RequestShutdown();
                break;
            case HostShard host:
                SetHome(host.Shard, Self);
                Receiver(host.Shard);
                Sender.Tell(new ShardStarted(host.Shard), Self);
                DeliverWaiting(host.Shard);
                break;
            case ShardHome home:
                OnShardHome(home);
                break;
            case BeginHandOff begin:
                OnBeginHandOff(begin.Shard);
                break;
            case HandOffFence fence:
                fence.Worker.Tell(new BeginHandOffAck(fence.Shard), Sender);
                break;
            case HandOff handOff:
                OnHandOff(handOff);
                break;
        }
    }

    private void OnShardHome(ShardHome home)
    {
        if (Self.Equals(_homes.Of(home.Shard)) && !home.Region.Equals(Self))
        {
            throw new InvalidOperationException(
                $"{_typeName}: shard [{home.Shard}] is here, and the coordinator says that it is at [{home.Region}]");
        }
        SetHome(home.Shard, home.Region);
        DeliverWaiting(home.Shard);
    }

    private void SetHome(string shard, IActorRef region)
    {
        if (_homes.Set(shard, region) && !region.Equals(Self))
            Context.Watch(region);
    }

    private void OnBeginHandOff(string shard)
    {
        var home = _homes.Of(shard);
        if (home is null || home.Equals(Self))
        {
            // The shard's own region goes on delivering until it is told to stop the shard.
            Sender.Tell(new BeginHandOffAck(shard), Self);
            return;
        }
        _homes.Forget(shard);
        home.Tell(new HandOffFence(shard, Sender), Self);
    }

    private void OnHandOff(HandOff handOff)
    {
        _homes.Forget(handOff.Shard);
        if (!_shards.TryGetValue(handOff.Shard, out var hosted))
            Sender.Tell(new ShardStopped(handOff.Shard), Self);
        else if (hosted.BeginHandOff(Sender))
            hosted.Actor.Tell(handOff, Sender);
    }

    private void OnTerminated(IActorRef actor)
    {
        if (actor.Equals(_registration.Coordinator))
        {
            _registration.Begin();
        }
        else if (_shardsByActor.Remove(actor, out var shard))
        {
            _shards.Remove(shard.Id);
            foreach (var requester in shard.LateRequesters)
                requester.Tell(new ShardStopped(shard.Id), Self);
            DeliverWaiting(shard.Id);
            StopWhenEmpty();
        }
        else if (_homes.Forget(actor))
        {
            _log.Debug("{0}: region [{1}] has ended", _typeName, actor);
        }
    }

    private void OnMembership(object message)
    {
        switch (message)
        {
            case CurrentClusterState state:
                _registration.MembersAre(state.Members);
                break;
            case MemberUp or MemberLeft or MemberExited:
                _registration.MemberIs(((IMemberEvent)message).Member);
                break;
            case MemberRemoved removed when IsSelf(removed.Member):
                Context.Stop(Self);
                break;
            case MemberRemoved removed:
                _registration.MemberIsGone(removed.Member);
                break;
            case MemberDowned downed when IsSelf(downed.Member):
                _log.Info("{0}: this node was downed, the region stops", _typeName);
                Context.Stop(Self);
                break;
        }
    }

    private bool IsSelf(Member member) => member.UniqueAddress.Equals(_cluster.SelfUniqueAddress);

    private void OnRetry()
    {
        if (_registration.Coordinator is null)
            _registration.Register();
        else
            AskForHomes();
        if (_shuttingDown)
            RequestShutdown();
        StopWhenEmpty();
    }

    private void AskForHomes()
    {
        foreach (var shard in _buffers.Shards)
            _registration.Coordinator!.Tell(new GetShardHome(shard), Self);
    }

    private void ShutDown()
    {
        if (!_shuttingDown)
            _log.Debug("{0}: the region shuts down with [{1}] shards", _typeName, _shards.Count);
        _shuttingDown = true;
        var shutdown = CoordinatedShutdown.Get(Context.System);
        if (shutdown.ShutdownReason is not null)
        {
            // Before the phase is over, so that the log says what took so long.
            var limit = shutdown.Timeout(CoordinatedShutdown.PhaseClusterShardingShutdownRegion) - TimeSpan.FromSeconds(1);
            if (limit > TimeSpan.Zero)
                Timers.StartSingleTimer(ShutdownTakesTooLong.Instance, ShutdownTakesTooLong.Instance, limit);
        }
        RequestShutdown();
        StopWhenEmpty();
    }

    private void RequestShutdown() => _registration.TellCoordinators(new GracefulShutdownRequest(Self));

    private void StopWhenEmpty()
    {
        if (_shuttingDown && _shards.Count == 0 && _buffers.IsEmpty)
            Context.Stop(Self);
    }

    private void AddShutdownTask()
    {
        var cluster = _cluster;
        var self = Self;
        var stopped = _stopped.Task;
        CoordinatedShutdown.Get(Context.System).AddTask(CoordinatedShutdown.PhaseClusterShardingShutdownRegion, "region-shutdown", () =>
        {
            if (cluster.IsTerminated || cluster.SelfMember.Status == MemberStatus.Down)
                return Task.FromResult(Done.Instance);
            self.Tell(GracefulShutdown.Instance, ActorRefs.NoSender);
            return stopped;
        });
    }

    /// <summary>Starts the entity if it does not run; answered when it does.</summary>
    public sealed class StartEntity : IClusterShardingSerializable, IEquatable<StartEntity>
    {
        public readonly string EntityId;

        public StartEntity(string entityId) => EntityId = entityId;

        public bool Equals(StartEntity? other) => other is not null && EntityId == other.EntityId;

        public override bool Equals(object? obj) => Equals(obj as StartEntity);

        public override int GetHashCode() => EntityId.GetHashCode();

        public override string ToString() => $"StartEntity({EntityId})";
    }

    private sealed record Retry : INoSerializationVerificationNeeded
    {
        public static readonly Retry Instance = new();
    }

    private sealed record ShutdownTakesTooLong : INoSerializationVerificationNeeded
    {
        public static readonly ShutdownTakesTooLong Instance = new();
    }
}
