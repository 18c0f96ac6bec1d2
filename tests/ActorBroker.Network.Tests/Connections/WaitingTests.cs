using ActorBroker.Network.Tests.Fakes;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Tests.Connections;

/// <summary>How connections wait for data: at the gateway's own poll, or with what the runtime has.</summary>
public sealed class WaitingTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Connections_that_come_and_go_are_all_served(int pollThreads)
    {
        await using var gateway = new TestGateway(new GatewaySettings { PollThreads = pollThreads });
        for (var round = 0; round < 10; round++)
        {
            await Task.WhenAll(Enumerable.Range(0, 40).Select(async i =>
            {
                using var client = await gateway.ConnectAsync();
                for (var request = 0; request <= i % 4; request++)
                    await client.AskAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, new ApiVersionsRequest());
            }));
        }

        await Eventually.BecomesAsync(() => gateway.Gateway.OpenConnections == 0, "every end is noticed");
        await Eventually.BecomesAsync(() => gateway.Pool.InUseBytes == 0, "every buffer comes back");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_request_that_arrives_in_pieces_is_put_together(int pollThreads)
    {
        await using var gateway = new TestGateway(new GatewaySettings { PollThreads = pollThreads });
        var partition = gateway.Cluster.Add("t");
        using var client = await gateway.ConnectAsync();
        var random = new Random(11);
        for (var i = 0; i < 5; i++)
        {
            var frame = TestClient.Frame(ApiKey.Produce, 9, i, Batches.Produce("t", 0, Batches.Build(valueBytes: 200_000)));
            for (var sent = 0; sent < frame.Length;)
            {
                var piece = Math.Min(random.Next(1, 40_000), frame.Length - sent);
                await client.SendRawAsync(frame.AsMemory(sent, piece));
                sent += piece;
                await Task.Yield();
            }

            var response = await client.ReceiveAsync<ProduceResponse>(ApiKey.Produce, 9, i);
            Assert.Equal(ErrorCode.None, response.Responses[0].PartitionResponses[0].ErrorCode);
        }

        Assert.Equal(5, partition.LogEndOffset);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task An_end_that_comes_together_with_the_last_request_is_noticed_when_that_is_answered(int pollThreads)
    {
        await using var gateway = new TestGateway(new GatewaySettings { PollThreads = pollThreads });
        for (var i = 0; i < 50; i++)
        {
            using var client = await gateway.ConnectAsync();
            client.Socket.NoDelay = false;
            await client.SendAsync(ApiKey.ApiVersions, 0, new ApiVersionsRequest());
            client.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            await client.ReceiveAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, 1);
            Assert.True(await client.IsClosedAsync());
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Stopping_ends_connections_that_wait(int pollThreads)
    {
        var gateway = new TestGateway(new GatewaySettings { PollThreads = pollThreads });
        using var idle = await gateway.ConnectAsync();
        await idle.AskAsync<ApiVersionsResponse>(ApiKey.ApiVersions, 0, new ApiVersionsRequest());
        await gateway.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(4));
        Assert.True(await idle.IsClosedAsync());
        Assert.Equal(0, gateway.Gateway.OpenConnections);
    }
}
