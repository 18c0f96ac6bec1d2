using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Remote.Transport;

/// <summary>
/// This node and one address. Each direction has a connection of its own, made by the side that sends; this class is the
/// sending side, and knows the receiving one.
///
/// Senders put messages into two queues and wake the <see cref="AssociationPump"/>, which connects and writes.
///
/// States: idle (no connection, nothing to send), connected, gated (an attempt failed: ordinary messages are dead letters
/// until the gate opens, system messages wait), ended. A quarantined incarnation gates fully; after each pause one attempt
/// finds out whether another incarnation has taken the address.
/// </summary>
internal sealed class Association
{
    private readonly RemoteTransport _transport;
    private readonly SystemOutbox _outbox;
    private readonly Gate _gate;
    private long _heardAt = Environment.TickCount64;
    private int _waiting;
    private int _warned;

    public Association(RemoteTransport transport, Address remote)
    {
        _transport = transport;
        Remote = remote;
        _outbox = new SystemOutbox(transport.Settings.SystemMessageBufferSize);
        _gate = new Gate(transport.Settings.RetryGateClosedFor);
        Incarnations = new PeerIncarnations(transport.Settings.QuarantineDuration);
        Pump = new AssociationPump(transport, this, _outbox, _gate);
    }

    public Address Remote { get; }

    public PeerIncarnations Incarnations { get; }

    public InboundSide Inbound { get; } = new();

    public AssociationPump Pump { get; }

    /// <summary>What overtakes: heartbeats and the cluster's daemon (<see cref="Urgency"/>).</summary>
    public OutboundQueue Priority { get; } = new();

    /// <summary>Everything else, system messages in their place among the others.</summary>
    public OutboundQueue Ordinary { get; } = new();

    public bool IsConnected => Pump.Connection is not null;

    /// <summary>For tests: system messages that are lost on their first way.</summary>
    public Func<long, bool>? Loses { get; set; }

    public int UnacknowledgedSystemMessages => _outbox.Count;

    public void Send(object message, IActorRef? sender, RemoteActorRef recipient)
    {
        if (Pump.HasEnded || _gate.IsClosed)
        {
            DeadLetter(message, sender, recipient);
            return;
        }
        var waiting = Interlocked.Increment(ref _waiting);
        if (waiting > (IsConnected ? _transport.Settings.QueueSize : _transport.Settings.ConnectingQueueSize))
        {
            Interlocked.Decrement(ref _waiting);
            _transport.System.EventStream.Publish(
                new Dropped(message, "too many messages wait for this node", sender ?? ActorRefs.NoSender, recipient));
            return;
        }
        if (waiting == _transport.Settings.QueueWarningAt && Interlocked.Exchange(ref _warned, 1) == 0)
            _transport.Log.Warning("[{0}] messages wait for [{1}]", waiting, Remote);
        (Urgency.IsOf(message, recipient) ? Priority : Ordinary).Add(new OutboundMessage(message, sender, recipient));
        Pump.Wake();
    }

    public void SendSystem(SystemMessage message, RemoteActorRef recipient)
    {
        if (Pump.HasEnded || Incarnations.IsCurrentQuarantined)
        {
            // Who watches learns by the end of the address.
            _transport.Log.Debug("[{0}] to [{1}] is dropped: the node is quarantined", message.GetType().Name, recipient);
            return;
        }
        Interlocked.Increment(ref _waiting);
        if (_outbox.TryAdd(message, recipient, Ordinary))
        {
            Pump.Wake();
            return;
        }
        Interlocked.Decrement(ref _waiting);
        Pump.Signal(AssociationSignals.OutboxFull);
    }

    /// <summary>From this incarnation on nothing is taken and to it nothing is given.</summary>
    public void Quarantine(int? uid)
    {
        if (uid is { } known)
        {
            if (!Incarnations.Quarantine(known))
                return;
            _transport.Publish(new QuarantinedEvent(Remote, known));
            if (Inbound.Connection is { } inbound && inbound.Uid == known)
                inbound.Leave(ByeReason.Quarantined);
            // A connection to another incarnation stays; one that is being made asks before it is used. An incarnation that has
            // introduced itself has broken the old connection and opened the gate, which must not close before its face.
            if (Incarnations.Current != known || (Inbound.Connection is { } other && other.Uid != known))
                return;
        }
        else
        {
            Inbound.Connection?.Leave(ByeReason.Superseded);
        }
        Pump.Signal(AssociationSignals.Quarantine);
        // The pump cannot look while the other side takes no bytes.
        if (Pump.Connection is { IsWriting: true } stuck)
            stuck.Break(null);
    }

    /// <summary>The other node has connected: it is worth trying to reach.</summary>
    public void Seen(int uid)
    {
        Volatile.Write(ref _heardAt, Environment.TickCount64);
        var current = Incarnations.Current;
        Pump.Signal(current is not null && current != uid
            ? AssociationSignals.Break | AssociationSignals.Reopen
            : AssociationSignals.Reopen);
    }

    public void Tick(long now)
    {
        var due = AssociationSignals.None;
        var settings = _transport.Settings;
        if (Pump.Connection is { } connection)
        {
            Volatile.Write(ref _heardAt, now);
            due |= AssociationSignals.Look;
            if (connection.IsSilent(now, settings.SilenceLimit))
                connection.Break(new TimeoutException("Nothing was heard for too long"));
            else if (connection.IsWriting && Incarnations.IsQuarantined(connection.Uid))
                connection.Break(null);
        }
        else if (!_outbox.IsEmpty && !_gate.IsClosed)
        {
            due |= AssociationSignals.Retry;
        }
        if (_outbox.WaitingMillis(now) is var waiting
            && Math.Min(waiting, now - Pump.ResentAt) > settings.ResendInterval.TotalMilliseconds)
        {
            due |= AssociationSignals.Resend;
        }
        if (Incarnations.Current is null && waiting > settings.InitialSystemMessageTimeout.TotalMilliseconds)
            due |= AssociationSignals.GiveUp;
        if (!IsConnected && Inbound.Connection is null && Incarnations.Current is { } uid
            && now - Volatile.Read(ref _heardAt) > settings.QuarantineSilentSystemTimeout.TotalMilliseconds)
        {
            Quarantine(uid);
        }
        if (due != AssociationSignals.None)
            Pump.Signal(due);
    }

    /// <summary>What could not be ended in time ends now.</summary>
    public void Abort() => Pump.Connection?.Break(null);

    /// <summary>For tests: the connection breaks as if the network had cut it.</summary>
    public void Break() => Pump.Connection?.Break(new IOException("Broken on purpose"));

    /// <summary>The pump has taken so many from the queues.</summary>
    public void Taken(int count) => Interlocked.Add(ref _waiting, -count);

    public void DeadLetter(object message, IActorRef? sender, IActorRef recipient) =>
        _transport.System.DeadLetters.Tell(new DeadLetter(message, sender ?? _transport.System.DeadLetters, recipient), sender);
}
