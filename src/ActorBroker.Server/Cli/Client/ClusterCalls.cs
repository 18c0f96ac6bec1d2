using System.Collections.Immutable;
using ActorBroker.Core.Controller;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Server.Cli.Client;

/// <summary>What an operator asks of a cluster as a whole: its nodes and voters, moves of replicas, elections, nodes that go for good.</summary>
internal static class ClusterCalls
{
    private const string MetadataTopic = "__cluster_metadata";
    private const int TimeoutMs = 30_000;

    /// <summary>All registered nodes, those that are down too where the broker tells them (DescribeCluster version 2).</summary>
    public static async Task<IReadOnlyList<NodeView>> DescribeNodesAsync(this KafkaClient client, CancellationToken cancel)
    {
        var answer = await client.OnAnyAsync<DescribeClusterResponse>(
            ApiKey.DescribeCluster,
            version => new DescribeClusterRequest { EndpointType = 1, IncludeFencedBrokers = version >= 2 },
            response => TopicCalls.Check(response.ErrorCode, "the cluster", response.ErrorMessage),
            cancel).ConfigureAwait(false);
        return [.. answer.Brokers.OrderBy(b => b.BrokerId).Select(b => new NodeView(b.BrokerId, new BrokerAddress(b.Host, b.Port), b.Rack, b.IsFenced))];
    }

    public static async Task<QuorumView> DescribeQuorumAsync(this KafkaClient client, CancellationToken cancel)
    {
        var answer = await client.OnAnyAsync<DescribeQuorumResponse>(
            ApiKey.DescribeQuorum,
            _ => new DescribeQuorumRequest { Topics = [new() { TopicName = MetadataTopic, Partitions = [new() { PartitionIndex = 0 }] }] },
            response =>
            {
                TopicCalls.Check(response.ErrorCode, "the metadata quorum", response.ErrorMessage);
                var partition = response.Topics[0].Partitions[0];
                TopicCalls.Check(partition.ErrorCode, "the metadata quorum", partition.ErrorMessage);
            },
            cancel).ConfigureAwait(false);
        var quorum = answer.Topics[0].Partitions[0];
        var voters = quorum.CurrentVoters.OrderBy(v => v.ReplicaId).Select(v => new VoterView(v.ReplicaId, v.ReplicaDirectoryId, v.LogEndOffset));
        return new QuorumView(quorum.LeaderId, quorum.LeaderEpoch, quorum.HighWatermark, [.. voters]);
    }

    /// <summary>The partitions whose replicas are being moved.</summary>
    public static async Task<IReadOnlyList<MoveView>> ListMovesAsync(this KafkaClient client, CancellationToken cancel)
    {
        var answer = await client.OnControllerAsync<ListPartitionReassignmentsResponse>(
            ApiKey.ListPartitionReassignments,
            _ => new ListPartitionReassignmentsRequest { TimeoutMs = TimeoutMs, Topics = null },
            response => TopicCalls.Check(response.ErrorCode, "moves of partitions", response.ErrorMessage),
            cancel).ConfigureAwait(false);
        return [.. from topic in answer.Topics
                   from p in topic.Partitions
                   select new MoveView(new TopicPartition(topic.Name, p.PartitionIndex), p.Replicas, p.AddingReplicas, p.RemovingReplicas)];
    }

    /// <summary>Begins moves; default replicas cancel one. Fails with the first partition that cannot be moved.</summary>
    public static Task MoveAsync(this KafkaClient client, IReadOnlyList<PlacedPartition> moves, CancellationToken cancel)
    {
        var request = new AlterPartitionReassignmentsRequest { TimeoutMs = TimeoutMs, AllowReplicationFactorChange = true };
        foreach (var topic in moves.GroupBy(move => move.Topic, StringComparer.Ordinal))
        {
            var entry = new AlterPartitionReassignmentsRequest.ReassignableTopic { Name = topic.Key };
            foreach (var move in topic)
                entry.Partitions.Add(new() { PartitionIndex = move.Partition, Replicas = move.Replicas.IsDefault ? null : [.. move.Replicas] });
            request.Topics.Add(entry);
        }

        return client.OnControllerAsync<AlterPartitionReassignmentsResponse>(
            ApiKey.AlterPartitionReassignments,
            _ => request,
            response =>
            {
                TopicCalls.Check(response.ErrorCode, "moving partitions", response.ErrorMessage);
                foreach (var topic in response.Responses)
                    foreach (var p in topic.Partitions) TopicCalls.Check(p.ErrorCode, $"{topic.Name}-{p.PartitionIndex}", p.ErrorMessage);
            },
            cancel);
    }

