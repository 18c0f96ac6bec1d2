using System.Collections.Immutable;
using ActorBroker.Core.Metadata;
using ActorBroker.Network.Handlers;
using ActorBroker.Network.Tests.Connections;
using ActorBroker.Network.Tests.Fakes;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Tests.Handlers;

public sealed class HandlerTests
{
    [Fact]
    public async Task ApiVersions_names_exactly_the_handlers_and_Produce_from_0()
    {
        await using var gateway = new TestGateway();
        using var client = await gateway.ConnectAsync();
        var response = await client.AskAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 3, ConnectionTests.Software());
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        Assert.Equal([0, 1, 2, 18, 21, 23, 61], response.ApiKeys.Select(key => (int)key.ApiKey));
        Assert.Equal((0, 13), (response.ApiKeys[0].MinVersion, response.ApiKeys[0].MaxVersion));
        Assert.Equal((4, 18), (response.ApiKeys[1].MinVersion, response.ApiKeys[1].MaxVersion));
    }

    [Fact]
    public async Task An_unknown_version_of_ApiVersions_is_answered_in_version_0_and_the_connection_goes_on()
    {
        await using var gateway = new TestGateway();
        using var client = await gateway.ConnectAsync();
        var frame = TestClient.Frame(ApiKey.ApiVersions, 4, 77, ConnectionTests.Software());
        frame[7] = 99;
        await client.SendRawAsync(frame);
        var response = TestClient.Parse<ApiVersionsResponse>(await client.ReceiveFrameAsync(), ApiKey.ApiVersions, 0, 77);
        Assert.Equal(ErrorCode.UnsupportedVersion, response.ErrorCode);
        var own = Assert.Single(response.ApiKeys);
        Assert.Equal((18, 0, 4), (own.ApiKey, own.MinVersion, own.MaxVersion));
        await client.AskAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 4, ConnectionTests.Software());
    }

    [Theory]
    [InlineData("", "1")]
    [InlineData("-x", "1")]
    [InlineData("ok", "1 2")]
    [InlineData("ok", "1.")]
    [InlineData("ok\n", "1")]
    public async Task Odd_software_names_are_refused(string name, string version)
    {
        await using var gateway = new TestGateway();
        using var client = await gateway.ConnectAsync();
        var response = await client.AskAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 3, ConnectionTests.Software(name, version));
        Assert.Equal(ErrorCode.InvalidRequest, response.ErrorCode);
    }

    [Fact]
    public async Task Features_that_start_at_0_are_only_for_version_4()
    {
        var handler = new ApiVersionsHandler([new FeatureRange("metadata.version", 7, 29), new FeatureRange("group.version", 0, 1)]);
        _ = new HandlerCatalog([handler]);
        var three = await handler.HandleAsync(ConnectionTests.Software(), Context(3));
        var four = await handler.HandleAsync(ConnectionTests.Software(), Context(4));
        Assert.Equal(["metadata.version"], three.SupportedFeatures.Select(feature => feature.Name));
        Assert.Equal(["metadata.version", "group.version"], four.SupportedFeatures.Select(feature => feature.Name));
    }

    [Fact]
    public async Task Finalized_features_are_those_of_the_metadata_that_clients_know()
    {
        var handler = new ApiVersionsHandler([new FeatureRange("metadata.version", 7, 30, 30), new FeatureRange("group.version", 0, 1)]);
        _ = new HandlerCatalog([handler]);
        var image = MetadataImage.Empty with
        {
            Offset = 12, Features = ImmutableSortedDictionary<string, short>.Empty.Add("own.affair", 3).Add("group.version", 0),
        };
        var context = new RequestContext { ApiKey = ApiKey.ApiVersions, ApiVersion = 4, Metadata = image };
        var response = await handler.HandleAsync(ConnectionTests.Software(), context);
        Assert.Equal(12, response.FinalizedFeaturesEpoch);
        var only = Assert.Single(response.FinalizedFeatures);
        Assert.Equal(("metadata.version", 30), (only.Name, only.MaxVersionLevel));
    }

    [Theory]
    [InlineData(-1, 1, ErrorCode.None, 4)]
    [InlineData(-2, 1, ErrorCode.None, 2)]
    [InlineData(-3, 6, ErrorCode.UnsupportedVersion, -1)]
    [InlineData(-3, 7, ErrorCode.None, -1)]
    [InlineData(-4, 7, ErrorCode.UnsupportedVersion, -1)]
    [InlineData(-5, 8, ErrorCode.UnsupportedVersion, -1)]
    [InlineData(-6, 10, ErrorCode.UnsupportedVersion, -1)]
    [InlineData(-7, 11, ErrorCode.UnsupportedVersion, -1)]
    [InlineData(12345, 11, ErrorCode.None, -1)]
    public async Task ListOffsets_knows_the_special_timestamps_of_each_version(long timestamp, short version, ErrorCode error, long offset)
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        partition.AppendBatch(Batches.Build(4));
        partition.LogStartOffset = 2;
        using var client = await gateway.ConnectAsync();
        var request = ConnectionTests.ListLatest("t");
        request.Topics[0].Partitions[0].Timestamp = timestamp;
        var response = await client.AskAsync<ListOffsetsResponse>(ApiKey.ListOffsets, version, request);
        var answer = response.Topics[0].Partitions[0];
        Assert.Equal((error, offset), (answer.ErrorCode, answer.Offset));
    }

    [Fact]
    public async Task ListOffsets_refuses_duplicates_unknown_partitions_and_wrong_epochs()
    {
        await using var gateway = new TestGateway();
        gateway.Cluster.Add("t", 5);
        gateway.Cluster.AddElsewhere("far", 2);
        using var client = await gateway.ConnectAsync();
        var request = ConnectionTests.ListLatest("t");
        request.Topics[0].Partitions =
        [
            Partition(0), Partition(0), Partition(1), Partition(9), Partition(2, epoch: 2), Partition(3, epoch: 9), Partition(4, epoch: 3),
        ];
        request.Topics.Add(new ListOffsetsRequest.ListOffsetsTopic { Name = "far", Partitions = [Partition(0)] });
        var response = await client.AskAsync<ListOffsetsResponse>(ApiKey.ListOffsets, 4, request);
        Assert.Equal(
            [
                ErrorCode.None, ErrorCode.UnknownTopicOrPartition, ErrorCode.FencedLeaderEpoch, ErrorCode.UnknownLeaderEpoch, ErrorCode.None,
                ErrorCode.InvalidRequest, // what was asked for twice: once, behind the others
            ],
            response.Topics[0].Partitions.Select(partition => partition.ErrorCode));
        Assert.Equal(ErrorCode.NotLeaderOrFollower, response.Topics[1].Partitions[0].ErrorCode);
        request.IsolationLevel = 9;
        response = await client.AskAsync<ListOffsetsResponse>(ApiKey.ListOffsets, 4, request);
        Assert.Equal(ErrorCode.UnknownServerError, response.Topics[1].Partitions[0].ErrorCode);
    }

    [Theory]
    [InlineData(-1, ErrorCode.NotLeaderOrFollower)]
    [InlineData(7, ErrorCode.NotLeaderOrFollower)]
    [InlineData(6, ErrorCode.FencedLeaderEpoch)]
    [InlineData(8, ErrorCode.UnknownLeaderEpoch)]
    public async Task A_follower_looks_at_the_epoch_before_it_says_that_it_does_not_lead(int epoch, ErrorCode wanted)
    {
        await using var gateway = new TestGateway();
        gateway.Cluster.AddFollowed("followed", 2);
        using var client = await gateway.ConnectAsync();
        var offsets = ConnectionTests.ListLatest("followed");
        offsets.Topics[0].Partitions[0].CurrentLeaderEpoch = epoch;
        var listed = await client.AskAsync<ListOffsetsResponse>(ApiKey.ListOffsets, 4, offsets);
        Assert.Equal(wanted, listed.Topics[0].Partitions[0].ErrorCode);
        var epochs = new OffsetForLeaderEpochRequest
        {
            Topics = [new() { Topic = "followed", Partitions = [new() { Partition = 0, LeaderEpoch = 2, CurrentLeaderEpoch = epoch }] }],
        };
        var ends = await client.AskAsync<OffsetForLeaderEpochResponse>(ApiKey.OffsetForLeaderEpoch, 4, epochs);
        Assert.Equal(wanted, ends.Topics.Single().Partitions.Single().ErrorCode);
    }

    [Fact]
    public async Task DeleteRecords_moves_the_log_start_where_it_may()
    {
        await using var gateway = new TestGateway();
        var plain = gateway.Cluster.Add("plain");
        plain.AppendBatch(Batches.Build(5));
        gateway.Cluster.Add("compacted").Settings = new() { IsCompacted = true, IsDeleted = false };
        gateway.Cluster.Add("__consumer_offsets");
        using var client = await gateway.ConnectAsync();
        var request = new DeleteRecordsRequest { TimeoutMs = 1000 };
        foreach (var topic in new[] { "plain", "compacted", "__consumer_offsets", "none" })
        {
            request.Topics.Add(new DeleteRecordsRequest.DeleteRecordsTopic
            {
                Name = topic, Partitions = [new DeleteRecordsRequest.DeleteRecordsPartition { PartitionIndex = 0, Offset = 3 }],
            });
        }

        var response = await client.AskAsync<DeleteRecordsResponse>(ApiKey.DeleteRecords, 2, request);
        Assert.Equal(
            [ErrorCode.None, ErrorCode.PolicyViolation, ErrorCode.InvalidTopicException, ErrorCode.UnknownTopicOrPartition],
            response.Topics.Select(topic => topic.Partitions[0].ErrorCode));
        Assert.Equal((3, 3), (response.Topics[0].Partitions[0].LowWatermark, plain.LogStartOffset));
    }

    [Fact]
    public async Task DeleteRecords_of_one_partition_times_out_without_holding_up_another()
    {
        await using var gateway = new TestGateway();
        gateway.Cluster.Add("slow").HoldsDeletions = true;
        gateway.Cluster.Add("fast").AppendBatch(Batches.Build(5));
        using var client = await gateway.ConnectAsync();
        var request = new DeleteRecordsRequest { TimeoutMs = 50 };
        foreach (var topic in new[] { "slow", "fast" })
        {
            request.Topics.Add(new DeleteRecordsRequest.DeleteRecordsTopic
            {
                Name = topic, Partitions = [new DeleteRecordsRequest.DeleteRecordsPartition { PartitionIndex = 0, Offset = 3 }],
            });
        }

        var response = await client.AskAsync<DeleteRecordsResponse>(ApiKey.DeleteRecords, 2, request);
        Assert.Equal(
            [(ErrorCode.RequestTimedOut, -1L), (ErrorCode.None, 3L)],
            response.Topics.Select(topic => (topic.Partitions[0].ErrorCode, topic.Partitions[0].LowWatermark)));
    }

    [Fact]
    public async Task DeleteRecords_without_any_time_is_told_what_the_leader_did_itself()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        partition.AppendBatch(Batches.Build(5));
        partition.DeletionTime = TimeSpan.FromMilliseconds(50);
        using var client = await gateway.ConnectAsync();
        var request = new DeleteRecordsRequest { TimeoutMs = 0 };
        request.Topics.Add(new DeleteRecordsRequest.DeleteRecordsTopic
        {
            Name = "t", Partitions = [new DeleteRecordsRequest.DeleteRecordsPartition { PartitionIndex = 0, Offset = 3 }],
        });
        var answer = (await client.AskAsync<DeleteRecordsResponse>(ApiKey.DeleteRecords, 2, request)).Topics[0].Partitions[0];
        Assert.Equal((ErrorCode.None, 3L), (answer.ErrorCode, answer.LowWatermark));
    }

    [Fact]
    public async Task OffsetForLeaderEpoch_answers_from_the_partition()
    {
        await using var gateway = new TestGateway();
        gateway.Cluster.Add("t").EpochEnd = new(2, 40);
        using var client = await gateway.ConnectAsync();
        var request = new OffsetForLeaderEpochRequest
        {
            Topics =
            [
                new OffsetForLeaderEpochRequest.OffsetForLeaderTopic
                {
                    Topic = "t",
                    Partitions =
                    [
                        new OffsetForLeaderEpochRequest.OffsetForLeaderPartition { Partition = 0, LeaderEpoch = 2 },
                        new OffsetForLeaderEpochRequest.OffsetForLeaderPartition { Partition = 0, LeaderEpoch = 2, CurrentLeaderEpoch = 1 },
                    ],
                },
            ],
        };
        var response = await client.AskAsync<OffsetForLeaderEpochResponse>(ApiKey.OffsetForLeaderEpoch, 4, request);
        var answers = response.Topics[0].Partitions;
        Assert.Equal((ErrorCode.None, 2, 40), (answers[0].ErrorCode, answers[0].LeaderEpoch, answers[0].EndOffset));
        Assert.Equal((ErrorCode.FencedLeaderEpoch, -1, -1), (answers[1].ErrorCode, answers[1].LeaderEpoch, answers[1].EndOffset));
    }

    [Fact]
    public async Task DescribeProducers_lists_what_the_partition_knows_and_says_why_not()
    {
        await using var gateway = new TestGateway();
        gateway.Cluster.Add("t");
        using var client = await gateway.ConnectAsync();
        var request = new DescribeProducersRequest
        {
            Topics =
            [
                new DescribeProducersRequest.TopicRequest { Name = "t", PartitionIndexes = [0, 5] },
                new DescribeProducersRequest.TopicRequest { Name = "none", PartitionIndexes = [0] },
                new DescribeProducersRequest.TopicRequest { Name = "bad name", PartitionIndexes = [0] },
            ],
        };
        var response = await client.AskAsync<DescribeProducersResponse>(ApiKey.DescribeProducers, 0, request);
        var producer = Assert.Single(response.Topics[0].Partitions[0].ActiveProducers);
        Assert.Equal((7, 41), (producer.ProducerId, producer.LastSequence));
        var failures = response.Topics.SelectMany(topic => topic.Partitions).Skip(1)
            .Select(answer => (answer.ErrorCode, answer.ErrorMessage));
        Assert.Equal(
            [
                (ErrorCode.UnknownTopicOrPartition, null),
                (ErrorCode.UnknownTopicOrPartition, "This server does not host this topic-partition."),
                (ErrorCode.InvalidTopicException,
                    "Topic name is invalid: 'bad name' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'"),
            ],
            failures);
    }

    [Fact]
    public async Task A_handler_that_throws_closes_its_connection_and_nothing_else()
    {
        var gateway = new TestGateway(null, 1 << 20, new Thrower());
        using var client = await gateway.ConnectAsync();
        await client.SendAsync(ApiKey.Metadata, 0, new MetadataRequest());
        Assert.True(await client.IsClosedAsync());
        await Eventually.BecomesAsync(() => gateway.Log.Failures.Count == 1, "the defect is logged");
        Assert.IsType<InvalidOperationException>(gateway.Log.Failures.Single());
        gateway.Log.Failures.Clear();
        using var other = await gateway.ConnectAsync();
        await other.AskAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, new ApiVersionsRequest());
        await gateway.DisposeAsync();
    }

    [Fact]
    public async Task A_throttled_connection_is_answered_at_once_and_then_mute()
    {
        await using var gateway = new TestGateway(null, 1 << 20, new Throttler());
        using var client = await gateway.ConnectAsync();
        var started = Environment.TickCount64;
        await client.AskAsync<MetadataResponse>(ApiKey.Metadata, 0, new MetadataRequest());
        await client.AskAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, new ApiVersionsRequest());
        Assert.True(Environment.TickCount64 - started >= 150, "the second request waited for the end of the pause");
    }

    private static ListOffsetsRequest.ListOffsetsPartition Partition(int index, int epoch = -1) =>
        new() { PartitionIndex = index, Timestamp = -1, CurrentLeaderEpoch = epoch };

    private static RequestContext Context(short version) => new() { ApiKey = ApiKey.ApiVersions, ApiVersion = version };

    private sealed class Thrower() : ApiHandler<MetadataRequest, MetadataResponse>(ApiKey.Metadata, 0, 0)
    {
        public override ValueTask<MetadataResponse> HandleAsync(MetadataRequest request, RequestContext context) =>
            throw new InvalidOperationException("a defect");
    }

    private sealed class Throttler() : ApiHandler<MetadataRequest, MetadataResponse>(ApiKey.Metadata, 0, 0)
    {
        public override ValueTask<MetadataResponse> HandleAsync(MetadataRequest request, RequestContext context)
        {
            context.ThrottleTimeMs = 160;
            return new(new MetadataResponse());
        }
    }
}
