using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ActorBroker.Storage.Cleaning;

/// <summary>
/// Key → its highest offset, in a fixed amount of memory: an open-addressing table of 24-byte entries, a 128-bit hash of the key and the
/// offset. Keys themselves are not kept: two keys with one hash would lose the older one's record, which at 128 bits does not happen. The
/// table takes entries up to three quarters of its size; the caller stops there and cleans the rest in another pass.
/// </summary>
internal sealed class KeyOffsetMap
{
    private readonly Entry[] _entries;
    private readonly int _mask;
    private int _count;

    public KeyOffsetMap(long bytes)
    {
        var size = 1L << 10;
        while (size * 2 * Entry.Size <= Math.Min(bytes, 1L << 30)) size *= 2;
        _entries = new Entry[size];
        _mask = (int)size - 1;
    }

    public int Count => _count;

    /// <summary>The largest offset that was put or passed over; -1 for none.</summary>
    public long LatestOffset { get; private set; } = -1;

    public bool IsFull => _count >= _entries.Length / 4 * 3;

    /// <summary>Records are put in the order of their offsets; false when the table is full and the key is new.</summary>
    public bool TryPut(ReadOnlySpan<byte> key, long offset)
    {
        ref var entry = ref Find(key, out var low, out var high);
        if (entry.OffsetPlusOne == 0)
        {
            if (IsFull) return false;
            entry.Low = low;
            entry.High = high;
            _count++;
        }
        entry.OffsetPlusOne = offset + 1;
        LatestOffset = offset;
        return true;
    }

    /// <summary>The log was read up to here, whether or not there was a key.</summary>
    public void Advance(long offset) => LatestOffset = Math.Max(LatestOffset, offset);

    /// <summary>The highest offset of the key, -1 when it was not put.</summary>
    public long Get(ReadOnlySpan<byte> key) => Find(key, out _, out _).OffsetPlusOne - 1;

    private ref Entry Find(ReadOnlySpan<byte> key, out ulong low, out ulong high)
    {
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(key, hash);
        low = BinaryPrimitives.ReadUInt64LittleEndian(hash);
        high = BinaryPrimitives.ReadUInt64LittleEndian(hash[8..]);
        for (var at = (int)low & _mask; ; at = (at + 1) & _mask)
        {
            ref var entry = ref _entries[at];
            if (entry.OffsetPlusOne == 0 || (entry.Low == low && entry.High == high)) return ref entry;
        }
    }

    private struct Entry
    {
        public const int Size = 24;

        public ulong Low;
        public ulong High;
        public long OffsetPlusOne;
    }
}
