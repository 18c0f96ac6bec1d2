using System.Net.Sockets;
using ActorBroker.Network.Listeners;
using ActorBroker.Network.Tests.Fakes;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Tests.Connections;

public sealed class LimitTests
{
    [Fact]
    public async Task Length_prefixes_without_bytes_cost_nothing()
    {
        await using var gateway = new TestGateway();
        var clients = new List<TestClient>();
        for (var i = 0; i < 100; i++)
        {
            var client = await gateway.ConnectAsync();
            clients.Add(client);
            await client.SendRawAsync(new byte[] { 5, 245, 225, 0 }); // 100,000,000
        }

        await Eventually.BecomesAsync(() => gateway.Pool.InUseBytes >= 100 * 4096, "every prefix was read");
        Assert.Equal(100 * 4096, gateway.Pool.InUseBytes);
        foreach (var client in clients) client.Dispose();
        await Eventually.BecomesAsync(() => gateway.Pool.InUseBytes == 0, "all buffers come back");
    }

    [Fact]
    public async Task A_frame_takes_memory_in_step_with_the_bytes_that_arrive()
    {
        await using var gateway = new TestGateway();
        using var client = await gateway.ConnectAsync();
        await client.SendRawAsync(new byte[] { 5, 245, 225, 0 });
        for (var sent = 4; sent < 1_000_000; sent *= 3)
        {
            await client.SendRawAsync(new byte[2 * sent]);
            var total = 3 * sent;
            await Eventually.BecomesAsync(() => gateway.Pool.InUseBytes >= total, "the bytes were taken");
            Assert.InRange(gateway.Pool.InUseBytes, total, Math.Max(8192, 4 * total));
        }
    }

    [Fact]
    public async Task Half_a_frame_is_waited_for_only_so_long()
    {
        await using var gateway = new TestGateway(new GatewaySettings { FrameTimeoutMs = 100 });
        using var client = await gateway.ConnectAsync();
        await client.SendRawAsync(new byte[] { 0, 0, 1, 0, 1, 2, 3 });
        Assert.True(await client.IsClosedAsync());
        await Eventually.BecomesAsync(() => gateway.Log.Closed.Any(reason => reason.Contains("unfinished")), "a log line says why");
    }

    [Fact]
    public async Task An_idle_connection_is_closed_and_a_waiting_fetch_is_not_idle()
    {
        await using var gateway = new TestGateway(new GatewaySettings { MaxIdleMs = 200 });
        var partition = gateway.Cluster.Add("t");
        using var idle = await gateway.ConnectAsync();
        using var waiting = await gateway.ConnectAsync();
        await waiting.SendAsync(ApiKey.Fetch, 4, new FetchRequest
        {
            MaxWaitMs = 60_000,
            MinBytes = 1,
            Topics =
            [
                new FetchRequest.FetchTopic { Topic = "t", Partitions = [new FetchRequest.FetchPartition { PartitionMaxBytes = 99 }] },
            ],
        });
        Assert.True(await idle.IsClosedAsync());
        await Eventually.BecomesAsync(() => partition.Listeners == 1, "the fetch waits");
        partition.AppendBatch(Batches.Build());
        await waiting.ReceiveAsync<FetchResponse>(ApiKey.Fetch, 4, 1);
    }

    [Fact]
    public async Task A_reader_that_takes_nothing_is_closed()
    {
        await using var gateway = new TestGateway(new GatewaySettings { WriteTimeoutMs = 200, SendBufferBytes = 4096 });
        var partition = gateway.Cluster.Add("t");
        partition.AppendBatch(Batches.Build(valueBytes: 20_000_000));
        using var client = await TestClient.ConnectAsync(gateway.Address, receiveBuffer: 4096);
        await client.SendAsync(ApiKey.Fetch, 4, new FetchRequest
        {
            MinBytes = 1,
            Topics =
            [
                new FetchRequest.FetchTopic { Topic = "t", Partitions = [new FetchRequest.FetchPartition { PartitionMaxBytes = 99 }] },
            ],
        });
        await Eventually.BecomesAsync(() => gateway.Log.Closed.Any(reason => reason.Contains("took no byte")), "it is closed");
        await Eventually.BecomesAsync(() => gateway.Pool.InUseBytes == 0, "the slices are released");
    }

