using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Server.Cli.Client;

/// <summary>What one metadata answer said.</summary>
internal sealed record ClusterSnapshot(
    string? ClusterId, int ControllerId, IReadOnlyDictionary<int, BrokerNode> Brokers, IReadOnlyDictionary<string, TopicView> Topics)
{
    public static readonly ClusterSnapshot Empty = new(null, -1, new Dictionary<int, BrokerNode>(), new Dictionary<string, TopicView>());

    public static ClusterSnapshot From(MetadataResponse response)
    {
        var brokers = response.Brokers.ToDictionary(b => b.NodeId, b => new BrokerNode(b.NodeId, new BrokerAddress(b.Host, b.Port), b.Rack));
        var topics = new Dictionary<string, TopicView>(StringComparer.Ordinal);
        foreach (var topic in response.Topics)
        {
            var partitions = topic.Partitions.Select(PartitionView.From).OrderBy(p => p.Index).ToArray();
            topics[topic.Name ?? topic.TopicId.ToString()] =
                new TopicView(topic.Name ?? "", topic.TopicId, topic.IsInternal, topic.ErrorCode, partitions);
        }

        return new ClusterSnapshot(response.ClusterId, response.ControllerId, brokers, topics);
    }
}

/// <summary>A broker under the address that it tells its clients.</summary>
internal sealed record BrokerNode(int Id, BrokerAddress Address, string? Rack);

internal sealed record TopicView(string Name, Uuid Id, bool IsInternal, ErrorCode Error, IReadOnlyList<PartitionView> Partitions)
{
    public int ReplicationFactor => Partitions.Count == 0 ? 0 : Partitions.Min(p => p.Replicas.Count);

    public PartitionView? Find(int partition)
    {
        foreach (var candidate in Partitions)
            if (candidate.Index == partition) return candidate;
        return null;
    }
}

/// <summary>Leader -1: offline.</summary>
internal sealed record PartitionView(
    int Index, int Leader, int LeaderEpoch, IReadOnlyList<int> Replicas, IReadOnlyList<int> Isr, IReadOnlyList<int> Offline, ErrorCode Error)
{
    public bool IsUnderReplicated => Isr.Count < Replicas.Count;

    public static PartitionView From(MetadataResponse.MetadataResponsePartition p) =>
        new(p.PartitionIndex, p.LeaderId, p.LeaderEpoch, p.ReplicaNodes, p.IsrNodes, p.OfflineReplicas, p.ErrorCode);
}

internal readonly record struct TopicPartition(string Topic, int Partition)
{
    public override string ToString() => $"{Topic}-{Partition}";
}
