using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;
using Akka.Remote.Serialization;

namespace Akka.Remote.Transport;

/// <summary>Everything of this node's that talks to others: the listener, the associations by address, the clock's tick.</summary>
internal sealed class RemoteTransport
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<Address, Association> _associations = new();
    private readonly Acceptor _acceptor;
    private readonly Connector _connector;
    private readonly Cancelable _ticks;
    private volatile bool _isShutDown;

    public RemoteTransport(RemoteActorRefProvider provider, RemoteSettings settings)
    {
        Provider = provider;
        Settings = settings;
        Uid = AddressUidExtension.Uid(provider.System);
        Log = Logging.GetLogger(provider.System, "remoting");
        _acceptor = new Acceptor(this);
        _connector = new Connector(settings, () => DefaultAddress!, Uid);
        _ticks = new Cancelable(provider.System.Scheduler);
    }

    public RemoteActorRefProvider Provider { get; }

    public ActorSystemImpl System => Provider.System;

    public RemoteSettings Settings { get; }

    public ILoggingAdapter Log { get; }

    public int Uid { get; }

    /// <summary>What other nodes are told; null before the listener is bound.</summary>
    public Address? DefaultAddress { get; private set; }

    public IEnumerable<Association> Associations => _associations.Values;

    /// <exception cref="RemoteTransportException">The address cannot be listened on.</exception>
    public void Start()
    {
        var tcp = Settings.Tcp;
        int port;
        try
        {
            port = _acceptor.Listen();
        }
        catch (Exception e) when (e is not RemoteTransportException)
        {
            throw new RemoteTransportException($"Cannot listen on {tcp.Hostname}:{tcp.Port}: {e.Message}", e);
        }
        DefaultAddress = new Address(tcp.Protocol, System.Name, tcp.PublicHostname, tcp.PublicPort ?? port);
        _acceptor.Start();
        System.Scheduler.Advanced.ScheduleRepeatedly(TickInterval, TickInterval, Tick, _ticks);
        Publish(new RemotingListenEvent([DefaultAddress]));
    }

    /// <returns>Null when there are too many.</returns>
    public Association? AssociationWith(Address address)
    {
        if (_associations.TryGetValue(address, out var known))
            return known;
        return _associations.Count < Settings.MaxAssociations
            ? _associations.GetOrAdd(address, static (a, self) => new Association(self, a), this)
            : null;
    }

    public Task<(Wire Wire, Welcome Welcome)> Connect(Address to, CancellationToken cancellation) => _connector.Connect(to, cancellation);

    /// <summary>Lets a node in that has introduced itself, or tells it why not.</summary>
    public async Task<InboundConnection?> Receive(Wire wire, Hello hello)
    {
        if (Refuse(hello, out var association) is { } refusal)
        {
            await wire.Send(refusal.ToFrame()).ConfigureAwait(false);
            throw new RemoteTransportException($"[{hello.From}]: {refusal.Text}");
        }
        var connection = new InboundConnection(wire, hello, association!, this);
        if (association!.Inbound.Replace(connection) is { } before)
        {
            if (before.Uid != hello.Uid)
                Log.Debug("[{0}] is back as a new incarnation [{1}]", hello.From, hello.Uid);
            before.Close();
            await before.Ended.ConfigureAwait(false);
        }
        // Asked again: the first time this connection could not yet be found and closed.
        var isOut = association.Incarnations.IsQuarantined(hello.Uid);
        try
        {
            await wire.Send(isOut
                ? new Refusal(ByeReason.Quarantined, "this incarnation is quarantined").ToFrame()
                : new Welcome(Uid, association.Inbound.LastDelivered(hello.Uid), Settings.Tcp.MaximumFrameBytes).ToFrame()).ConfigureAwait(false);
        }
        catch
        {
            connection.Abandon();
            throw;
        }
        if (isOut)
        {
            connection.Abandon();
            return null;
        }
        association.Seen(hello.Uid);
        Publish(new AssociatedEvent(DefaultAddress!, hello.From, true));
        return connection;
    }

    public void Quarantine(Address address, int? uid) => AssociationWith(address)?.Quarantine(uid);

    /// <summary>Writes what waits, as long as the configuration allows, and closes everything.</summary>
    public async Task Shutdown()
    {
        if (_isShutDown)
            return;
        _isShutDown = true;
        await Within(Task.WhenAll(Associations.Select(static a => a.Pump.Flush()))).ConfigureAwait(false);
        await Within(Task.WhenAll(Associations.Select(static a => a.Pump.End()))).ConfigureAwait(false);
        foreach (var association in Associations)
        {
            association.Abort();
            association.Inbound.Connection?.Leave(ByeReason.Shutdown);
        }
        await Within(Task.WhenAll(Associations.Select(static a => a.Inbound.Connection?.Ended ?? Task.CompletedTask))).ConfigureAwait(false);
        _acceptor.Stop();
        _ticks.Cancel();
        Publish(new RemotingShutdownEvent());
    }

    /// <summary>For tests: as if the process had died. Nothing is flushed, nobody is told.</summary>
    public void Kill()
    {
        _isShutDown = true;
        _acceptor.Stop();
        _ticks.Cancel();
        foreach (var association in Associations)
        {
            association.Inbound.Connection?.Close();
            association.Break();
            _ = association.Pump.End();
        }
    }

    public void Publish(RemotingLifecycleEvent happened)
    {
        System.EventStream.Publish(happened);
        if (happened.LogLevel() >= Settings.LifecycleLogLevel && Log.IsEnabled(happened.LogLevel()))
            Log.Log(happened.LogLevel(), null, happened.ToString()!);
    }

    public void Schedule(TimeSpan delay, Action action) => System.Scheduler.Advanced.ScheduleOnce(delay, action);

    private Refusal? Refuse(Hello hello, out Association? association)
    {
        association = null;
        if (_isShutDown)
            return new Refusal(ByeReason.Shutdown, "this system is shutting down");
        if (!hello.To.Equals(DefaultAddress))
            return new Refusal(ByeReason.Mismatch, $"this is not [{hello.To}] but [{DefaultAddress}]");
        if (hello.Cookie != Settings.Cookie)
            return new Refusal(ByeReason.Mismatch, "the cookie is wrong");
        if (hello.From.Equals(DefaultAddress) || hello.From.Protocol != Settings.Tcp.Protocol)
            return new Refusal(ByeReason.Mismatch, $"[{hello.From}] is no address of another node");
        association = AssociationWith(hello.From);
        if (association is null)
            return new Refusal(ByeReason.TooMany, "too many nodes");
        return association.Incarnations.IsQuarantined(hello.Uid)
            ? new Refusal(ByeReason.Quarantined, "this incarnation is quarantined")
            : null;
    }

    private void Tick()
    {
        var now = Environment.TickCount64;
        foreach (var association in Associations)
        {
            association.Tick(now);
            if (association.Inbound.Connection is { } inbound && inbound.IsSilent(now, Settings.SilenceLimit))
                inbound.Close();
        }
    }

    private async Task Within(Task task) => await Task.WhenAny(task, Task.Delay(Settings.FlushWait)).ConfigureAwait(false);
}
