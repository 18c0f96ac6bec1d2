using System.Net.Security;

namespace Akka.Remote.Transport;

internal sealed class TlsWire(SslStream stream, string peer) : Wire
{
    public override string Peer => peer;

    public override ValueTask<int> Receive(Memory<byte> into) => stream.ReadAsync(into);

    public override async ValueTask Send(List<ArraySegment<byte>> pieces)
    {
        foreach (var piece in pieces)
            await stream.WriteAsync(piece).ConfigureAwait(false);
    }

    public override ValueTask Send(byte[] bytes) => stream.WriteAsync(bytes);

    public override void Dispose() => stream.Dispose();
}
