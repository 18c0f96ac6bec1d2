using System.Collections.Concurrent;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Connections;

/// <summary>Writers for responses on their way out. Kept in number and size, so that one huge response does not stay in memory.</summary>
internal sealed class WriterPool
{
    private const int MaxKept = 64;
    private const int MaxKeptBytes = 64 * 1024;

    private readonly ConcurrentQueue<WireWriter> _free = new();
    private int _count;

    public WireWriter Rent()
    {
        if (!_free.TryDequeue(out var writer)) return new WireWriter(512);
        Interlocked.Decrement(ref _count);
        return writer;
    }

    public void Return(WireWriter writer)
    {
        if (writer.Length > MaxKeptBytes || Interlocked.Increment(ref _count) > MaxKept)
        {
            if (writer.Length <= MaxKeptBytes) Interlocked.Decrement(ref _count);
            writer.Dispose();
            return;
        }

        writer.Clear();
        _free.Enqueue(writer);
    }
}
