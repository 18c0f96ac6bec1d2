using ActorBroker.Core.Ports;
using ActorBroker.Network.Tests.Fakes;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Tests.Fetch;

public sealed class FetchTests
{
    public static TheoryData<short> Versions => [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Every_version_reads_what_was_appended(short version)
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t", 2);
        var batch = Batches.Build(3, 50);
        partition.AppendBatch(batch);
        using var client = await gateway.ConnectAsync();
        var response = await client.AskAsync<FetchResponse>(ApiKey.Fetch, version, Request(version, partition, (0, 0), (1, 0)));
        var topic = Assert.Single(response.Responses);
        if (version < 13) Assert.Equal("t", topic.Topic);
        else Assert.Equal(partition.TopicId, topic.TopicId);
        Assert.Equal((ErrorCode.None, 3), (topic.Partitions[0].ErrorCode, topic.Partitions[0].HighWatermark));
        Assert.Equal(batch, topic.Partitions[0].Records!.Value.ToArray());
        Assert.Null(topic.Partitions[0].AbortedTransactions);
        Assert.Equal(0, topic.Partitions[1].Records!.Value.Length);
        Assert.Equal(-1, topic.Partitions[1].PreferredReadReplica);
        await Eventually.BecomesAsync(() => gateway.Pool.InUseBytes == 0, "the slices are released");
    }

