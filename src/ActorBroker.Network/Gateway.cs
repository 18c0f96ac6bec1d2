using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Ports;
using ActorBroker.Network.Connections;
using ActorBroker.Network.Handlers;
using ActorBroker.Network.Listeners;
using ActorBroker.Network.Metrics;

namespace ActorBroker.Network;

/// <summary>
/// The TCP gateway: listeners, their connections and one sweep a second over all of them, which closes what is idle, unfinished or does not
/// take its responses, and moves on what waits for memory or for room.
/// </summary>
public sealed class Gateway : IAsyncDisposable
{
    private const int SweepMs = 1000;

    private readonly GatewayServices _services;
    private readonly RequestDispatcher _dispatcher;
    private readonly AddressLimits _limits;
    private readonly ConcurrentDictionary<Connection, bool> _connections = new();
    private readonly List<Listener> _listeners = [];
    private readonly TaskCompletionSource _allEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Timer _sweep;
    private int _sweeping;
    private volatile bool _stopped;

    public Gateway(
        GatewaySettings settings, BufferPool pool, IPartitionDirectory partitions, IMetadataSource metadata, HandlerCatalog handlers,
        IGatewayLog log)
    {
        _services = new GatewayServices(settings, pool, partitions, metadata, new GatewayMetrics(), log);
        _dispatcher = new RequestDispatcher(_services, handlers);
        _limits = new AddressLimits(settings.Connections);
        _sweep = new Timer(static state => ((Gateway)state!).Sweep(), this, Timeout.Infinite, Timeout.Infinite);
    }

    public GatewayMetrics Metrics => _services.Metrics;

    /// <summary>Fetch sessions that are open now.</summary>
    public int FetchSessions => _services.FetchSessions.Count;

    /// <summary>Connections that wait for memory to read on.</summary>
    public int HeldBackReaders => _services.Gate.Waiting;

    public int OpenConnections => _connections.Count;

    /// <summary>Binds a listener and starts to accept; the bound address is returned. Throws <see cref="SocketException"/>.</summary>
    public IPEndPoint Listen(ListenerSettings settings)
    {
        if (settings.Protocol != SecurityProtocol.Plaintext)
            throw new NotSupportedException($"Listener {settings.Name}: security protocol {settings.Protocol} is not supported.");
        var listener = new Listener(_services, settings, _limits, Accept);
        listener.Start();
        lock (_listeners) _listeners.Add(listener);
        _sweep.Change(SweepMs, SweepMs);
        return listener.Address;
    }

    /// <summary>Replaces the limits of connections; takes effect for those that come from now on. May wait for a name server.</summary>
    public void Change(ConnectionLimits limits)
    {
        _limits.Change(limits);
        WakeListeners();
    }

    /// <summary>
    /// Accepts no more, answers what has started and closes all connections, at the latest when half of the limit has passed. Completes
    /// when their last request has let go of its buffers, or with the limit.
    /// </summary>
    public async Task StopAsync(TimeSpan limit)
    {
        _stopped = true;
        Listener[] listeners;
        lock (_listeners)
        {
            listeners = [.. _listeners];
            _listeners.Clear();
        }

        foreach (var listener in listeners) await listener.StopAsync().ConfigureAwait(false);
        foreach (var connection in _connections.Keys) connection.CloseWhenAnswered();
        if (_connections.IsEmpty) _allEnded.TrySetResult();
        await Task.WhenAny(_allEnded.Task, Task.Delay(limit / 2)).ConfigureAwait(false);
        foreach (var connection in _connections.Keys) connection.Close(null);
        await Task.WhenAny(_allEnded.Task, Task.Delay(limit / 2)).ConfigureAwait(false);
        await _sweep.DisposeAsync().ConfigureAwait(false);
        _services.Wheel.Dispose();
        _services.ReadPool.Dispose();
        _services.Poll?.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopped) await StopAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(false);
    }

    private void Accept(Listener listener, Socket socket)
    {
        var remote = (socket.RemoteEndPoint as IPEndPoint)?.Address;
        var address = AddressLimits.Normalize(remote ?? IPAddress.None);
        var transport = _services.Poll is { } poll ? new PolledTransport(socket, poll) : new SocketTransport(socket);
        if (_stopped || !_limits.TryEnter(listener.Settings.Name, address))
        {
            _services.Metrics.Refused();
            transport.Close();
            return;
        }

        _services.Metrics.Accepted();
        var connection = new Connection(_services, _dispatcher, listener.Settings, transport, address) { Ended = OnEnded };
        _connections.TryAdd(connection, true);
        _ = connection.RunAsync();
        if (_stopped) connection.Close(null);
    }

    private void OnEnded(Connection connection)
    {
        _connections.TryRemove(connection, out _);
        _limits.Leave(connection.Listener.Name, connection.Address);
        _services.Metrics.Closed();
        WakeListeners();
        if (_stopped && _connections.IsEmpty) _allEnded.TrySetResult();
    }

    private void WakeListeners()
    {
        lock (_listeners)
            foreach (var listener in _listeners) listener.OnRoom();
    }

    private void Sweep()
    {
        if (Interlocked.Exchange(ref _sweeping, 1) != 0) return;
        try
        {
            var now = Environment.TickCount64;
            foreach (var (connection, _) in _connections) connection.CheckDeadlines(now);
            _services.Gate.Tick();
            _services.FetchSessions.DozeOff(now);
            WakeListeners();
        }
        finally
        {
            Volatile.Write(ref _sweeping, 0);
        }
    }
}
