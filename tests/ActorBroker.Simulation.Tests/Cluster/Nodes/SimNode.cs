using ActorBroker.Core.Kernel;
using ActorBroker.Core.Quorum;
using ActorBroker.Protocol;
using ActorBroker.Simulation.Tests.Cluster.Disks;

namespace ActorBroker.Simulation.Tests.Cluster.Nodes;

/// <summary>A machine: what outlives the processes on it.</summary>
internal sealed class SimNode(int id, bool isVoter)
{
    public int Id => id;

    public bool IsVoter => isVoter;

    public SortedDictionary<TopicIdPartition, SimLog> Logs { get; } = new(TopicIdPartitionOrder.Instance);

    /// <summary>The newest leader epoch that a leader of the partition has noted here; synced.</summary>
    public Dictionary<TopicIdPartition, int> Grants { get; } = [];

    public SimVoterDisk Voter { get; } = new();

    public Uuid Directory { get; } = new(0xD1, (ulong)id);

    /// <summary>The last stop was in order.</summary>
    public bool HasCleanMarker { get; set; } = true;

    public long ClockOffsetMs { get; set; } = 1_700_000_000_000;

    /// <summary>What the process noted of the metadata; synced, as far as it goes.</summary>
    public int Lives { get; set; }

    public NodeProcess? Process { get; set; }

    public Uuid VoterFile { get; } = new(0xF1, (ulong)id);

    /// <summary>The voter's file as the forming of the cluster leaves it.</summary>
    public void FormVoter(VoterSet voters, string clusterId)
    {
        Voter.Append(new VoterCreated(id, VoterFile));
        Voter.Append(new ClusterJoined(clusterId));
        Voter.Append(new VotersDecided(voters));
        Voter.Sync(Voter.Count);
    }

    public SimLog LogOf(TopicIdPartition partition)
    {
        if (!Logs.TryGetValue(partition, out var log)) Logs[partition] = log = new SimLog(partition);
        return log;
    }
}
