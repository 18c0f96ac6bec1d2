using System.Text;

namespace ActorBroker.Conformance.Tests.Rolling;

/// <summary>A producer and a consumer group of one client with its default settings, on a topic of their own, from before a rolling restart
/// until after it.</summary>
internal abstract class RollingClient(string name) : IAsyncDisposable
{
    private readonly StringBuilder _lines = new();

    public string Name => name;
    public string Topic => $"rolling-{name}";
    public string Group => $"rolling-{name}-group";

    /// <summary>True when a record that was sent twice has to be there once.</summary>
    public abstract bool IsIdempotent { get; }

    /// <summary>True when records of a key have to be there in the order in which they were sent.</summary>
    public virtual bool KeepsOrder => true;

    /// <summary>Writes and reads from now on; skips the test when the client is not on this machine.</summary>
    public abstract Task Start(string bootstrap);

    /// <summary>Writes no more, waits until the group has seen what was written, ends the client. Whatever goes wrong is noted.</summary>
    public abstract Task Finish();

    /// <summary>What the client said beside its transcript, for the report of a failure.</summary>
    public abstract string Errors { get; }

    /// <summary>Lines that the programs wrote, in <see cref="Transcript"/>'s form.</summary>
    public virtual string Lines
    {
        get
        {
            lock (_lines) return _lines.ToString();
        }
    }

    public abstract ValueTask DisposeAsync();

    protected void Note(string line)
    {
        lock (_lines) _lines.Append(line).Append('\n');
    }
}
