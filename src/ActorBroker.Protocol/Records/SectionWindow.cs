using ActorBroker.Protocol.Compression;

namespace ActorBroker.Protocol.Records;

/// <summary>
/// A compressed section seen through a window of decompressed bytes: <see cref="Available"/> shows what is there,
/// <see cref="Ensure"/> gets more, <see cref="Advance"/> and <see cref="TrySkip"/> move on. Never holds more than the window.
/// </summary>
internal ref struct SectionWindow(
    SectionDecoder decoder, ReadOnlySpan<byte> source, Span<byte> window, long allowedBytes)
{
    private readonly ReadOnlySpan<byte> _source = source;
    private readonly Span<byte> _window = window;
    private int _at;
    private int _end;
    private bool _ended;

    /// <summary>Decompressed bytes so far.</summary>
    public long Produced { get; private set; }

    /// <summary><see cref="DecodeStatus.Corrupt"/> or <see cref="DecodeStatus.TooLarge"/> once that happened.</summary>
    public DecodeStatus Failure { get; private set; }

    public readonly int Capacity => _window.Length;

    public readonly ReadOnlySpan<byte> Available => _window[_at.._end];

    /// <summary>
    /// True when so many bytes (at most the capacity) are available now; false at the end of the section or after a failure.
    /// </summary>
    public bool Ensure(int bytes) => _end - _at >= bytes || Fill(bytes);

    public void Advance(int bytes) => _at += bytes;

    public bool TrySkip(int bytes)
    {
        while (bytes > 0)
        {
            if (!Ensure(1)) return false;
            var part = Math.Min(bytes, _end - _at);
            _at += part;
            bytes -= part;
        }
        return true;
    }

    private bool Fill(int bytes)
    {
        if (_ended) return false;
        _window[_at.._end].CopyTo(_window);
        _end -= _at;
        _at = 0;
        while (_end < bytes && !_ended)
        {
            var status = decoder.Read(_source, _window[_end..], out var written);
            _end += written;
            Produced += written;
            if (Produced > allowedBytes) status = DecodeStatus.TooLarge;
            if (status == DecodeStatus.More) continue;
            _ended = true;
            if (status != DecodeStatus.End) Failure = status;
        }
        return _end >= bytes && Failure == DecodeStatus.More;
    }
}
