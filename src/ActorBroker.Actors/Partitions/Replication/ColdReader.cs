using System.Collections.Concurrent;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions.Replication;
using ActorBroker.Core.Ports;
using Akka.Event;

namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>
/// Reads segments for followers that catch up, on one thread of low priority: neither a leader nor the way to the other followers waits for
/// the disk, and it keeps <see cref="CatchUpPace"/>. At most one read per conversation waits here, so the queue is bounded by those. The
/// thread comes into being with the first read.
/// </summary>
internal sealed class ColdReader(BufferPool buffers, CatchUpPace pace, Func<(long Produced, long Served)> traffic, ILoggingAdapter log) : IDisposable
{
    private readonly BlockingCollection<ColdReadWork> _queue = [];
    private readonly ManualResetEventSlim _ended = new();
    private Thread? _thread;

    /// <summary>Reads the slices into one buffer, releases them and calls back on the reader's thread: with null when that failed.</summary>
    public void Submit(ReadSlice[] slices, int bytes, Action<LeasedBuffer?> onDone)
    {
        if (Volatile.Read(ref _thread) is null) Start();
        try
        {
            _queue.Add(new ColdReadWork(slices, bytes, onDone));
        }
        catch (InvalidOperationException)
        {
            // The lane has ended.
            foreach (var slice in slices) slice.Release();
            onDone(null);
        }
    }

    public void Dispose()
    {
        _queue.CompleteAdding();
        _ended.Set();
        Volatile.Read(ref _thread)?.Join();
        _queue.Dispose();
        _ended.Dispose();
    }

    private void Start()
    {
        var thread = new Thread(Run) { IsBackground = true, Name = "replication-reader", Priority = ThreadPriority.BelowNormal };
        if (Interlocked.CompareExchange(ref _thread, thread, null) is null) thread.Start();
    }

    private void Run()
    {
        foreach (var work in _queue.GetConsumingEnumerable())
        {
            var (produced, served) = traffic();
            var wait = pace.Take(work.Bytes, Environment.TickCount64, produced, served);
            if (wait > 0) _ended.Wait(wait);
            var buffer = buffers.Rent(work.Bytes);
            try
            {
                Read(work.Slices, buffer);
            }
            catch (Exception error) when (error is IOException or ObjectDisposedException)
            {
                log.Warning("A segment could not be read for a follower: {0}", error.Message);
                buffer.Release();
                buffer = null;
            }
            finally
            {
                foreach (var slice in work.Slices) slice.Release();
            }

            work.OnDone(buffer);
        }
    }

    private static void Read(ReadSlice[] slices, LeasedBuffer buffer)
    {
        var at = 0;
        foreach (var slice in slices)
        {
            var to = buffer.Span(at, slice.Length);
            at += slice.Length;
            if (slice.Buffer is { } memory)
            {
                memory.Span((int)slice.Position, slice.Length).CopyTo(to);
                continue;
            }

            for (var position = slice.Position; !to.IsEmpty;)
            {
                var read = RandomAccess.Read(slice.File!.Handle, to, position);
                if (read == 0) throw new EndOfStreamException($"the segment ends at position {position}");
                position += read;
                to = to[read..];
            }
        }
    }

    private sealed record ColdReadWork(ReadSlice[] Slices, int Bytes, Action<LeasedBuffer?> OnDone);
}
