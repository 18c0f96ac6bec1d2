using ActorBroker.Simulation.Tests.Cluster.Disks;

namespace ActorBroker.Simulation.Tests.Cluster.Nodes;

/// <summary>A partition that this node leads, as the groups see it.</summary>
internal interface ISimPartition
{
    SimLog Log { get; }

    int LeaderEpoch { get; }

    bool IsLeading { get; }

    void Append(SimAppend append);
}
