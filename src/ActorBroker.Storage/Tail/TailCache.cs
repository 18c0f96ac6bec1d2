using ActorBroker.Core.Kernel;
using ActorBroker.Core.Ports;

namespace ActorBroker.Storage.Tail;

/// <summary>
/// The last batches of one partition in memory, for readers that follow its end.
///
/// It fills only while somebody reads at the end (<see cref="NoteInterest"/>); without readers it keeps nothing. A batch that makes up most
/// of the buffer it came in is kept there by a lease; a smaller one is copied into a chunk, so that a large network buffer is never held
/// for a few bytes. Chunks start small and double. Bounds: bytes and batches per partition, bytes over all partitions, age. What is cached
/// is always a gapless run up to the log's end: when a batch cannot be taken, everything before it goes.
///
/// One writer, readers on any thread; one short lock.
/// </summary>
internal sealed class TailCache(TailBudget budget, BufferPool buffers)
{
    private const int EntriesMax = 4096;
    private const int ChunkMinBytes = 4 << 10;
    private const int ChunkMaxBytes = 256 << 10;

    private readonly Lock _gate = new();
    private TailEntry[] _ring = [];
    private int _head;
    private int _count;
    private int _bytes;
    private LeasedBuffer? _chunk;
    private int _chunkUsed;
    private int _chunkBytes = ChunkMinBytes;
    private bool _isRegistered;
    private long _interestTickMs;

    /// <summary>Somebody reads at the log's end: what is appended from now on is worth keeping for a while.</summary>
    public void NoteInterest() => Volatile.Write(ref _interestTickMs, Environment.TickCount64);

    public void Append(in LogBatch batch)
    {
        var tickMs = Environment.TickCount64;
        lock (_gate)
        {
            if (tickMs - Volatile.Read(ref _interestTickMs) > budget.AgeMaxMs || batch.Length > budget.PartitionMaxBytes)
            {
                Clear();
                return;
            }
            var entry = new TailEntry { BaseOffset = batch.BaseOffset, LastOffset = batch.LastOffset, Length = batch.Length, TickMs = tickMs };
            var isKept = batch.Length * 2L >= batch.Buffer.Capacity ? TryKeep(batch, ref entry) : TryCopy(batch, ref entry);
            if (!isKept)
            {
                Clear();
                return;
            }
            while (_count == EntriesMax || (_bytes > budget.PartitionMaxBytes && _count > 0)) DropOldest();
            Push(entry);
        }
    }

    /// <summary>Plans a read as <see cref="ILogView.Plan"/> does; -1 when the offset is not in memory.</summary>
    public int Plan(long offset, long upperBound, int maxBytes, bool firstBatchWhole, List<ReadSlice> slices)
    {
        lock (_gate)
        {
            if (_count == 0 || offset < At(0).BaseOffset) return -1;
            var first = FirstAtOrBehind(offset);
            if (first == _count) return -1;
            var planned = 0;
            LeasedBuffer? buffer = null;
            int start = 0, length = 0;
            for (var i = first; i < _count; i++)
            {
                ref var entry = ref At(i);
                if (entry.LastOffset >= upperBound) break;
                if (planned + (long)entry.Length > maxBytes && (planned > 0 || !firstBatchWhole)) break;
                if (buffer == entry.Buffer && start + length == entry.Start)
                {
                    length += entry.Length;
                }
                else
                {
                    if (buffer is not null) slices.Add(new ReadSlice(buffer.Lease(), start, length));
                    (buffer, start, length) = (entry.Buffer, entry.Start, entry.Length);
                }
                planned += entry.Length;
            }
            if (buffer is not null) slices.Add(new ReadSlice(buffer.Lease(), start, length));
            return planned;
        }
    }

    public void TruncateTo(long offset)
    {
        lock (_gate)
            while (_count > 0 && At(_count - 1).LastOffset >= offset) DropNewest();
    }

    public void Sweep(long tickMs)
    {
        lock (_gate)
        {
            while (_count > 0 && tickMs - At(0).TickMs > budget.AgeMaxMs) DropOldest();
            if (_count == 0) Clear();
        }
    }

    public void Clear()
    {
        lock (_gate)
        {
            while (_count > 0) DropOldest();
            DropChunk();
            _ring = [];
            _head = 0;
            _chunkBytes = ChunkMinBytes;
            if (_isRegistered) budget.Unregister(this);
            _isRegistered = false;
        }
    }

    private bool TryKeep(in LogBatch batch, ref TailEntry entry)
    {
        if (!TryCharge(batch.Buffer.Capacity)) return false;
        entry.Buffer = batch.Buffer.Lease();
        entry.Start = batch.Start;
        entry.Charge = batch.Buffer.Capacity;
        return true;
    }

    private bool TryCopy(in LogBatch batch, ref TailEntry entry)
    {
        if (_chunk is null || _chunk.Capacity - _chunkUsed < batch.Length)
        {
            if (_chunk is not null) _chunkBytes = Math.Min(_chunkBytes * 2, ChunkMaxBytes);
            DropChunk();
            var chunk = buffers.Rent(Math.Max(_chunkBytes, batch.Length));
            if (!TryCharge(chunk.Capacity))
            {
                chunk.Release();
                return false;
            }
            _chunk = chunk;
            _chunkUsed = 0;
            entry.Charge = chunk.Capacity;
        }
        batch.Bytes.CopyTo(_chunk.Span(_chunkUsed, batch.Length));
        entry.Buffer = _chunk.Lease();
        entry.Start = _chunkUsed;
        _chunkUsed += batch.Length;
        return true;
    }

    private bool TryCharge(int bytes)
    {
        while (!budget.TryTake(bytes))
        {
            if (_count == 0) return false;
            DropOldest();
        }
        _bytes += bytes;
        return true;
    }

    private void Push(in TailEntry entry)
    {
        if (_count == _ring.Length) Grow();
        At(_count++) = entry;
        if (_isRegistered) return;
        _isRegistered = true;
        budget.Register(this);
    }

    private void DropOldest()
    {
        Forget(ref At(0));
        _head = (_head + 1) & (_ring.Length - 1);
        _count--;
    }

    private void DropNewest()
    {
        Forget(ref At(_count - 1));
        _count--;
    }

    private void Forget(ref TailEntry entry)
    {
        entry.Buffer.Release();
        entry.Buffer = null!;
        budget.Give(entry.Charge);
        _bytes -= entry.Charge;
    }

    private void DropChunk()
    {
        _chunk?.Release();
        _chunk = null;
        _chunkUsed = 0;
    }

    private ref TailEntry At(int i) => ref _ring[(_head + i) & (_ring.Length - 1)];

    private int FirstAtOrBehind(long offset)
    {
        int low = 0, high = _count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (At(middle).LastOffset < offset) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private void Grow()
    {
        var larger = new TailEntry[Math.Max(16, _ring.Length * 2)];
        for (var i = 0; i < _count; i++) larger[i] = At(i);
        _ring = larger;
        _head = 0;
    }
}
