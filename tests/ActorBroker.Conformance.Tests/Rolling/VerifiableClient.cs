using System.Text;
using System.Text.Json;
using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;

namespace ActorBroker.Conformance.Tests.Rolling;

/// <summary>
/// Kafka's own kafka-verifiable-producer and kafka-verifiable-consumer. The producer is the one Java tool that switches retries off, for tests
/// of brokers that never stop; here it has the default of Java's producer back.
/// </summary>
internal sealed class VerifiableClient() : RollingClient("verifiable")
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private readonly string _config = Path.GetTempFileName();
    private Client? _producer;
    private Client? _consumer;

    public override bool IsIdempotent => true;
    public override string Errors => $"{_producer?.Errors}\n{_consumer?.Errors}";

    public override string Lines
    {
        get
        {
            var lines = new StringBuilder(base.Lines);
            foreach (var said in $"{_producer?.Output}{_consumer?.Output}".Split('\n')) Translate(said, lines);
            return lines.ToString();
        }
    }

    public override async Task Start(string bootstrap)
    {
        await File.WriteAllTextAsync(_config, $"retries={int.MaxValue}\n");
        _producer = await JavaTools.Program(
            JavaTools.VerifiableProducer, "--bootstrap-server", bootstrap, "--topic", Topic, "--throughput", "150", "--repeating-keys", "16",
            "--command-config", _config);
        _consumer = await JavaTools.Program(
            JavaTools.VerifiableConsumer, "--bootstrap-server", bootstrap, "--topic", Topic, "--group-id", Group, "--reset-policy", "earliest", "--verbose");
    }

    public override async Task Finish()
    {
        // Both stop in order on SIGTERM, with Java's exit code for it.
        _producer!.Signal(Signals.Terminate);
        var code = await _producer.Ends(s_patience);
        if (code != 143) Note($"error the producer ended with {code}");
        await Deadline.Until(
            () => Transcript.Of(Lines) is var all && all.Seen >= all.Acked, s_patience, "the group has seen what was acknowledged", () => Errors);
        _consumer!.Signal(Signals.Terminate);
        code = await _consumer.Ends(s_patience);
        if (code != 143) Note($"error the consumer ended with {code}");
    }

    public override async ValueTask DisposeAsync()
    {
        if (_producer is not null) await _producer.DisposeAsync();
        if (_consumer is not null) await _consumer.DisposeAsync();
        File.Delete(_config);
    }

    private static void Translate(string said, StringBuilder lines)
    {
        if (!said.StartsWith('{')) return;
        using var json = JsonDocument.Parse(said);
        var root = json.RootElement;
        string Text(string name) => root.GetProperty(name).ToString();
        switch (Text("name"))
        {
            case "producer_send_success":
                lines.Append($"acked k{Text("key")}:{Text("value")}\n");
                break;
            case "record_data":
                lines.Append($"seen {Text("partition")} {Text("offset")} k{Text("key")}:{Text("value")}\n");
                break;
            case "producer_send_error":
            case "offsets_committed" when !root.GetProperty("success").GetBoolean():
                lines.Append($"error {said}\n");
                break;
        }
    }
}
