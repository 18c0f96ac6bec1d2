using ActorBroker.Conformance.Tests.Brokers;
using Xunit.Abstractions;

namespace ActorBroker.Conformance.Tests.Clients;

/// <summary>Base of the test classes that share one broker: names of their own, and the broker's last words beside a failure.</summary>
public abstract class ClientTests : IDisposable
{
    private static int names;
    private readonly BrokerFixture fixture;
    private readonly ITestOutputHelper output;

    protected ClientTests(BrokerFixture fixture, ITestOutputHelper output)
    {
        this.fixture = fixture;
        this.output = output;
    }

    internal BrokerProcess Broker
    {
        get
        {
            Skip.If(BrokerKind.Missing() is not null, BrokerKind.Missing());
            return fixture.Broker;
        }
    }

    internal string Bootstrap => Broker.Bootstrap;

    /// <summary>Shown beside a failure.</summary>
    protected void Say(string text) => output.WriteLine(text);

    protected static string Name(string kind) => $"{kind}-{Interlocked.Increment(ref names)}";

    public void Dispose()
    {
        if (BrokerKind.Missing() is null) output.WriteLine($"--- broker\n{fixture.Broker.Log}");
        GC.SuppressFinalize(this);
    }
}
