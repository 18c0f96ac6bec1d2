using System.Buffers.Binary;

namespace ActorBroker.Protocol.Records;

/// <summary>
/// The single record of a control batch that ends a transaction in a partition (KIP-98). Key: version i16 (0), type i16 (0 abort,
/// 1 commit); value: version i16 (0), coordinator epoch i32. It occupies one offset and has no sequence.
/// </summary>
public static class ControlRecord
{
    public const short Abort = 0;
    public const short Commit = 1;

    private const int KeySize = 4;
    private const int ValueSize = 6;

    /// <summary>Fills a builder whose options are transactional and control.</summary>
    public static void AppendEndTransaction(RecordBatchBuilder builder, long timestampMs, bool commit, int coordinatorEpoch)
    {
        Span<byte> key = stackalloc byte[KeySize];
        Span<byte> value = stackalloc byte[ValueSize];
        key.Clear();
        value.Clear();
        BinaryPrimitives.WriteInt16BigEndian(key[2..], commit ? Commit : Abort);
        BinaryPrimitives.WriteInt32BigEndian(value[2..], coordinatorEpoch);
        builder.Append(timestampMs, (ReadOnlySpan<byte>)key, (ReadOnlySpan<byte>)value);
    }

    /// <summary>The type of a control record by its key; false when the key is too short. Unknown types are the caller's to skip.</summary>
    public static bool TryReadType(ReadOnlySpan<byte> key, out short type)
    {
        type = key.Length >= KeySize ? BinaryPrimitives.ReadInt16BigEndian(key[2..]) : (short)-1;
        return key.Length >= KeySize;
    }

    public static bool TryReadCoordinatorEpoch(ReadOnlySpan<byte> value, out int coordinatorEpoch)
    {
        coordinatorEpoch = value.Length >= ValueSize ? BinaryPrimitives.ReadInt32BigEndian(value[2..]) : -1;
        return value.Length >= ValueSize;
    }
}
