using System.Buffers.Binary;

namespace ActorBroker.Protocol.Records;

/// <summary>
/// Walks batches of magic 2 that stand one behind the other, as in a fetch answer or a piece of a segment. A batch cut off at the end is
/// left out; <see cref="Consumed"/> says how far whole batches went.
/// </summary>
public ref struct RecordBatches(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _start;

    /// <summary>Bytes of the batches given out so far.</summary>
    public int Consumed { get; private set; }

    public readonly RecordBatchView Current => new(_bytes[_start..Consumed]);

    /// <summary>Where the current batch starts.</summary>
    public readonly int Position => _start;

    public readonly RecordBatches GetEnumerator() => this;

    /// <exception cref="WireFormatException">A length too short for a batch, or another magic.</exception>
    public bool MoveNext()
    {
        var rest = _bytes[Consumed..];
        if (rest.Length < RecordBatchLayout.MagicEnd) return false;
        var size = BinaryPrimitives.ReadInt32BigEndian(rest[RecordBatchLayout.BatchLength..]) + (long)RecordBatchLayout.LogOverhead;
        var magic = (sbyte)rest[RecordBatchLayout.Magic];
        if (magic != RecordBatchLayout.CurrentMagic) throw new WireFormatException($"batch at byte {Consumed}: magic {magic}");
        if (size < RecordBatchLayout.HeaderSize) throw new WireFormatException($"batch at byte {Consumed}: {size} bytes are too few");
        if (size > rest.Length) return false;
        _start = Consumed;
        Consumed += (int)size;
        return true;
    }
}