    [Theory]
    [InlineData(12)]
    [InlineData(17)]
    public async Task An_isolation_level_that_there_is_not_fails_the_whole_request_and_the_connection_goes_on(short version)
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t", 2);
        partition.AppendBatch(Batches.Build());
        using var client = await gateway.ConnectAsync();
        var wrong = Request(version, partition, (0, 0), (1, 0)).Set(request => { request.IsolationLevel = 2; });
        var response = await client.AskAsync<FetchResponse>(ApiKey.Fetch, version, wrong);
        Assert.Equal(ErrorCode.UnknownServerError, response.ErrorCode);
        var partitions = response.Responses.SelectMany(topic => topic.Partitions).ToArray();
        Assert.Equal(version < 13 ? 2 : 0, partitions.Length);
        Assert.All(partitions, answer => Assert.Equal((ErrorCode.UnknownServerError, 0), (answer.ErrorCode, answer.Records!.Value.Length)));
        response = await client.AskAsync<FetchResponse>(ApiKey.Fetch, version, Request(version, partition, (0, 0)));
        Assert.NotEqual(0, response.Responses[0].Partitions[0].Records!.Value.Length);
    }

    [Fact]
    public async Task Negative_sizes_fail_their_partition_and_foreign_replicas_are_sent_away()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t", 2);
        partition.AppendBatch(Batches.Build());
        gateway.Cluster["t", 1].AppendBatch(Batches.Build());
        using var client = await gateway.ConnectAsync();
        var request = Request(12, partition, (0, 0), (1, 0)).Set(request => request.Topics[0].Partitions[0].PartitionMaxBytes = -1);
        Assert.Equal([ErrorCode.UnknownServerError, ErrorCode.None], await ErrorsOf(request));
        request = Request(12, partition, (0, 0), (1, 0)).Set(request => request.MaxBytes = -1);
        Assert.Equal([ErrorCode.UnknownServerError, ErrorCode.None], await ErrorsOf(request));
        request = Request(12, partition, (0, 0), (1, 0)).Set(request => request.ReplicaId = 7);
        Assert.Equal([ErrorCode.NotLeaderOrFollower, ErrorCode.NotLeaderOrFollower], await ErrorsOf(request));

        async Task<IEnumerable<ErrorCode>> ErrorsOf(FetchRequest request) =>
            (await client.AskAsync<FetchResponse>(ApiKey.Fetch, 12, request)).Responses[0].Partitions.Select(answer => answer.ErrorCode);
    }

    /// <summary>Kafka 4.3: <c>Partition.followerReplicaOrThrow</c>, <c>Replica.updateFetchStateOrThrow</c>.</summary>
    [Theory]
    [InlineData(2, -1, ErrorCode.NotLeaderOrFollower)]
    [InlineData(2, 3, ErrorCode.NotLeaderOrFollower)]
    [InlineData(7, -1, ErrorCode.NotLeaderOrFollower)]
    [InlineData(7, 3, ErrorCode.UnknownLeaderEpoch)]
    [InlineData(1, 3, ErrorCode.UnknownLeaderEpoch)]
    [InlineData(7, 2, ErrorCode.FencedLeaderEpoch)]
    [InlineData(2, 4, ErrorCode.UnknownLeaderEpoch)]
    public async Task Whoever_fetches_as_a_replica_gets_an_error_and_no_records_in_every_version(int replica, int epoch, ErrorCode error)
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        gateway.Cluster.Assign("t", 0, 1, 2);
        partition.AppendBatch(Batches.Build());
        using var client = await gateway.ConnectAsync();
        foreach (short version in new short[] { 11, 14, 15, 18 })
        {
            var request = Request(version, partition, (0, 0)).Set(request => request.Topics[0].Partitions[0].CurrentLeaderEpoch = epoch);
            if (version < 15) request.ReplicaId = replica;
            else request.ReplicaState = new FetchRequest.ReplicaStateData { ReplicaId = replica, ReplicaEpoch = 5 };
            var answer = (await client.AskAsync<FetchResponse>(ApiKey.Fetch, version, request)).Responses[0].Partitions[0];
            Assert.Equal((error, 0), (answer.ErrorCode, answer.Records?.Length ?? 0));
        }
    }

    [Fact]
    public async Task A_replica_is_not_served_by_a_follower()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.AddFollowed("t", 2);
        partition.AppendBatch(Batches.Build());
        using var client = await gateway.ConnectAsync();
        var request = Request(18, partition, (0, 0));
        request.ReplicaState = new FetchRequest.ReplicaStateData { ReplicaId = 9, ReplicaEpoch = -1 };
        var answer = (await client.AskAsync<FetchResponse>(ApiKey.Fetch, 18, request)).Responses[0].Partitions[0];
        Assert.Equal((ErrorCode.NotLeaderOrFollower, 2), (answer.ErrorCode, answer.CurrentLeader.LeaderId));
    }

    [Fact]
    public async Task A_fetch_at_the_end_waits_for_the_next_record()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        using var client = await gateway.ConnectAsync();
        await client.SendAsync(ApiKey.Fetch, 11, Request(11, partition, (0, 0)).Set(request => { request.MaxWaitMs = 60_000; }));
        await Eventually.BecomesAsync(() => partition.Listeners == 1, "the request waits");
        partition.AppendBatch(Batches.Build());
        var response = await client.ReceiveAsync<FetchResponse>(ApiKey.Fetch, 11, 1);
        Assert.NotEqual(0, response.Responses[0].Partitions[0].Records!.Value.Length);
    }

    [Fact]
    public async Task A_wait_ends_with_its_time()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        using var client = await gateway.ConnectAsync();
        var started = Environment.TickCount64;
        var request = Request(11, partition, (0, 0)).Set(request => { request.MaxWaitMs = 120; });
        var response = await client.AskAsync<FetchResponse>(ApiKey.Fetch, 11, request);
        Assert.True(Environment.TickCount64 - started >= 110, "it waited");
        Assert.Equal(0, response.Responses[0].Partitions[0].Records!.Value.Length);
    }

    [Fact]
    public async Task Min_bytes_are_waited_for()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        using var client = await gateway.ConnectAsync();
        var request = Request(11, partition, (0, 0)).Set(request => { request.MaxWaitMs = 60_000; request.MinBytes = 250; });
        await client.SendAsync(ApiKey.Fetch, 11, request);
        await Eventually.BecomesAsync(() => partition.Listeners == 1, "the request waits");
        for (var i = 0; i < 3; i++) partition.AppendBatch(Batches.Build(valueBytes: 30));
        var response = await client.ReceiveAsync<FetchResponse>(ApiKey.Fetch, 11, 1);
        Assert.True(response.Responses[0].Partitions[0].Records!.Value.Length >= 250);
    }

    [Fact]
    public async Task Only_committed_records_are_given_out()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        partition.AppendBatch(Batches.Build());
        partition.HoldWatermark();
        partition.AppendBatch(Batches.Build());
        using var client = await gateway.ConnectAsync();
        var beyond = await client.AskAsync<FetchResponse>(ApiKey.Fetch, 11, Request(11, partition, (0, 1)));
        Assert.Equal(ErrorCode.None, beyond.Responses[0].Partitions[0].ErrorCode);
        Assert.Equal(0, beyond.Responses[0].Partitions[0].Records!.Value.Length);
        Assert.Equal(1, beyond.Responses[0].Partitions[0].HighWatermark);
        partition.Advance();
        var after = await client.AskAsync<FetchResponse>(ApiKey.Fetch, 11, Request(11, partition, (0, 1)));
        Assert.NotEqual(0, after.Responses[0].Partitions[0].Records!.Value.Length);
    }

    [Fact]
    public async Task Read_committed_stops_at_the_last_stable_offset_and_lists_aborted_transactions()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        partition.AppendBatch(Batches.Build());
        partition.AppendBatch(Batches.Build());
        partition.StableOffset = 1;
        partition.Aborted.Add(new AbortedTransaction(9, 0));
        using var client = await gateway.ConnectAsync();
        var request = Request(11, partition, (0, 0)).Set(request => { request.IsolationLevel = 1; });
        var answer = (await client.AskAsync<FetchResponse>(ApiKey.Fetch, 11, request)).Responses[0].Partitions[0];
        Assert.Equal((2, 1), (answer.HighWatermark, answer.LastStableOffset));
        Assert.Equal((9, 0), (answer.AbortedTransactions![0].ProducerId, answer.AbortedTransactions[0].FirstOffset));
        var atEnd = Request(11, partition, (0, 1)).Set(request => { request.IsolationLevel = 1; });
        answer = (await client.AskAsync<FetchResponse>(ApiKey.Fetch, 11, atEnd)).Responses[0].Partitions[0];
        Assert.Empty(answer.AbortedTransactions!);
        Assert.Equal(0, answer.Records!.Value.Length);
    }

    [Fact]
    public async Task The_first_batch_may_exceed_every_limit_and_bytes_go_in_the_order_of_the_request()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t", 3);
        for (var i = 0; i < 3; i++) gateway.Cluster["t", i].AppendBatch(Batches.Build(valueBytes: 1000));
        using var client = await gateway.ConnectAsync();
        var tight = Request(11, partition, (2, 0), (0, 0), (1, 0)).Set(request => { request.MaxBytes = 10; });
        Assert.Equal("100", await Sizes(client, tight));
        var two = Request(11, partition, (2, 0), (0, 0), (1, 0)).Set(request => { request.MaxBytes = 2400; });
        Assert.Equal("110", await Sizes(client, two));
    }

    [Fact]
    public async Task Errors_answer_at_once()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        partition.AppendBatch(Batches.Build(5));
        partition.LogStartOffset = 2;
        gateway.Cluster.AddElsewhere("far", 2);
        using var client = await gateway.ConnectAsync();
        Assert.Equal(ErrorCode.OffsetOutOfRange, await ErrorOf(client, 11, Request(11, partition, (0, 1))));
        Assert.Equal(ErrorCode.OffsetOutOfRange, await ErrorOf(client, 11, Request(11, partition, (0, 6))));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await ErrorOf(client, 11, Request(11, partition, (4, 0))));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await ErrorOf(client, 11, Named("none")));
        Assert.Equal(ErrorCode.NotLeaderOrFollower, await ErrorOf(client, 11, Named("far")));
        Assert.Equal(ErrorCode.FencedLeaderEpoch, await ErrorOf(client, 11, WithEpoch(partition, 2)));
        Assert.Equal(ErrorCode.UnknownLeaderEpoch, await ErrorOf(client, 11, WithEpoch(partition, 4)));
        Assert.Equal(ErrorCode.None, await ErrorOf(client, 11, WithEpoch(partition, 3)));
        var unknownId = Request(13, partition, (0, 2));
        unknownId.Topics[0].TopicId = Uuid.NewRandom();
        Assert.Equal(ErrorCode.UnknownTopicId, await ErrorOf(client, 13, unknownId));
    }

    [Fact]
    public async Task What_is_not_known_has_an_empty_list_of_aborted_transactions_and_other_errors_have_none()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        using var client = await gateway.ConnectAsync();
        var unknown = await client.AskAsync<FetchResponse>(ApiKey.Fetch, 12, Request(12, partition, (9, 0)));
        Assert.Empty(unknown.Responses[0].Partitions[0].AbortedTransactions!);
        var outside = await client.AskAsync<FetchResponse>(ApiKey.Fetch, 12, Request(12, partition, (0, 9)));
        Assert.Null(outside.Responses[0].Partitions[0].AbortedTransactions);
    }

    [Fact]
    public async Task Not_the_leader_says_who_is_from_version_16_on()
    {
        await using var gateway = new TestGateway();
        var id = gateway.Cluster.AddElsewhere("far", 2);
        using var client = await gateway.ConnectAsync();
        var request = Named("");
        request.Topics[0].TopicId = id;
        var response = await client.AskAsync<FetchResponse>(ApiKey.Fetch, 16, request);
        var answer = response.Responses[0].Partitions[0];
        Assert.Equal(ErrorCode.NotLeaderOrFollower, answer.ErrorCode);
        Assert.Equal((2, 7), (answer.CurrentLeader.LeaderId, answer.CurrentLeader.LeaderEpoch));
        Assert.Equal("two", Assert.Single(response.NodeEndpoints).Host);
    }

    [Fact]
    public async Task A_diverging_log_is_told_where_to_truncate()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        partition.AppendBatch(Batches.Build(9));
        partition.EpochEnd = new EpochEndOffset(2, 4);
        using var client = await gateway.ConnectAsync();
        var request = Request(12, partition, (0, 6));
        request.Topics[0].Partitions[0].LastFetchedEpoch = 2;
        var answer = (await client.AskAsync<FetchResponse>(ApiKey.Fetch, 12, request)).Responses[0].Partitions[0];
        Assert.Equal((2, 4), (answer.DivergingEpoch.Epoch, answer.DivergingEpoch.EndOffset));
        Assert.Equal(0, answer.Records!.Value.Length);
    }

    [Fact]
    public async Task Losing_the_leadership_ends_the_wait()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        using var client = await gateway.ConnectAsync();
        await client.SendAsync(ApiKey.Fetch, 11, Request(11, partition, (0, 0)).Set(request => { request.MaxWaitMs = 60_000; }));
        await Eventually.BecomesAsync(() => partition.Listeners == 1, "the request waits");
        gateway.Cluster.Remove("t");
        var response = await client.ReceiveAsync<FetchResponse>(ApiKey.Fetch, 11, 1);
        var error = response.Responses[0].Partitions[0].ErrorCode;
        Assert.True(error is ErrorCode.UnknownTopicOrPartition or ErrorCode.NotLeaderOrFollower, error.ToString());
    }

    [Fact]
    public async Task Slices_of_memory_and_files_are_streamed_in_order()
    {
        await using var gateway = new TestGateway(new GatewaySettings { FileChunkBytes = 4096, SendBufferBytes = 8192 });
        var partition = gateway.Cluster.Add("t", 4);
        var path = Path.GetTempFileName();
        using var file = new TestFile(path);
        var random = new Random(5);
        var expected = new List<byte[]>();
        for (var p = 0; p < 4; p++)
        {
            for (var i = 0; i < 20; i++)
            {
                var batch = Batches.Build(valueBytes: random.Next(1, 20_000));
                if (random.Next(2) == 0) gateway.Cluster["t", p].AppendBatch(batch);
                else gateway.Cluster["t", p].AppendBatch(batch, file, file.Reserve(batch.Length));
                file.WriteIfReserved(batch);
            }

            expected.Add(gateway.Cluster["t", p].AllBytes());
        }

        using var client = await gateway.ConnectAsync();
        var request = Request(11, partition, (0, 0), (1, 0), (2, 0), (3, 0)).Set(request => { request.MaxBytes = 50_000_000; });
        var response = await client.AskAsync<FetchResponse>(ApiKey.Fetch, 11, request);
        for (var p = 0; p < 4; p++) Assert.Equal(expected[p], response.Responses[0].Partitions[p].Records!.Value.ToArray());
        await Eventually.BecomesAsync(() => gateway.Pool.InUseBytes == 0 && file.Released > 0, "everything is released");
        File.Delete(path);
    }

    internal static FetchRequest Request(short version, FakePartition topic, params (int Partition, long Offset)[] partitions) => new()
    {
        MinBytes = 1,
        MaxBytes = 1_000_000,
        Topics =
        [
            new FetchRequest.FetchTopic
            {
                Topic = version < 13 ? topic.Topic : "",
                TopicId = version < 13 ? Uuid.Zero : topic.TopicId,
                Partitions =
                [
                    .. partitions.Select(wanted => new FetchRequest.FetchPartition
                    {
                        Partition = wanted.Partition, FetchOffset = wanted.Offset, PartitionMaxBytes = 1_000_000,
                    }),
                ],
            },
        ],
    };

    private static FetchRequest Named(string topic) => new()
    {
        MaxWaitMs = 60_000,
        MinBytes = 1,
        MaxBytes = 1000,
        Topics = [new FetchRequest.FetchTopic { Topic = topic, Partitions = [new FetchRequest.FetchPartition { PartitionMaxBytes = 9 }] }],
    };

    private static FetchRequest WithEpoch(FakePartition partition, int epoch)
    {
        var request = Request(11, partition, (0, 2));
        request.Topics[0].Partitions[0].CurrentLeaderEpoch = epoch;
        return request;
    }

    private static async Task<string> Sizes(TestClient client, FetchRequest request)
    {
        var response = await client.AskAsync<FetchResponse>(ApiKey.Fetch, 11, request);
        return string.Concat(response.Responses[0].Partitions.Select(partition => partition.Records!.Value.Length > 0 ? 1 : 0));
    }

    private static async Task<ErrorCode> ErrorOf(TestClient client, short version, FetchRequest request)
    {
        request.MaxWaitMs = 60_000;
        return (await client.AskAsync<FetchResponse>(ApiKey.Fetch, version, request)).Responses[0].Partitions[0].ErrorCode;
    }
}
