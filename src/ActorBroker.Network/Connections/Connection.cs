using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using ActorBroker.Network.Fetch;
using ActorBroker.Network.Listeners;
using ActorBroker.Network.Produce;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Connections;

/// <summary>
/// One client connection: a loop that receives frames and has them dispatched one after the other (R1). Responses leave in request order
/// because every request but Produce is awaited, response included, before the next frame is looked at; Produce requests wait for their
/// answers in the <see cref="ProducePipeline"/>, and whatever is not Produce starts once that has run empty.
///
/// The loop runs wherever its awaits complete, on network threads too, so nothing in it may block. An idle connection holds this object,
/// its socket and no buffer.
/// </summary>
internal sealed class Connection
{
    private const int TrimAfterMs = 30_000;
    private const int SendPieceBytes = 128 * 1024;

    private static readonly TimeSpan s_turn = TimeSpan.FromMilliseconds(2);

    private readonly Transport _transport;
    private readonly FrameReceiver _receiver;
    private readonly RequestDispatcher _dispatcher;
    private CancellationTokenSource? _cancel;
    private ProducePipeline? _produce;
    private FetchExecution? _fetch;
    private ClientIdentity? _client;
    private string? _closeReason;
    private int _closed;
    private long _lastActiveMs = Environment.TickCount64;
    private long _sendingSinceMs;
    private long _countedBytes;
    private bool _isBusy;
    private volatile bool _isEnding;

    public Connection(
        GatewayServices services, RequestDispatcher dispatcher, ListenerSettings listener, Transport transport, IPAddress address)
    {
        Services = services;
        Listener = listener;
        _transport = transport;
        _dispatcher = dispatcher;
        _receiver = new FrameReceiver(transport, services.Pool, services.Gate, services.Settings.MaxRequestBytes);
        Address = address;
    }

    /// <summary>Called once when nothing of the connection is under way any more.</summary>
    public required Action<Connection> Ended { get; init; }

    public GatewayServices Services { get; }

    public ListenerSettings Listener { get; }

    public IPAddress Address { get; }

    public EndPoint? RemoteEndPoint => _transport.RemoteEndPoint;

    public Transport Transport => _transport;

    public bool IsClosed => Volatile.Read(ref _closed) != 0;

    /// <summary>No further request is to be started.</summary>
    public bool IsEnding => _isEnding;

    public ProducePipeline Produce => _produce ??= new ProducePipeline(this);

    public FetchExecution Fetch => _fetch ??= new FetchExecution(this);

    /// <summary>Cancelled when the connection closes.</summary>
    public CancellationToken Cancel
    {
        get
        {
            var source = Volatile.Read(ref _cancel);
            if (source is not null) return source.Token;
            var made = new CancellationTokenSource();
            source = Interlocked.CompareExchange(ref _cancel, made, null) ?? made;
            if (IsClosed) source.Cancel();
            return source.Token;
        }
    }

    /// <summary>The client id as text; decoded once as long as the client does not change it.</summary>
    public string? ClientId(in RequestHeader header) => ClientIdentity.Text(ref _client, header.ClientIdBytes);

    /// <summary>Serves the connection until it ends; never throws.</summary>
    public async Task RunAsync()
    {
        try
        {
            var turnStarted = Stopwatch.GetTimestamp();
            while (true)
            {
                var receiving = _receiver.ReceiveAsync();
                var hasWaited = !receiving.IsCompleted;
                if (!await receiving.ConfigureAwait(false)) break;
                if (hasWaited) turnStarted = Stopwatch.GetTimestamp();
                _isBusy = true;
                while (!_isEnding && !IsClosed && _receiver.TryTake(out var frame))
                    await _dispatcher.DispatchAsync(this, frame).ConfigureAwait(false);
                if (_isEnding) await DrainedAsync().ConfigureAwait(false);
                if (_isEnding || IsClosed) break;
                Rested();
                if (Stopwatch.GetElapsedTime(turnStarted) < s_turn) continue;
                // A network thread serves many connections: one whose peer always has more to say moves to the pool's queue now and then.
                await Task.Yield();
                turnStarted = Stopwatch.GetTimestamp();
            }

            Close(null);
        }
        catch (WireFormatException e)
        {
            Close(e.Message);
        }
        catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            Close(null);
        }
        catch (Exception e)
        {
            _dispatcher.Failed(this, e);
            Close("request failed");
        }

