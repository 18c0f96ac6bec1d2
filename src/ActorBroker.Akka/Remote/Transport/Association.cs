using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Remote.Transport;

/// <summary>
/// This node and one address. Each direction has a connection of its own, made by the side that sends; this class is the
/// sending side, and knows the receiving one.
///
/// Senders put messages into queues and wake the pump, which is one flow of control that owns the connection: it connects,
/// takes whatever waits, writes it with one call, and goes on until nothing waits. So no lock is held while bytes are
/// serialized or written, and what comes meanwhile is the next write.
///
/// No wake-up is lost: a sender publishes its message, then reads the running flag; the pump clears the flag, then looks at
/// the queues. Both have a full fence between their two steps.
///
/// States: idle (no connection, nothing to send), connected, gated (an attempt failed: ordinary messages are dead letters
/// until the gate opens, system messages wait), ended. A quarantined incarnation gates fully; after each pause one attempt
/// finds out whether another incarnation has taken the address.
/// </summary>
internal sealed class Association : IThreadPoolWorkItem
{
    private const int TurnsBeforeYield = 16;
    private const int LivedMillis = 1000;

    private readonly RemoteTransport _transport;
    private readonly OutboundQueue _priority = new();
    private readonly OutboundQueue _ordinary = new();
    private readonly SystemOutbox _outbox;
    private readonly Gate _gate;
    private OutboundConnection? _connection;
    private TaskCompletionSource? _flushed;
    private CancellationTokenSource? _connecting;
    private int _signals;
    private long _lastTaken;
    private long _heardAt = Environment.TickCount64;
    private long _resentAt;
    private int _waiting;
    private int _running;
    private int _warned;
    private volatile bool _isConnected;
    private volatile bool _hasEnded;
    private readonly Func<OutboundMessage, bool> _isDue;
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Association(RemoteTransport transport, Address remote)
    {
        _transport = transport;
        Remote = remote;
        _outbox = new SystemOutbox(transport.Settings.SystemMessageBufferSize);
        _gate = new Gate(transport.Settings.RetryGateClosedFor);
        Incarnations = new PeerIncarnations(transport.Settings.QuarantineDuration);
        _isDue = IsDue;
    }

    public Address Remote { get; }

    public PeerIncarnations Incarnations { get; }

    public InboundSide Inbound { get; } = new();

    public bool IsConnected => _isConnected;

    /// <summary>For tests: system messages that are lost on their first way.</summary>
    public Func<long, bool>? Loses { get; set; }

    public int UnacknowledgedSystemMessages => _outbox.Count;

    public void Send(object message, IActorRef? sender, RemoteActorRef recipient)
    {
        if (_hasEnded || _gate.IsClosed)
        {
            DeadLetter(message, sender, recipient);
            return;
        }
        var waiting = Interlocked.Increment(ref _waiting);
        if (waiting > (_isConnected ? _transport.Settings.QueueSize : _transport.Settings.ConnectingQueueSize))
        {
            Interlocked.Decrement(ref _waiting);
            _transport.System.EventStream.Publish(
                new Dropped(message, "too many messages wait for this node", sender ?? ActorRefs.NoSender, recipient));
            return;
        }
        if (waiting == _transport.Settings.QueueWarningAt && Interlocked.Exchange(ref _warned, 1) == 0)
            _transport.Log.Warning("[{0}] messages wait for [{1}]", waiting, Remote);
        var isUrgent = message is IPriorityMessage or ActorSelectionMessage { Message: IPriorityMessage };
        (isUrgent ? _priority : _ordinary).Add(new OutboundMessage(message, sender, recipient));
        Wake();
    }

