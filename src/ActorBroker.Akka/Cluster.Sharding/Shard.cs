using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster.Sharding;

/// <summary>
/// The entities of one shard on the region that hosts it. An entity starts with its first message, without a word to the coordinator.
///
/// Passivation: an entity that wants to stop asks with <see cref="Passivate"/> and gets its stop message; messages that come until
/// it has stopped wait here, and start it again. A message is thus either handled by the old incarnation before its stop message or
/// by the next one, never lost between them.
///
/// Hand-off: nothing comes from the region any more. Entities that messages wait for are started once more to handle them; then all
/// get the stop message, and the shard ends with the last of them.
/// </summary>
internal sealed class Shard : UntypedActor, IWithTimers
{
    private static readonly TimeSpan StopWarning = TimeSpan.FromSeconds(5);

    private readonly string _typeName;
    private readonly string _shardId;
    private readonly ShardBlueprint _blueprint;
    private readonly ClusterShardingSettings _settings;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<string, ShardEntity> _entities = [];
    private int _waitingMessages;
    private IActorRef? _handOffRequester;
    private bool _stopping;

    public Shard(string typeName, string shardId, ShardBlueprint blueprint, ClusterShardingSettings settings)
    {
        _typeName = typeName;
        _shardId = shardId;
        _blueprint = blueprint;
        _settings = settings;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(string typeName, string shardId, ShardBlueprint blueprint, ClusterShardingSettings settings) =>
        Actor.Props.Create(() => new Shard(typeName, shardId, blueprint, settings));

    protected override void PreStart()
    {
        if (_settings.PassivatesIdleEntities)
            Timers.StartPeriodicTimer(PassivateIdleTick.Instance, PassivateIdleTick.Instance, _settings.PassivateIdleEntityAfter / 2);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Terminated terminated:
                OnEntityStopped(terminated.ActorRef);
                break;
            case Passivate passivate:
                OnPassivate(Sender, passivate.StopMessage);
                break;
            case HandOff handOff:
                OnHandOff(handOff.Shard);
                break;
            case HandOffPatience patience:
                OnImpatience(patience.Ends);
                break;
            case GetShardState:
                Sender.Tell(new ShardState(_shardId, _entities.Keys.ToImmutableHashSet()), Self);
                break;
            case PassivateIdleTick:
                PassivateIdle();
                break;
            case ShardRegion.StartEntity start:
                Start(start.EntityId, Sender);
                break;
            default:
                OnEntityMessage(message);
                break;
        }
    }

    private void OnEntityMessage(object message)
    {
        var id = _blueprint.Extractor.EntityId(message);
        if (string.IsNullOrEmpty(id))
        {
            _log.Warning("{0}: message [{1}] is for no entity", _typeName, message.GetType().Name);
            Context.System.EventStream.Publish(new Dropped(message, "No recipient entity id", Sender, Self));
            return;
        }
        var payload = _blueprint.Extractor.EntityMessage(message)
            ?? throw new InvalidOperationException($"{_blueprint.Extractor.GetType()} has no entity message in [{message.GetType()}]");
        if (payload is ShardRegion.StartEntity start)
            Start(start.EntityId, Sender);
        else
            Deliver(id, payload, Sender);
    }

    private void Deliver(string id, object payload, IActorRef sender)
    {
        var entity = _entities.GetValueOrDefault(id) ?? Create(id);
        if (entity.IsPassivating)
        {
            Wait(entity, payload, sender);
            return;
        }
        if (_settings.PassivatesIdleEntities)
            entity.LastMessageMs = Environment.TickCount64;
        entity.Actor.Tell(payload, sender);
    }

    private void Start(string id, IActorRef requester)
    {
        var entity = _entities.GetValueOrDefault(id) ?? Create(id);
        if (entity.IsPassivating)
            Wait(entity, new ShardRegion.StartEntity(id), requester);
        else
            requester.Tell(new StartEntityAck(id, _shardId), Self);
    }

