using System.Buffers.Binary;
using ActorBroker.Storage.Files;

namespace ActorBroker.Storage.Segments;

/// <summary>
/// An offset or time index of a segment: entries of 8 bytes (key i32, value i32) or 12 (key i64, value i32), big-endian, ascending.
///
/// It is a hint and never the truth: a lookup gives a place at or before the wanted one, and readers walk on from there over batch headers.
/// So entries may be missing, and one that cannot be written is dropped. Entries gather in a small buffer and go to the file when it is
/// full, when the segment rolls, flushes or closes. Not memory-mapped: 10,000 partitions would need 20,000 maps, and a fault on a bad disk
/// would kill the process.
///
/// One writer (the log's owner), readers on any thread. Readers search the stored part by positional reads without a lock: it only
/// grows. A truncation may let a reader see a cut entry, which then leads it behind the log's end, and it finds nothing there.
/// </summary>
internal sealed class SparseIndex(CachedFile file, bool hasLongKeys)
{
    public const int OffsetEntrySize = 8;
    public const int TimeEntrySize = 12;

    private const int PendingMax = 64;
    private const int BlockEntries = 64;

    private readonly Lock _gate = new();
    private IndexEntry[] _pending = [];
    private int _pendingCount;
    private int _stored = -1;
    private IndexEntry _last;
    private bool _hasLast;

    public CachedFile File => file;

    private int EntrySize => hasLongKeys ? TimeEntrySize : OffsetEntrySize;

    public int Count
    {
        get
        {
            lock (_gate) return Stored() + _pendingCount;
        }
    }

    /// <summary>The newest entry; null in an empty index.</summary>
    public IndexEntry? Last
    {
        get
        {
            lock (_gate)
            {
                Stored();
                return _hasLast ? _last : null;
            }
        }
    }

    /// <summary>Adds an entry behind the last; one that does not grow is left out.</summary>
    /// <param name="onFailure">Told when a full buffer could not be written; its entries are gone then, which costs readers a longer
    /// walk.</param>
    public void Append(IndexEntry entry, Action<LogIoException>? onFailure = null)
    {
        lock (_gate)
        {
            Stored();
            if (_hasLast && (entry.Key <= _last.Key || entry.Value <= _last.Value)) return;
            if (_pendingCount == PendingMax) TryStorePending(onFailure);
            if (_pendingCount == _pending.Length) Array.Resize(ref _pending, Math.Clamp(_pending.Length * 2, 4, PendingMax));
            _pending[_pendingCount++] = entry;
            _last = entry;
            _hasLast = true;
        }
    }

    /// <summary>The last entry whose key is at most <paramref name="key"/>.</summary>
    public bool TryFloorByKey(long key, out IndexEntry entry) => TryFloor(key, byValue: false, out entry);

    /// <summary>The last entry whose value is at most <paramref name="value"/>.</summary>
    public bool TryFloorByValue(long value, out IndexEntry entry) => TryFloor(value, byValue: true, out entry);

    /// <summary>Drops entries whose position or offset (their value) is at or beyond <paramref name="value"/>, in the file too.</summary>
    public void TruncateFromValue(long value)
    {
        lock (_gate)
        {
            var stored = Stored();
            while (_pendingCount > 0 && _pending[_pendingCount - 1].Value >= value) _pendingCount--;
            if (stored > 0 && _pendingCount == 0)
            {
                var handle = file.Acquire();
                try
                {
                    var keep = Search(handle, stored, value - 1, byValue: true) + 1;
                    if (keep < stored)
                    {
                        handle.SetLength((long)keep * EntrySize);
                        Volatile.Write(ref _stored, keep);
                    }
                }
                finally
                {
                    file.Release();
                }
            }
            RefreshLast();
        }
    }

