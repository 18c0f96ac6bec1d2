using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller;

/// <summary>
/// The controller: who is in the cluster, which topics exist, who leads their partitions, what is configured.
///
/// It has no states of its own besides the image: a command is judged against the image and turned into records, or into an error without
/// records. Commands of one term are ordered by the journal; a term begins with <see cref="TakeControl"/> under an epoch that is higher
/// than every one before, and everything it writes carries that epoch.
///
/// Invariants, checked by the property tests: the image after applying the records equals the image folded from their bytes; topic ids and
/// producer ids are never given twice; leader, partition and controller epochs never fall; a leader is a replica, and in sync unless an
/// unclean election made it leader; the in-sync replicas are replicas.
///
/// The deciding is done by planners, one for each noun: <see cref="TopicPlanner"/>, <see cref="GrowthPlanner"/>,
/// <see cref="ConfigPlanner"/>, <see cref="BrokerPlanner"/>, <see cref="PartitionPlanner"/>, <see cref="ReassignmentPlanner"/>,
/// <see cref="MaintenancePlanner"/>, <see cref="FeaturePlanner"/>, <see cref="AdoptionPlanner"/>. Called by the controller's actor, which
/// appends what is decided, applies it, and answers when it is committed.
/// </summary>
public sealed class ControllerMachine(ControllerState state)
{
    /// <summary>The image as of the last applied record, committed or not.</summary>
    public MetadataImage Image => state.Image;

    public Decision<MetadataRecord, ControllerReply, NoEffect> Decide(ControllerCommand command) => command switch
    {
        CreateTopics create => TopicPlanner.Create(state, create),
        DeleteTopics delete => TopicPlanner.Delete(state, delete),
        CreatePartitions grow => GrowthPlanner.Grow(state, grow),
        AlterConfigs alter => ConfigPlanner.Alter(state, alter),
        ReplaceConfigs replace => ConfigPlanner.Replace(state, replace),
        AllocateProducerIds allocate => AllocateProducerIds(allocate),
        AlterPartition alter => PartitionPlanner.AlterIsr(state, alter),
        ElectLeader elect => PartitionPlanner.Elect(state, elect),
        AlterReassignments alter => ReassignmentPlanner.Alter(state, alter),
        BalanceLeaders balance => MaintenancePlanner.BalanceLeaders(state, balance),
        RaiseInternalTopics => MaintenancePlanner.RaiseInternalTopics(state),
        RegisterBroker register => BrokerPlanner.Register(state, register),
        FenceBroker fence => BrokerPlanner.Fence(state, fence),
        DrainBroker drain => BrokerPlanner.Drain(state, drain),
        UnregisterBroker unregister => BrokerPlanner.Unregister(state, unregister),
        AdoptTopics adopt => AdoptionPlanner.Adopt(state, adopt),
        TakeControl take => TakeControl(take),
        SetFeatureLevel feature => FeaturePlanner.Set(state, feature),
        _ => throw new ArgumentException($"The controller knows no command {command.GetType().Name}.", nameof(command)),
    };

    /// <summary>The records of a decision as they go into the journal, under the epoch and the level that they belong to.</summary>
    public MetadataBatch ToBatch(IReadOnlyList<MetadataRecord> records)
    {
        var epoch = Image.ControllerEpoch;
        var level = Image.MetadataLevel;
        foreach (var record in records)
        {
            if (record is ControllerElected elected) epoch = elected.ControllerEpoch;
            if (record is FeatureLevelSet { Feature: MetadataFeature.Name } feature) level = feature.Level;
        }
        return new MetadataBatch(epoch, records) { FeatureLevel = level };
    }

    /// <summary>The only mutator; the same live and on replay.</summary>
    public MetadataDelta Apply(MetadataBatch batch) => state.Apply(batch);

    public void Restore(MetadataImage snapshot) => state.Restore(snapshot);

    private Decision<MetadataRecord, ControllerReply, NoEffect> TakeControl(TakeControl command)
    {
        if (command.ControllerEpoch <= Image.ControllerEpoch)
        {
            var error = new KafkaError(ErrorCode.StaleControllerEpoch,
                $"Controller epoch {command.ControllerEpoch} is not above {Image.ControllerEpoch}, which has been used.");
            return Decided.Reply(new ControlTaken(error, Image.ControllerEpoch));
        }
        var records = new List<MetadataRecord>();
        if (Image.ClusterId.Length == 0)
        {
            records.Add(new ClusterCreated(command.NewClusterId));
            records.Add(new FeatureLevelSet(MetadataFeature.Name, MetadataFeature.Level));
            // Kafka fixes this default in the metadata when a cluster is made, so that all brokers agree on it (KIP-966).
            records.Add(new ConfigChanged(ConfigPlanner.AllBrokers, "min.insync.replicas", $"{state.Config.Int("min.insync.replicas")}"));
        }
        records.Add(new ControllerElected(command.NodeId, command.ControllerEpoch));
        return Decided.With(records, new ControlTaken(KafkaError.None, command.ControllerEpoch));
    }

    private Decision<MetadataRecord, ControllerReply, NoEffect> AllocateProducerIds(AllocateProducerIds command)
    {
        var first = Image.NextProducerId;
        if (command.Count <= 0 || first > long.MaxValue - command.Count)
            return Decided.Reply(new ProducerIdsReply(ErrorCode.UnknownServerError, -1, 0));
        return Decided.With(
            [new ProducerIdsAllocated(command.BrokerId, first + command.Count)],
            new ProducerIdsReply(KafkaError.None, first, command.Count));
    }
}
