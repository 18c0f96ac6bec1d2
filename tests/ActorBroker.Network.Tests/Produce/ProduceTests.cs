using System.Buffers.Binary;
using ActorBroker.Core.Ports;
using ActorBroker.Network.Tests.Fakes;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Compression;
using ActorBroker.Protocol.Messages;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Network.Tests.Produce;

public sealed class ProduceTests
{
    public static TheoryData<short> Versions => [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];

    [Theory]
    [MemberData(nameof(Versions))]
    public async Task Every_version_appends_and_answers(short version)
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t", 2);
        using var client = await gateway.ConnectAsync();
        var request = Request(version, partition, Batches.Build(3), Batches.Build(2));
        var response = await client.AskAsync<ProduceResponse>(ApiKey.Produce, version, request);
        var topic = Assert.Single(response.Responses);
        if (version < 13) Assert.Equal("t", topic.Name);
        else Assert.Equal(partition.TopicId, topic.TopicId);
        Assert.Equal([0, 1], topic.PartitionResponses.Select(answer => answer.Index));
        foreach (var answer in topic.PartitionResponses)
            Assert.Equal((ErrorCode.None, 0, -1), (answer.ErrorCode, answer.BaseOffset, answer.LogAppendTimeMs));
        Assert.Equal((3, 2), (gateway.Cluster["t", 0].LogEndOffset, gateway.Cluster["t", 1].LogEndOffset));
    }

    [Fact]
    public async Task Nothing_is_appended_of_a_request_that_cannot_be_decoded_to_its_end()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t", 2);
        using var client = await gateway.ConnectAsync();
        var frame = TestClient.Frame(ApiKey.Produce, 9, 1, Request(9, partition, Batches.Build(), Batches.Build()));
        frame = frame[..^5];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
        await client.SendRawAsync(frame);
        Assert.True(await client.IsClosedAsync());
        Assert.Equal(0, partition.LogEndOffset);
    }

    public static TheoryData<string, ErrorCode> BadRecords => new()
    {
        { "null", ErrorCode.InvalidRecord },
        { "empty", ErrorCode.InvalidRecord },
        { "two batches", ErrorCode.InvalidRecord },
        { "magic 1", ErrorCode.InvalidRecord },
        { "magic 3", ErrorCode.CorruptMessage },
        { "crc", ErrorCode.CorruptMessage },
        { "base offset", ErrorCode.InvalidRecord },
        { "control", ErrorCode.InvalidRecord },
        { "too large", ErrorCode.MessageTooLarge },
        { "too early", ErrorCode.InvalidTimestamp },
    };

    [Theory]
    [MemberData(nameof(BadRecords))]
    public async Task Bad_records_fail_their_partition_and_no_other(string what, ErrorCode expected)
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t", 2);
        using var client = await gateway.ConnectAsync();
        var records = what == "null" ? null : Bad(what);
        var response = await client.AskAsync<ProduceResponse>(ApiKey.Produce, 9, Request(9, partition, records, Batches.Build()));
        var answers = response.Responses[0].PartitionResponses;
        Assert.Equal((expected, -1), (answers[0].ErrorCode, answers[0].BaseOffset));
        Assert.Equal((ErrorCode.None, 0), (answers[1].ErrorCode, answers[1].BaseOffset));
        Assert.Equal(0, partition.LogEndOffset);
    }

    [Theory]
    [InlineData("crc", -1)]
    [InlineData("too large", -1)]
    [InlineData("magic 1", -1)]
    [InlineData("two batches", -1)]
    [InlineData("base offset", 2)]
    [InlineData("control", 2)]
    [InlineData("too early", 2)]
    public async Task An_error_that_is_found_at_the_log_comes_with_the_log_s_start(string what, long logStart)
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        partition.AppendBatch(Batches.Build(5));
        await partition.DeleteRecordsAsync(2, default);
        using var client = await gateway.ConnectAsync();
        var response = await client.AskAsync<ProduceResponse>(ApiKey.Produce, 9, Request(9, partition, Bad(what)));
        Assert.Equal(logStart, response.Responses[0].PartitionResponses[0].LogStartOffset);
    }

    [Fact]
    public async Task Of_what_a_request_names_twice_the_last_is_appended_and_it_is_answered_once()
    {
        await using var gateway = new TestGateway();
        gateway.Cluster.Add("t", 2);
        gateway.Cluster.Add("u");
        using var client = await gateway.ConnectAsync();
        var request = Batches.Produce("t", 0, Batches.Build(7));
        request.TopicData[0].PartitionData.Add(new() { Index = 0, Records = Batches.Build(2) });
        request.TopicData.Add(new() { Name = "u", PartitionData = [new() { Index = 0, Records = Batches.Build(4) }] });
        request.TopicData.Add(new() { Name = "none", PartitionData = [] });
        request.TopicData.Add(new() { Name = "t", PartitionData = [new() { Index = 1, Records = Batches.Build(3) }] });
        var response = await client.AskAsync<ProduceResponse>(ApiKey.Produce, 9, request);
        Assert.Equal(["t", "u"], response.Responses.Select(topic => topic.Name));
        Assert.Equal([0, 1], response.Responses[0].PartitionResponses.Select(answer => answer.Index));
        Assert.All(response.Responses.SelectMany(topic => topic.PartitionResponses), answer => Assert.Equal(ErrorCode.None, answer.ErrorCode));
        Assert.Equal((2, 3, 4), (gateway.Cluster["t", 0].LogEndOffset, gateway.Cluster["t", 1].LogEndOffset, gateway.Cluster["u", 0].LogEndOffset));

        // The operation is used again and has kept nothing of this.
        await client.AskAsync<ProduceResponse>(ApiKey.Produce, 9, request);
        Assert.Equal((4, 6, 8), (gateway.Cluster["t", 0].LogEndOffset, gateway.Cluster["t", 1].LogEndOffset, gateway.Cluster["u", 0].LogEndOffset));
    }

    [Fact]
    public async Task Rejected_records_are_listed()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        partition.Settings = partition.Settings with { IsCompacted = true };
        using var client = await gateway.ConnectAsync();
        var response = await client.AskAsync<ProduceResponse>(ApiKey.Produce, 9, Batches.Produce("t", 0, Batches.Build(2)));
        var answer = response.Responses[0].PartitionResponses[0];
        Assert.Equal(ErrorCode.InvalidRecord, answer.ErrorCode);
        Assert.Equal([0, 1], answer.RecordErrors.Select(error => error.BatchIndex));
        Assert.NotNull(answer.ErrorMessage);
    }

    [Fact]
    public async Task Unknown_topics_and_partitions_are_named()
    {
        await using var gateway = new TestGateway();
        gateway.Cluster.Add("t");
        using var client = await gateway.ConnectAsync();
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await ErrorOf(client, 9, Batches.Produce("other", 0, Batches.Build())));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await ErrorOf(client, 9, Batches.Produce("t", 7, Batches.Build())));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, await ErrorOf(client, 9, Batches.Produce("t", -1, Batches.Build())));
        var byId = Batches.Produce("", 0, Batches.Build());
        byId.TopicData[0].TopicId = Uuid.NewRandom();
        Assert.Equal(ErrorCode.UnknownTopicId, await ErrorOf(client, 13, byId));
    }

    [Fact]
    public async Task Not_the_leader_says_who_is()
    {
        await using var gateway = new TestGateway();
        gateway.Cluster.AddElsewhere("far", leader: 2);
        using var client = await gateway.ConnectAsync();
        var response = await client.AskAsync<ProduceResponse>(ApiKey.Produce, 10, Batches.Produce("far", 0, Batches.Build()));
        var answer = response.Responses[0].PartitionResponses[0];
        Assert.Equal(ErrorCode.NotLeaderOrFollower, answer.ErrorCode);
        Assert.Equal((2, 7), (answer.CurrentLeader.LeaderId, answer.CurrentLeader.LeaderEpoch));
        var node = Assert.Single(response.NodeEndpoints);
        Assert.Equal((2, "two", 9093, "r2"), (node.NodeId, node.Host, node.Port, node.Rack));
        Assert.Equal(ErrorCode.NotLeaderOrFollower, await ErrorOf(client, 9, Batches.Produce("far", 0, Batches.Build())));
    }

    [Fact]
    public async Task A_leadership_that_ends_under_a_request_says_who_leads_now()
    {
        await using var gateway = new TestGateway();
        gateway.Cluster.Add("t").OnAppend = _ =>
        {
            gateway.Cluster.AddElsewhere("t", leader: 2);
            return AppendResult.Failed(ErrorCode.NotLeaderOrFollower);
        };
        using var client = await gateway.ConnectAsync();
        var response = await client.AskAsync<ProduceResponse>(ApiKey.Produce, 10, Batches.Produce("t", 0, Batches.Build()));
        var answer = response.Responses[0].PartitionResponses[0];
        Assert.Equal((ErrorCode.NotLeaderOrFollower, 2, 7), (answer.ErrorCode, answer.CurrentLeader.LeaderId, answer.CurrentLeader.LeaderEpoch));
        Assert.Equal("two", Assert.Single(response.NodeEndpoints).Host);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(-2)]
    public async Task Unknown_acks_are_refused(short acks)
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        using var client = await gateway.ConnectAsync();
        Assert.Equal(ErrorCode.InvalidRequiredAcks, await ErrorOf(client, 9, Batches.Produce("t", 0, Batches.Build(), acks)));
        Assert.Equal(0, partition.LogEndOffset);
    }

    [Fact]
    public async Task Acks_0_has_no_answer()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        using var client = await gateway.ConnectAsync();
        await client.SendAsync(ApiKey.Produce, 9, Batches.Produce("t", 0, Batches.Build(), acks: 0));
        await client.AskAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, new ApiVersionsRequest());
        Assert.Equal(1, partition.LogEndOffset);
    }

    [Fact]
    public async Task A_failure_with_acks_0_closes_the_connection()
    {
        await using var gateway = new TestGateway();
        using var client = await gateway.ConnectAsync();
        await client.SendAsync(ApiKey.Produce, 9, Batches.Produce("t", 0, Batches.Build(), acks: 0));
        Assert.True(await client.IsClosedAsync());
    }

    [Fact]
    public async Task Internal_topics_are_for_the_admin_client_only()
    {
        await using var gateway = new TestGateway();
        gateway.Cluster.Add("__consumer_offsets");
        using var client = await gateway.ConnectAsync();
        var request = Batches.Produce("__consumer_offsets", 0, Batches.Build());
        Assert.Equal(ErrorCode.InvalidTopicException, await ErrorOf(client, 9, request));
        Assert.Equal(ErrorCode.None, await ErrorOf(client, 9, request, "__admin_client"));
    }

    [Fact]
    public async Task Transactional_batches_are_refused()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        using var client = await gateway.ConnectAsync();
        var request = Batches.Produce("t", 0, Batches.Build(transactional: true));
        Assert.Equal(ErrorCode.TransactionalIdAuthorizationFailed, await ErrorOf(client, 9, request));
        request.TransactionalId = "tx";
        Assert.Equal(ErrorCode.InvalidProducerIdMapping, await ErrorOf(client, 9, request));
        Assert.Equal(0, partition.LogEndOffset);
    }

    [SkippableFact]
    public async Task Zstd_needs_version_7()
    {
        Skip.IfNot(RecordCompression.IsAvailable(CompressionCodec.Zstd), "no zstd library");
        await using var gateway = new TestGateway();
        gateway.Cluster.Add("t");
        using var client = await gateway.ConnectAsync();
        var request = Batches.Produce("t", 0, Batches.Build(codec: CompressionCodec.Zstd));
        Assert.Equal(ErrorCode.UnsupportedCompressionType, await ErrorOf(client, 6, request));
        Assert.Equal(ErrorCode.None, await ErrorOf(client, 7, request));
    }

    [Fact]
    public async Task A_topic_with_a_codec_of_its_own_stores_in_it()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        partition.Settings = partition.Settings with { Compression = CompressionCodec.Gzip };
        BatchFacts facts = default;
        var stored = Array.Empty<byte>();
        partition.OnAppend = append =>
        {
            facts = append.Facts;
            stored = append.Buffer.Span(append.Start, append.Length).ToArray();
            return null;
        };
        using var client = await gateway.ConnectAsync();
        Assert.Equal(ErrorCode.None, await ErrorOf(client, 9, Batches.Produce("t", 0, Batches.Build(5, 500, timestamp: 77))));
        var view = new RecordBatchView(stored);
        Assert.Equal((CompressionCodec.Gzip, 5, 77), (view.Attributes.Codec, view.RecordCount, view.MaxTimestamp));
        Assert.True(view.IsCrcValid);
        Assert.Equal((stored.Length, 5), (facts.SizeInBytes, facts.RecordCount));
        await Eventually.BecomesAsync(() => gateway.Pool.InUseBytes == 0, "the rewritten batch's buffer comes back");
    }

    [Fact]
    public async Task A_wrong_max_timestamp_is_corrected_before_the_append()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        long stored = 0;
        partition.OnAppend = append =>
        {
            var view = new RecordBatchView(append.Buffer.Span(append.Start, append.Length));
            stored = view.IsCrcValid ? view.MaxTimestamp : -99;
            return null;
        };
        var batch = Batches.Build(timestamp: 500);
        BinaryPrimitives.WriteInt64BigEndian(batch.AsSpan(RecordBatchLayout.MaxTimestamp), 123_456);
        RecordBatchPatch.UpdateCrc(batch);
        using var client = await gateway.ConnectAsync();
        Assert.Equal(ErrorCode.None, await ErrorOf(client, 9, Batches.Produce("t", 0, batch)));
        Assert.Equal(500, stored);
    }

    [Fact]
    public async Task Errors_of_the_partition_reach_the_client()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        partition.OnAppend = _ => new AppendResult(ErrorCode.OutOfOrderSequenceNumber, "text", -1, -1, 5);
        using var client = await gateway.ConnectAsync();
        var response = await client.AskAsync<ProduceResponse>(ApiKey.Produce, 9, Batches.Produce("t", 0, Batches.Build()));
        var answer = response.Responses[0].PartitionResponses[0];
        Assert.Equal((ErrorCode.OutOfOrderSequenceNumber, "text", 5), (answer.ErrorCode, answer.ErrorMessage, answer.LogStartOffset));
        Assert.Equal(1, partition.Traffic.FailedProduceRequests);
    }

    private static ProduceRequest Request(short version, FakePartition topic, params byte[]?[] records)
    {
        var request = Batches.Produce("t", 0, null);
        if (version >= 13)
        {
            request.TopicData[0].Name = "";
            request.TopicData[0].TopicId = topic.TopicId;
        }

        request.TopicData[0].PartitionData =
        [
            .. records.Select((batch, index) => new ProduceRequest.PartitionProduceData
            {
                Index = index, Records = batch is null ? null : new ReadOnlyMemory<byte>(batch),
            }),
        ];
        return request;
    }

    private static async Task<ErrorCode> ErrorOf(TestClient client, short version, ProduceRequest request, string clientId = "test")
    {
        var response = await client.AskAsync<ProduceResponse>(ApiKey.Produce, version, request, clientId);
        return response.Responses[0].PartitionResponses[0].ErrorCode;
    }

    private static byte[] Bad(string what)
    {
        var batch = Batches.Build();
        switch (what)
        {
            case "empty": return [];
            case "two batches": return [.. batch, .. batch];
            case "magic 1": batch[RecordBatchLayout.Magic] = 1; return batch;
            case "magic 3": batch[RecordBatchLayout.Magic] = 3; return batch;
            case "crc": batch[^1] ^= 1; return batch;
            case "base offset": batch[7] = 1; return batch;
            case "control": return Batches.Build(control: true);
            case "too large": return Batches.Build(valueBytes: 2_000_000);
            default: return Batches.Build(timestamp: DateTimeOffset.UtcNow.AddDays(2).ToUnixTimeMilliseconds());
        }
    }
}
