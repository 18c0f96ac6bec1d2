using Akka.Actor;

namespace Akka.TestKit.Internal;

/// <summary>Puts what it receives into the test's queue, after its pilot has reacted to it.</summary>
internal sealed class InternalTestActor(ReceivedMessages queue) : UntypedActor
{
    private readonly Dictionary<IActorRef, SupervisorStrategy> _strategies = [];
    private Func<object, bool>? _ignore;
    private AutoPilot? _pilot;

    protected override SupervisorStrategy SupervisorStrategy() => new ChildStrategies(_strategies);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SetIgnore set:
                _ignore = set.Ignore;
                break;
            case SetPilot set:
                _pilot = set.Pilot;
                break;
            case SetWatch set:
                if (set.On)
                    Context.Watch(set.Actor);
                else
                    Context.Unwatch(set.Actor);
                Sender.Tell(new WatchSet(), Self);
                break;
            case SpawnChild spawn:
                Spawn(spawn);
                break;
            default:
                Receive(message, Sender);
                break;
        }
    }

    private void Receive(object message, IActorRef sender)
    {
        if (_pilot?.Run(sender, message) is { } next and not KeepRunning)
            _pilot = next;
        if (_ignore?.Invoke(message) != true)
            queue.Add(new RealMessageEnvelope(message, sender));
    }

    private void Spawn(SpawnChild spawn)
    {
        var child = spawn.Name is null ? Context.ActorOf(spawn.Props) : Context.ActorOf(spawn.Props, spawn.Name);
        if (spawn.Strategy is not null)
            _strategies[child] = spawn.Strategy;
        queue.Add(new RealMessageEnvelope(child, Self));
    }
}
