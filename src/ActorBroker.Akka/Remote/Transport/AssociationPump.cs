using Akka.Event;

namespace Akka.Remote.Transport;

/// <summary>
/// The one flow of control that owns an association's outbound connection: it connects, takes whatever waits, writes it
/// with one call, and goes on until nothing waits. No lock is held while bytes are serialized or written, and what comes
/// meanwhile is the next write.
///
/// No wake-up is lost: a sender publishes its message (or signal), then reads the running flag; the pump clears the flag,
/// then looks at queues and signals. Both have a full fence between their two steps.
/// </summary>
internal sealed class AssociationPump : IThreadPoolWorkItem
{
    private const int TurnsBeforeYield = 16;
    private const int LivedMillis = 1000;

    private readonly RemoteTransport _transport;
    private readonly Association _association;
    private readonly SystemOutbox _outbox;
    private readonly Gate _gate;
    private readonly Func<OutboundMessage, bool> _isDue;
    private readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private OutboundConnection? _connection;
    private TaskCompletionSource? _flushed;
    private CancellationTokenSource? _connecting;
    private int _signals;
    private int _running;
    private long _lastTaken;
    private long _resentAt;
    private volatile bool _hasEnded;

    public AssociationPump(RemoteTransport transport, Association association, SystemOutbox outbox, Gate gate)
    {
        _transport = transport;
        _association = association;
        _outbox = outbox;
        _gate = gate;
        _isDue = IsDue;
    }

    public OutboundConnection? Connection => Volatile.Read(ref _connection);

    public bool HasEnded => _hasEnded;

    /// <summary>When unacknowledged system messages were last sent again.</summary>
    public long ResentAt => Volatile.Read(ref _resentAt);

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

    void IThreadPoolWorkItem.Execute() => _ = Run();

    private bool HasWork => Volatile.Read(ref _signals) != 0 || _association.Priority.HasMessages || _association.Ordinary.HasMessages;

    public void Signal(AssociationSignals signals)
    {
        Interlocked.Or(ref _signals, (int)signals);
        Wake();
    }

    public void Wake()
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
                if (Connection is { } connection)
                    connection.Break(e);
                else
                    _transport.Log.Error(e, "The association with [{0}] has failed", _association.Remote);
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
            if (!_association.Priority.HasMessages && !_association.Ordinary.HasMessages && _outbox.IsEmpty)
            {
                CompleteFlush(isHopeless: false);
                return false;
            }
            await Connect().ConfigureAwait(false);
            return true;
        }
        var taken = connection.Fill(_association.Priority, _association.Ordinary, _isDue);
        _association.Taken(taken);
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
        if (signals.HasFlag(AssociationSignals.GiveUp) && _association.Incarnations.Current is null)
            GiveUp("it never answered");
        if (signals.HasFlag(AssociationSignals.Quarantine))
        {
            await Leave(ByeReason.Quarantined).ConfigureAwait(false);
            if (_association.Incarnations.IsCurrentQuarantined)
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
            var (wire, welcome) = await _transport.Connect(_association.Remote, limit.Token).ConfigureAwait(false);
            Connected(wire, welcome);
        }
        catch (RefusedException e) when (e.Reason is ByeReason.Quarantined)
        {
            _transport.Publish(new ThisActorSystemQuarantinedEvent(_transport.DefaultAddress!, _association.Remote));
            CloseGate(_gate.CloseFully());
        }
        catch (Exception e)
        {
            if (_hasEnded)
                return;
            var cause = e is OperationCanceledException ? new TimeoutException("No connection in time") : e;
            var level = _gate.HasFailed ? LogLevel.DebugLevel : LogLevel.WarningLevel;
            CloseGate(e is RefusedException ? _gate.CloseFully() : _gate.Close());
            _transport.Publish(new AssociationErrorEvent(cause, _transport.DefaultAddress!, _association.Remote, false, level));
        }
        finally
        {
            Volatile.Write(ref _connecting, null);
        }
    }

    private void Connected(Wire wire, Welcome welcome)
    {
        var connection = new OutboundConnection(wire, welcome, _transport.Provider);
        // First this, then the question: a quarantine marks first, then looks whom it concerns. One of both sees the other.
        if (_association.Incarnations.Replace(welcome.Uid) is not null)
            ForgetSystemMessages();
        if (_association.Incarnations.IsQuarantined(welcome.Uid))
        {
            _ = connection.Leave(ByeReason.Quarantined, _transport.Settings.FlushWait);
            ForgetSystemMessages();
            CloseGate(_gate.CloseFully());
            return;
        }
        if (!_outbox.Acknowledge(welcome.LastDelivered))
        {
            connection.Dispose();
            _association.Quarantine(welcome.Uid);
            return;
        }
        Volatile.Write(ref _connection, connection);
        connection.Again(_outbox.Unacknowledged(_lastTaken, int.MaxValue));
        connection.Listen(Acknowledged, () => Signal(AssociationSignals.Look));
        _transport.Publish(new AssociatedEvent(_transport.DefaultAddress!, _association.Remote, false));
    }

    private void Lost(OutboundConnection connection)
    {
        Closed(connection);
        if (connection.Reason is ByeReason.Quarantined)
        {
            _transport.Publish(new ThisActorSystemQuarantinedEvent(_transport.DefaultAddress!, _association.Remote));
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
        _transport.Publish(new DisassociatedEvent(_transport.DefaultAddress!, _association.Remote, false));
        if (connection.Failure is { } cause && connection.Reason is null)
            _transport.Log.Debug("Connection to [{0}] has ended: {1}", _association.Remote, cause.Message);
    }

    private void CloseGate(TimeSpan duration)
    {
        if (!_hasEnded && !_outbox.IsEmpty)
            _transport.Schedule(duration, () => Signal(AssociationSignals.Retry));
    }

    /// <summary>A known incarnation is quarantined; of an unknown one nothing was delivered, so numbers can begin anew.</summary>
    private void GiveUp(string why)
    {
        _transport.Log.Error("System messages to [{0}] are given up: {1}", _association.Remote, why);
        if (_association.Incarnations.Current is { } uid)
            _association.Quarantine(uid);
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
        return _association.Loses?.Invoke(systemMessage.Number) != true;
    }

    private void DropWaiting()
    {
        while ((_association.Priority.Take() ?? _association.Ordinary.Take()) is { } message)
        {
            _association.Taken(1);
            if (message.Number == 0)
                _association.DeadLetter(message.Message, message.Sender, message.Recipient);
            else
                IsDue(message);
        }
    }

    private void CompleteFlush(bool isHopeless)
    {
        if (Volatile.Read(ref _flushed) is not { } flushed)
            return;
        if (isHopeless || (!_association.Priority.HasMessages && !_association.Ordinary.HasMessages && _outbox.IsEmpty))
        {
            Volatile.Write(ref _flushed, null);
            flushed.TrySetResult();
        }
    }
}
