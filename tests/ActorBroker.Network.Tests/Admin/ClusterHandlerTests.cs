using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Network.Handlers;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Tests.Admin;

public class ClusterHandlerTests
{
    private readonly AdminFixture _cluster = new(brokers: 3);

    private Task<DescribeQuorumResponse> QuorumAsync(AdminServices services, string topic = "__cluster_metadata", int partition = 0) =>
        _cluster.CallAsync(new DescribeQuorumHandler(services), 2, new DescribeQuorumRequest
        {
            Topics = [new() { TopicName = topic, Partitions = [new() { PartitionIndex = partition }] }],
        });

    private Task<UpdateFeaturesResponse> UpdateAsync(int version, string feature, short level, sbyte type = 1) =>
        _cluster.CallAsync(new UpdateFeaturesHandler(_cluster.Services), version, new UpdateFeaturesRequest
        {
            FeatureUpdates = [new() { Feature = feature, MaxVersionLevel = level, UpgradeType = version == 0 ? (sbyte)1 : type }],
        });

    [Fact]
    public async Task The_quorum_of_a_node_alone_is_itself()
    {
        var answer = await QuorumAsync(_cluster.Services);
        var partition = answer.Topics.Single().Partitions.Single();
        Assert.Equal((1, 1, _cluster.Current.Offset + 1), (partition.LeaderId, partition.LeaderEpoch, partition.HighWatermark));
        Assert.Equal([1], partition.CurrentVoters.Select(voter => voter.ReplicaId));
        Assert.Equal([2, 3], partition.Observers.Select(observer => observer.ReplicaId));
        Assert.Equal(["host1"], answer.Nodes.Select(node => node.Listeners.Single().Host));
    }

    [Fact]
    public async Task The_voters_of_a_cluster_are_told_with_what_they_say_of_their_logs()
    {
        var answer = await QuorumAsync(_cluster.Services with { Quorum = new Voters() });
        var partition = answer.Topics.Single().Partitions.Single();
        Assert.Equal(8, partition.HighWatermark);
        Assert.Equal([(1, 10L), (2, 8L), (3, -1L)], partition.CurrentVoters.Select(voter => (voter.ReplicaId, voter.LogEndOffset)));
        Assert.Equal([true, true, false], partition.CurrentVoters.Select(voter => voter.LastFetchTimestamp > 0));
        Assert.Equal([true, false, false], partition.CurrentVoters.Select(voter => voter.LastCaughtUpTimestamp > 0));
        Assert.Empty(partition.Observers);
        Assert.Equal([1, 2, 3], answer.Nodes.Select(node => node.NodeId));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Before_version_2_neither_directories_nor_addresses_are_told(int version)
    {
        var answer = await _cluster.CallAsync(new DescribeQuorumHandler(_cluster.Services), version, new DescribeQuorumRequest
        {
            Topics = [new() { TopicName = "__cluster_metadata", Partitions = [new() { PartitionIndex = 0 }] }],
        });
        var partition = answer.Topics.Single().Partitions.Single();
        Assert.All(partition.CurrentVoters.Concat(partition.Observers), replica => Assert.Equal(Uuid.Zero, replica.ReplicaDirectoryId));
        Assert.Empty(answer.Nodes);
    }

    [Theory]
    [InlineData("__cluster_metadata", 1)]
    [InlineData("other", 0)]
    public async Task There_is_one_partition_of_metadata(string topic, int partition)
    {
        var answer = await QuorumAsync(_cluster.Services, topic, partition);
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, answer.Topics.Single().Partitions.Single().ErrorCode);
        Assert.Empty(answer.Nodes);
    }

    [Fact]
    public async Task A_level_is_raised_only_to_what_this_release_knows()
    {
        var raised = await UpdateAsync(1, MetadataFeature.Name, MetadataFeature.Level);
        Assert.Equal((ErrorCode.None, null), (raised.ErrorCode, raised.ErrorMessage));
        Assert.Equal((MetadataFeature.Name, ErrorCode.None, "NONE"),
            raised.Results.Select(result => (result.Feature, result.ErrorCode, result.ErrorMessage)).Single());
        var refused = await UpdateAsync(1, MetadataFeature.Name, 99);
        Assert.Equal(ErrorCode.InvalidUpdateVersion, refused.ErrorCode);
        Assert.Equal("The update failed for all features since the following feature had an error: Invalid update version 99 for feature " +
            $"{MetadataFeature.Name}. Local controller 1 only supports versions 1-2", refused.ErrorMessage);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task One_error_counts_for_all(int version)
    {
        var refused = await UpdateAsync(version, "nothing.known", 1);
        Assert.Equal(ErrorCode.InvalidUpdateVersion, refused.ErrorCode);
        Assert.Empty(refused.Results);
        Assert.Equal("The update failed for all features since the following feature had an error: Invalid update version 1 for feature " +
                     "nothing.known. Local controller 1 does not support this feature.", refused.ErrorMessage);
        Assert.Equal(ErrorCode.None, (await UpdateAsync(version, "metadata.version", 30)).ErrorCode);
        Assert.EndsWith("Can't downgrade the version of this feature without setting the upgrade type to either safe or unsafe downgrade.",
            (await UpdateAsync(version, "metadata.version", 29)).ErrorMessage);
    }

    [Fact]
    public async Task The_controller_is_named_where_it_is()
    {
        _cluster.Decide(new TakeControl(3, 2, ""));
        var described = await _cluster.CallAsync(new DescribeClusterHandler(), 2, new DescribeClusterRequest { IncludeFencedBrokers = true });
        Assert.Equal(3, described.ControllerId);
        _cluster.Decide(new FenceBroker(3, 3, true));
        described = await _cluster.CallAsync(new DescribeClusterHandler(), 2, new DescribeClusterRequest { IncludeFencedBrokers = true });
        Assert.Equal(1, described.ControllerId);
        Assert.Equal([(1, false), (2, false), (3, true)], described.Brokers.Select(broker => (broker.BrokerId, broker.IsFenced)));
        var metadata = await _cluster.CallAsync(new MetadataHandler(_cluster.Services), 12, new MetadataRequest { Topics = [] });
        Assert.Equal([1, 2], metadata.Brokers.Select(broker => broker.NodeId));
    }

    [Fact]
    public async Task Eligible_leaders_are_shown()
    {
        _cluster.Decide(new CreateTopics([new TopicToCreate("t", Uuid.NewRandom(), -1, -1, [new PartitionAssignment(0, [1, 2, 3])],
            [new("min.insync.replicas", "2")])], false, 0));
        _cluster.Decide(new FenceBroker(3, 3, true));
        _cluster.Decide(new FenceBroker(2, 2, true));
        var described = await _cluster.CallAsync(new DescribeTopicPartitionsHandler(_cluster.Services), 0,
            new DescribeTopicPartitionsRequest { Topics = [new() { Name = "t" }] });
        var partition = described.Topics.Single().Partitions.Single();
        Assert.Equal((1, "1", "2"), (partition.LeaderId, string.Join(',', partition.IsrNodes), string.Join(',', partition.EligibleLeaderReplicas!)));
    }

    private sealed class Voters : IQuorumView
    {
        public ValueTask<QuorumDescription?> DescribeAsync(CancellationToken cancel) => new(new QuorumDescription(
            7, [new QuorumVoter(1, Uuid.Zero, 9), new QuorumVoter(2, Uuid.Zero, 7), new QuorumVoter(3, Uuid.Zero, -1)]));
    }
}
