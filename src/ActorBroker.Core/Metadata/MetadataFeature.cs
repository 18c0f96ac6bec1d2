namespace ActorBroker.Core.Metadata;

/// <summary>
/// The level of the metadata log's own format. A node writes no record above the finalized level and refuses to read above
/// <see cref="Level"/>: that is what makes rolling upgrades possible. It is raised by a <see cref="FeatureLevelSet"/> of
/// <see cref="Name"/>.
/// </summary>
public static class MetadataFeature
{
    public const string Name = "actorbroker.metadata";

    /// <summary>What this build knows.</summary>
    public const short Level = 1;
}
