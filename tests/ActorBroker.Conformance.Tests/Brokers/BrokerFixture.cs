namespace ActorBroker.Conformance.Tests.Brokers;

/// <summary>The broker that the tests of one class share. Every test takes topics and groups of its own names.</summary>
public sealed class BrokerFixture : IAsyncLifetime
{
    private BrokerProcess? broker;

    internal BrokerProcess Broker => broker ?? throw new InvalidOperationException(BrokerKind.Missing());

    public async Task InitializeAsync()
    {
        if (BrokerKind.Missing() is null) broker = await BrokerProcess.Start();
    }

    public async Task DisposeAsync()
    {
        if (broker is not null) await broker.DisposeAsync();
    }
}
