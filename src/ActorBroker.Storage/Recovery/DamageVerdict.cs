using ActorBroker.Protocol.Records;

namespace ActorBroker.Storage.Recovery;

/// <summary>
/// Tells what a crash leaves behind from what only a bad disk does, at the first bytes of a log that are no sound batch.
///
/// Nothing behind the recovery point was synced, so after a power loss each sector of it may hold what was written last, what an earlier
/// write left there, or zeros. A log only ever grows, so a lost sector is zero from the place where the last persisted write ended: a hole.
/// Rules, in order:
/// <list type="number">
/// <item>the header is zero up to the end of its sector, or a sector that the bad batch touches is zero from the batch's start on: a hole,
/// the log is cut there, whatever follows;</item>
/// <item>a sound batch with a fitting offset follows: the bytes before it were whole once, and no crash changes bytes: the log is corrupt
/// and is refused;</item>
/// <item>nothing sound follows: a torn tail, cut.</item>
/// </list>
/// </summary>
internal static class DamageVerdict
{
    private const int SectorSize = 512;
    private const long SearchMax = 64L << 20;

    /// <summary>True when the log is to be refused; false when it is to be cut at the position.</summary>
    public static bool IsCorruption(BlockReader reader, long position, long expectedOffset)
    {
        var size = ClaimedSize(reader, position);
        var end = size > 0 && position + size <= reader.Length ? position + size : Math.Min(position + SectorSize, reader.Length);
        return !HasHole(reader, position, end) && SoundBatchFollows(reader, position, size, expectedOffset);
    }

    private static bool HasHole(BlockReader reader, long position, long end)
    {
        for (var sector = position / SectorSize * SectorSize; sector < end; sector += SectorSize)
            if (reader.IsZero(Math.Max(sector, position), Math.Min(sector + SectorSize, reader.Length))) return true;
        return false;
    }

    private static bool SoundBatchFollows(BlockReader reader, long position, long size, long expectedOffset)
    {
        if (size > 0 && position + size < reader.Length && IsSoundBatch(reader, position + size, expectedOffset)) return true;
        // The length cannot be trusted either: look for a header anywhere behind.
        var limit = Math.Min(reader.Length, position + SearchMax);
        for (var at = position + 1; at + RecordBatchLayout.HeaderSize <= limit;)
        {
            var window = reader.Peek(at + RecordBatchLayout.Magic, (int)Math.Min(1 << 16, limit - at - RecordBatchLayout.Magic));
            var next = window.IndexOf(RecordBatchLayout.CurrentMagic);
            if (next < 0)
            {
                at += Math.Max(window.Length, 1);
                continue;
            }
            at += next;
            if (IsSoundBatch(reader, at, expectedOffset)) return true;
            at++;
        }
        return false;
    }

    private static bool IsSoundBatch(BlockReader reader, long position, long offsetMin)
    {
        var header = reader.Peek(position, RecordBatchLayout.HeaderSize);
        if (header.Length < RecordBatchLayout.HeaderSize) return false;
        var view = new RecordBatchView(header);
        var size = (long)view.BatchLength + RecordBatchLayout.LogOverhead;
        if (view.Magic != RecordBatchLayout.CurrentMagic || size < RecordBatchLayout.HeaderSize || position + size > reader.Length) return false;
        if (view.BaseOffset < offsetMin || view.BaseOffset - offsetMin > int.MaxValue) return false;
        return reader.IsCrcValid(position, size, view.Crc);
    }

    private static long ClaimedSize(BlockReader reader, long position)
    {
        var header = reader.Peek(position, RecordBatchLayout.HeaderSize);
        if (header.Length < RecordBatchLayout.HeaderSize) return -1;
        var view = new RecordBatchView(header);
        return view.BatchLength < RecordBatchLayout.HeaderSize - RecordBatchLayout.LogOverhead
            ? -1
            : (long)view.BatchLength + RecordBatchLayout.LogOverhead;
    }
}
