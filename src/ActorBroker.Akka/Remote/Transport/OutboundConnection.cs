using SerializationExtension = Akka.Serialization.Serialization;

namespace Akka.Remote.Transport;

/// <summary>
/// A connection that this node has made and writes its messages to. Used by its association's pump alone, but for the reader
/// of acknowledgements, which only sets flags.
/// </summary>
internal sealed class OutboundConnection : IDisposable
{
    private const int BatchBytes = 256 * 1024;
    private const int BatchMessages = 2048;
    private const int BatchPieces = 512;

    private readonly Wire _wire;
    private readonly RemoteActorRefProvider _provider;
    private readonly FrameBatch _batch = new();
    private readonly MessageEncoder _encoder;
    private readonly Queue<OutboundMessage> _again = new();
    private long _heardAt = Environment.TickCount64;
    private long _wroteAt = Environment.TickCount64;
    private int _broken;
    private volatile bool _isWriting;

    public OutboundConnection(Wire wire, Welcome welcome, RemoteActorRefProvider provider)
    {
        _wire = wire;
        _provider = provider;
        Uid = welcome.Uid;
        _encoder = new MessageEncoder(
            provider, _batch, Math.Min(welcome.MaxPayloadBytes, provider.RemoteSettings.Tcp.MaximumFrameBytes));
    }

    /// <summary>The incarnation at the other end.</summary>
    public int Uid { get; }

    public long Since { get; } = Environment.TickCount64;

    public bool IsBroken => Volatile.Read(ref _broken) != 0;

    public ByeReason? Reason { get; private set; }

    public Exception? Failure { get; private set; }

    /// <summary>The other side has yet to take what was written.</summary>
    public bool IsWriting => _isWriting;

    public bool HasAgain => _again.Count > 0;

    public void Listen(Action<long> acknowledged, Action broken) => _ = Hear(acknowledged, broken);

    /// <summary>System messages to be written before everything else.</summary>
    public void Again(IEnumerable<OutboundMessage> messages)
    {
        _again.Clear();
        foreach (var message in messages)
            _again.Enqueue(message);
    }

    /// <summary>Fills the next write, the urgent first.</summary>
    /// <param name="isDue">False for a message that need not be written (any more).</param>
    /// <returns>How many messages were taken from the two queues.</returns>
    public int Fill(OutboundQueue priority, OutboundQueue ordinary, Func<OutboundMessage, bool> isDue)
    {
        var outer = SerializationExtension.CurrentTransport;
        SerializationExtension.CurrentTransport = _provider.SerializationInformation;
        var taken = 0;
        try
        {
            while (!IsFull && priority.Take() is { } message)
            {
                _encoder.Encode(message);
                taken++;
            }
            while (!IsFull && _again.TryDequeue(out var message))
                _encoder.Encode(message);
            while (!IsFull && taken < BatchMessages && ordinary.Take() is { } message)
            {
                taken++;
                if (message.Number == 0 || isDue(message))
                    _encoder.Encode(message);
            }
        }
        finally
        {
            SerializationExtension.CurrentTransport = outer;
        }
        return taken;
    }

    public async ValueTask Flush()
    {
        if (_batch.IsEmpty)
            return;
        _isWriting = true;
        await _wire.Send(_batch.Segments()).ConfigureAwait(false);
        _isWriting = false;
        _batch.Clear();
        _wroteAt = Environment.TickCount64;
    }

    /// <summary>True when the other side should hear from us, so that it answers.</summary>
    public bool IsQuiet(long now, TimeSpan interval) => now - _wroteAt >= interval.TotalMilliseconds;

    public bool IsSilent(long now, TimeSpan limit) => now - Volatile.Read(ref _heardAt) > limit.TotalMilliseconds;

    public async ValueTask KeepAlive()
    {
        await _wire.Send(Frame.Of(FrameKind.KeepAlive, static _ => { })).ConfigureAwait(false);
        _wroteAt = Environment.TickCount64;
    }

    /// <summary>Tells the other side why, if it still takes bytes.</summary>
    public async Task Leave(ByeReason reason, TimeSpan limit)
    {
        try
        {
            await _wire.Send(Frame.Bye(reason)).AsTask().WaitAsync(limit).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It learns by the end of the connection.
        }
        Dispose();
    }

    /// <summary>From any thread: reading and writing end with an error.</summary>
    public void Break(Exception? cause)
    {
        Failure ??= cause;
        Interlocked.Exchange(ref _broken, 1);
        _wire.Dispose();
    }

    public void Dispose()
    {
        Interlocked.Exchange(ref _broken, 1);
        _wire.Dispose();
    }

    private bool IsFull => _batch.Bytes >= BatchBytes || _batch.Pieces >= BatchPieces;

    private async Task Hear(Action<long> acknowledged, Action broken)
    {
        try
        {
            Reason = await new AckReader(_wire, acknowledged, () => Volatile.Write(ref _heardAt, Environment.TickCount64))
                .Run().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Failure ??= e;
        }
        Interlocked.Exchange(ref _broken, 1);
        broken();
    }
}
