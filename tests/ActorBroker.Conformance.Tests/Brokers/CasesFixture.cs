namespace ActorBroker.Conformance.Tests.Brokers;

/// <summary>A broker with the settings that some cases look for.</summary>
public sealed class CasesFixture : IAsyncLifetime
{
    private BrokerProcess? broker;

    internal BrokerProcess Broker => broker ?? throw new InvalidOperationException(BrokerKind.Missing());

    public async Task InitializeAsync()
    {
        if (BrokerKind.Missing() is null)
            broker = await BrokerProcess.Start("group.min.session.timeout.ms=100", "log.roll.hours=2", "log.retention.minutes=240",
                "log.roll.jitter.ms=123", "auto.leader.rebalance.enable=false", "ssl.truststore.password=some.invalid.pass",
                "producer.id.expiration.check.interval.ms=500");
    }

    public async Task DisposeAsync()
    {
        if (broker is not null) await broker.DisposeAsync();
    }
}
