using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;
using Xunit.Abstractions;

namespace ActorBroker.Conformance.Tests;

/// <summary>kafkajs 2.2.4; the scenarios and their assertions are in <c>clients/node/client.js</c>.</summary>
public sealed class KafkajsTests(BrokerFixture fixture, ITestOutputHelper output) : ClientTests(fixture, output), IClassFixture<BrokerFixture>
{
    [SkippableTheory]
    [InlineData("None")]
    [InlineData("GZIP")]
    [InlineData("Snappy")]
    [InlineData("LZ4")]
    public Task Records_come_back_as_they_were_sent(string codec) => Scenario("records", codec);

    [SkippableFact]
    public Task Topics_are_made_described_altered_and_deleted() => Scenario("admin");

    [SkippableFact]
    public Task Wrong_requests_of_admins_get_their_errors() => Scenario("errors");

    [SkippableFact]
    public Task Offsets_are_found_by_time_and_records_deleted_up_to_one() => Scenario("offsets");

    [SkippableFact]
    public Task Three_consumers_join_and_leave_a_group() => Scenario("group");

    [SkippableFact]
    public Task A_consumer_goes_on_where_the_last_commit_was() => Scenario("resume");

    [SkippableFact]
    public Task An_idempotent_producer_writes_in_order() => Scenario("idempotent");

    [SkippableFact]
    public async Task A_transactional_producer_is_refused()
    {
        Skip.If(BrokerKind.IsKafka, "Apache Kafka has transactions");
        Assert.Contains("refused:", await Scenario("transaction"));
    }

    private Task<string> Scenario(string scenario, string argument = "") =>
        Client.Run(Outside.Node, [Checkout.ClientSource("node/client.js"), scenario, Bootstrap, Name($"kafkajs-{scenario}"), argument]);
}
