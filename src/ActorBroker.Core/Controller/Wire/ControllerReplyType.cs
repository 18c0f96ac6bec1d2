namespace ActorBroker.Core.Controller.Wire;

/// <summary>The type of a reply between nodes; numbers are never given to another reply.</summary>
internal enum ControllerReplyType : sbyte
{
    Broker = 1,
    Drain = 2,
    CreateTopics = 3,
    DeleteTopics = 4,
    CreatePartitions = 5,
    AlterConfigs = 6,
    ProducerIds = 7,
    AdoptTopics = 8,
    AlterPartition = 9,
    ElectLeader = 10,
    Feature = 11,
    AlterReassignments = 12,
    Maintenance = 13,
}
