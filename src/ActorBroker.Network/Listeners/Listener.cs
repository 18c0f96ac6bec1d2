using System.Net;
using System.Net.Sockets;
using ActorBroker.Network.Connections;

namespace ActorBroker.Network.Listeners;

/// <summary>
/// One bound address: accepts connections as long as the limits allow. When the node has all the connections it may have, it stops
/// accepting and the rest waits in the system's backlog, as it does while connections come faster than they may; an address that has too
/// many is hung up on at once. A failed accept (no descriptors left)
/// is tried again when a connection has closed, or at the sweep's next tick.
/// </summary>
internal sealed class Listener(
    GatewayServices services, ListenerSettings settings, AddressLimits limits, Action<Listener, Socket> onAccepted)
{
    private readonly WakeSignal _room = new();
    private readonly CancellationTokenSource _stopping = new();
    private Socket? _socket;
    private volatile bool _stopped;
    private Task _accepting = Task.CompletedTask;

    public ListenerSettings Settings => settings;

    /// <summary>The bound address, with the port that the system chose.</summary>
    public IPEndPoint Address { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Binds and starts to accept. Throws <see cref="SocketException"/> when the address cannot be had.</summary>
    public void Start()
    {
        var endPoint = new IPEndPoint(BindAddress(settings.Host), settings.Port);
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.Address.Equals(IPAddress.IPv6Any)) socket.DualMode = true;
            // Before the connection is there, so that the window can be scaled to it.
            if (services.Settings.ReceiveBufferBytes > 0) socket.ReceiveBufferSize = services.Settings.ReceiveBufferBytes;
            socket.Bind(endPoint);
            socket.Listen(services.Settings.Backlog);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        _socket = socket;
        Address = (IPEndPoint)socket.LocalEndPoint!;
        services.Log.ListenerStarted(settings.Name, Address);
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Accepts no more; connections that are open stay.</summary>
    public async Task StopAsync()
    {
        _stopped = true;
        _socket?.Dispose();
        _room.Set(inline: false);
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        services.Log.ListenerStopped(settings.Name);
    }

    /// <summary>There may be room again for a connection.</summary>
    public void OnRoom() => _room.Set(inline: false);

    private static IPAddress BindAddress(string host)
    {
        if (host.Length == 0) return Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any;
        if (IPAddress.TryParse(host, out var address)) return address;
        var resolved = Dns.GetHostAddresses(host);
        return Array.Find(resolved, candidate => candidate.AddressFamily == AddressFamily.InterNetwork) ?? resolved[0];
    }

    private async Task AcceptAsync()
    {
        while (!_stopped)
        {
            try
            {
                while (limits.IsFull(settings.Name) && !_stopped) await _room.WaitAsync().ConfigureAwait(false);
                var accepted = await _socket!.AcceptAsync().ConfigureAwait(false);
                var delayMs = limits.PaceMs(settings.Name, Environment.TickCount64);
                if (delayMs > 0) await Task.Delay(delayMs, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                Configure(accepted);
            }
            catch (Exception) when (_stopped)
            {
                return;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
            {
                // The peer left before it was accepted.
            }
            catch (SocketException e)
            {
                services.Log.AcceptFailed(settings.Name, e);
                await _room.WaitAsync().ConfigureAwait(false);
            }
        }
    }

    private void Configure(Socket socket)
    {
        try
        {
            socket.NoDelay = true;
            if (services.Settings.SendBufferBytes > 0) socket.SendBufferSize = services.Settings.SendBufferBytes;
            onAccepted(this, socket);
        }
        catch (SocketException)
        {
            // The peer left at once.
            socket.Dispose();
        }
    }
}