    /// <summary>
    /// Gives partitions back to their preferred leaders. That one is not needed, or that the preferred replica cannot lead now, is no error
    /// here: the controller tries again by itself.
    /// </summary>
    public static Task ElectPreferredAsync(this KafkaClient client, IEnumerable<TopicPartition> partitions, CancellationToken cancel)
    {
        var request = new ElectLeadersRequest { ElectionType = 0, TimeoutMs = TimeoutMs, TopicPartitions = [] };
        foreach (var topic in partitions.GroupBy(p => p.Topic, StringComparer.Ordinal))
            request.TopicPartitions.Add(new() { Topic = topic.Key, Partitions = [.. topic.Select(p => p.Partition)] });
        return request.TopicPartitions.Count == 0 ? Task.CompletedTask : client.OnControllerAsync<ElectLeadersResponse>(
            ApiKey.ElectLeaders, _ => request, response => TopicCalls.Check(response.ErrorCode, "the election", null), cancel);
    }

    /// <summary>Raises a feature's finalized level; with <paramref name="validateOnly"/> only asks whether that could be done.</summary>
    public static Task RaiseLevelAsync(this KafkaClient client, string feature, short level, bool validateOnly, CancellationToken cancel) =>
        client.OnControllerAsync<UpdateFeaturesResponse>(
            ApiKey.UpdateFeatures,
            _ => new UpdateFeaturesRequest
            {
                TimeoutMs = TimeoutMs, ValidateOnly = validateOnly,
                FeatureUpdates = [new() { Feature = feature, MaxVersionLevel = level, UpgradeType = 1 }],
            },
            response =>
            {
                TopicCalls.Check(response.ErrorCode, feature, response.ErrorMessage);
                foreach (var result in response.Results) TopicCalls.Check(result.ErrorCode, feature, result.ErrorMessage);
            },
            cancel);

    /// <summary>Makes the cluster forget a node. A node does not forget itself, so another one is asked.</summary>
    public static async Task UnregisterAsync(this KafkaClient client, int node, int through, CancellationToken cancel) =>
        await client.OnBrokerAsync<UnregisterBrokerResponse>(
            through, ApiKey.UnregisterBroker, _ => new UnregisterBrokerRequest { BrokerId = node },
            response =>
            {
                if (response.ErrorCode != ErrorCode.BrokerIdNotRegistered) TopicCalls.Check(response.ErrorCode, $"node {node}", response.ErrorMessage);
            },
            cancel).ConfigureAwait(false);

    /// <summary>Makes a node a voter. It is asked itself, for it alone knows the id of its voter's file.</summary>
    public static Task AddVoterAsync(this KafkaClient client, int node, CancellationToken cancel) => client.OnBrokerAsync<AddRaftVoterResponse>(
        node, ApiKey.AddRaftVoter, _ => new AddRaftVoterRequest { ClusterId = null, TimeoutMs = TimeoutMs, VoterId = node },
        response => TopicCalls.Check(response.ErrorCode, $"voter {node}", response.ErrorMessage), cancel);

    public static Task RemoveVoterAsync(this KafkaClient client, VoterView voter, CancellationToken cancel) => client.OnAnyAsync<RemoveRaftVoterResponse>(
        ApiKey.RemoveRaftVoter, _ => new RemoveRaftVoterRequest { ClusterId = null, VoterId = voter.Id, VoterDirectoryId = voter.FileId },
        response => TopicCalls.Check(response.ErrorCode, $"voter {voter.Id}", response.ErrorMessage), cancel);
}

/// <param name="IsDown">Registered, but not serving (fenced).</param>
internal sealed record NodeView(int Id, BrokerAddress Address, string? Rack, bool IsDown);

/// <param name="LogEnd">Where its log of the metadata ends; -1 when it did not answer.</param>
internal sealed record VoterView(int Id, Uuid FileId, long LogEnd)
{
    public bool Answers => LogEnd >= 0;
}

/// <param name="Leader">The node that has the controller.</param>
internal sealed record QuorumView(int Leader, int Term, long Committed, ImmutableArray<VoterView> Voters);

internal sealed record MoveView(TopicPartition Partition, IReadOnlyList<int> Replicas, IReadOnlyList<int> Adding, IReadOnlyList<int> Removing);
