using System.Buffers;
using System.Buffers.Binary;

namespace ActorBroker.Protocol.Compression;

/// <summary>
/// Snappy sections come in two forms. Java's and librdkafka's framing ("xerial"): a header of 16 bytes (0x82 "SNAPPY" 0x00, version i32,
/// compatible version i32), then chunks of a big-endian i32 length and one block each; a header may occur again between chunks, and
/// fewer than four bytes at the end are ignored. Without that header the whole section is a single raw block.
/// A block must be decoded as a whole because its copies may reach back to its start; its buffer is pooled and no larger than what so
/// many compressed bytes can become.
/// </summary>
internal sealed class SnappyDecoder : SectionDecoder
{
    public const int FrameHeaderSize = 16;

    private const int KeptBytes = 1 << 18;

    private byte[] _block = [];
    private int _at;
    private int _end;
    private int _consumed;
    private bool _framed;
    private long _maxBytes;

    public static ReadOnlySpan<byte> Magic => [0x82, (byte)'S', (byte)'N', (byte)'A', (byte)'P', (byte)'P', (byte)'Y', 0];

    public override void Start(in DecompressionLimits limits)
    {
        _at = _end = _consumed = 0;
        _framed = false;
        _maxBytes = limits.MaxBytes;
    }

    public override DecodeStatus Read(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        written = 0;
        while (_at == _end)
        {
            var status = NextBlock(source, out var block);
            if (status != DecodeStatus.More) return status;
            if (block.IsEmpty) continue;
            if (!SnappyBlock.TryReadLength(block, out var length, out var header)) return DecodeStatus.Corrupt;
            if (length > _maxBytes) return DecodeStatus.TooLarge;
            if (length <= destination.Length)
            {
                if (!SnappyBlock.TryDecode(block[header..], destination[..length])) return DecodeStatus.Corrupt;
                written = length;
                if (length > 0) return DecodeStatus.More;
                continue;
            }
            Reserve(length);
            if (!SnappyBlock.TryDecode(block[header..], _block.AsSpan(0, length))) return DecodeStatus.Corrupt;
            _at = 0;
            _end = length;
        }
        written = Math.Min(_end - _at, destination.Length);
        _block.AsSpan(_at, written).CopyTo(destination);
        _at += written;
        return DecodeStatus.More;
    }

    public override bool TryRecycle()
    {
        if (_block.Length > KeptBytes) Dispose();
        return true;
    }

    public override void Dispose()
    {
        if (_block.Length > 0) ArrayPool<byte>.Shared.Return(_block);
        _block = [];
        _at = _end = 0;
    }

    private DecodeStatus NextBlock(ReadOnlySpan<byte> source, out ReadOnlySpan<byte> block)
    {
        block = default;
        var rest = source[_consumed..];
        if (_consumed == 0)
        {
            if (rest.IsEmpty) return DecodeStatus.Corrupt;
            if (!rest.StartsWith(Magic))
            {
                block = rest;
                _consumed = source.Length;
                return DecodeStatus.More;
            }
        }
        else if (!_framed || rest.Length < 4)
        {
            return DecodeStatus.End;
        }
        if (rest.StartsWith(Magic))
        {
            if (rest.Length < FrameHeaderSize || BinaryPrimitives.ReadInt32BigEndian(rest[8..]) < 1) return DecodeStatus.Corrupt;
            _framed = true;
            _consumed += FrameHeaderSize;
            return DecodeStatus.More;
        }
        var length = BinaryPrimitives.ReadInt32BigEndian(rest);
        if (length < 0 || length > rest.Length - 4) return DecodeStatus.Corrupt;
        if (length == 0) return DecodeStatus.Corrupt;
        block = rest.Slice(4, length);
        _consumed += 4 + length;
        return DecodeStatus.More;
    }

    private void Reserve(int length)
    {
        if (_block.Length >= length) return;
        Dispose();
        _block = ArrayPool<byte>.Shared.Rent(length);
    }
}
