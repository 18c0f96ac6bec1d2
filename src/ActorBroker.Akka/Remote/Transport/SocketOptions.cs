using System.Net.Sockets;

namespace Akka.Remote.Transport;

internal static class SocketOptions
{
    public static void Apply(Socket socket, TcpSettings settings)
    {
        socket.NoDelay = settings.NoDelay;
        if (settings.KeepAlive)
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        if (settings.SendBufferBytes > 0)
            socket.SendBufferSize = settings.SendBufferBytes;
        if (settings.ReceiveBufferBytes > 0)
            socket.ReceiveBufferSize = settings.ReceiveBufferBytes;
    }
}
