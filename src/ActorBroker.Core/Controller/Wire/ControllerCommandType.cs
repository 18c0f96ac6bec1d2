namespace ActorBroker.Core.Controller.Wire;

/// <summary>
/// The type of a command between nodes; numbers are never given to another command. <see cref="TakeControl"/> has none: only the controller
/// itself decides to take the role.
/// </summary>
internal enum ControllerCommandType : sbyte
{
    RegisterBroker = 1,
    FenceBroker = 2,
    DrainBroker = 3,
    UnregisterBroker = 4,
    CreateTopics = 5,
    DeleteTopics = 6,
    CreatePartitions = 7,
    AlterConfigs = 8,
    ReplaceConfigs = 9,
    AllocateProducerIds = 10,
    AdoptTopics = 11,
    AlterPartition = 12,
    ElectLeader = 13,
    AlterReassignments = 14,
    BalanceLeaders = 15,
    RaiseInternalTopics = 16,
    SetFeatureLevel = 17,
}
