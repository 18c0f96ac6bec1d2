using System.Net;
using System.Net.Sockets;
using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;

namespace ActorBroker.Conformance.Tests;

/// <summary>What an operator's tools see of this broker: metrics, health, exit codes, refusals.</summary>
public sealed class OperationsTests : IDisposable
{
    /// <summary>Names that existing dashboards for Kafka ask for and promtool finds unusual.</summary>
    private static readonly string[] AcceptedLint =
    [
        "kafka_server_socket_server_metrics_connection_count non-histogram and non-summary metrics should not have \"_count\" suffix",
        "kafka_consumergroup_current_offset_sum non-histogram and non-summary metrics should not have \"_sum\" suffix",
        "kafka_consumergroup_lag_sum non-histogram and non-summary metrics should not have \"_sum\" suffix",
    ];

    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(10) };

    [SkippableFact]
    public async Task Metrics_are_what_promtool_accepts_and_dashboards_ask_for()
    {
        Skip.If(BrokerKind.IsKafka, "for this broker only");
        var port = BrokerProcess.FreePort();
        await using var broker = await BrokerProcess.Start($"actorbroker.http.listen=127.0.0.1:{port}");
        await WireProbe.CreateTopic(broker.Port, "measured", 2);
        await Client.Run(Outside.Kcat, ["-b", broker.Bootstrap, "-P", "-t", "measured", "-p", "0"], "one\ntwo\n");
        await Client.Run(Outside.Kcat, ["-b", broker.Bootstrap, "-C", "-t", "measured", "-e", "-q"]);
        await Client.Run("dotnet", [BrokerKind.OursDll, "consume", "measured", "-g", "readers", "-c", "1", "--bootstrap", broker.Bootstrap]);
        var metrics = await http.GetStringAsync($"http://127.0.0.1:{port}/metrics");
        await using var promtool = Client.Start(Outside.Promtool, "check", "metrics");
        await promtool.Write(metrics);
        promtool.CloseInput();
        Assert.NotEqual(1, await promtool.Ends()); // 1: not to be read; 3: remarks
        Assert.Empty(promtool.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Except(AcceptedLint));
        foreach (var name in new[]
                 {
                     "kafka_server_brokertopicmetrics_messagesin_total", "kafka_server_brokertopicmetrics_bytesin_total",
                     "kafka_server_brokertopicmetrics_bytesout_total", "kafka_server_replicamanager_partitioncount",
                     "kafka_server_replicamanager_leadercount", "kafka_server_replicamanager_underreplicatedpartitions",
                     "kafka_controller_kafkacontroller_activecontrollercount", "kafka_controller_kafkacontroller_offlinepartitionscount",
                 })
            Assert.Contains(metrics.Split('\n'), line => line.StartsWith(name, StringComparison.Ordinal));
        Assert.Contains(metrics.Split('\n'), line => line.StartsWith("kafka_server_brokertopicmetrics_messagesin_total", StringComparison.Ordinal) && line.EndsWith(" 2"));
        foreach (var sample in new[]
                 {
                     "kafka_consumergroup_members{consumergroup=\"readers\"} 0",
                     "kafka_consumergroup_lag_sum{consumergroup=\"readers\",topic=\"measured\"} 1",
                     "kafka_consumergroup_current_offset_sum{consumergroup=\"readers\",topic=\"measured\"} 1",
                     "kafka_topic_partition_under_replicated_partition{partition=\"1\",topic=\"measured\"} 0",
                     "kafka_cluster_partition_underminisr{partition=\"1\",topic=\"measured\"} 0",
                     "kafka_cluster_partition_atminisr{partition=\"1\",topic=\"measured\"} 1",
                 })
            Assert.Contains(sample, metrics.Split('\n'));
    }

    [SkippableFact]
    public async Task Health_is_told_over_http()
    {
        Skip.If(BrokerKind.IsKafka, "for this broker only");
        var port = BrokerProcess.FreePort();
        await using var broker = await BrokerProcess.Start($"actorbroker.http.listen=127.0.0.1:{port}");
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"http://127.0.0.1:{port}/livez")).StatusCode);
        await Deadline.Until(async () => (await http.GetAsync($"http://127.0.0.1:{port}/readyz")).StatusCode == HttpStatusCode.OK, TimeSpan.FromSeconds(20), "it is ready");
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync($"http://127.0.0.1:{port}/nothing")).StatusCode);
        Assert.Equal(0, await broker.Stop());
    }

    [SkippableTheory]
    [InlineData(Signals.Terminate)]
    [InlineData(Signals.Interrupt)]
    public async Task It_says_where_it_is_and_ends_with_0_when_asked(int signal)
    {
        Skip.If(BrokerKind.IsKafka, "for this broker only");
        await using var broker = await BrokerProcess.Start();
        await Deadline.Until(() => broker.Log.Any(line => line.Contains(broker.Bootstrap)), TimeSpan.FromSeconds(20), "it says where it is", broker.Log.ToString);
        Signals.Send(broker.ProcessId, signal);
        Assert.Equal(0, await broker.Ended());
    }

    [SkippableFact]
    public async Task Listening_everywhere_without_an_advertised_address_is_refused_with_the_words_that_help()
    {
        Skip.If(BrokerKind.IsKafka, "for this broker only");
        _ = BrokerKind.Missing();
        var directory = Checkout.NewScratch("refused");
        try
        {
            var said = await Client.RunFailing("dotnet", BrokerKind.OursDll, "start", "--data", directory, "--listen", $"0.0.0.0:{BrokerProcess.FreePort()}");
            Assert.Contains("advertise", said);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [SkippableFact]
    public async Task A_cluster_port_that_is_taken_is_named()
    {
        Skip.If(BrokerKind.IsKafka, "for this broker only");
        _ = BrokerKind.Missing();
        var directory = Checkout.NewScratch("taken");
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var address = taken.LocalEndpoint.ToString()!;
        try
        {
            var said = await Client.RunFailing("dotnet", BrokerKind.OursDll, "start", "--data", directory, "--node-id", "1",
                "--listen", $"127.0.0.1:{BrokerProcess.FreePort()}", "--cluster-listen", address, "--seed", address, "--set", "actorbroker.http.listen=");
            Assert.Contains($"--cluster-listen: {address}", said);
            Assert.DoesNotContain("   at ", said);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    [SkippableFact]
    public async Task Only_what_works_is_advertised()
    {
        Skip.If(BrokerKind.IsKafka, "for this broker only");
        await using var broker = await BrokerProcess.Start();
        var versions = WireProbe.Versions(broker.Port);
        short[] transactions = [24, 25, 26, 27, 28, 65, 66];
        Assert.DoesNotContain(versions.Keys, transactions.Contains);
        short[] expected = [0, 1, 2, 3, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 21, 22, 23, 29, 30, 31, 32, 33, 35, 37, 42, 44, 46, 47, 60, 61, 74, 75];
        Assert.Empty(expected.Except(versions.Keys));
    }

    public void Dispose() => http.Dispose();
}