    private void Wait(ShardEntity entity, object message, IActorRef sender)
    {
        if (_waitingMessages >= _settings.TuningParameters.BufferSize)
        {
            _log.Debug("{0}: buffer is full, dropping [{1}] for entity [{2}]", _typeName, message.GetType().Name, entity.Id);
            Context.System.EventStream.Publish(new Dropped(message, $"Buffer for [{entity.Id}] is full", sender, Self));
            return;
        }
        _waitingMessages++;
        entity.Wait(message, sender);
    }

    private ShardEntity Create(string id)
    {
        var entity = new ShardEntity(id, NewActor(id)) { LastMessageMs = Environment.TickCount64 };
        _entities.Add(id, entity);
        return entity;
    }

    private IActorRef NewActor(string id) => Context.Watch(Context.ActorOf(_blueprint.EntityProps(id), Uri.EscapeDataString(id)));

    private void OnEntityStopped(IActorRef actor)
    {
        if (!_entities.TryGetValue(Uri.UnescapeDataString(actor.Path.Name), out var entity) || !entity.Actor.Equals(actor))
            return;
        if (entity.HasWaiting && !_stopping)
        {
            entity.IsPassivating = false;
            entity.Actor = NewActor(entity.Id);
            foreach (var (message, sender) in entity.TakeWaiting())
            {
                _waitingMessages--;
                if (message is ShardRegion.StartEntity)
                    Start(entity.Id, sender);
                else
                    Deliver(entity.Id, message, sender);
            }
        }
        else
        {
            _entities.Remove(entity.Id);
        }
        StopForHandOff();
    }

    private void OnPassivate(IActorRef actor, object stopMessage)
    {
        if (!_entities.TryGetValue(Uri.UnescapeDataString(actor.Path.Name), out var entity) || !entity.Actor.Equals(actor))
        {
            _log.Debug("{0}: [{1}] is no entity of shard [{2}], it cannot be passivated", _typeName, actor, _shardId);
            return;
        }
        if (entity.IsPassivating || _stopping)
            return;
        entity.IsPassivating = true;
        actor.Tell(stopMessage, Self);
    }

    private void PassivateIdle()
    {
        var deadline = Environment.TickCount64 - (long)_settings.PassivateIdleEntityAfter.TotalMilliseconds;
        foreach (var entity in _entities.Values)
        {
            if (entity.LastMessageMs < deadline)
                OnPassivate(entity.Actor, _blueprint.HandOffStopMessage);
        }
    }

    private void OnHandOff(string shard)
    {
        if (shard != _shardId || _handOffRequester is not null)
        {
            _log.Warning("{0}: shard [{1}] ignores a hand-off of [{2}]", _typeName, _shardId, shard);
            return;
        }
        _handOffRequester = Sender;
        StopForHandOff();
    }

    private void StopForHandOff()
    {
        // What waits for a passivating entity is older than all that waits elsewhere: it is handled here first.
        if (_handOffRequester is null || (!_stopping && _waitingMessages > 0))
            return;
        if (_entities.Count == 0)
        {
            _handOffRequester.Tell(new ShardStopped(_shardId), Self);
            Context.Stop(Self);
            return;
        }
        if (_stopping)
            return;
        _stopping = true;
        _log.Debug("{0}: shard [{1}] stops its [{2}] entities", _typeName, _shardId, _entities.Count);
        var forced = _settings.TuningParameters.HandOffTimeout - StopWarning;
        if (forced < TimeSpan.FromSeconds(1))
            forced = TimeSpan.FromSeconds(1);
        Timers.StartSingleTimer("warning", new HandOffPatience(false), StopWarning);
        Timers.StartSingleTimer("force", new HandOffPatience(true), forced);
        foreach (var entity in _entities.Values)
            entity.Actor.Tell(_blueprint.HandOffStopMessage, Self);
    }

    private void OnImpatience(bool ends)
    {
        _log.Warning(
            "{0}: [{1}] entities of shard [{2}] have not stopped at the hand-off stop message [{3}]{4}",
            _typeName, _entities.Count, _shardId, _blueprint.HandOffStopMessage.GetType(), ends ? ": they are stopped by force" : "");
        if (!ends)
            return;
        foreach (var entity in _entities.Values)
            Context.Stop(entity.Actor);
    }
}
