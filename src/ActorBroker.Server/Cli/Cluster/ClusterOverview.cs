using System.Collections.Immutable;
using ActorBroker.Core.Configuration.Tables;
using ActorBroker.Core.Controller;
using ActorBroker.Server.Cli.Client;

namespace ActorBroker.Server.Cli.Cluster;

/// <summary>All that the commands for operators look at, gathered at one time from one node's metadata.</summary>
internal sealed record ClusterOverview(
    string ClusterId, IReadOnlyList<NodeView> Nodes, QuorumView Quorum, IReadOnlyList<TopicView> Topics, IReadOnlyList<MoveView> Moves,
    IReadOnlySet<int> Draining)
{
    public IEnumerable<(string Topic, PartitionView Partition)> Partitions =>
        from topic in Topics from partition in topic.Partitions select (topic.Name, partition);

    public static async Task<ClusterOverview> GatherAsync(KafkaClient client, bool withDraining, CancellationToken cancel)
    {
        var cluster = await client.AllTopicsAsync(cancel).ConfigureAwait(false);
        var nodes = await client.DescribeNodesAsync(cancel).ConfigureAwait(false);
        var quorum = await client.DescribeQuorumAsync(cancel).ConfigureAwait(false);
        var moves = await client.ListMovesAsync(cancel).ConfigureAwait(false);
        var draining = withDraining ? await DrainingAsync(client, nodes, cancel).ConfigureAwait(false) : [];
        return new ClusterOverview(
            cluster.ClusterId ?? "", nodes, quorum, [.. cluster.Topics.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal)], moves, draining);
    }

    public NodeView? Node(int id) => Nodes.FirstOrDefault(node => node.Id == id);

    public bool IsVoter(int id) => Quorum.Voters.Any(voter => voter.Id == id);

    /// <summary>The partitions as they shall be when the moves under way have ended.</summary>
    public IReadOnlyList<PlacedPartition> Placed()
    {
        var moving = Moves.ToDictionary(move => move.Partition);
        return
        [
            .. from at in Partitions
               let move = moving.GetValueOrDefault(new TopicPartition(at.Topic, at.Partition.Index))
               select new PlacedPartition(at.Topic, at.Partition.Index, move is null
                   ? [.. at.Partition.Replicas]
                   : [.. move.Replicas.Where(replica => !move.Removing.Contains(replica))]),
        ];
    }

    /// <summary>Nodes that may be given replicas; those that are down or drained count as none.</summary>
    public IReadOnlyList<PlacementBroker> Places() =>
        [.. Nodes.Select(node => new PlacementBroker(node.Id, node.Rack, node.IsDown || Draining.Contains(node.Id)))];

    /// <summary>A node's wish to be drained stands in its configs, which only it tells.</summary>
    private static async Task<ImmutableHashSet<int>> DrainingAsync(KafkaClient client, IReadOnlyList<NodeView> nodes, CancellationToken cancel)
    {
        var draining = ImmutableHashSet.CreateBuilder<int>();
        foreach (var node in nodes)
        {
            if (node.IsDown) continue;
            var configs = await client.DescribeConfigsAsync(ConfigScope.Broker, $"{node.Id}", false, cancel).ConfigureAwait(false);
            if (configs.Any(config => config.Name == OwnSettingTable.Drain && config.Value == "true")) draining.Add(node.Id);
        }

        return draining.ToImmutable();
    }
}
