namespace ActorBroker.Core.Metadata;

/// <summary>The type of a record as it stands in the log; numbers are never given to another record.</summary>
public enum MetadataRecordType : sbyte
{
    ClusterCreated = 1,
    FeatureLevelSet = 2,
    ControllerElected = 3,
    BrokerRegistered = 4,
    BrokerFencingChanged = 5,
    BrokerUnregistered = 6,
    LeadershipRenewed = 7,
    TopicCreated = 8,
    PartitionsAdded = 9,
    PartitionsChanged = 10,
    TopicDeleted = 11,
    ConfigChanged = 12,
    ProducerIdsAllocated = 13,
    BrokerDrainChanged = 14,
}
