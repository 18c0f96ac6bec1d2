namespace ActorBroker.Simulation.Tests.Cluster.Clients;

/// <summary>A topic as clients know it from the start.</summary>
internal readonly record struct SimTopic(string Name, int Partitions);

internal sealed record ClientSettings(IReadOnlyList<SimTopic> Topics, bool IsIdempotent, short Acks, int PauseMs);
