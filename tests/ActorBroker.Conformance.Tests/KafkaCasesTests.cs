using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;
using Xunit.Abstractions;

namespace ActorBroker.Conformance.Tests;

/// <summary>What Kafka's own integration tests ask of a broker, by an area each (<c>clients/java/Cases.java</c>).</summary>
public sealed class KafkaCasesTests(KafkaCasesTests.Fixture fixture, JavaTools java, ITestOutputHelper output)
    : IClassFixture<KafkaCasesTests.Fixture>, IClassFixture<JavaTools>
{
    /// <summary>
    /// Cases that this broker does not pass yet: quotas and SCRAM users are not kept, and a fetch ends where a batch ends while Kafka fills it up with a
    /// part of the next one.
    /// </summary>
    private static readonly string[] Later =
    [
        "testCreatePartitionWithOptionRetryOnQuotaViolation", "testDescribeUserScramCredentials", "testBrokerRespectsPartitionsOrderAndSizeLimits",
    ];

    [SkippableTheory]
    [InlineData("admin")]
    [InlineData("configs")]
    [InlineData("producer")]
    [InlineData("consumer")]
    [InlineData("assigning")]
    [InlineData("assignors")]
    [InlineData("groups")]
    [InlineData("requests")]
    [InlineData("group-requests")]
    [InlineData("fetch-requests")]
    public async Task The_cases_of_an_area_pass(string area)
    {
        Skip.If(BrokerKind.Missing() is not null, BrokerKind.Missing());
        try
        {
            var wanted = BrokerKind.IsKafka ? "" : $"^(?!({string.Join('|', Later)})$)";
            Assert.DoesNotContain("\n0 passed", await java.Run("Cases", [area, fixture.Broker.Bootstrap, wanted], seconds: 240));
        }
        finally
        {
            output.WriteLine($"--- broker\n{fixture.Broker.Log}");
        }
    }

    /// <summary>A broker with the settings that some cases look for.</summary>
    public sealed class Fixture : IAsyncLifetime
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
}
