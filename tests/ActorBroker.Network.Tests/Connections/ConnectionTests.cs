using System.Buffers.Binary;
using ActorBroker.Network.Tests.Fakes;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Tests.Connections;

public sealed class ConnectionTests
{
    [Fact]
    public async Task Pipelined_requests_are_answered_in_order()
    {
        await using var gateway = new TestGateway();
        gateway.Cluster.Add("t");
        using var client = await gateway.ConnectAsync();
        var batch = Batches.Build();
        var all = new List<byte>();
        for (var i = 0; i < 50; i++)
        {
            IWireMessage body = i % 3 == 0 ? new ApiVersionsRequest() : Batches.Produce("t", 0, batch);
            all.AddRange(TestClient.Frame(i % 3 == 0 ? ApiKey.ApiVersions : ApiKey.Produce, (short)(i % 3 == 0 ? 0 : 9), i, body));
        }

        await client.SendRawAsync(all.ToArray());
        for (var i = 0; i < 50; i++)
        {
            var frame = await client.ReceiveFrameAsync();
            Assert.Equal(i, BinaryPrimitives.ReadInt32BigEndian(frame));
        }
    }

    [Fact]
    public async Task Produce_runs_ahead_and_keeps_the_order_of_appends_and_answers()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        partition.HoldsAppends = true;
        using var client = await gateway.ConnectAsync();
        for (var i = 0; i < 5; i++) await client.SendAsync(ApiKey.Produce, 9, Batches.Produce("t", 0, Batches.Build(timestamp: 100 + i)));
        await Eventually.BecomesAsync(() => partition.HeldAppends == 5, "all five requests reach the partition before one is answered");
        for (var i = 0; i < 5; i++) partition.ReleaseOne();
        for (var i = 1; i <= 5; i++)
        {
            var response = await client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, 9, i);
            Assert.Equal(i - 1, response.Responses[0].PartitionResponses[0].BaseOffset);
        }

        Assert.Equal([100, 101, 102, 103, 104], partition.Timestamps);
    }

    [Fact]
    public async Task An_answer_waits_for_the_answers_before_it()
    {
        await using var gateway = new TestGateway();
        var slow = gateway.Cluster.Add("slow");
        gateway.Cluster.Add("fast");
        slow.HoldsAppends = true;
        using var client = await gateway.ConnectAsync();
        await client.SendAsync(ApiKey.Produce, 9, Batches.Produce("slow", 0, Batches.Build()));
        await client.SendAsync(ApiKey.Produce, 9, Batches.Produce("fast", 0, Batches.Build()));
        await Eventually.BecomesAsync(() => gateway.Cluster["fast", 0].LogEndOffset == 1, "the second request is appended");
        Assert.Equal(0, client.Socket.Available);
        slow.ReleaseOne();
        await client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, 9, 1);
        await client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, 9, 2);
    }

    [Fact]
    public async Task Other_requests_start_only_when_earlier_ones_are_answered()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        partition.HoldsAppends = true;
        using var client = await gateway.ConnectAsync();
        await client.SendAsync(ApiKey.Produce, 9, Batches.Produce("t", 0, Batches.Build()));
        await client.SendAsync(ApiKey.ListOffsets, 1, ListLatest("t"));
        await Eventually.BecomesAsync(() => gateway.Gateway.Metrics.Api(ApiKey.ListOffsets).Requests == 1, "the second request is read");
        partition.ReleaseOne();
        await client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, 9, 1);
        var listed = await client.ReceiveAsync<ListOffsetsResponse>(ApiKey.ListOffsets, 1, 2);
        Assert.Equal(1, listed.Topics[0].Partitions[0].Offset);
    }

    [Fact]
    public async Task Produce_runs_ahead_only_as_far_as_allowed()
    {
        await using var gateway = new TestGateway(new GatewaySettings { MaxProduceAhead = 4 });
        var partition = gateway.Cluster.Add("t");
        partition.HoldsAppends = true;
        using var client = await gateway.ConnectAsync();
        for (var i = 0; i < 10; i++) await client.SendAsync(ApiKey.Produce, 9, Batches.Produce("t", 0, Batches.Build()));
        await Eventually.BecomesAsync(() => partition.HeldAppends == 4, "four requests are under way");
        for (var released = 1; released <= 10; released++)
        {
            await Eventually.BecomesAsync(() => partition.HeldAppends > 0, "the next request starts");
            Assert.True(partition.HeldAppends <= 4);
            partition.ReleaseOne();
            await client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, 9, released);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public async Task Frames_survive_any_cut_of_the_stream(int step)
    {
        await using var gateway = new TestGateway();
        gateway.Cluster.Add("t");
        using var client = await gateway.ConnectAsync();
        var bytes = new List<byte>();
        for (var i = 0; i < 8; i++)
            bytes.AddRange(TestClient.Frame(ApiKey.Produce, 9, i, Batches.Produce("t", 0, Batches.Build(valueBytes: 100 * i))));
        var all = bytes.ToArray();
        for (var at = 0; at < all.Length; at += step) await client.SendRawAsync(all.AsMemory(at, Math.Min(step, all.Length - at)));
        for (var i = 0; i < 8; i++) await client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, 9, i);
    }

    [Fact]
    public async Task Large_and_small_frames_mix()
    {
        await using var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        partition.Settings = partition.Settings with { MaxMessageBytes = 10_000_000 };
        using var client = await gateway.ConnectAsync();
        int[] sizes = [10, 3_000_000, 10, 70_000, 5_000_000, 200, 16_384, 16_384, 16_384, 1_000_000, 1_000_000, 10];
        var sending = Task.Run(async () =>
        {
            foreach (var size in sizes) await client.SendAsync(ApiKey.Produce, 9, Batches.Produce("t", 0, Batches.Build(valueBytes: size)));
        });
        for (var i = 0; i < sizes.Length; i++)
        {
            var response = await client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, 9, i + 1);
            Assert.Equal(ErrorCode.None, response.Responses[0].PartitionResponses[0].ErrorCode);
        }

        await sending;
        partition.Close();
        await Eventually.BecomesAsync(() => gateway.Pool.InUseBytes == 0, "all buffers come back");
    }

    [Fact]
    public async Task Bytes_after_a_whole_body_are_ignored()
    {
        await using var gateway = new TestGateway();
        using var client = await gateway.ConnectAsync();
        var frame = TestClient.Frame(ApiKey.ApiVersions, 0, 9, new ApiVersionsRequest());
        byte[] longer = [.. frame, 1, 2, 3];
        BinaryPrimitives.WriteInt32BigEndian(longer, longer.Length - 4);
        await client.SendRawAsync(longer);
        await client.ReceiveAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, 9);
    }

    [Theory]
    [InlineData("0000000a 03e7 0000 00000001 ffff")] // API 999
    [InlineData("0000000a 0002 0063 00000001 ffff")] // ListOffsets version 99
    [InlineData("0000000a 0000 0002 00000001 ffff")] // Produce version 2: advertised, but refused
    [InlineData("0000000a 0003 0000 00000001 ffff")] // Metadata: no handler in this gateway
    [InlineData("ffffffff")] // negative length
    [InlineData("7fffffff")] // longer than the limit
    [InlineData("00000000")] // no header
    [InlineData("0000000c 0002 0001 00000001 ffff ffff")] // a body cut short
    public async Task Nonsense_closes_the_connection_with_a_line(string hex)
    {
        await using var gateway = new TestGateway();
        using var client = await gateway.ConnectAsync();
        await client.SendRawAsync(Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal)));
        Assert.True(await client.IsClosedAsync());
        await Eventually.BecomesAsync(() => !gateway.Log.Closed.IsEmpty, "a log line");
        using var other = await gateway.ConnectAsync();
        await other.AskAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 3, Software());
    }

    [Fact]
    public async Task A_stopped_gateway_closes_its_connections_and_returns_its_buffers()
    {
        var gateway = new TestGateway();
        gateway.Cluster.Add("t");
        using var client = await gateway.ConnectAsync();
        using var waiting = await gateway.ConnectAsync();
        await client.SendRawAsync(new byte[] { 0, 0, 1, 0, 9, 9 });
        await waiting.SendAsync(ApiKey.Fetch, 4, new FetchRequest
        {
            MaxWaitMs = 60_000,
            MinBytes = 1,
            Topics =
            [
                new FetchRequest.FetchTopic { Topic = "t", Partitions = [new FetchRequest.FetchPartition { PartitionMaxBytes = 1 }] },
            ],
        });
        await Eventually.BecomesAsync(() => gateway.Cluster["t", 0].Listeners == 1 && gateway.Pool.InUseBytes > 0, "both are under way");
        await gateway.DisposeAsync();
        Assert.True(await client.IsClosedAsync());
        await waiting.ReceiveAsync<FetchResponse>(ApiKey.Fetch, 4, 1);
        Assert.True(await waiting.IsClosedAsync());
        await Eventually.BecomesAsync(() => gateway.Pool.InUseBytes == 0, "all buffers come back");
        Assert.Equal(0, gateway.Gateway.OpenConnections);
    }

    [Fact]
    public async Task What_has_started_is_answered_before_the_gateway_closes()
    {
        var gateway = new TestGateway();
        var partition = gateway.Cluster.Add("t");
        partition.HoldsAppends = true;
        using var client = await gateway.ConnectAsync();
        using var waiting = await gateway.ConnectAsync();
        await client.SendAsync(ApiKey.Produce, 9, Batches.Produce("t", 0, Batches.Build()));
        await waiting.SendAsync(ApiKey.Fetch, 4, new FetchRequest
        {
            MaxWaitMs = 60_000,
            MinBytes = 1,
            Topics =
            [
                new FetchRequest.FetchTopic { Topic = "t", Partitions = [new FetchRequest.FetchPartition { PartitionMaxBytes = 1 }] },
            ],
        });
        await Eventually.BecomesAsync(() => partition.HeldAppends == 1 && partition.Listeners == 1, "both are under way");
        var stopping = gateway.DisposeAsync().AsTask();
        await waiting.ReceiveAsync<FetchResponse>(ApiKey.Fetch, 4, 1);
        partition.ReleaseOne();
        var produced = await client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, 9, 1);
        Assert.Equal(ErrorCode.None, produced.Responses[0].PartitionResponses[0].ErrorCode);
        Assert.True(await client.IsClosedAsync());
        await stopping;
    }

    internal static ApiVersionsRequest Software(string name = "test", string version = "1.0") =>
        new() { ClientSoftwareName = name, ClientSoftwareVersion = version };

    internal static ListOffsetsRequest ListLatest(string topic) => new()
    {
        ReplicaId = -1,
        Topics = [new ListOffsetsRequest.ListOffsetsTopic
        {
            Name = topic, Partitions = [new ListOffsetsRequest.ListOffsetsPartition { PartitionIndex = 0, Timestamp = -1 }],
        }],
    };
}
