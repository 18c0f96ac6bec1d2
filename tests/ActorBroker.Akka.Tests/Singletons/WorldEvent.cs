using Akka.Cluster;

namespace ActorBroker.Akka.Tests.Singletons;

internal enum Change
{
    Up,
    Leaving,
    Exiting,
    Down,
    Removed,
}

/// <summary>A step in the life of a member, in the one order in which the majority's gossip has them.</summary>
internal sealed record WorldEvent(Change Change, UniqueAddress Node, int UpNumber);