    public void SendSystem(SystemMessage message, RemoteActorRef recipient)
    {
        if (_hasEnded || Incarnations.IsCurrentQuarantined)
        {
            // Who watches learns by the end of the address.
            _transport.Log.Debug("[{0}] to [{1}] is dropped: the node is quarantined", message.GetType().Name, recipient);
            return;
        }
        Interlocked.Increment(ref _waiting);
        if (_outbox.TryAdd(message, recipient, _ordinary))
        {
            Wake();
            return;
        }
        Interlocked.Decrement(ref _waiting);
        Signal(AssociationSignals.OutboxFull);
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
            // A connection of another incarnation stays: the quarantine has lost a race with a restart. One that has only
            // introduced itself has broken the old connection and opened the gate, which must not close before its face.
            if ((Incarnations.Current is { } current && current != known) || (Inbound.Connection is { } other && other.Uid != known))
                return;
        }
        else
        {
            Inbound.Connection?.Leave(ByeReason.Superseded);
        }
        Signal(AssociationSignals.Quarantine);
        // The pump cannot look while the other side takes no bytes.
        if (Volatile.Read(ref _connection) is { IsWriting: true } stuck)
            stuck.Break(null);
    }

    /// <summary>The other node has connected: it is worth trying to reach.</summary>
    public void Seen(int uid)
    {
        Volatile.Write(ref _heardAt, Environment.TickCount64);
        var current = Incarnations.Current;
        Signal(current is not null && current != uid
            ? AssociationSignals.Break | AssociationSignals.Reopen
            : AssociationSignals.Reopen);
    }

    public void Tick(long now)
    {
        var due = AssociationSignals.None;
        var settings = _transport.Settings;
        if (Volatile.Read(ref _connection) is { } connection)
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
            && Math.Min(waiting, now - Volatile.Read(ref _resentAt)) > settings.ResendInterval.TotalMilliseconds)
        {
            due |= AssociationSignals.Resend;
        }
        if (Incarnations.Current is null && waiting > settings.InitialSystemMessageTimeout.TotalMilliseconds)
            due |= AssociationSignals.GiveUp;
        if (!_isConnected && Inbound.Connection is null && Incarnations.Current is { } uid
            && now - Volatile.Read(ref _heardAt) > settings.QuarantineSilentSystemTimeout.TotalMilliseconds)
        {
            Quarantine(uid);
        }
        if (due != AssociationSignals.None)
            Signal(due);
    }

    /// <summary>Completes when nothing waits and everything is acknowledged, or the other node cannot be reached.</summary>
    public Task Flush()
    {
        var flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        flushed = Interlocked.CompareExchange(ref _flushed, flushed, null) ?? flushed;
        Signal(AssociationSignals.Look);
        return flushed.Task;
    }

    public Task End()
    {
        _hasEnded = true;
        Volatile.Read(ref _connecting)?.Cancel();
        Signal(AssociationSignals.End);
        return _end.Task;
    }

    /// <summary>What could not be ended in time ends now.</summary>
    public void Abort() => Volatile.Read(ref _connection)?.Break(null);

    /// <summary>For tests: the connection breaks as if the network had cut it.</summary>
    public void Break() => Volatile.Read(ref _connection)?.Break(new IOException("Broken on purpose"));

    void IThreadPoolWorkItem.Execute() => _ = Run();

    private bool HasWork => Volatile.Read(ref _signals) != 0 || _priority.HasMessages || _ordinary.HasMessages;

    private void Signal(AssociationSignals signals)
    {
        Interlocked.Or(ref _signals, (int)signals);
        Wake();
    }

    private void Wake()
    {
        if (Volatile.Read(ref _running) == 0 && Interlocked.CompareExchange(ref _running, 1, 0) == 0)
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private async Task Run()
    {
        for (var turn = 0; turn < TurnsBeforeYield; turn++)
        {
            try
            {
                if (await Turn().ConfigureAwait(false))
                    continue;
            }
            catch (Exception e)
            {
                if (Volatile.Read(ref _connection) is { } connection)
                    connection.Break(e);
                else
                    _transport.Log.Error(e, "The association with [{0}] has failed", Remote);
                continue;
            }
            Interlocked.Exchange(ref _running, 0);
            if (!HasWork || Interlocked.CompareExchange(ref _running, 1, 0) != 0)
                return;
        }
        // Others have work for this thread, too.
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <returns>False when nothing is left to do.</returns>
    private async ValueTask<bool> Turn()
    {
        if (Volatile.Read(ref _signals) != 0)
            await Handle((AssociationSignals)Interlocked.Exchange(ref _signals, 0)).ConfigureAwait(false);
        if (_connection is { IsBroken: true } broken)
            Lost(broken);
        if (_hasEnded || _gate.IsClosed)
        {
            DropWaiting();
            CompleteFlush(isHopeless: true);
            return false;
        }
        if (_connection is not { } connection)
        {
            if (!_priority.HasMessages && !_ordinary.HasMessages && _outbox.IsEmpty)
            {
                CompleteFlush(isHopeless: false);
                return false;
            }
            await Connect().ConfigureAwait(false);
            return true;
        }
        var taken = connection.Fill(_priority, _ordinary, _isDue);
        Interlocked.Add(ref _waiting, -taken);
        await connection.Flush().ConfigureAwait(false);
        CompleteFlush(isHopeless: false);
        return taken > 0 || connection.HasAgain;
    }

    private async ValueTask Handle(AssociationSignals signals)
    {
        if (signals.HasFlag(AssociationSignals.End))
        {
            await Leave(ByeReason.Shutdown).ConfigureAwait(false);
            _end.TrySetResult();
            return;
        }
        if (signals.HasFlag(AssociationSignals.OutboxFull))
            GiveUp("too many system messages are unacknowledged");
        if (signals.HasFlag(AssociationSignals.GiveUp) && Incarnations.Current is null)
            GiveUp("it never answered");
        if (signals.HasFlag(AssociationSignals.Quarantine))
        {
            await Leave(ByeReason.Quarantined).ConfigureAwait(false);
            if (Incarnations.IsCurrentQuarantined)
                ForgetSystemMessages();
            CloseGate(_gate.CloseFully());
        }
        if (signals.HasFlag(AssociationSignals.Break))
            _connection?.Break(null);
        if (signals.HasFlag(AssociationSignals.Reopen))
            _gate.Open();
        if (_connection is not { IsBroken: false } connection)
            return;
        if (signals.HasFlag(AssociationSignals.Resend) && !connection.HasAgain)
        {
            connection.Again(_outbox.Unacknowledged(_lastTaken, _transport.Settings.ResendLimit));
            Volatile.Write(ref _resentAt, Environment.TickCount64);
        }
        if (connection.IsQuiet(Environment.TickCount64, _transport.Settings.KeepAliveInterval))
            await connection.KeepAlive().ConfigureAwait(false);
    }

    private async ValueTask Connect()
    {
        using var limit = new CancellationTokenSource(_transport.Settings.Tcp.ConnectTimeout);
        Volatile.Write(ref _connecting, limit);
        try
        {
            if (_hasEnded)
                return;
            var (wire, welcome) = await _transport.Connect(Remote, limit.Token).ConfigureAwait(false);
            Connected(wire, welcome);
        }
        catch (RefusedException e) when (e.Reason is ByeReason.Quarantined)
        {
            _transport.Publish(new ThisActorSystemQuarantinedEvent(_transport.DefaultAddress!, Remote));
            CloseGate(_gate.CloseFully());
        }
        catch (Exception e)
        {
            if (_hasEnded)
                return;
            var cause = e is OperationCanceledException ? new TimeoutException("No connection in time") : e;
            var level = _gate.HasFailed ? LogLevel.DebugLevel : LogLevel.WarningLevel;
            CloseGate(e is RefusedException ? _gate.CloseFully() : _gate.Close());
            _transport.Publish(new AssociationErrorEvent(cause, _transport.DefaultAddress!, Remote, false, level));
        }
        finally
        {
            Volatile.Write(ref _connecting, null);
        }
    }

    private void Connected(Wire wire, Welcome welcome)
    {
        var connection = new OutboundConnection(wire, welcome, _transport.Provider);
        if (Incarnations.IsQuarantined(welcome.Uid))
        {
            _ = connection.Leave(ByeReason.Quarantined, _transport.Settings.FlushWait);
            CloseGate(_gate.CloseFully());
            return;
        }
        if (Incarnations.Replace(welcome.Uid) is not null)
            ForgetSystemMessages();
        if (!_outbox.Acknowledge(welcome.LastDelivered))
        {
            connection.Dispose();
            Quarantine(welcome.Uid);
            return;
        }
        Volatile.Write(ref _connection, connection);
        connection.Again(_outbox.Unacknowledged(_lastTaken, int.MaxValue));
        connection.Listen(Acknowledged, () => Signal(AssociationSignals.Look));
        _isConnected = true;
        _transport.Publish(new AssociatedEvent(_transport.DefaultAddress!, Remote, false));
    }

    private void Lost(OutboundConnection connection)
    {
        Closed(connection);
        if (connection.Reason is ByeReason.Quarantined)
        {
            _transport.Publish(new ThisActorSystemQuarantinedEvent(_transport.DefaultAddress!, Remote));
            CloseGate(_gate.CloseFully());
        }
        else if (connection.Reason is not null || Environment.TickCount64 - connection.Since < LivedMillis)
        {
            CloseGate(_gate.Close());
        }
        else
        {
            _gate.Open();
        }
    }

    private async ValueTask Leave(ByeReason reason)
    {
        if (_connection is not { } connection)
            return;
        await connection.Leave(reason, _transport.Settings.FlushWait).ConfigureAwait(false);
        Closed(connection);
    }

    private void Closed(OutboundConnection connection)
    {
        connection.Dispose();
        Volatile.Write(ref _connection, null);
        _isConnected = false;
        _transport.Publish(new DisassociatedEvent(_transport.DefaultAddress!, Remote, false));
        if (connection.Failure is { } cause && connection.Reason is null)
            _transport.Log.Debug("Connection to [{0}] has ended: {1}", Remote, cause.Message);
    }

    private void CloseGate(TimeSpan duration)
    {
        if (!_hasEnded && !_outbox.IsEmpty)
            _transport.Schedule(duration, () => Signal(AssociationSignals.Retry));
    }

    /// <summary>A known incarnation is quarantined; of an unknown one nothing was delivered, so numbers can begin anew.</summary>
    private void GiveUp(string why)
    {
        _transport.Log.Error("System messages to [{0}] are given up: {1}", Remote, why);
        if (Incarnations.Current is { } uid)
            Quarantine(uid);
        else
            ForgetSystemMessages();
    }

    private void ForgetSystemMessages()
    {
        foreach (var dropped in _outbox.Reset())
            _transport.Log.Debug("[{0}] to [{1}] was never acknowledged", dropped.Message.GetType().Name, dropped.Recipient);
        _lastTaken = 0;
    }

    private void Acknowledged(long number)
    {
        if (!_outbox.Acknowledge(number))
            Volatile.Read(ref _connection)?.Break(new Serialization.WireFormatException($"{number} was never sent"));
        else if (Volatile.Read(ref _flushed) is not null)
            Signal(AssociationSignals.Look);
    }

    private bool IsDue(OutboundMessage systemMessage)
    {
        // Numbered for an incarnation that is no more.
        if (systemMessage.Epoch != _outbox.Epoch)
            return false;
        _lastTaken = systemMessage.Number;
        return Loses?.Invoke(systemMessage.Number) != true;
    }

    private void DropWaiting()
    {
        while ((_priority.Take() ?? _ordinary.Take()) is { } message)
        {
            Interlocked.Decrement(ref _waiting);
            if (message.Number == 0)
                DeadLetter(message.Message, message.Sender, message.Recipient);
            else
                IsDue(message);
        }
    }

    private void CompleteFlush(bool isHopeless)
    {
        if (Volatile.Read(ref _flushed) is not { } flushed)
            return;
        if (isHopeless || (!_priority.HasMessages && !_ordinary.HasMessages && _outbox.IsEmpty))
        {
            Volatile.Write(ref _flushed, null);
            flushed.TrySetResult();
        }
    }

    private void DeadLetter(object message, IActorRef? sender, IActorRef recipient) =>
        _transport.System.DeadLetters.Tell(new DeadLetter(message, sender ?? _transport.System.DeadLetters, recipient), sender);
}
