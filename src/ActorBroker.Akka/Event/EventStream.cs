using Akka.Actor;

namespace Akka.Event;

/// <summary>
/// An actor system's own bus: log events, dead letters, unhandled messages, and whatever a program publishes on it. A
/// subscriber that has ended is removed.
/// </summary>
public class EventStream : LoggingBus
{
    private readonly bool _debug;
    private IActorRef? _unsubscriber;

    public EventStream(bool debug) => _debug = debug;

    public override bool Subscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        if (_debug)
            Publish(new Debug(nameof(EventStream), GetType(), $"subscribing {subscriber} to channel {channel}"));
        var added = base.Subscribe(subscriber, channel);
        if (added && subscriber is IInternalActorRef actor and not MinimalActorRef)
            Unsubscriber(actor.Provider.Settings.SystemImpl).Tell(subscriber, ActorRefs.NoSender);
        return added;
    }

    public override bool Unsubscribe(IActorRef subscriber)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        if (_debug)
            Publish(new Debug(nameof(EventStream), GetType(), $"unsubscribing {subscriber} from all channels"));
        return base.Unsubscribe(subscriber);
    }

    public override bool Unsubscribe(IActorRef subscriber, Type channel)
    {
        ArgumentNullException.ThrowIfNull(subscriber);
        if (_debug)
            Publish(new Debug(nameof(EventStream), GetType(), $"unsubscribing {subscriber} from channel {channel}"));
        return base.Unsubscribe(subscriber, channel);
    }

    private IActorRef Unsubscriber(ActorSystemImpl system)
    {
        if (_unsubscriber is { } known)
            return known;
        lock (this)
        {
            var props = Props.Create(typeof(EndedSubscribers), this).WithDispatcher(Dispatch.Dispatchers.InternalDispatcherId);
            return _unsubscriber ??= system.SystemActorOf(props, "EventStreamUnsubscriber");
        }
    }

    private sealed class EndedSubscribers : ActorBase
    {
        private readonly EventStream _stream;

        public EndedSubscribers(EventStream stream) => _stream = stream;

        protected override bool Receive(object message)
        {
            switch (message)
            {
                case IActorRef subscriber:
                    Context.Watch(subscriber);
                    return true;
                case Terminated terminated:
                    _stream.Remove(terminated.ActorRef);
                    return true;
                default:
                    return false;
            }
        }
    }
}