    /// <summary>
    /// After a crash: reads all entries, keeps them as long as they grow and stay below both limits, and cuts the file behind. Search
    /// trusts the order, so this comes before any search.
    /// </summary>
    public void KeepSoundPrefix(long keyLimit, long valueLimit)
    {
        lock (_gate)
        {
            _pendingCount = 0;
            _hasLast = false;
            Volatile.Write(ref _stored, 0);
            if (!file.Exists) return;
            var handle = file.Acquire();
            try
            {
                var count = keyLimit > 0 && valueLimit > 0 ? CountSound(handle, keyLimit, valueLimit) : 0;
                if (handle.Length != (long)count * EntrySize) handle.SetLength((long)count * EntrySize);
                Volatile.Write(ref _stored, count);
            }
            finally
            {
                file.Release();
            }
        }
    }

    private int CountSound(StorageFile handle, long keyLimit, long valueLimit)
    {
        Span<byte> block = stackalloc byte[BlockEntries * TimeEntrySize];
        var previous = new IndexEntry(-1, -1);
        for (var count = 0;;)
        {
            var read = handle.Read(block[..(BlockEntries * EntrySize)], (long)count * EntrySize) / EntrySize;
            for (var i = 0; i < read; i++, count++)
            {
                var entry = Decode(block[(i * EntrySize)..]);
                if (entry.Key <= previous.Key || entry.Value <= previous.Value || entry.Key >= keyLimit || entry.Value >= valueLimit) return count;
                previous = entry;
                (_last, _hasLast) = (entry, true);
            }
            if (read < BlockEntries) return count;
        }
    }

