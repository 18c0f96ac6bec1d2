using System.Buffers;
using System.Buffers.Binary;

namespace ActorBroker.Protocol.Compression;

/// <summary>
/// Streams an lz4 frame out block by block: straight into the destination where a block of the largest size fits, else through a
/// pooled buffer of that size (64 KiB from nearly every client, 4 MiB at most).
/// </summary>
internal sealed class Lz4Decoder : SectionDecoder
{
    private const int KeptBytes = 1 << 18;

    private byte[] _block = [];
    private int _at;
    private int _end;
    private int _consumed;
    private int _flags;
    private int _maxBlockSize;
    private bool _ended;

    public override void Start(in DecompressionLimits limits)
    {
        _at = _end = _consumed = 0;
        _ended = false;
    }

    public override DecodeStatus Read(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        written = 0;
        if (_consumed == 0 && !Lz4Frame.TryReadHeader(source, out _consumed, out _flags, out _maxBlockSize)) return DecodeStatus.Corrupt;
        while (_at == _end)
        {
            if (_ended) return DecodeStatus.End;
            var status = ReadBlock(source, destination, out written);
            if (status != DecodeStatus.More || written > 0) return status;
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

    private DecodeStatus ReadBlock(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        written = 0;
        var rest = source[_consumed..];
        if (rest.Length < 4) return DecodeStatus.Corrupt;
        var word = BinaryPrimitives.ReadUInt32LittleEndian(rest);
        if (word == 0)
        {
            _ended = true;
            var trailer = (_flags & Lz4Frame.ContentChecksumFlag) != 0 ? 4 : 0;
            return rest.Length - 4 < trailer ? DecodeStatus.Corrupt : DecodeStatus.End;
        }
        var length = (int)(word & ~Lz4Frame.StoredBit);
        var checksum = (_flags & Lz4Frame.BlockChecksumFlag) != 0 ? 4 : 0;
        if (length > _maxBlockSize || length > rest.Length - 4 - checksum) return DecodeStatus.Corrupt;
        var block = rest.Slice(4, length);
        if (checksum != 0 && BinaryPrimitives.ReadUInt32LittleEndian(rest[(4 + length)..]) != XxHash32.Compute(block))
            return DecodeStatus.Corrupt;
        _consumed += 4 + length + checksum;
        return Unpack(block, (word & Lz4Frame.StoredBit) != 0, destination, out written);
    }

    private DecodeStatus Unpack(ReadOnlySpan<byte> block, bool stored, Span<byte> destination, out int written)
    {
        written = 0;
        // A block of n bytes holds at most 255·n, so a small one never needs the large buffer.
        var needed = stored ? block.Length : (int)Math.Min(_maxBlockSize, (255L * block.Length) + 16);
        var direct = destination.Length >= needed;
        if (!direct) Reserve(needed);
        var target = direct ? destination[..needed] : _block.AsSpan(0, needed);
        var length = block.Length;
        if (stored) block.CopyTo(target);
        else length = Lz4Block.Decode(block, target);
        if (length < 0) return DecodeStatus.Corrupt;
        if (direct)
        {
            written = length;
        }
        else
        {
            _at = 0;
            _end = length;
        }
        return DecodeStatus.More;
    }

    private void Reserve(int length)
    {
        if (_block.Length >= length) return;
        Dispose();
        _block = ArrayPool<byte>.Shared.Rent(length);
    }
}
