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
    private readonly int _slot;
    private int _isClosed;

    public PolledTransport(Socket socket, ReadinessPoll poll)
        : base(socket)
    {
        _poll = poll;
        _slot = poll.Watch(socket.SafeHandle, _readable);
    }

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer)
    {
        var received = TryReceive(buffer.Span);
        return received != WouldBlock ? new ValueTask<int>(received) : WaitAndReceiveAsync(buffer);
    }

    public override ValueTask WaitReadableAsync() => _readable.WaitAsync();

    public override void Close()
    {
        base.Close();
        if (Interlocked.Exchange(ref _isClosed, 1) != 0) return;
        _poll.Release(_slot);
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
