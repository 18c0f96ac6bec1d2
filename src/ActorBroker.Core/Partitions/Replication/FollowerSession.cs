namespace ActorBroker.Core.Partitions.Replication;

/// <summary>Who speaks: the follower's node, its process, and its own number of the conversation.</summary>
public readonly record struct FollowerSession(int Node, long Incarnation, long Session);
