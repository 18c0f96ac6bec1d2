using Akka.Actor;

namespace ActorBroker.Actors.Controller;

/// <summary>The node has heard of a controller.</summary>
internal sealed record ControllerFound(int Term, IActorRef Gate) : INoSerializationVerificationNeeded;

/// <summary>The controller that the node knew has ended or fallen silent.</summary>
internal sealed record ControllerLost(IActorRef Gate) : INoSerializationVerificationNeeded;

/// <summary>A command of this node that is to be sent.</summary>
internal sealed record SubmitCommand(LinkedCommand Command) : INoSerializationVerificationNeeded;
