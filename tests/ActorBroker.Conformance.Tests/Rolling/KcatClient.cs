using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;

namespace ActorBroker.Conformance.Tests.Rolling;

/// <summary>
/// kcat as producer and as group; an error that reaches the application ends it with another code than 0. It tells what was acknowledged only
/// by its exit code, and reads its input in blocks, so that nothing can wait for one record; with many requests of a producer that is not
/// idempotent under way, a retry may change the order, here as on Kafka.
/// </summary>
internal sealed class KcatClient() : RollingClient("kcat")
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<string> _written = [];
    private Client? _producer;
    private Client? _consumer;
    private Task _writing = Task.CompletedTask;

    public override bool IsIdempotent => false;
    public override bool KeepsOrder => false;
    public override string Errors => $"{_producer?.Errors}\n{_consumer?.Errors}";
    public override string Lines => _consumer?.Output + base.Lines;

    public override Task Start(string bootstrap)
    {
        _producer = Client.Start(Outside.Kcat, "-b", bootstrap, "-P", "-t", Topic, "-K", "=");
        _consumer = Client.Start(
            Outside.Kcat, "-b", bootstrap, "-u", "-f", "seen %p %o %s\\n", "-X", "auto.offset.reset=earliest", "-G", Group, Topic);
        _writing = Task.Run(Write);
        return Task.CompletedTask;
    }

    public override async Task Finish()
    {
        await _stop.CancelAsync();
        await _writing;
        _producer!.CloseInput();
        var code = await _producer.Ends(s_patience);
        if (code != 0) Note($"error kcat -P ended with {code}");
        foreach (var value in _written) Note($"acked {value}");
        await Deadline.Until(
            () => Transcript.Of(Lines) is var all && all.Seen >= all.Acked, s_patience, "the group has seen what was acknowledged", () => Errors);
        _consumer!.Signal(Signals.Interrupt);
        code = await _consumer.Ends(s_patience);
        if (code != 0) Note($"error kcat -G ended with {code}");
        foreach (var line in Errors.Split('\n').Where(line => line.Contains("Delivery failed"))) Note($"error {line}");
    }

    public override async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_producer is not null) await _producer.DisposeAsync();
        if (_consumer is not null) await _consumer.DisposeAsync();
        _stop.Dispose();
    }

    private async Task Write()
    {
        try
        {
            for (var number = 0; !_stop.IsCancellationRequested; number++)
            {
                foreach (var key in Enumerable.Range(0, 16).Select(key => $"k{key}"))
                {
                    await _producer!.Write($"{key}={key}:{number}\n");
                    _written.Add($"{key}:{number}");
                }

                await Task.Delay(100);
            }
        }
        catch (IOException failure)
        {
            Note($"error {failure.Message.ReplaceLineEndings(" ")}");
        }
    }
}
