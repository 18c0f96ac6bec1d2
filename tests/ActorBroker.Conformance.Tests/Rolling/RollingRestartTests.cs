using ActorBroker.Conformance.Tests.Brokers;
using Xunit.Abstractions;

namespace ActorBroker.Conformance.Tests.Rolling;

/// <summary>What an application on each client, with the client's default settings, notices of a rolling restart: nothing.</summary>
public sealed class RollingRestartTests(RollingRestart restart, ITestOutputHelper output) : IClassFixture<RollingRestart>
{
    /// <summary>Before, between and after the restarts each client has written and read.</summary>
    private const int RecordsMin = 256;

    public static TheoryData<string> Clients => [.. RollingRestart.AllClients().Select(client => client.Name)];

    [SkippableTheory]
    [MemberData(nameof(Clients))]
    public void No_error_no_loss_and_no_disorder_reach_the_application(string client)
    {
        Skip.If(BrokerKind.IsKafka, "the restart is one of this checkout's broker");
        var outcome = restart[client];
        Skip.If(outcome.Missing is not null, outcome.Missing);
        var faults = outcome.Transcript!.Faults(outcome.Client.IsIdempotent, RecordsMin, outcome.Client.KeepsOrder);
        output.WriteLine($"{client}: {outcome.Transcript.Acked} acknowledged, {outcome.Transcript.Seen} seen, {outcome.Transcript.Again} seen again");
        Assert.True(faults.Count == 0, $"{client}: {string.Join('\n', faults.Take(20))}\n{outcome.Report}");
    }
}
