namespace ActorBroker.Actors.Partitions;

/// <summary>Persisted before a node acts on a grant: after a restart nothing older is taken.</summary>
public sealed record LeadershipGranted(int LeaderEpoch, long Ballot, int Node);

/// <summary>Persisted before records are given up by DeleteRecords.</summary>
public sealed record LogStartMoved(long LogStartOffset);