    [Fact]
    public async Task An_address_gets_only_so_many_connections()
    {
        await using var gateway = new TestGateway(new GatewaySettings { Connections = new ConnectionLimits { MaxPerAddress = 2 } });
        using var one = await gateway.ConnectAsync();
        using var two = await gateway.ConnectAsync();
        await one.AskAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, new ApiVersionsRequest());
        await two.AskAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, new ApiVersionsRequest());
        using (var three = await gateway.ConnectAsync()) Assert.True(await three.IsClosedAsync());
        Assert.Equal(1, gateway.Gateway.Metrics.ConnectionsRefused);
        one.Dispose();
        await Eventually.BecomesAsync(() => gateway.Gateway.OpenConnections == 1, "the first one is gone");
        using var four = await gateway.ConnectAsync();
        await four.AskAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, new ApiVersionsRequest());
    }

    [Fact]
    public async Task Overrides_count_for_their_address()
    {
        var overrides = new Dictionary<string, int> { ["127.0.0.1"] = 3 };
        var settings = new GatewaySettings { Connections = new ConnectionLimits { MaxPerAddress = 1, Overrides = overrides } };
        await using var gateway = new TestGateway(settings);
        var clients = new List<TestClient>();
        for (var i = 0; i < 3; i++)
        {
            clients.Add(await gateway.ConnectAsync());
            await clients[i].AskAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, new ApiVersionsRequest());
        }

        using (var refused = await gateway.ConnectAsync()) Assert.True(await refused.IsClosedAsync());
        foreach (var client in clients) client.Dispose();
    }

    [Fact]
    public async Task A_full_gateway_accepts_when_a_connection_has_closed()
    {
        await using var gateway = new TestGateway(new GatewaySettings { Connections = new ConnectionLimits { MaxConnections = 1 } });
        using var first = await gateway.ConnectAsync();
        await first.AskAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, new ApiVersionsRequest());
        using var second = await gateway.ConnectAsync();
        var id = await second.SendAsync(ApiKey.ApiVersions, 0, new ApiVersionsRequest());
        Assert.Equal(1, gateway.Gateway.OpenConnections);
        first.Dispose();
        await second.ReceiveAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, id);
    }

    [Fact]
    public async Task New_limits_take_effect_at_once_and_nobody_who_is_in_is_thrown_out()
    {
        await using var gateway = new TestGateway();
        using var first = await gateway.ConnectAsync();
        await first.AskAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, new ApiVersionsRequest());
        gateway.Gateway.Change(new ConnectionLimits { MaxPerAddress = 1 });
        using (var second = await gateway.ConnectAsync()) Assert.True(await second.IsClosedAsync());
        await first.AskAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, new ApiVersionsRequest());
        gateway.Gateway.Change(new ConnectionLimits { MaxConnections = 1 });
        using var third = await gateway.ConnectAsync();
        var id = await third.SendAsync(ApiKey.ApiVersions, 0, new ApiVersionsRequest());
        gateway.Gateway.Change(ConnectionLimits.None);
        await third.ReceiveAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, id);
    }

    [Fact]
    public async Task A_listener_s_own_limit_counts_besides_the_broker_s()
    {
        var listeners = new Dictionary<string, ListenerLimits>(StringComparer.OrdinalIgnoreCase) { ["plaintext"] = new(1, int.MaxValue) };
        await using var gateway = new TestGateway(new GatewaySettings { Connections = new ConnectionLimits { Listeners = listeners } });
        using var first = await gateway.ConnectAsync();
        await first.AskAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, new ApiVersionsRequest());
        using var second = await gateway.ConnectAsync();
        var id = await second.SendAsync(ApiKey.ApiVersions, 0, new ApiVersionsRequest());
        Assert.Equal(1, gateway.Gateway.OpenConnections);
        first.Dispose();
        await second.ReceiveAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, id);
    }

    [Fact]
    public void Connections_beyond_the_rate_are_spread_over_the_time_that_they_take()
    {
        var rate = new AcceptRate();
        Assert.Equal([0, 0, 500, 1000], Enumerable.Range(0, 4).Select(_ => rate.Take(2, 1000)));
        Assert.Equal(0, rate.Take(2, 4000)); // two seconds pay the debt back, the third brings new room
        Assert.Equal(0, rate.Take(int.MaxValue, 4000));
        Assert.Equal(0, new AcceptRate().Take(0, 0));
    }

    [Fact]
    public async Task Readers_wait_while_the_memory_is_over_its_budget_and_go_on_after()
    {
        await using var gateway = new TestGateway(budget: 64 * 1024);
        var partition = gateway.Cluster.Add("t");
        partition.HoldsAppends = true;
        using var hog = await gateway.ConnectAsync();
        await hog.SendAsync(ApiKey.Produce, 9, Batches.Produce("t", 0, Batches.Build(valueBytes: 100_000)));
        await Eventually.BecomesAsync(() => partition.HeldAppends == 1 && gateway.Pool.IsOverBudget, "the budget is used up");
        using var other = await gateway.ConnectAsync();
        await other.SendAsync(ApiKey.ApiVersions, 0, new ApiVersionsRequest());
        await Eventually.BecomesAsync(() => gateway.Gateway.HeldBackReaders == 1, "the reader is held back");
        partition.ReleaseOne();
        await hog.ReceiveAsync<ProduceResponse>(ApiKey.Produce, 9, 1);
        await other.ReceiveAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, 1);
    }

    [Fact]
    public async Task Held_back_readers_move_on_one_by_one_even_if_no_memory_comes_back()
    {
        await using var gateway = new TestGateway(budget: 64 * 1024);
        var hog = gateway.Pool.Rent(128 * 1024);
        using var client = await gateway.ConnectAsync();
        await client.AskAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, new ApiVersionsRequest());
        hog.Release();
    }

    [Fact]
    public async Task Mutated_frames_crash_nothing_and_leak_nothing()
    {
        await using var gateway = new TestGateway();
        gateway.Cluster.Add("t").AppendBatch(Batches.Build(valueBytes: 1000));
        var random = new Random(20260101);
        byte[][] seeds =
        [
            TestClient.Frame(ApiKey.Produce, 3, 1, Batches.Produce("t", 0, Batches.Build(3))),
            TestClient.Frame(ApiKey.Produce, 9, 1, Batches.Produce("t", 0, Batches.Build(3))),
            TestClient.Frame(ApiKey.Fetch, 11, 1, FetchOnce()),
            TestClient.Frame(ApiKey.Fetch, 12, 1, FetchOnce()),
            TestClient.Frame(ApiKey.ListOffsets, 7, 1, ConnectionTests.ListLatest("t")),
        ];
        for (var round = 0; round < 400; round++)
        {
            var frame = (byte[])seeds[round % seeds.Length].Clone();
            for (var flips = random.Next(1, 6); flips > 0; flips--) frame[random.Next(4, frame.Length)] = (byte)random.Next(256);
            using var client = await gateway.ConnectAsync();
            await client.SendRawAsync(frame);
            client.Socket.Shutdown(SocketShutdown.Send);
            await client.IsClosedAsync();
        }

        await Eventually.BecomesAsync(() => gateway.Gateway.OpenConnections == 0, "all connections end");
        await Eventually.BecomesAsync(() => gateway.Pool.InUseBytes == 0, "all buffers come back");
    }

    private static FetchRequest FetchOnce() => new()
    {
        MinBytes = 1,
        Topics = [new FetchRequest.FetchTopic { Topic = "t", Partitions = [new FetchRequest.FetchPartition { PartitionMaxBytes = 1000 }] }],
    };
}
