using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace ActorBroker.Network.Connections;

/// <summary>
/// A plain TCP stream. The socket is non-blocking, so the Try members are single calls of the system; the awaited ones use the event
/// objects that the socket keeps for itself, one per direction, and so allocate nothing.
/// </summary>
internal class SocketTransport : Transport
{
    private readonly Socket _socket;

    public SocketTransport(Socket socket)
    {
        _socket = socket;
        socket.Blocking = false;
        RemoteEndPoint = socket.RemoteEndPoint;
    }

    public override EndPoint? RemoteEndPoint { get; }

    public override int TryReceive(Span<byte> buffer) => Checked(_socket.Receive(buffer, SocketFlags.None, out var error), error);

    public override ValueTask<int> ReceiveAsync(Memory<byte> buffer) => _socket.ReceiveAsync(buffer, SocketFlags.None);

    public override ValueTask WaitReadableAsync()
    {
        var waiting = _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None);
        if (!waiting.IsCompletedSuccessfully) return AwaitAsync(waiting);
        _ = waiting.Result;
        return ValueTask.CompletedTask;
    }

    public override int TrySend(ReadOnlySpan<byte> bytes) => Checked(_socket.Send(bytes, SocketFlags.None, out var error), error);

    public override int TrySend(IList<ArraySegment<byte>> pieces) => Checked(_socket.Send(pieces, SocketFlags.None, out var error), error);

    public override ValueTask<int> SendAsync(ReadOnlyMemory<byte> bytes) => _socket.SendAsync(bytes, SocketFlags.None);

    public override void Close() => _socket.Dispose();

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask AwaitAsync(ValueTask<int> waiting) => await waiting.ConfigureAwait(false);

    private static int Checked(int count, SocketError error) => error switch
    {
        SocketError.Success => count,
        SocketError.WouldBlock => WouldBlock,
        _ => throw new SocketException((int)error),
    };
}
