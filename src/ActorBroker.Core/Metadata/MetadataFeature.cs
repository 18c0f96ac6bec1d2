namespace ActorBroker.Core.Metadata;

/// <summary>
/// The level of the metadata log's own format. A node writes no record above the finalized level and refuses to read above
/// <see cref="Level"/>: that is what makes rolling upgrades possible. It is raised by a <see cref="FeatureLevelSet"/> of
/// <see cref="Name"/> and never lowered; a new cluster starts at <see cref="Level"/>.
///
/// 1 = one node: brokers without lanes, partitions without reassignments.
/// 2 = the cluster: lanes and supported level of a broker, adding, removing and eligible leader replicas of a partition.
/// </summary>
public static class MetadataFeature
{
    public const string Name = "actorbroker.metadata";

    /// <summary>What this build knows.</summary>
    public const short Level = 2;

    /// <summary>The lowest level that this build can write: what the first release made.</summary>
    public const short MinLevel = 1;

    /// <summary>From here on brokers have lanes and partitions can be reassigned.</summary>
    public const short ClusterLevel = 2;
}
