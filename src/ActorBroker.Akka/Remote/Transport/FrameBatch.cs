using Akka.Remote.Serialization;

namespace Akka.Remote.Transport;

/// <summary>
/// What one write takes: headers and small payloads one behind the other in a buffer that is kept, large payloads as they
/// are. A large one is not copied again.
/// </summary>
internal sealed class FrameBatch
{
    private const int LargeBytes = 4096;
    private const int KeptBytes = 512 * 1024;

    private readonly List<(byte[]? Large, int Offset, int Count)> _pieces = [];
    private readonly List<ArraySegment<byte>> _segments = [];
    private int _smallStart;
    private int _largeBytes;

    public WireWriter Small { get; private set; } = new(64 * 1024);

    public int Bytes => Small.Length + _largeBytes;

    public int Pieces => _pieces.Count;

    public bool IsEmpty => Bytes == 0;

    public void Payload(byte[] payload)
    {
        if (payload.Length < LargeBytes)
        {
            Small.Raw(payload);
            return;
        }
        CloseSmall();
        _pieces.Add((payload, 0, payload.Length));
        _largeBytes += payload.Length;
    }

    /// <summary>The batch as arrays, good until the next <see cref="Clear"/>.</summary>
    public List<ArraySegment<byte>> Segments()
    {
        CloseSmall();
        foreach (var (large, offset, count) in _pieces)
            _segments.Add(new ArraySegment<byte>(large ?? Small.Array, offset, count));
        return _segments;
    }

    public void Clear()
    {
        _pieces.Clear();
        _segments.Clear();
        _smallStart = 0;
        _largeBytes = 0;
        if (Small.Array.Length > KeptBytes)
            Small = new WireWriter(64 * 1024);
        Small.Reset();
    }

    private void CloseSmall()
    {
        if (Small.Length > _smallStart)
            _pieces.Add((null, _smallStart, Small.Length - _smallStart));
        _smallStart = Small.Length;
    }
}
