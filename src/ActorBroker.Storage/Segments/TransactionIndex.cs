using System.Buffers.Binary;
using ActorBroker.Core.Partitions.Producers;
using ActorBroker.Core.Ports;
using ActorBroker.Storage.Files;

namespace ActorBroker.Storage.Segments;

/// <summary>An aborted transaction as the transaction index stores it (R27).</summary>
internal readonly record struct AbortedEntry(long ProducerId, long FirstOffset, long LastOffset, long LastStableOffset);

/// <summary>
/// The aborted transactions whose markers lie in a segment, in the order of the markers: entries of 34 bytes, version i16 (0), producer id
/// i64, first offset i64, last offset i64, last stable offset i64. The file is there only when there are some. Rare, so entries are written
/// at once.
/// </summary>
internal sealed class TransactionIndex(CachedFile file)
{
    private const int EntrySize = 34;
    private const int BlockEntries = 30;

    private readonly Lock _gate = new();
    private AbortedEntry[] _unwritten = [];
    private int _count = -1;

    public CachedFile File => file;
    public bool IsEmpty => Count == 0 && Volatile.Read(ref _unwritten).Length == 0;

    private int Count
    {
        get
        {
            var count = Volatile.Read(ref _count);
            if (count >= 0) return count;
            lock (_gate)
            {
                if (_count < 0) Volatile.Write(ref _count, file.Exists ? (int)(LengthOfFile() / EntrySize) : 0);
                return _count;
            }
        }
    }

    /// <summary>
    /// Adds an entry. One that cannot be written stays in memory and is tried again with the next and with <see cref="Store"/>: without it
    /// readers would take aborted records for committed ones. After a crash the log itself brings it back.
    /// </summary>
    public void Append(in CompletedTransaction aborted, Action<LogIoException> onFailure)
    {
        var entry = new AbortedEntry(aborted.ProducerId, aborted.FirstOffset, aborted.LastOffset, aborted.LastStableOffset);
        lock (_gate) _unwritten = [.. _unwritten, entry];
        try
        {
            Store();
        }
        catch (LogIoException error)
        {
            onFailure(error);
        }
    }

    /// <summary>Writes what could not be written before.</summary>
    public void Store()
    {
        if (Volatile.Read(ref _unwritten).Length == 0) return;
        lock (_gate)
        {
            var count = Count;
            var bytes = new byte[_unwritten.Length * EntrySize];
            for (var i = 0; i < _unwritten.Length; i++) Encode(bytes.AsSpan(i * EntrySize), _unwritten[i]);
            var handle = file.Acquire();
            try
            {
                handle.Write(bytes, (long)count * EntrySize);
            }
            finally
            {
                file.Release();
            }
            Volatile.Write(ref _count, count + _unwritten.Length);
            Volatile.Write(ref _unwritten, []);
        }
    }

    /// <summary>
    /// Adds what overlaps [<paramref name="offset"/>, <paramref name="upperBound"/>). True when no later index can hold more: the log was
    /// stable up to the bound at one of the markers.
    /// </summary>
    public bool Collect(long offset, long upperBound, List<AbortedTransaction> aborted)
    {
        foreach (var entry in ReadAll())
        {
            if (entry.LastOffset >= offset && entry.FirstOffset < upperBound)
                aborted.Add(new AbortedTransaction(entry.ProducerId, entry.FirstOffset));
            if (entry.LastStableOffset >= upperBound) return true;
        }
        return false;
    }

    public List<AbortedEntry> ReadAll()
    {
        // The unwritten first: a store in between only makes an entry appear twice, which readers do not mind.
        var unwritten = Volatile.Read(ref _unwritten);
        var count = Count;
        var entries = new List<AbortedEntry>(count + unwritten.Length);
        if (count > 0) ReadStored(count, entries);
        entries.AddRange(unwritten);
        return entries;
    }

    private void ReadStored(int count, List<AbortedEntry> entries)
    {
        Span<byte> block = stackalloc byte[BlockEntries * EntrySize];
        var handle = file.Acquire();
        try
        {
            for (var i = 0; i < count; i += BlockEntries)
            {
                var wanted = Math.Min(BlockEntries, count - i) * EntrySize;
                var read = handle.Read(block[..wanted], (long)i * EntrySize);
                for (var at = 0; at + EntrySize <= read; at += EntrySize) entries.Add(Decode(block[at..]));
                if (read < wanted) break;
            }
        }
        finally
        {
            file.Release();
        }
    }

    /// <summary>Drops the transactions whose markers are at or beyond the offset.</summary>
    public void TruncateTo(long offset)
    {
        lock (_gate)
        {
            Volatile.Write(ref _unwritten, Array.FindAll(_unwritten, entry => entry.LastOffset < offset));
            if (Count == 0) return;
            var entries = new List<AbortedEntry>(Count);
            ReadStored(Count, entries);
            var keep = entries.FindIndex(entry => entry.LastOffset >= offset);
            if (keep < 0) return;
            var handle = file.Acquire();
            try
            {
                handle.SetLength((long)keep * EntrySize);
            }
            finally
            {
                file.Release();
            }
            Volatile.Write(ref _count, keep);
        }
    }

    public void Sync()
    {
        if (IsEmpty) return;
        Store();
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

    private static void Encode(Span<byte> bytes, in AbortedEntry entry)
    {
        BinaryPrimitives.WriteInt16BigEndian(bytes, 0);
        BinaryPrimitives.WriteInt64BigEndian(bytes[2..], entry.ProducerId);
        BinaryPrimitives.WriteInt64BigEndian(bytes[10..], entry.FirstOffset);
        BinaryPrimitives.WriteInt64BigEndian(bytes[18..], entry.LastOffset);
        BinaryPrimitives.WriteInt64BigEndian(bytes[26..], entry.LastStableOffset);
    }

    private static AbortedEntry Decode(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt64BigEndian(bytes[2..]),
        BinaryPrimitives.ReadInt64BigEndian(bytes[10..]),
        BinaryPrimitives.ReadInt64BigEndian(bytes[18..]),
        BinaryPrimitives.ReadInt64BigEndian(bytes[26..]));

    private long LengthOfFile()
    {
        var handle = file.Acquire();
        try
        {
            return handle.Length;
        }
        finally
        {
            file.Release();
        }
    }
}
