using System.Net.Sockets;

namespace Akka.Remote.Transport;

/// <summary>The socket itself: all pieces go with one system call.</summary>
internal sealed class SocketWire(Socket socket) : Wire
{
    public override string Peer { get; } = socket.RemoteEndPoint?.ToString() ?? "?";

    public override ValueTask<int> Receive(Memory<byte> into) => socket.ReceiveAsync(into, SocketFlags.None);

    public override async ValueTask Send(List<ArraySegment<byte>> pieces)
    {
        if (pieces.Count == 1)
        {
            await SendPiece(pieces[0]).ConfigureAwait(false);
            return;
        }
        var sent = await socket.SendAsync(pieces, SocketFlags.None).ConfigureAwait(false);
        foreach (var piece in pieces)
        {
            if (sent >= piece.Count)
            {
                sent -= piece.Count;
                continue;
            }
            await SendPiece(piece[sent..]).ConfigureAwait(false);
            sent = 0;
        }
    }

    public override ValueTask Send(byte[] bytes) => SendPiece(bytes);

    public override void Dispose() => socket.Dispose();

    private async ValueTask SendPiece(ReadOnlyMemory<byte> piece)
    {
        while (piece.Length > 0)
            piece = piece[await socket.SendAsync(piece, SocketFlags.None).ConfigureAwait(false)..];
    }
}
