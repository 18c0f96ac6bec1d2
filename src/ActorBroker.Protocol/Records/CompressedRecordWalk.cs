using System.Buffers;
using ActorBroker.Protocol.Compression;

namespace ActorBroker.Protocol.Records;

/// <summary>
/// The pass over the records of a compressed batch. Records that fit into the window are parsed there like uncompressed ones; longer
/// ones field by field, skipping what keys, values and headers hold. Offset deltas must be 0, 1, 2 …: such a batch is stored as it
/// came, so they cannot be mended.
/// </summary>
internal static class CompressedRecordWalk
{
    private const int WindowSize = 128 * 1024;

    public static RecordError? Run(RecordBatchView batch, in DecompressionLimits limits, ref RecordCheck check, out long uncompressedBytes)
    {
        uncompressedBytes = 0;
        var codec = batch.Attributes.Codec;
        var decoder = DecoderPool.Rent(codec);
        if (decoder is null) return BatchValidator.Refuse(ErrorCode.UnsupportedCompressionType, $"no library for {codec}");
        var window = ArrayPool<byte>.Shared.Rent(WindowSize);
        try
        {
            decoder.Start(limits);
            var section = new SectionWindow(decoder, batch.RecordsSection, window, limits.For(batch.RecordsSection.Length));
            var error = Walk(batch.RecordCount, ref section, ref check);
            uncompressedBytes = section.Produced;
            return error;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(window);
            DecoderPool.Return(codec, decoder);
        }
    }

    private static RecordError? Walk(int count, ref SectionWindow section, ref RecordCheck check)
    {
        var fields = default(RecordFields);
        for (var i = 0; i < count; i++)
        {
            section.Ensure(Varint.MaxIntBytes);
            var bytes = section.Available;
            var at = 0;
            var fault = RecordFault.Truncated;
            if (Varint.TryReadInt(bytes, ref at, out var length) && length >= 0)
            {
                if (at + (long)length > section.Capacity)
                {
                    section.Advance(at);
                    fault = WalkLarge(length, ref section, ref fields);
                }
                else if (section.Ensure(at + length))
                {
                    fault = fields.Parse(section.Available, at, length);
                    section.Advance(at + length);
                }
            }
            if (fault != RecordFault.None) return Refuse(ref section, fault, i);
            if (fields.OffsetDelta != i) return NotSequential(fields.OffsetDelta, i);
            check.Accept(in fields, i);
        }
        if (section.Ensure(1)) return Refuse(ref section, RecordFault.BytesRemaining, count);
        return section.Failure == DecodeStatus.More ? null : Refuse(ref section, RecordFault.None, count);
    }

    /// <summary>Leaves the positions of the fields unset; nobody looks at contents here.</summary>
    private static RecordFault WalkLarge(int length, ref SectionWindow section, ref RecordFields fields)
    {
        long left = length;
        section.Ensure(1 + Varint.MaxLongBytes + Varint.MaxIntBytes);
        var bytes = section.Available;
        if (bytes.IsEmpty) return RecordFault.Truncated;
        var at = 1;
        fields.Attributes = (sbyte)bytes[0];
        if (!Varint.TryReadLong(bytes, ref at, out fields.TimestampDelta) || !Varint.TryReadInt(bytes, ref at, out fields.OffsetDelta))
            return RecordFault.BadStructure;
        section.Advance(at);
        left -= at;
        if (!TrySkipField(ref section, ref left, out fields.KeyLength) || !TrySkipField(ref section, ref left, out fields.ValueLength) ||
            !TryReadInt(ref section, ref left, out fields.HeaderCount))
            return RecordFault.BadStructure;
        if (fields.HeaderCount < 0 || fields.HeaderCount > left) return RecordFault.BadHeaderCount;
        for (var i = 0; i < fields.HeaderCount; i++)
        {
            if (!TrySkipField(ref section, ref left, out var keyLength)) return RecordFault.BadStructure;
            if (keyLength < 0) return RecordFault.NullHeaderKey;
            if (!TrySkipField(ref section, ref left, out _)) return RecordFault.BadStructure;
        }
        return left == 0 ? RecordFault.None : RecordFault.BadLength;
    }

    private static bool TrySkipField(ref SectionWindow section, ref long left, out int length)
    {
        if (!TryReadInt(ref section, ref left, out length) || length > left) return false;
        left -= Math.Max(length, 0);
        return section.TrySkip(length);
    }

    private static bool TryReadInt(ref SectionWindow section, ref long left, out int value)
    {
        section.Ensure(Varint.MaxIntBytes);
        var at = 0;
        if (!Varint.TryReadInt(section.Available, ref at, out value)) return false;
        section.Advance(at);
        left -= at;
        return left >= 0;
    }

    private static RecordError Refuse(ref SectionWindow section, RecordFault fault, int index) => section.Failure switch
    {
        DecodeStatus.Corrupt => BatchValidator.Refuse(ErrorCode.UnknownServerError, $"compressed bytes are corrupt near record {index}"),
        DecodeStatus.TooLarge => BatchValidator.Refuse(ErrorCode.MessageTooLarge,
            $"the section became more than {section.Produced} bytes, which the limits on decompression forbid"),
        _ => BatchValidator.Refuse(ErrorCode.InvalidRecord, $"record {index} of a compressed section: {fault}"),
    };

    /// <summary>Kafka fails to rebuild such a batch and answers with an internal error.</summary>
    private static RecordError NotSequential(int offsetDelta, int index) =>
        BatchValidator.Refuse(ErrorCode.UnknownServerError, $"record {index} of a compressed section has offset delta {offsetDelta}");
}
