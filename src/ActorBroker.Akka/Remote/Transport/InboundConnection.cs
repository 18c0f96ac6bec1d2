using Akka.Actor;
using Akka.Event;
using Akka.Remote.Serialization;

namespace Akka.Remote.Transport;

/// <summary>
/// A connection that another node has made and sends its messages on. One flow of control reads it: small frames out of a
/// buffer, the payload of a large one straight into the array that its serializer gets. No more is allocated for a length
/// than the frame limit that both sides agreed on.
/// </summary>
internal sealed class InboundConnection(Wire wire, Hello hello, Association association, RemoteTransport transport)
{
    private const int FirstBufferBytes = 8 * 1024;
    private const int MaxBufferBytes = 128 * 1024;
    private const int DirectBytes = 8 * 1024;
    private const int ReadsBeforeYield = 8;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _maxPayloadBytes = transport.Settings.Tcp.MaximumFrameBytes;
    private long _heardAt = Environment.TickCount64;
    private bool _mustAnswer;
    private volatile bool _left;
    private MessageReader _messages = null!;

    public int Uid => hello.Uid;

    public Address Remote => hello.From;

    /// <summary>Nothing more is delivered from here.</summary>
    public Task Ended => _ended.Task;

    public bool IsSilent(long now, TimeSpan limit) => now - Volatile.Read(ref _heardAt) > limit.TotalMilliseconds;

    /// <summary>Set when a system message has come, delivered or not: the sender is to know how far we are.</summary>
    public bool MustAcknowledge { get; set; }

    public async Task Run()
    {
        _messages = new MessageReader(transport.Provider, this, association.Inbound);
        try
        {
            await Read().ConfigureAwait(false);
        }
        catch (WireFormatException e) when (!_left)
        {
            transport.Log.Error("Connection from [{0}] is closed: {1}", Remote, e.Message);
        }
        catch (Exception e)
        {
            transport.Log.Debug("Connection from [{0}] has ended: {1}", Remote, e.Message);
        }
        finally
        {
            Abandon();
            transport.Publish(new DisassociatedEvent(transport.DefaultAddress!, Remote, true));
        }
    }

    /// <summary>It is over, or never came to anything.</summary>
    public void Abandon()
    {
        wire.Dispose();
        association.Inbound.Ended(this);
        _ended.TrySetResult();
    }

    /// <summary>Says why and closes. From any thread; what is being read is not delivered.</summary>
    public void Leave(ByeReason reason)
    {
        _left = true;
        _ = SayAndClose(reason);
    }

    public void Close()
    {
        _left = true;
        wire.Dispose();
    }

    private async Task SayAndClose(ByeReason reason)
    {
        try
        {
            await Write(Frame.Bye(reason)).WaitAsync(transport.Settings.FlushWait).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // It learns by the end of the connection.
        }
        wire.Dispose();
    }

    private async Task Read()
    {
        var buffer = new byte[FirstBufferBytes];
        var (start, end) = (0, 0);
        for (var turn = 1; ; turn++)
        {
            // Bytes may always be there already; others have work for this thread, too.
            if (turn % ReadsBeforeYield == 0)
                await Task.Yield();
            var received = await wire.Receive(buffer.AsMemory(end)).ConfigureAwait(false);
            if (received == 0 || _left)
                return;
            Volatile.Write(ref _heardAt, Environment.TickCount64);
            end += received;
            var wasFilled = end == buffer.Length;
            while (TryFrame(buffer.AsSpan(start, end - start), out var used))
                start += used;
            if (NeedsDirect(buffer.AsSpan(start, end - start)) is { } large)
            {
                await ReadLarge(large, buffer.AsMemory(start, end - start)).ConfigureAwait(false);
                start = end;
            }
            // What is left is less than a header and a small payload: it fits the largest buffer with room to spare.
            buffer = Compact(buffer, start, end, wasFilled);
            (start, end) = (0, end - start);
            await Answer().ConfigureAwait(false);
        }
    }