        Finish();
    }

    /// <summary>Closes the connection from any thread; a reason makes a log line.</summary>
    public void Close(string? reason)
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0) return;
        _closeReason = reason;
        _transport.Close();
        _produce?.OnClosed();
        _fetch?.OnClosed();
        // Callbacks run on the pool: whoever closes the connection must not wait for them.
        _ = _cancel?.CancelAsync();
    }

    /// <summary>Lets the requests that have started be answered and closes then; a fetch that waits is answered at once.</summary>
    public void CloseWhenAnswered()
    {
        _isEnding = true;
        Interlocked.MemoryBarrier();
        _fetch?.OnClosed();
        if (!Volatile.Read(ref _isBusy) && _produce?.IsDrained != false) Close(null);
    }

    /// <summary>Completes when every request so far has been answered and the answers were sent.</summary>
    public ValueTask DrainedAsync() => _produce is null ? ValueTask.CompletedTask : _produce.DrainedAsync();

    /// <summary>Sends all bytes: at once as far as they go, the rest when the peer takes it.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> bytes)
    {
        var sent = _transport.TrySend(bytes.Span);
        if (sent == bytes.Length)
        {
            Services.Metrics.Sent(sent);
            return ValueTask.CompletedTask;
        }

        if (sent < 0) sent = 0;
        Services.Metrics.Sent(sent);
        return SendPatientlyAsync(bytes[sent..]);
    }

    /// <summary>Sends bytes that are known not to go at once, as the peer takes them.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask SendPatientlyAsync(ReadOnlyMemory<byte> rest)
    {
        var total = rest.Length;
        while (rest.Length > 0)
        {
            // The sweep closes the connection when this gets too old.
            Volatile.Write(ref _sendingSinceMs, Environment.TickCount64);
            var piece = rest.Length <= SendPieceBytes ? rest : rest[..SendPieceBytes];
            rest = rest[await _transport.SendAsync(piece).ConfigureAwait(false)..];
        }

        Volatile.Write(ref _sendingSinceMs, 0);
        Services.Metrics.Sent(total);
    }

    /// <summary>Keeps the connection mute: nothing is read from it for so long (R6).</summary>
    public async ValueTask MuteAsync(int delayMs)
    {
        var timer = new MuteTimer();
        Services.Wheel.Add(timer, delayMs);
        await timer.Elapsed.WaitAsync().ConfigureAwait(false);
    }

    /// <summary>The sweep's look at the connection: closes it when its peer has kept it waiting for too long.</summary>
    public void CheckDeadlines(long nowMs)
    {
        var settings = Services.Settings;
        var sendingSince = Volatile.Read(ref _sendingSinceMs);
        if (sendingSince != 0 && nowMs - sendingSince > settings.WriteTimeoutMs)
        {
            Close($"took no byte of a response for {settings.WriteTimeoutMs} ms");
            return;
        }

        if (Volatile.Read(ref _isBusy) || _receiver.IsHeldBack) return;
        var partial = _receiver.PartialBytes;
        if (partial > 0 && nowMs - _receiver.PartialSince > settings.FrameTimeoutMs + partial / 8)
            Close($"left a request unfinished for {nowMs - _receiver.PartialSince} ms after {partial} bytes of it");
        if (partial > 0) return;
        var idleMs = nowMs - Volatile.Read(ref _lastActiveMs);
        if (settings.MaxIdleMs >= 0 && idleMs > settings.MaxIdleMs) Close(null);
        else if (idleMs > TrimAfterMs) _produce?.Trim();
    }

    private void Rested()
    {
        _isBusy = false;
        Volatile.Write(ref _lastActiveMs, Environment.TickCount64);
        CountReceived();
    }

    private void CountReceived()
    {
        Services.Metrics.Received(_receiver.TotalBytes - _countedBytes);
        _countedBytes = _receiver.TotalBytes;
    }

    private void Finish()
    {
        _receiver.Drop();
        _fetch?.Dispose();
        if (_closeReason is not null) _dispatcher.Faulted(this, _closeReason);
        Ended(this);
    }
}
