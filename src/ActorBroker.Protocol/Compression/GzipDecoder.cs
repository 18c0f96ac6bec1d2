using System.Buffers.Binary;
using System.IO.Compression;

namespace ActorBroker.Protocol.Compression;

/// <summary>
/// Streams a gzip member out through the runtime's own inflater. That one cannot be reset, so each section makes a new stream; and it
/// reports a stream that breaks off as a plain end, so the length at the end of the member (ISIZE, modulo 2^32) is compared with
/// what came out. Only where the inflater stopped by itself, at bytes that are no further member, these are ignored as in Kafka.
/// </summary>
internal sealed class GzipDecoder : SectionDecoder
{
    private const int SmallestMember = 18;

    private readonly SpanStream _input = new();
    private GZipStream? _stream;
    private uint _produced;

    public override void Start(in DecompressionLimits limits)
    {
        _stream?.Dispose();
        _input.Rewind();
        _stream = new GZipStream(_input, CompressionMode.Decompress, leaveOpen: true);
        _produced = 0;
    }

    public override unsafe DecodeStatus Read(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        written = 0;
        if (source.Length < SmallestMember) return DecodeStatus.Corrupt;
        fixed (byte* from = source)
        {
            _input.Attach(from, source.Length);
            try
            {
                while (written < destination.Length)
                {
                    var count = _stream!.Read(destination[written..]);
                    if (count == 0)
                    {
                        var size = BinaryPrimitives.ReadUInt32LittleEndian(source[^4..]);
                        return size == _produced || !_input.RanOut ? DecodeStatus.End : DecodeStatus.Corrupt;
                    }
                    written += count;
                    _produced += (uint)count;
                }
                return DecodeStatus.More;
            }
            catch (InvalidDataException)
            {
                return DecodeStatus.Corrupt;
            }
            finally
            {
                _input.Detach();
            }
        }
    }

    public override bool TryRecycle()
    {
        _stream?.Dispose();
        _stream = null;
        return true;
    }

    public override void Dispose()
    {
        _stream?.Dispose();
        _stream = null;
    }
}
