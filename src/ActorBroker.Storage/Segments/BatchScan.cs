using System.Diagnostics.CodeAnalysis;
using ActorBroker.Protocol.Records;
using ActorBroker.Storage.Files;

namespace ActorBroker.Storage.Segments;

/// <summary>
/// Hops over the batch headers of a segment file, reading a block at a time: small batches cost one read per block, large ones one read
/// each. Stops at the end of the range, at a batch that crosses it and at bytes that are no batch; <see cref="IsBroken"/> tells the last
/// two from the first.
/// </summary>
internal ref struct BatchScan(StorageFile file, long position, long end, Span<byte> block)
{
    public const int BlockSize = 4096;

    private readonly Span<byte> _block = block;
    private long _blockStart = -1;
    private int _blockLength;
    private int _size;
    private ReadOnlySpan<byte> _header;

    /// <summary>Where the current batch starts, or where the scan stopped.</summary>
    public long Position { get; private set; } = position;

    /// <summary>Header fields only: the records may not be in the block.</summary>
    public readonly RecordBatchView Header => new(_header);

    public readonly int Size => _size;
    public readonly long End => Position + _size;
    public bool IsBroken { get; private set; }

    [UnscopedRef]
    public bool MoveNext()
    {
        Position += _size;
        _size = 0;
        if (Position >= end) return false;
        if (!TryHold(RecordBatchLayout.HeaderSize))
        {
            IsBroken = true;
            return false;
        }
        _header = _block.Slice((int)(Position - _blockStart), RecordBatchLayout.HeaderSize);
        var size = (long)new RecordBatchView(_header).BatchLength + RecordBatchLayout.LogOverhead;
        if (size < RecordBatchLayout.HeaderSize || Position + size > end || Header.Magic != RecordBatchLayout.CurrentMagic)
        {
            IsBroken = true;
            return false;
        }
        _size = (int)size;
        return true;
    }

    private bool TryHold(int bytes)
    {
        if (_blockStart >= 0 && Position >= _blockStart && Position + bytes <= _blockStart + _blockLength) return true;
        _blockStart = Position;
        _blockLength = file.Read(_block[..(int)Math.Min(_block.Length, end - Position)], Position);
        return _blockLength >= bytes;
    }
}
