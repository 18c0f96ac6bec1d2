using Akka.Actor;

namespace ActorBroker.Actors.Quorum;

/// <summary>Id of <see cref="QuorumAccess"/> as an extension of the actor system.</summary>
public sealed class QuorumAccessProvider : ExtensionIdProvider<QuorumAccess>
{
    public override QuorumAccess CreateExtension(ExtendedActorSystem system) => new(system);
}
