using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;
using Xunit.Abstractions;

namespace ActorBroker.Conformance.Tests;

/// <summary>kafka-python, aiokafka and confluent-kafka; the scenarios and their assertions are in <c>clients/python</c>.</summary>
public sealed class PythonTests(BrokerFixture fixture, ITestOutputHelper output) : ClientTests(fixture, output), IClassFixture<BrokerFixture>
{
    private static readonly string[] Modules = ["kafka_python", "aio_kafka", "confluent"];

    public static TheoryData<string> AllClients => [.. Modules];

    public static TheoryData<string, string> Codecs
    {
        get
        {
            var pairs = new TheoryData<string, string>();
            foreach (var client in Modules)
                foreach (var codec in new[] { "none", "gzip", "snappy", "lz4", "zstd" }) pairs.Add(client, codec);
            return pairs;
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Codecs))]
    public Task Records_come_back_as_they_were_sent(string client, string codec) => Scenario(client, "records", codec);

    [SkippableTheory]
    [MemberData(nameof(AllClients))]
    public Task Topics_groups_and_settings_are_made_described_altered_and_deleted(string client) => Scenario(client, "admin");

    [SkippableTheory]
    [MemberData(nameof(AllClients))]
    public Task Wrong_requests_of_admins_get_their_errors(string client) => Scenario(client, "errors");

    [SkippableTheory]
    [MemberData(nameof(AllClients))]
    public Task Offsets_are_found_by_time(string client) => Scenario(client, "offsets");

    [SkippableTheory]
    [InlineData("kafka_python", "range")]
    [InlineData("kafka_python", "cooperative-sticky")]
    [InlineData("aio_kafka", "roundrobin")]
    [InlineData("aio_kafka", "sticky")]
    [InlineData("confluent", "roundrobin")]
    [InlineData("confluent", "cooperative-sticky")]
    public Task Three_consumers_join_and_leave_a_group(string client, string strategy) => Scenario(client, "group", strategy);

    [SkippableTheory]
    [MemberData(nameof(AllClients))]
    public Task A_static_member_comes_back_to_its_partitions(string client) => Scenario(client, "static");

    [SkippableTheory]
    [MemberData(nameof(AllClients))]
    public Task A_consumer_goes_on_where_the_last_commit_was(string client) => Scenario(client, "resume");

    [SkippableTheory]
    [MemberData(nameof(AllClients))]
    public Task An_idempotent_producer_writes_in_order(string client) => Scenario(client, "idempotent");

    [SkippableTheory]
    [MemberData(nameof(AllClients))]
    public async Task A_transactional_producer_is_refused(string client)
    {
        Skip.If(BrokerKind.IsKafka, "Apache Kafka has transactions");
        Assert.Contains("refused:", await Scenario(client, "transaction"));
    }

    [SkippableFact]
    public async Task A_consumer_of_the_next_protocol_is_refused()
    {
        Skip.If(BrokerKind.IsKafka, "Apache Kafka has KIP-848");
        Assert.Contains("refused:", await Scenario("confluent", "next_generation"));
    }

    private Task<string> Scenario(string client, string scenario, params string[] more)
    {
        string[] arguments = [Checkout.ClientSource($"python/{client}.py"), scenario, Bootstrap, Name($"{client}-{scenario}"), .. more];
        return Client.Run(Outside.Python, arguments, limit: TimeSpan.FromSeconds(115));
    }
}
