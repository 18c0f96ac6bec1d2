namespace ActorBroker.Core.Metadata;

/// <summary>
/// Which version of a record's bytes is written at which level of the log (see <see cref="MetadataFeature"/>). Level and version stand in a
/// fixed relation, so that a reader refuses what the level does not allow.
/// </summary>
internal static class MetadataRecordVersions
{
    /// <summary>The version of a record at a level; -1 where the level does not have the record.</summary>
    public static sbyte At(MetadataRecordType type, short level) => type switch
    {
        MetadataRecordType.BrokerRegistered or MetadataRecordType.PartitionsAdded or MetadataRecordType.PartitionsChanged =>
            (sbyte)(level >= MetadataFeature.ClusterLevel ? 1 : 0),
        MetadataRecordType.BrokerDrainChanged => (sbyte)(level >= MetadataFeature.ClusterLevel ? 0 : -1),
        _ => 0,
    };

    public static MetadataRecordType TypeOf(MetadataRecord record) => record switch
    {
        ClusterCreated => MetadataRecordType.ClusterCreated,
        FeatureLevelSet => MetadataRecordType.FeatureLevelSet,
        ControllerElected => MetadataRecordType.ControllerElected,
        BrokerRegistered => MetadataRecordType.BrokerRegistered,
        BrokerFencingChanged => MetadataRecordType.BrokerFencingChanged,
        BrokerDrainChanged => MetadataRecordType.BrokerDrainChanged,
        BrokerUnregistered => MetadataRecordType.BrokerUnregistered,
        LeadershipRenewed => MetadataRecordType.LeadershipRenewed,
        TopicCreated => MetadataRecordType.TopicCreated,
        PartitionsAdded => MetadataRecordType.PartitionsAdded,
        PartitionsChanged => MetadataRecordType.PartitionsChanged,
        TopicDeleted => MetadataRecordType.TopicDeleted,
        ConfigChanged => MetadataRecordType.ConfigChanged,
        ProducerIdsAllocated => MetadataRecordType.ProducerIdsAllocated,
        _ => throw new ArgumentException($"No type is defined for {record.GetType().Name}.", nameof(record)),
    };
}
