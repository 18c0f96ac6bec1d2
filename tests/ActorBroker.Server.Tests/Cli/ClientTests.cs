using System.Net;
using System.Net.Sockets;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;
using ActorBroker.Protocol.Records;
using ActorBroker.Server.Cli.Client;

namespace ActorBroker.Server.Tests.Cli;

public sealed class ClientTests
{
    private static readonly TopicPartition Orders = new("orders", 0);

    [Fact]
    public async Task The_highest_version_that_both_sides_speak_is_used()
    {
        await using var broker = new FakeBroker { MetadataMax = 7 };
        await using var client = broker.Client();
        await client.AllTopicsAsync(default);
        Assert.Contains((ApiKey.Metadata, (short)7), broker.Seen);
    }

    [Fact]
    public async Task A_broker_that_knows_older_ApiVersions_only_is_asked_again_in_version_0()
    {
        await using var broker = new FakeBroker { ApiVersionsMax = 2 };
        await using var client = broker.Client();
        Assert.Equal("fake", (await client.AllTopicsAsync(default)).ClusterId);
        Assert.Equal([(ApiKey.ApiVersions, (short)4), (ApiKey.ApiVersions, (short)0)], broker.Seen.Take(2));
    }

    [Fact]
    public async Task An_unknown_topic_is_an_error_that_names_the_nearest_one()
    {
        await using var broker = new FakeBroker();
        await using var client = broker.Client();
        var error = await Assert.ThrowsAsync<KafkaErrorException>(() => client.TopicAsync("oders", default));
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, error.Error);
        Assert.Equal("did you mean 'orders'?", error.Advice);
    }

    [Fact]
    public async Task Metadata_is_asked_once_for_a_known_topic()
    {
        await using var broker = new FakeBroker();
        await using var client = broker.Client();
        await client.TopicAsync("orders", default);
        var before = broker.Count(ApiKey.Metadata);
        await client.TopicAsync("orders", default);
        Assert.Equal(before, broker.Count(ApiKey.Metadata));
    }

    [Fact]
    public async Task A_retriable_error_refreshes_the_metadata_and_repeats_the_request()
    {
        var refusals = 2;
        await using var broker = new FakeBroker();
        broker.Answer = (key, _, _) => key == ApiKey.ListOffsets
            ? Offsets(refusals-- > 0 ? ErrorCode.NotLeaderOrFollower : ErrorCode.None, 42) : null;
        await using var client = broker.Client();
        var found = await client.FindOffsetsAsync([Orders], OffsetCalls.Latest, default);
        Assert.Equal(42, found[Orders].Offset);
        Assert.Equal(3, broker.Count(ApiKey.ListOffsets));
        Assert.True(broker.Count(ApiKey.Metadata) >= 3);
    }

    [Fact]
    public async Task A_fatal_error_is_thrown_at_once()
    {
        await using var broker = new FakeBroker();
        broker.Answer = (key, _, _) => key == ApiKey.ListOffsets ? Offsets(ErrorCode.TopicAuthorizationFailed, -1) : null;
        await using var client = broker.Client();
        var error = await Assert.ThrowsAsync<KafkaErrorException>(() => client.FindOffsetsAsync([Orders], OffsetCalls.Latest, default));
        Assert.Equal("TOPIC_AUTHORIZATION_FAILED", error.Code);
        Assert.Equal(1, broker.Count(ApiKey.ListOffsets));
    }

    [Fact]
    public async Task A_partition_without_leader_is_waited_for()
    {
        var asked = 0;
        await using var broker = new FakeBroker();
        broker.Leader = () => Interlocked.Increment(ref asked) > 3 ? 1 : -1;
        broker.Answer = (key, _, _) => key == ApiKey.ListOffsets ? Offsets(ErrorCode.None, 7) : null;
        await using var client = broker.Client();
        Assert.Equal(7, (await client.FindOffsetsAsync([Orders], OffsetCalls.Latest, default))[Orders].Offset);
    }

    [Fact]
    public async Task A_change_of_a_topic_is_waited_for_until_metadata_shows_it()
    {
        await using var broker = new FakeBroker();
        var asked = 0;
        broker.Leader = () => Interlocked.Increment(ref asked) > 5 ? 1 : -1;
        broker.Answer = (key, _, _) => key switch
        {
            ApiKey.CreateTopics => Created(broker),
            ApiKey.DeleteTopics => new DeleteTopicsResponse { Responses = [new() { Name = "new" }] },
            _ => null,
        };
        await using var client = broker.Client();
        await client.CreateAsync(new() { Name = "new", NumPartitions = 2 }, false, default);
        Assert.True(asked > 5);
        var before = broker.Count(ApiKey.Metadata);
        var deleting = client.DeleteAsync("new", default);
        while (broker.Count(ApiKey.Metadata) < before + 4) await Task.Delay(1);
        Assert.False(deleting.IsCompleted);
        broker.Topics.Remove("new");
        await deleting;
    }

    [Fact]
    public async Task A_lost_connection_is_replaced()
    {
        var losses = 1;
        await using var broker = new FakeBroker();
        broker.Answer = (key, _, _) => key == ApiKey.ListOffsets && losses-- <= 0 ? Offsets(ErrorCode.None, 7) : null;
        await using var client = broker.Client();
        Assert.Equal(7, (await client.FindOffsetsAsync([Orders], OffsetCalls.Latest, default))[Orders].Offset);
        Assert.Equal(2, broker.Count(ApiKey.ListOffsets));
    }

    [Fact]
    public async Task A_broker_that_does_not_answer_is_an_error_when_the_time_is_over()
    {
        await using var broker = new FakeBroker();
        broker.Answer = (key, _, _) => key == ApiKey.ListOffsets ? FakeBroker.Silence : null;
        await using var client = broker.Client(TimeSpan.FromMilliseconds(300));
        var error = await Assert.ThrowsAnyAsync<ClientException>(() => client.FindOffsetsAsync([Orders], OffsetCalls.Latest, default));
        Assert.Equal("TIMEOUT", error.Code);
    }

    [Fact]
    public async Task A_port_that_nobody_listens_on_is_an_error_with_advice_and_not_tried_again()
    {
        var address = FreeAddress();
        await using var client = new KafkaClient(new ClientSettings { Bootstrap = [address] });
        var error = await Assert.ThrowsAnyAsync<ClientException>(() => client.AllTopicsAsync(default));
        Assert.Contains($"nothing listens on {address}", error.Message);
        Assert.NotNull(error.Advice);
    }

    [Fact]
    public async Task A_port_of_another_protocol_is_recognised()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            using var other = await listener.AcceptTcpClientAsync();
            Assert.True(await other.GetStream().ReadAsync(new byte[1024]) > 0);
            await other.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        });
        var address = new BrokerAddress("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
        await using (var client = new KafkaClient(new ClientSettings { Bootstrap = [address] }))
        {
            var error = await Assert.ThrowsAnyAsync<ClientException>(() => client.AllTopicsAsync(default));
            Assert.Contains("does not answer as a Kafka broker", error.Message);
        }

        await serving;
    }

    [Fact]
    public async Task Another_bootstrap_address_is_used_when_the_first_is_dead()
    {
        await using var broker = new FakeBroker();
        await using var client = new KafkaClient(new ClientSettings { Bootstrap = [FreeAddress(), broker.Address] });
        Assert.Equal("fake", (await client.AllTopicsAsync(default)).ClusterId);
    }

    [Fact]
    public async Task A_group_s_coordinator_is_looked_up_anew_when_it_has_moved()
    {
        var moved = 1;
        await using var broker = new FakeBroker();
        broker.Answer = (key, version, _) => key switch
        {
            ApiKey.FindCoordinator => Coordinator(broker.Address, version),
            ApiKey.DeleteGroups => new DeleteGroupsResponse
            {
                Results = [new() { GroupId = "g", ErrorCode = moved-- > 0 ? ErrorCode.NotCoordinator : ErrorCode.None }],
            },
            _ => null,
        };
        await using var client = broker.Client();
        await client.DeleteGroupAsync("g", default);
        Assert.Equal(2, broker.Count(ApiKey.FindCoordinator));
        Assert.Equal(2, broker.Count(ApiKey.DeleteGroups));
    }

    [Fact]
    public async Task A_produced_batch_is_sent_again_after_a_retriable_error_and_acknowledged_once()
    {
        var refusals = 1;
        var batches = new List<byte[]>();
        await using var broker = new FakeBroker();
        broker.Answer = (key, _, request) =>
        {
            if (key != ApiKey.Produce) return null;
            batches.Add(((ProduceRequest)request).TopicData[0].PartitionData[0].Records!.Value.ToArray());
            return Produced(refusals-- > 0 ? ErrorCode.NotEnoughReplicas : ErrorCode.None, 100);
        };
        await using var client = broker.Client();
        var receipts = new List<ProduceReceipt>();
        var topic = await client.TopicAsync("orders", default);
        await using (var producer = await RecordProducer.OpenAsync(client, topic, new ProducerSettings(), receipts.Add, default))
        {
            for (var i = 0; i < 3; i++) await producer.AppendAsync(null, null, [(byte)i], [], 5, i, default);
            await producer.FlushAsync();
        }

        var receipt = Assert.Single(receipts);
        Assert.Equal((100L, 3), (receipt.BaseOffset, receipt.Count));
        Assert.Equal([0, 1, 2], receipt.Tags);
        Assert.Equal(2, batches.Count);
        Assert.Equal(batches[0], batches[1]);
    }

    [Fact]
    public async Task A_refused_batch_fails_the_flush_and_every_later_record()
    {
        await using var broker = new FakeBroker();
        broker.Answer = (key, _, _) => key == ApiKey.Produce ? Produced(ErrorCode.MessageTooLarge, -1) : null;
        await using var client = broker.Client();
        await using var producer = await RecordProducer.OpenAsync(
            client, await client.TopicAsync("orders", default), new ProducerSettings(), null, default);
        await producer.AppendAsync(0, null, [1], [], 5, 0, default);
        var error = await Assert.ThrowsAsync<KafkaErrorException>(producer.FlushAsync);
        Assert.Contains("max.message.bytes", error.Advice);
        await Assert.ThrowsAsync<KafkaErrorException>(() => producer.AppendAsync(0, null, [1], [], 5, 0, default).AsTask());
    }

    [Fact]
    public async Task A_fetcher_follows_offsets_and_moves_into_range_with_a_warning()
    {
        var warnings = new List<string>();
        await using var broker = new FakeBroker();
        broker.Answer = (key, _, request) => key switch
        {
            ApiKey.Fetch => Fetched(((FetchRequest)request).Topics[0].Partitions[0].FetchOffset),
            ApiKey.ListOffsets => Offsets(ErrorCode.None, ((ListOffsetsRequest)request).Topics[0].Partitions[0].Timestamp == OffsetCalls.Earliest ? 10 : 1000),
            _ => null,
        };
        await using var client = broker.Client();
        var settings = new FetchSettings { Warn = warnings.Add };
        await using var fetcher = new RecordFetcher(client, settings, new Dictionary<TopicPartition, long> { [Orders] = 3 }, default);
        Assert.Equal((10, 12), Range(await fetcher.Fetched.ReadAsync()));
        Assert.Equal((12, 14), Range(await fetcher.Fetched.ReadAsync()));
        Assert.Contains("offset 3 is not within 10 to 1000", Assert.Single(warnings));
    }

    [Fact]
    public void Partitions_are_divided_as_evenly_as_the_range_assignor_does()
    {
        var members = new Dictionary<string, IReadOnlyList<string>> { ["b"] = ["t", "u"], ["a"] = ["t"], ["c"] = ["t", "u"] };
        var plan = GroupMember.Divide(members, new Dictionary<string, int> { ["t"] = 4, ["u"] = 1 });
        Assert.Equal([new("t", 0), new("t", 1)], plan["a"]);
        Assert.Equal([new("t", 2), new("u", 0)], plan["b"]);
        Assert.Equal([new("t", 3)], plan["c"]);
    }

    private static CreateTopicsResponse Created(FakeBroker broker)
    {
        broker.Topics["new"] = 2;
        return new CreateTopicsResponse { Topics = [new() { Name = "new", NumPartitions = 2 }] };
    }

    private static (long, long) Range(FetchedPartition fetched) => (fetched.From, fetched.Next);

    private static BrokerAddress FreeAddress()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return new BrokerAddress("127.0.0.1", ((IPEndPoint)socket.LocalEndPoint!).Port);
    }

    private static ListOffsetsResponse Offsets(ErrorCode error, long offset) => new()
    {
        Topics = [new() { Name = "orders", Partitions = [new() { PartitionIndex = 0, ErrorCode = error, Offset = offset }] }],
    };

    private static ProduceResponse Produced(ErrorCode error, long offset) => new()
    {
        Responses = [new() { Name = "orders", PartitionResponses = [new() { Index = 0, ErrorCode = error, BaseOffset = offset }] }],
    };

    private static FindCoordinatorResponse Coordinator(BrokerAddress address, short version) => version >= 4
        ? new() { Coordinators = [new() { Key = "g", NodeId = 1, Host = address.Host, Port = address.Port }] }
        : new() { NodeId = 1, Host = address.Host, Port = address.Port };

    private static FetchResponse Fetched(long offset)
    {
        var partition = new FetchResponse.PartitionData { PartitionIndex = 0, HighWatermark = 1000, ErrorCode = ErrorCode.OffsetOutOfRange };
        if (offset >= 10)
        {
            using var builder = new RecordBatchBuilder(new RecordBatchOptions { BaseOffset = offset });
            builder.Append(1, null, "a"u8.ToArray());
            builder.Append(1, null, "b"u8.ToArray());
            partition.ErrorCode = ErrorCode.None;
            partition.Records = builder.Build().ToArray();
        }

        return new FetchResponse { Responses = [new() { Topic = "orders", Partitions = [partition] }] };
    }
}
