namespace ActorBroker.Conformance.Tests.Cluster;

/// <summary>
/// A wall clock of its own for a node that starts after <see cref="On"/>: libfaketime, which leaves the monotonic clock alone. Steps take
/// effect while the node runs.
/// </summary>
internal sealed class FakeClock : IAsyncDisposable
{
    private readonly ClusterNode _node;
    private readonly string _file;

    private FakeClock(ClusterNode node)
    {
        _node = node;
        _file = Path.GetTempFileName();
        Set("+0");
        node.Environment["LD_PRELOAD"] = Library!;
        node.Environment["FAKETIME_TIMESTAMP_FILE"] = _file;
        node.Environment["FAKETIME_CACHE_DURATION"] = "1";
        node.Environment["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
        node.Environment["FAKETIME_FORCE_MONOTONIC_FIX"] = "0";
    }

    public static string? Library { get; } =
        new[] { "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1" }.FirstOrDefault(File.Exists);

    public static FakeClock On(ClusterNode node) => new(node);

    /// <summary>Seconds from the true time, with their sign.</summary>
    public void Set(string offset) => File.WriteAllText(_file, offset + "\n");

    /// <summary>The next start of the node has the true clock; this one keeps the last offset.</summary>
    public ValueTask DisposeAsync()
    {
        _node.Environment.Clear();
        return ValueTask.CompletedTask;
    }
}
