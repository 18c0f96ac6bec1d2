using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace ActorBroker.Network.Connections;

/// <summary>
/// A plain TCP stream whose reader waits at the <see cref="ReadinessPoll"/>. Only a sender that has to wait for its peer makes the runtime
/// set up what it needs for that.
/// </summary>
internal sealed class PolledTransport : SocketTransport
{
    private readonly ReadinessPoll _poll;
    private readonly WakeSignal _readable = new();
    private int _isClosed;
    private volatile bool _hasEnded;

    public PolledTransport(Socket socket, ReadinessPoll poll)
        : base(socket)
    {
        _poll = poll;
        poll.Watch(socket.SafeHandle, this);
    }

    /// <summary>The poll's.</summary>
    public int Slot { get; set; }

    /// <summary>The poll's: names this transport among all that have had its slot.</summary>
    public int Token { get; set; }

    /// <summary>There is something to receive, or the end of it. On a thread of the poll, where the receiver goes on.</summary>
    public void OnEvent(bool hasEnded)
    {
        if (hasEnded) _hasEnded = true;
        _readable.Set(inline: true);
    }

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        var received = TryReceive(buffer.Span);
        return received != WouldBlock ? new ValueTask<int>(received) : WaitAndReceiveAsync(buffer);
    }

    public override ValueTask WaitReadableAsync() => _hasEnded ? ValueTask.CompletedTask : _readable.WaitAsync();

    public override void Close()
    {
        base.Close();
        if (Interlocked.Exchange(ref _isClosed, 1) != 0) return;
        _poll.Release(Slot);
        _readable.Set(inline: false);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> WaitAndReceiveAsync(Memory<byte> buffer)
    {
        while (true)
        {
            await _readable.WaitAsync().ConfigureAwait(false);
            var received = TryReceive(buffer.Span);
            if (received != WouldBlock) return received;
        }
    }
}
