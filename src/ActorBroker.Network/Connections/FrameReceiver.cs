using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using ActorBroker.Core.Kernel;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Connections;

/// <summary>
/// Cuts the received stream into frames that each lie in one piece of a pooled buffer.
///
/// Memory follows the bytes that have arrived, never a length that was claimed: a frame that does not fit grows by doubling, or straight to
/// its full size if this connection has completed one as large before. Between frames no buffer is held: the connection waits for
/// readability. Several small frames in one receive share a buffer, each with a lease of its own.
///
/// Large frames are received exactly to their end. Receiving on would put the head of the next frame behind them, and it would have to be
/// copied away; for small frames that copy costs less than another call of the system.
/// </summary>
internal sealed class FrameReceiver(Transport transport, BufferPool pool, ReadGate gate, int maxFrameBytes)
{
    private const int SmallestBuffer = 4096;
    private const int LargestStart = 64 * 1024;

    private LeasedBuffer? _buffer;
    private int _start;
    private int _end;
    private int _startSize = SmallestBuffer;
    private int _trusted = SmallestBuffer;
    private bool _mayHaveMore;

    /// <summary>Bytes of a started frame; 0 between frames.</summary>
    public int PartialBytes => _end - _start;

    /// <summary>When the frame that is being received started (monotonic milliseconds); read by the sweep.</summary>
    public long PartialSince { get; private set; }

    /// <summary>True while the receiver waits for memory: the peer is not to blame.</summary>
    public bool IsHeldBack { get; private set; }

    /// <summary>Bytes received in all.</summary>
    public long TotalBytes { get; private set; }

    /// <summary>The next whole frame, if it is there. Throws <see cref="WireFormatException"/> for a length outside the limits.</summary>
    public bool TryTake(out Frame frame)
    {
        frame = default;
        var needed = NeededBytes();
        if (needed == 0 || _end - _start < needed) return false;
        if (needed > LargestStart) _startSize = SmallestBuffer;
        _trusted = Math.Max(_trusted, needed);
        if (_end - _start == needed)
        {
            // The last frame of the buffer takes this receiver's own lease over.
            frame = new Frame(_buffer!, _start + 4, needed - 4);
            _buffer = null;
            _start = _end = 0;
            return true;
        }

        frame = new Frame(_buffer!.Lease(), _start + 4, needed - 4);
        _start += needed;
        PartialSince = Environment.TickCount64;
        return true;
    }

    /// <summary>Receives more bytes; false at the end of the stream.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<bool> ReceiveAsync()
    {
        while (_buffer is null)
        {
            if (!_mayHaveMore) await transport.WaitReadableAsync().ConfigureAwait(false);
            await EnterGateAsync().ConfigureAwait(false);
            var fresh = pool.Rent(_startSize);
            var count = TryReceive(fresh);
            if (count > 0)
            {
                _buffer = fresh;
                _end = count;
                PartialSince = Environment.TickCount64;
                Received(count, fresh.Capacity);
                return true;
            }

            fresh.Release();
            if (count == 0) return false;
            _mayHaveMore = false;
        }

        if (MustGrow())
        {
            await EnterGateAsync().ConfigureAwait(false);
            Grow();
        }

        var limit = ReceiveLimit();
        var received = await transport.ReceiveAsync(_buffer.Array.AsMemory(_end, limit)).ConfigureAwait(false);
        _end += received;
        Received(received, limit);
        return received > 0;
    }

    private ValueTask EnterGateAsync()
    {
        var entered = gate.EnterAsync();
        return entered.IsCompletedSuccessfully ? entered : WaitAtGateAsync(entered);
    }

    private async ValueTask WaitAtGateAsync(ValueTask entered)
    {
        IsHeldBack = true;
        await entered.ConfigureAwait(false);
        PartialSince = Environment.TickCount64;
        IsHeldBack = false;
    }

    /// <summary>Gives the buffer of an unfinished frame up. Only when no receive is under way.</summary>
    public void Drop()
    {
        _buffer?.Release();
        _buffer = null;
        _start = _end = 0;
    }

    private int TryReceive(LeasedBuffer fresh)
    {
        try
        {
            return transport.TryReceive(fresh.Array);
        }
        catch
        {
            fresh.Release();
            throw;
        }
    }

    /// <summary>
    /// The size to start with follows the stream: it doubles while receives fill their buffers and halves when they hardly do.
    /// </summary>
    private void Received(int count, int limit)
    {
        TotalBytes += count;
        _mayHaveMore = count == limit;
        if (count == limit) _startSize = Math.Min(2 * _startSize, LargestStart);
        else if (count < limit / 4) _startSize = Math.Max(_startSize / 2, SmallestBuffer);
    }

    /// <summary>Bytes of the frame at the start of the buffer with its prefix; 0 when the prefix is not there yet.</summary>
    private int NeededBytes()
    {
        if (_end - _start < 4) return 0;
        var length = BinaryPrimitives.ReadInt32BigEndian(_buffer!.Array.AsSpan(_start));
        if (length < 0 || length > maxFrameBytes)
            throw new WireFormatException($"a frame of {length} bytes is outside 0 … {maxFrameBytes}");
        return length + 4;
    }

    private bool MustGrow()
    {
        var needed = NeededBytes();
        var isFull = _end == _buffer!.Capacity;
        if (needed == 0) return isFull;
        // A frame that does not fit moves when its buffer is full, or at once when its full size may be rented anyway.
        return needed > _buffer.Capacity - _start && (isFull || needed <= _trusted);
    }

    private void Grow()
    {
        var partial = _end - _start;
        var needed = NeededBytes();
        var size = needed == 0 ? _startSize : Math.Min(needed, Math.Max(_trusted, 2 * partial));
        var grown = pool.Rent(Math.Max(Math.Max(size, partial + 1), Math.Min(_startSize, 2 * partial)));
        _buffer!.Array.AsSpan(_start, partial).CopyTo(grown.Array);
        _buffer.Release();
        _buffer = grown;
        _start = 0;
        _end = partial;
    }

    private int ReceiveLimit()
    {
        var room = _buffer!.Capacity - _end;
        var needed = NeededBytes();
        if (needed <= LargestStart) return room;
        return Math.Min(room, needed - (_end - _start));
    }
}
