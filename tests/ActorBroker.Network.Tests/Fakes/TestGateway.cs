using System.Net;
using ActorBroker.Core.Kernel;
using ActorBroker.Network.Handlers;
using ActorBroker.Network.Listeners;

namespace ActorBroker.Network.Tests.Fakes;

/// <summary>A gateway over in-memory partitions on a loopback port.</summary>
internal sealed class TestGateway : IAsyncDisposable
{
    public TestGateway(GatewaySettings? settings = null, long budget = 256 * 1024 * 1024, params IApiHandler[] more)
    {
        Pool = new BufferPool(budget, 8 * 1024 * 1024);
        Cluster = new FakeCluster(Pool);
        IApiHandler[] handlers =
        [
            new ProduceHandler(), new FetchHandler(), new ListOffsetsHandler(Cluster), new ApiVersionsHandler([]),
            new DeleteRecordsHandler(Cluster), new OffsetForLeaderEpochHandler(Cluster), new DescribeProducersHandler(Cluster), .. more,
        ];
        Gateway = new Gateway(settings ?? new GatewaySettings(), Pool, Cluster, Cluster, new HandlerCatalog(handlers), Log);
        Address = Gateway.Listen(new ListenerSettings("PLAINTEXT", "127.0.0.1", 0));
    }

    public BufferPool Pool { get; }

    public FakeCluster Cluster { get; }

    public RecordingLog Log { get; } = new();

    public Gateway Gateway { get; }

    public IPEndPoint Address { get; }

    public Task<TestClient> ConnectAsync() => TestClient.ConnectAsync(Address);

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        Assert.Empty(Log.Failures);
    }
}
