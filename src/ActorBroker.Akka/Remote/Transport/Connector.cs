using System.Net.Sockets;
using System.Security.Authentication;
using Akka.Actor;
using Akka.Remote.Serialization;

namespace Akka.Remote.Transport;

/// <summary>Makes a connection to another node: socket, TLS, introduction.</summary>
internal sealed class Connector(RemoteSettings settings, Func<Address> self, int uid)
{
    private const int MaxAnswerBytes = 1024;

    /// <exception cref="RefusedException">The other node does not want this one.</exception>
    public async Task<(Wire Wire, Welcome Welcome)> Connect(Address to, CancellationToken cancellation)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        Wire? wire = null;
        try
        {
            SocketOptions.Apply(socket, settings.Tcp);
            await socket.ConnectAsync(to.Host!, to.Port!.Value, cancellation).ConfigureAwait(false);
            wire = await Secure(socket, to.Host!, cancellation).ConfigureAwait(false);
            // Closing the wire is what ends reads and writes in time, whatever state they are in.
            await using var limit = cancellation.UnsafeRegister(static w => ((Wire)w!).Dispose(), wire).ConfigureAwait(false);
            return (wire, await Introduce(wire, to).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            wire?.Dispose();
            socket.Dispose();
            if (cancellation.IsCancellationRequested && e is not OperationCanceledException)
                throw new OperationCanceledException("The connection was not made in time", e, cancellation);
            throw;
        }
    }

    /// <summary>
    /// The other side looks at this node's certificate, or finds out that no TLS is spoken, only when this one believes that all is well; what
    /// it then does is to hang up.
    /// </summary>
    private async Task<Welcome> Introduce(Wire wire, Address to)
    {
        try
        {
            await wire.Send(new Hello(self(), uid, to, settings.Tcp.MaximumFrameBytes, settings.Cookie).ToFrame()).ConfigureAwait(false);
            return await ReadAnswer(wire).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or WireFormatException or SocketException { SocketErrorCode: SocketError.ConnectionReset })
        {
            throw new AuthenticationException(
                settings.Tcp.Tls is null
                    ? $"it hung up instead of answering ({e.Message}); perhaps it speaks TLS and this node does not"
                    : $"it hung up instead of answering ({e.Message}); perhaps it does not trust this node's certificate", e);
        }
    }

    private static async Task<Welcome> ReadAnswer(Wire wire)
    {
        var prefix = new byte[Frame.PrefixBytes];
        await wire.ReceiveAll(prefix).ConfigureAwait(false);
        var (kind, headerBytes, _) = Frame.ReadPrefix(prefix, 0);
        if (headerBytes > MaxAnswerBytes)
            throw new WireFormatException($"An answer of {headerBytes} bytes");
        var content = new byte[headerBytes];
        await wire.ReceiveAll(content).ConfigureAwait(false);
        return kind switch
        {
            FrameKind.Welcome => Welcome.Read(content),
            FrameKind.Refusal => throw new RefusedException(Refusal.Read(content)),
            _ => throw new WireFormatException($"An answer of kind {kind}"),
        };
    }

    private async Task<Wire> Secure(Socket socket, string host, CancellationToken cancellation)
    {
        if (settings.Tcp.Tls is not { } tls)
            return new SocketWire(socket);
        var peer = socket.RemoteEndPoint?.ToString() ?? host;
        return new TlsWire(await new TlsHandshake(tls, socket).AsClient(host, cancellation).ConfigureAwait(false), peer);
    }
}
