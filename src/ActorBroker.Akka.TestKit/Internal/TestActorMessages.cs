using Akka.Actor;

namespace Akka.TestKit.Internal;

// What a test kit tells its test actor.

internal sealed record SetIgnore(Func<object, bool>? Ignore) : INoSerializationVerificationNeeded;

internal sealed record SetPilot(AutoPilot Pilot) : INoSerializationVerificationNeeded;

internal sealed record SetWatch(IActorRef Actor, bool On) : INoSerializationVerificationNeeded;

internal sealed record WatchSet : INoSerializationVerificationNeeded;

internal sealed record SpawnChild(Props Props, string? Name, SupervisorStrategy? Strategy) : INoSerializationVerificationNeeded;
