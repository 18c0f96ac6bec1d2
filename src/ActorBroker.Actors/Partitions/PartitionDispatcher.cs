namespace ActorBroker.Actors.Partitions;

/// <summary>The dispatcher of the partition leaders: of their own, so that data never waits behind the cluster, nor the cluster behind
/// data.</summary>
internal static class PartitionDispatcher
{
    public const string Id = "actorbroker.partition-dispatcher";
}
