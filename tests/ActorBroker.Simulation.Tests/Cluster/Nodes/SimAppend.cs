using ActorBroker.Protocol;
using ActorBroker.Simulation.Tests.Cluster.Disks;

namespace ActorBroker.Simulation.Tests.Cluster.Nodes;

/// <summary>A batch on its way into a partition that this node leads, as <c>AppendRequest</c> is in the broker.</summary>
internal sealed class SimAppend
{
    public required SimBatch Batch { get; init; }

    public required short Acks { get; init; }

    public required int TimeoutMs { get; init; }

    public bool IsInternal { get; init; }

    /// <summary>-1 takes any.</summary>
    public int ExpectedLeaderEpoch { get; init; } = -1;

    /// <summary>Appended, but not committed yet.</summary>
    public Action<long>? Appended { get; init; }

    public required Action<ErrorCode, long> Done { get; init; }
}
