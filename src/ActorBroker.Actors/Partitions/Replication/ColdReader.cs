using System.Collections.Concurrent;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions.Replication;
using ActorBroker.Core.Ports;
using Akka.Event;

namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>
/// Reads segments for followers whose records are no longer in memory, on threads of low priority: neither a leader nor the way to the other
/// followers waits for the disk. Those that catch up have a thread of their own, which keeps <see cref="CatchUpPace"/>: one that is in sync
/// does not wait behind them, for producers wait for it. At most one read per conversation waits here, so the queues are bounded by those. A
/// thread comes into being with its first read.
/// </summary>
internal sealed class ColdReader(BufferPool buffers, CatchUpPace pace, Func<(long Produced, long Served)> traffic, ILoggingAdapter log) : IDisposable
{
    private readonly Lane _inSync = new();
    private readonly Lane _catchUp = new();
    private readonly ManualResetEventSlim _ended = new();

    /// <summary>
    /// Reads the slices into one buffer, releases them and calls back on the reader's thread: with null when that failed. Who
    /// <paramref name="isCatchUp"/> has time; producers wait for the others.
    /// </summary>
    public void Submit(ReadSlice[] slices, int bytes, bool isCatchUp, Action<LeasedBuffer?> onDone)
    {
        var lane = isCatchUp ? _catchUp : _inSync;
        if (Volatile.Read(ref lane.Thread) is null) Start(lane);
        try
        {
            lane.Queue.Add(new ColdReadWork(slices, bytes, onDone));
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
        _ended.Set();
        foreach (var lane in new[] { _inSync, _catchUp })
        {
            lane.Queue.CompleteAdding();
            Volatile.Read(ref lane.Thread)?.Join();
            lane.Queue.Dispose();
        }

        _ended.Dispose();
    }

    private void Start(Lane lane)
    {
        var thread = new Thread(() => Run(lane)) { IsBackground = true, Name = "replication-reader", Priority = ThreadPriority.BelowNormal };
        if (Interlocked.CompareExchange(ref lane.Thread, thread, null) is null) thread.Start();
    }

    private void Run(Lane lane)
    {
        foreach (var work in lane.Queue.GetConsumingEnumerable())
        {
            if (lane == _catchUp) KeepPace(work.Bytes);
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

    private void KeepPace(int bytes)
    {
        var (produced, served) = traffic();
        var wait = pace.Take(bytes, Environment.TickCount64, produced, served);
        if (wait > 0) _ended.Wait(wait);
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

    private sealed class Lane
    {
        public readonly BlockingCollection<ColdReadWork> Queue = [];
        public Thread? Thread;
    }

    private sealed record ColdReadWork(ReadSlice[] Slices, int Bytes, Action<LeasedBuffer?> OnDone);
}
