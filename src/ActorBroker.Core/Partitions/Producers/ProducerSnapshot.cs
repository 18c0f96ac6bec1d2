using System.Buffers.Binary;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Core.Partitions.Producers;

/// <summary>
/// The content of a <c>.snapshot</c> file: the producer table as it stood at the offset in the file's name, so that recovery replays only
/// what follows.
///
/// Layout, big-endian: version i16 (1) · CRC-32C u32 of all that follows · count i32 · entries of 46 bytes: producer id i64, epoch i16,
/// last sequence i32, last offset i64, offset delta i32, timestamp i64, coordinator epoch i32, first offset of the open transaction i64.
/// Only the last batch of a producer is kept. A producer known by a marker alone has last sequence, last offset -1 and delta 0.
/// </summary>
public static class ProducerSnapshot
{
    private const short Version = 1;
    private const int HeaderSize = 10;
    private const int CrcStart = 6;
    private const int EntrySize = 46;

    public static byte[] Write(ProducerStateTable table)
    {
        var bytes = new byte[HeaderSize + (table.Count * EntrySize)];
        var at = HeaderSize;
        foreach (var entry in table.Entries)
        {
            WriteEntry(bytes.AsSpan(at, EntrySize), entry);
            at += EntrySize;
        }
        BinaryPrimitives.WriteInt16BigEndian(bytes, Version);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(CrcStart), table.Count);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(2), Crc32C.Compute(bytes.AsSpan(CrcStart)));
        return bytes;
    }

    /// <summary>Fills an empty table; producers that have expired by <paramref name="nowMs"/> are left out.</summary>
    /// <exception cref="WireFormatException">The bytes are no valid snapshot: an older one, or the log itself, has to do.</exception>
    public static ProducerStateTable Read(ReadOnlySpan<byte> bytes, long nowMs, long expirationMs)
    {
        if (bytes.Length < HeaderSize) throw new WireFormatException($"producer snapshot of {bytes.Length} bytes");
        var version = BinaryPrimitives.ReadInt16BigEndian(bytes);
        if (version != Version) throw new WireFormatException($"producer snapshot of version {version}");
        if (BinaryPrimitives.ReadUInt32BigEndian(bytes[2..]) != Crc32C.Compute(bytes[CrcStart..]))
            throw new WireFormatException("producer snapshot: CRC differs");
        var count = BinaryPrimitives.ReadInt32BigEndian(bytes[CrcStart..]);
        if (count < 0 || (long)count * EntrySize != bytes.Length - HeaderSize)
            throw new WireFormatException($"producer snapshot with {count} entries in {bytes.Length} bytes");
        var table = new ProducerStateTable();
        for (var i = 0; i < count; i++)
        {
            var entry = ReadEntry(bytes.Slice(HeaderSize + (i * EntrySize), EntrySize));
            if (!ProducerStateTable.IsExpired(entry, nowMs, expirationMs)) table.Restore(entry);
        }
        return table;
    }

    private static void WriteEntry(Span<byte> to, ProducerEntry entry)
    {
        var last = entry.HasBatches ? entry.LastBatch : new ProducerBatch(-1, -1, 0, -1);
        BinaryPrimitives.WriteInt64BigEndian(to, entry.ProducerId);
        BinaryPrimitives.WriteInt16BigEndian(to[8..], entry.Epoch);
        BinaryPrimitives.WriteInt32BigEndian(to[10..], last.LastSequence);
        BinaryPrimitives.WriteInt64BigEndian(to[14..], last.LastOffset);
        BinaryPrimitives.WriteInt32BigEndian(to[22..], last.OffsetDelta);
        BinaryPrimitives.WriteInt64BigEndian(to[26..], entry.LastTimestampMs);
        BinaryPrimitives.WriteInt32BigEndian(to[34..], entry.CoordinatorEpoch);
        BinaryPrimitives.WriteInt64BigEndian(to[38..], entry.TransactionFirstOffset);
    }

    private static ProducerEntry ReadEntry(ReadOnlySpan<byte> from)
    {
        var entry = new ProducerEntry(BinaryPrimitives.ReadInt64BigEndian(from));
        var timestampMs = BinaryPrimitives.ReadInt64BigEndian(from[26..]);
        var lastOffset = BinaryPrimitives.ReadInt64BigEndian(from[14..]);
        ProducerBatch? last = lastOffset < 0
            ? null
            : new ProducerBatch(
                BinaryPrimitives.ReadInt32BigEndian(from[10..]), lastOffset, BinaryPrimitives.ReadInt32BigEndian(from[22..]), timestampMs);
        entry.Restore(
            BinaryPrimitives.ReadInt16BigEndian(from[8..]),
            BinaryPrimitives.ReadInt32BigEndian(from[34..]),
            timestampMs,
            BinaryPrimitives.ReadInt64BigEndian(from[38..]),
            last);
        return entry;
    }
}
