using Akka.Serialization;

namespace Akka.Actor;

/// <summary>Turns paths into references; serializers of references need it.</summary>
public interface IActorRefProvider
{
    ActorPath RootPath { get; }

    Settings Settings { get; }

    IActorRef DeadLetters { get; }

    /// <summary>This system's address as other nodes know it; local when it has no transport.</summary>
    Address DefaultAddress { get; }

    Information SerializationInformation { get; }

    Task TerminationTask { get; }

    IActorRef RootGuardianAt(Address address);

    IActorRef ResolveActorRef(string path);

    IActorRef ResolveActorRef(ActorPath actorPath);

    /// <summary>A path for a reference that lives for one exchange.</summary>
    ActorPath TempPath();

    /// <summary>The address under which the node at the given address can reach this one; null when it cannot.</summary>
    Address? GetExternalAddressFor(Address address);
}
