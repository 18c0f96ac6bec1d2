namespace ActorBroker.Core.Metadata;

/// <summary>
/// The records of one decision: committed together or not at all. It carries the epoch of the controller that decided, so that a controller
/// that has been replaced cannot change anything, and the feature level that its bytes need.
/// </summary>
public sealed record MetadataBatch(int ControllerEpoch, IReadOnlyList<MetadataRecord> Records)
{
    /// <summary>The finalized level under which the batch is written: it decides the version of every record's bytes.</summary>
    public short FeatureLevel { get; init; } = MetadataFeature.Level;
}
