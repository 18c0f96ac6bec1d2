namespace ActorBroker.Core.Membership;

/// <summary>One life of a node: its id in the cluster and the uid that Akka.Cluster gave the actor system of that life.</summary>
public readonly record struct NodeIncarnation(int Node, int Uid);
