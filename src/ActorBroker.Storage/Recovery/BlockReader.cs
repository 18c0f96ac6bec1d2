using ActorBroker.Protocol.Records;
using ActorBroker.Storage.Files;

namespace ActorBroker.Storage.Recovery;

/// <summary>
/// Reads a file from front to back through one large block; the disk sees big sequential reads, the caller any piece it likes.
/// </summary>
internal sealed class BlockReader(StorageFile file, long length, byte[] block)
{
    private long _start;
    private int _held;

    public long Length => length;

    /// <summary>The bytes at the position; fewer than wanted only at the file's end or when more than the block is wanted.</summary>
    public ReadOnlySpan<byte> Peek(long position, int count)
    {
        count = (int)Math.Min(Math.Min(count, block.Length), length - position);
        if (count <= 0) return default;
        if (position < _start || position + count > _start + _held)
        {
            _start = position;
            _held = file.Read(block.AsSpan(0, (int)Math.Min(block.Length, length - position)), position);
            count = Math.Min(count, _held);
        }
        return block.AsSpan((int)(position - _start), count);
    }

    /// <summary>The CRC of a whole batch, however long it claims to be: the file's length bounds the work, the block the memory.</summary>
    public bool IsCrcValid(long position, long size, uint expected)
    {
        var crc = 0u;
        for (var at = position + RecordBatchLayout.Attributes; at < position + size;)
        {
            var piece = Peek(at, (int)Math.Min(block.Length, position + size - at));
            if (piece.IsEmpty) return false;
            crc = Crc32C.Append(crc, piece);
            at += piece.Length;
        }
        return crc == expected;
    }

    public bool IsZero(long from, long to)
    {
        for (var at = from; at < to;)
        {
            var piece = Peek(at, (int)Math.Min(block.Length, to - at));
            if (piece.IsEmpty) return true;
            if (piece.ContainsAnyExcept((byte)0)) return false;
            at += piece.Length;
        }
        return true;
    }
}
