using ActorBroker.Conformance.Tests.Clients;

namespace ActorBroker.Conformance.Tests.Rolling;

/// <summary>One program that produces and consumes and writes the transcript itself; a line of input tells it to finish.</summary>
internal sealed class ProgramClient(string name, bool idempotent, Func<string, string, string, Task<Client>> launch) : RollingClient(name)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private Client? _client;

    public override bool IsIdempotent => idempotent;
    public override string Errors => _client?.Errors ?? "";
    public override string Lines => _client?.Output + base.Lines;

    public override async Task Start(string bootstrap) => _client = await launch(bootstrap, Topic, Group);

    public override async Task Finish()
    {
        try
        {
            await _client!.Write("stop\n");
        }
        catch (IOException)
        {
            // It has ended before its time: its exit code says so.
        }

        var code = await _client!.Ends(s_patience);
        if (code != 0) Note($"error {Name} ended with {code}");
    }

    public override async ValueTask DisposeAsync()
    {
        if (_client is not null) await _client.DisposeAsync();
    }
}
