using System.Net;
using System.Net.Sockets;
using Akka.Remote.Serialization;

namespace Akka.Remote.Transport;

/// <summary>
/// Lets other nodes in. Who connects has little time and little memory until it has introduced itself, and there is a limit
/// to how many may be at it at a time: one more, and the oldest of them has to go. Whatever is wrong with them closes that
/// connection, with one line in the log.
/// </summary>
internal sealed class Acceptor(RemoteTransport transport)
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly LinkedList<Guest> _guests = new();
    private readonly RefusalLog _refusals = new(transport.Log);
    private Socket? _listener;
    private volatile bool _stopped;

    /// <returns>The port that was bound.</returns>
    public int Listen()
    {
        var settings = transport.Settings.Tcp;
        var address = IPAddress.TryParse(settings.Hostname, out var literal) ? literal : Resolve(settings.Hostname);
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            // Elsewhere than on Windows it is the default, and naming it would share the port with other processes.
            if (!settings.ReuseAddress)
                listener.ExclusiveAddressUse = true;
            else if (OperatingSystem.IsWindows())
                listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            SocketOptions.Apply(listener, settings);
            listener.Bind(new IPEndPoint(address, settings.Port));
            listener.Listen(settings.Backlog);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
        _listener = listener;
        return ((IPEndPoint)listener.LocalEndPoint!).Port;
    }

    public void Start() => _ = Accept(_listener!);

    public void Stop()
    {
        _stopped = true;
        _listener?.Dispose();
        lock (_guests)
        {
            foreach (var guest in _guests)
                guest.Socket.Dispose();
        }
    }

    private static IPAddress Resolve(string host) => Dns.GetHostAddresses(host) is { Length: > 0 } all
        ? all.FirstOrDefault(static a => a.AddressFamily == AddressFamily.InterNetwork) ?? all[0]
        : throw new RemoteTransportException($"[{host}] has no address");

    private async Task Accept(Socket listener)
    {
        while (!_stopped)
        {
            try
            {
                _ = Admit(await listener.AcceptAsync().ConfigureAwait(false));
            }
            catch (Exception e) when (!_stopped)
            {
                // Out of descriptors, say: connections wait in the backlog.
                transport.Publish(new RemotingErrorEvent(e));
                await Task.Delay(PauseAfterFailure).ConfigureAwait(false);
            }
            catch (Exception)
            {
                return;
            }
        }
    }

    private async Task Admit(Socket socket)
    {
        var guest = Enter(socket);
        var from = "?";
        try
        {
            from = socket.RemoteEndPoint?.ToString() ?? from;
            SocketOptions.Apply(socket, transport.Settings.Tcp);
            using var limit = new CancellationTokenSource(transport.Settings.HandshakeTimeout);
            await using var closing = limit.Token.UnsafeRegister(static s => ((Socket)s!).Dispose(), socket).ConfigureAwait(false);
            var wire = await Secure(socket, from, limit.Token).ConfigureAwait(false);
            var hello = await ReadHello(wire).ConfigureAwait(false);
            var connection = await transport.Receive(wire, hello).ConfigureAwait(false);
            if (connection is not null)
                _ = Task.Run(connection.Run);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (!_stopped)
                _refusals.Refused(from, guest.WasPushedOut ? "too many connections at a time have not introduced themselves" : e.Message);
        }
        finally
        {
            lock (_guests)
            {
                if (guest.Place.List is not null)
                    _guests.Remove(guest.Place);
            }
        }
    }

    private Guest Enter(Socket socket)
    {
        var guest = new Guest(socket);
        lock (_guests)
        {
            if (_guests.Count >= transport.Settings.PendingHandshakes)
            {
                var oldest = _guests.First!;
                _guests.Remove(oldest);
                oldest.Value.WasPushedOut = true;
                oldest.Value.Socket.Dispose();
            }
            _guests.AddLast(guest.Place);
        }
        return guest;
    }

    private async Task<Wire> Secure(Socket socket, string from, CancellationToken cancellation)
    {
        if (transport.Settings.Tcp.Tls is not { } tls)
            return new SocketWire(socket);
        return new TlsWire(await new TlsHandshake(tls, socket).AsServer(cancellation).ConfigureAwait(false), from);
    }

    private static async Task<Hello> ReadHello(Wire wire)
    {
        var prefix = new byte[Frame.PrefixBytes];
        await wire.ReceiveAll(prefix).ConfigureAwait(false);
        var (kind, headerBytes, _) = Frame.ReadPrefix(prefix, 0);
        if (kind != FrameKind.Hello || headerBytes > Hello.MaxBytes)
            throw new WireFormatException("It does not introduce itself");
        var content = new byte[headerBytes];
        await wire.ReceiveAll(content).ConfigureAwait(false);
        return Hello.Read(content);
    }

    private sealed class Guest
    {
        public Guest(Socket socket)
        {
            Socket = socket;
            Place = new LinkedListNode<Guest>(this);
        }

        public Socket Socket { get; }

        public LinkedListNode<Guest> Place { get; }

        public bool WasPushedOut { get; set; }
    }
}
