using System.Collections.Concurrent;
using Akka.Actor;

namespace Akka.Event;

/// <summary>
/// Actors that watch, or are watched by, actors of other nodes: each gets a node's end in its mailbox, behind what that node
/// had sent it before.
/// </summary>
internal sealed class AddressTerminatedTopic : IExtension
{
    private readonly ConcurrentDictionary<IActorRef, bool> _subscribers = new();

    public static AddressTerminatedTopic Get(ActorSystem system) =>
        system.WithExtension<AddressTerminatedTopic, AddressTerminatedTopicProvider>();

    public void Subscribe(IActorRef subscriber) => _subscribers[subscriber] = true;

    public void Unsubscribe(IActorRef subscriber) => _subscribers.TryRemove(subscriber, out _);

    public void Publish(AddressTerminated ended)
    {
        foreach (var subscriber in _subscribers.Keys)
            subscriber.Tell(ended, ActorRefs.NoSender);
    }
}

internal sealed class AddressTerminatedTopicProvider : ExtensionIdProvider<AddressTerminatedTopic>
{
    public override AddressTerminatedTopic CreateExtension(ExtendedActorSystem system) => new();
}

/// <summary>The node at the address is gone: to its watchers all its actors have ended.</summary>
internal sealed record AddressTerminated(Address Address) : IAutoReceivedMessage, IPossiblyHarmful, IDeadLetterSuppression,
    INoSerializationVerificationNeeded;
