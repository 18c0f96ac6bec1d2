using Akka.Actor;

namespace Akka.Persistence;

/// <summary>A message between a persistent actor and its plugins, which never leaves the node.</summary>
public interface IPersistenceMessage : INoSerializationVerificationNeeded
{
}