    /// <summary>Empties the index and its file.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _pendingCount = 0;
            var handle = file.Acquire();
            try
            {
                handle.SetLength(0);
            }
            finally
            {
                file.Release();
            }
            Volatile.Write(ref _stored, 0);
            _hasLast = false;
        }
    }

    /// <summary>Makes what has been stored durable. Not under the lock: readers and the owner go on meanwhile.</summary>
    public void Sync()
    {
        var handle = file.Acquire();
        try
        {
            handle.Sync();
        }
        finally
        {
            file.Release();
        }
    }

    /// <summary>
    /// Writes what is pending; creates the file when there is none. Trimming cuts what a failed write or Kafka's preallocation left behind
    /// it.
    /// </summary>
    public void Store(bool trim)
    {
        lock (_gate)
        {
            Stored();
            var handle = file.Acquire();
            try
            {
                StorePending(handle);
                if (trim && handle.Length != (long)_stored * EntrySize) handle.SetLength((long)_stored * EntrySize);
            }
            finally
            {
                file.Release();
            }
        }
    }

    /// <summary>True when entry sizes fit and keys and values of first and last entry lie in the segment; the middle is trusted.</summary>
    public bool LooksSane(long valueMax)
    {
        lock (_gate)
        {
            var handle = file.Acquire();
            try
            {
                if (handle.Length % EntrySize != 0) return false;
                var stored = Stored();
                if (stored == 0) return true;
                var first = ReadEntry(handle, 0);
                var last = ReadEntry(handle, stored - 1);
                return first.Key >= 0 && first.Value >= 0 && last.Value <= valueMax &&
                    (stored == 1 || (last.Key > first.Key && last.Value > first.Value));
            }
            finally
            {
                file.Release();
            }
        }
    }

    private void TryStorePending(Action<LogIoException>? onFailure)
    {
        try
        {
            var handle = file.Acquire();
            try
            {
                StorePending(handle);
            }
            finally
            {
                file.Release();
            }
        }
        catch (LogIoException error)
        {
            _pendingCount = 0;
            onFailure?.Invoke(error);
        }
    }

    private void StorePending(StorageFile handle)
    {
        if (_pendingCount == 0) return;
        Span<byte> bytes = stackalloc byte[PendingMax * TimeEntrySize];
        for (var i = 0; i < _pendingCount; i++) Encode(bytes[(i * EntrySize)..], _pending[i]);
        handle.Write(bytes[..(_pendingCount * EntrySize)], (long)_stored * EntrySize);
        Volatile.Write(ref _stored, _stored + _pendingCount);
        _pendingCount = 0;
    }

    private bool TryFloor(long wanted, bool byValue, out IndexEntry entry)
    {
        int stored;
        lock (_gate)
        {
            stored = Stored();
            for (var i = _pendingCount - 1; i >= 0; i--)
            {
                entry = _pending[i];
                if ((byValue ? entry.Value : entry.Key) <= wanted) return true;
            }
        }
        entry = default;
        if (stored == 0) return false;
        var handle = file.Acquire();
        try
        {
            var found = Search(handle, stored, wanted, byValue);
            if (found < 0) return false;
            entry = ReadEntry(handle, found);
            return true;
        }
        finally
        {
            file.Release();
        }
    }

    // The number of the last entry that is at most the wanted one, -1 when there is none. Halves until a block of entries is left and reads
    // that at once.
    private int Search(StorageFile handle, int stored, long wanted, bool byValue)
    {
        int low = 0, high = stored;
        while (high - low > BlockEntries)
        {
            var middle = (low + high) >>> 1;
            var probe = ReadEntry(handle, middle);
            if ((byValue ? probe.Value : probe.Key) <= wanted) low = middle;
            else high = middle;
        }
        Span<byte> block = stackalloc byte[BlockEntries * TimeEntrySize];
        var read = handle.Read(block[..((high - low) * EntrySize)], (long)low * EntrySize) / EntrySize;
        for (var i = read - 1; i >= 0; i--)
        {
            var entry = Decode(block[(i * EntrySize)..]);
            if ((byValue ? entry.Value : entry.Key) <= wanted) return low + i;
        }
        return low - 1;
    }

    // Counts the file's entries once. An index that Kafka left without closing it ends in zeros, its preallocated space.
    private int Stored()
    {
        if (_stored >= 0) return _stored;
        if (!file.Exists)
        {
            Volatile.Write(ref _stored, 0);
            return 0;
        }
        var handle = file.Acquire();
        try
        {
            var count = (int)Math.Min(handle.Length / EntrySize, int.MaxValue / TimeEntrySize);
            if (count > 1 && ReadEntry(handle, count - 1) == default)
            {
                int low = 0, high = count - 1;
                while (high - low > 1)
                {
                    var middle = (low + high) >>> 1;
                    if (ReadEntry(handle, middle) == default) high = middle;
                    else low = middle;
                }
                count = ReadEntry(handle, low) == default ? low : low + 1;
            }
            else if (count == 1 && ReadEntry(handle, 0) == default)
            {
                count = 0;
            }
            Volatile.Write(ref _stored, count);
            _hasLast = count > 0;
            if (_hasLast) _last = ReadEntry(handle, count - 1);
            return count;
        }
        finally
        {
            file.Release();
        }
    }

    private void RefreshLast()
    {
        _hasLast = _pendingCount > 0 || _stored > 0;
        if (_pendingCount > 0)
        {
            _last = _pending[_pendingCount - 1];
        }
        else if (_stored > 0)
        {
            var handle = file.Acquire();
            try
            {
                _last = ReadEntry(handle, _stored - 1);
            }
            finally
            {
                file.Release();
            }
        }
    }

    private IndexEntry ReadEntry(StorageFile handle, int number)
    {
        Span<byte> bytes = stackalloc byte[TimeEntrySize];
        var read = handle.Read(bytes[..EntrySize], (long)number * EntrySize);
        return read == EntrySize ? Decode(bytes) : new IndexEntry(long.MaxValue, int.MaxValue);
    }

    private IndexEntry Decode(ReadOnlySpan<byte> bytes) => hasLongKeys
        ? new IndexEntry(BinaryPrimitives.ReadInt64BigEndian(bytes), BinaryPrimitives.ReadInt32BigEndian(bytes[8..]))
        : new IndexEntry(BinaryPrimitives.ReadInt32BigEndian(bytes), BinaryPrimitives.ReadInt32BigEndian(bytes[4..]));

    private void Encode(Span<byte> bytes, IndexEntry entry)
    {
        if (hasLongKeys) BinaryPrimitives.WriteInt64BigEndian(bytes, entry.Key);
        else BinaryPrimitives.WriteInt32BigEndian(bytes, (int)entry.Key);
        BinaryPrimitives.WriteInt32BigEndian(bytes[(hasLongKeys ? 8 : 4)..], entry.Value);
    }
}
