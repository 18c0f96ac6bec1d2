namespace ActorBroker.Conformance.Tests.Brokers;

/// <summary>The last lines that a process wrote, to be shown when a test fails; bounded.</summary>
internal sealed class LogTail(int linesMax)
{
    private readonly Queue<string> lines = new();

    public void Add(string? line)
    {
        if (line is null) return;
        lock (lines)
        {
            lines.Enqueue(line);
            if (lines.Count > linesMax) lines.Dequeue();
        }
    }

    public bool Any(Func<string, bool> matches)
    {
        lock (lines) return lines.Any(matches);
    }

    public override string ToString()
    {
        lock (lines) return string.Join('\n', lines);
    }
}
