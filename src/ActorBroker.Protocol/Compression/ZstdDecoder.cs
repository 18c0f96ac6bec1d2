namespace ActorBroker.Protocol.Compression;

/// <summary>
/// Streams zstd frames out with a context of libzstd. The context's window is what the frame asks for, at most the limit; its memory is
/// touched only as far as data comes out of it, and a context that has grown is not kept. A frame that does not end is corrupt; no
/// frame at all is an empty section.
/// </summary>
internal sealed unsafe class ZstdDecoder : SectionDecoder
{
    private const int KeptBytes = 4 << 20;

    private void* _context;
    private int _windowLog;
    private nuint _consumed;
    private bool _frameOpen;

    public ZstdDecoder()
    {
        _context = ZstdLibrary.CreateDecoder();
        if (_context is null) throw new OutOfMemoryException("libzstd gave no decompression context");
    }

    ~ZstdDecoder() => Free();

    public override void Start(in DecompressionLimits limits)
    {
        ZstdLibrary.ResetDecoder(_context, ZstdLibrary.ResetSession);
        if (_windowLog != limits.MaxZstdWindowLog)
        {
            _windowLog = limits.MaxZstdWindowLog;
            if (ZstdLibrary.IsError(ZstdLibrary.SetDecoder(_context, ZstdLibrary.WindowLogMax, _windowLog)))
                throw new ArgumentOutOfRangeException(nameof(limits), _windowLog, "zstd knows no such window");
        }
        _consumed = 0;
        _frameOpen = false;
    }

    public override DecodeStatus Read(ReadOnlySpan<byte> source, Span<byte> destination, out int written)
    {
        written = 0;
        fixed (byte* from = source, to = destination)
        {
            var input = new ZstdLibrary.Buffer { Start = from, Size = (nuint)source.Length, Position = _consumed };
            var output = new ZstdLibrary.Buffer { Start = to, Size = (nuint)destination.Length };
            while (output.Position < output.Size)
            {
                if (!_frameOpen && input.Position == input.Size)
                {
                    written = (int)output.Position;
                    return DecodeStatus.End;
                }
                var (inBefore, outBefore) = (input.Position, output.Position);
                var result = ZstdLibrary.Decompress(_context, &output, &input);
                if (ZstdLibrary.IsError(result)) return DecodeStatus.Corrupt;
                _frameOpen = result != 0;
                if (_frameOpen && input.Position == inBefore && output.Position == outBefore) return DecodeStatus.Corrupt;
            }
            _consumed = input.Position;
            written = (int)output.Position;
            return DecodeStatus.More;
        }
    }

    public override bool TryRecycle() => ZstdLibrary.SizeOfDecoder(_context) <= KeptBytes;

    public override void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        if (_context is not null) ZstdLibrary.FreeDecoder(_context);
        _context = null;
    }
}