    /// <summary>Moves what is left to the front, of a larger buffer when this one was filled.</summary>
    private static byte[] Compact(byte[] buffer, int start, int end, bool wasFilled)
    {
        var target = wasFilled && buffer.Length < MaxBufferBytes ? new byte[buffer.Length * 2] : buffer;
        if (end > start && (start > 0 || !ReferenceEquals(target, buffer)))
            buffer.AsSpan(start, end - start).CopyTo(target);
        return target;
    }

    private bool TryFrame(ReadOnlySpan<byte> bytes, out int used)
    {
        used = 0;
        if (bytes.Length < Frame.PrefixBytes || _left)
            return false;
        var (kind, headerBytes, payloadBytes) = Frame.ReadPrefix(bytes, _maxPayloadBytes);
        if (bytes.Length - Frame.PrefixBytes < headerBytes + payloadBytes)
            return false;
        used = Frame.PrefixBytes + headerBytes + payloadBytes;
        var header = bytes.Slice(Frame.PrefixBytes, headerBytes);
        switch (kind)
        {
            case FrameKind.Message or FrameKind.SystemMessage:
                var payload = GC.AllocateUninitializedArray<byte>(payloadBytes);
                bytes.Slice(Frame.PrefixBytes + headerBytes, payloadBytes).CopyTo(payload);
                _messages.Deliver(_messages.ReadHeader(kind, header), payload);
                break;
            case FrameKind.Forget:
                _messages.Forget();
                break;
            case FrameKind.KeepAlive:
                _mustAnswer = true;
                break;
            case FrameKind.Bye when headerBytes == 1:
                PeerLeft((ByeReason)header[0]);
                break;
            default:
                throw new WireFormatException($"A frame of kind {kind}");
        }
        return true;
    }

    /// <summary>A frame whose header is there and whose payload is not worth a second copy.</summary>
    private (FrameKind Kind, int HeaderBytes, int PayloadBytes)? NeedsDirect(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Frame.PrefixBytes || _left)
            return null;
        var prefix = Frame.ReadPrefix(bytes, _maxPayloadBytes);
        return prefix.PayloadBytes >= DirectBytes && bytes.Length >= Frame.PrefixBytes + prefix.HeaderBytes ? prefix : null;
    }

    private async ValueTask ReadLarge((FrameKind Kind, int HeaderBytes, int PayloadBytes) prefix, ReadOnlyMemory<byte> there)
    {
        if (prefix.Kind is not (FrameKind.Message or FrameKind.SystemMessage))
            throw new WireFormatException($"A payload in a frame of kind {prefix.Kind}");
        var header = _messages.ReadHeader(prefix.Kind, there.Span.Slice(Frame.PrefixBytes, prefix.HeaderBytes));
        var payload = GC.AllocateUninitializedArray<byte>(prefix.PayloadBytes);
        var begun = there[(Frame.PrefixBytes + prefix.HeaderBytes)..];
        begun.CopyTo(payload);
        await wire.ReceiveAll(payload.AsMemory(begun.Length)).ConfigureAwait(false);
        Volatile.Write(ref _heardAt, Environment.TickCount64);
        if (!_left)
            _messages.Deliver(header, payload);
    }

    /// <summary>System messages are acknowledged once per read, a sign of life is answered.</summary>
    private async ValueTask Answer()
    {
        if (MustAcknowledge)
        {
            MustAcknowledge = false;
            var delivered = association.Inbound.LastDelivered(Uid);
            await Write(Frame.Of(FrameKind.Acknowledgement, w => w.Int64(delivered))).ConfigureAwait(false);
        }
        else if (_mustAnswer)
        {
            await Write(Frame.Of(FrameKind.KeepAlive, static _ => { })).ConfigureAwait(false);
        }
        _mustAnswer = false;
    }

    private void PeerLeft(ByeReason reason)
    {
        if (reason == ByeReason.Quarantined)
            transport.Publish(new ThisActorSystemQuarantinedEvent(transport.DefaultAddress!, Remote));
        else
            transport.Log.Debug("[{0}] closes its connection: {1}", Remote, reason);
        _left = true;
    }

    private async Task Write(byte[] frame)
    {
        await _writing.WaitAsync().ConfigureAwait(false);
        try
        {
            await wire.Send(frame).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }
}
