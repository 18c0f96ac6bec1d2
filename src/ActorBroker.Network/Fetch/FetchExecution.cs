using System.Diagnostics;
using System.Runtime.CompilerServices;
using ActorBroker.Core.Metadata;
using ActorBroker.Network.Connections;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Fetch;

/// <summary>
/// The fetch requests of one connection, one after the other: read the request into its session, plan, wait until there is enough or the
/// time is over, stream the response. While it waits it holds no buffer; a partition's advance or the timing wheel wakes it on the pool.
/// </summary>
internal sealed class FetchExecution : WheelEntry, IDisposable
{
    /// <summary>A connection that reads more partitions than these without a session registers anew with each request.</summary>
    private const int MaxKeptPartitions = 4096;

    private readonly Connection _connection;
    private readonly GatewayServices _services;
    private readonly FetchResponseWriter _response = new();
    private readonly FetchSender _sender;
    private FetchSession? _own;
    private FetchSession? _waitingIn;

    public FetchExecution(Connection connection)
    {
        _connection = connection;
        _services = connection.Services;
        _sender = new FetchSender(connection);
        Plan = new FetchPlan(_services);
    }

    public FetchRequestView Request { get; } = new();

    public FetchPlan Plan { get; }

    public int CorrelationId { get; private set; }

    /// <summary>Milliseconds that the client is asked to wait (R6).</summary>
    public int ThrottleTimeMs { get; private set; }

    public string ListenerName => _connection.Listener.Name;

    public MetadataImage Metadata => _services.Metadata.Current;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask RunAsync(RequestHeader header, int bodyOffset, Frame frame)
    {
        var started = Stopwatch.GetTimestamp();
        CorrelationId = header.CorrelationId;
        var writer = _services.Writers.Rent();
        try
        {
            await PrepareAsync(header, bodyOffset, frame, writer).ConfigureAwait(false);
            var slices = Plan.HandOverSlices();
            await _sender.SendAsync(writer, _response.Marks, slices).ConfigureAwait(false);
        }
        finally
        {
            Plan.Release();
            Request.Clear();
            _services.Writers.Return(writer);
        }

        DropLargeOwn();
        _services.Metrics.Api(ApiKey.Fetch).Took((long)Stopwatch.GetElapsedTime(started).TotalMicroseconds);
    }

    /// <summary>Wakes a request that waits: its connection has closed.</summary>
    public void OnClosed() => Volatile.Read(ref _waitingIn)?.Signal.Set(inline: false);

    public void Dispose()
    {
        _own?.Drop();
        _own = null;
    }

    internal override void OnDue() => Volatile.Read(ref _waitingIn)?.Signal.Set(inline: false);

    /// <summary>
    /// Everything up to the written response. The session is left before a byte is sent: as soon as the client has the response, its next
    /// request may come, on another connection too.
    /// </summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask PrepareAsync(RequestHeader header, int bodyOffset, Frame frame, WireWriter writer)
    {
        var grant = Begin(frame, bodyOffset, header.ApiVersion, out var session);
        try
        {
            if (Request.HasUnknownIsolation)
            {
                // From version 13 on clients know an error of the whole response, before it stands at every partition too (KIP-516).
                if (Request.Version < 13) Plan.Refuse(session.Order, grant.Error);
            }
            else if (grant.Error == ErrorCode.None)
            {
                MakePlan(session, grant.IsIncremental);
                if (!IsDue(session)) await WaitAsync(session, grant.IsIncremental).ConfigureAwait(false);
            }

            _response.Write(writer, this, grant.Error, grant.Session?.Id ?? 0, grant.IsIncremental);
            Count();
            if (grant.Session is not null) session.Retire();
        }
        finally
        {
            session.Leave();
        }
    }

    /// <summary>Reads the request into its session and gives the frame back. The session comes back entered.</summary>
    private FetchSessionGrant Begin(Frame frame, int bodyOffset, short version, out FetchSession session)
    {
        try
        {
            Request.Parse(frame.Memory, bodyOffset, version);
            if (Request.HasUnknownIsolation)
            {
                session = OwnSession();
                session.ApplyFull(Request, frame.Memory.Span);
                return new FetchSessionGrant(ErrorCode.UnknownServerError, null, false);
            }

            var grant = _services.FetchSessions.Resolve(
                Request.SessionId, Request.SessionEpoch, Request.UsesTopicIds, Request.Entries.Count, Environment.TickCount64);
            session = grant.Session ?? OwnSession();
            if (grant.Error != ErrorCode.None) return grant;
            if (grant.IsIncremental) session.ApplyIncremental(Request, frame.Memory.Span);
            else session.ApplyFull(Request, frame.Memory.Span);
            if (!grant.IsIncremental || session.Count > 0) return grant;
            // Everything was forgotten: the session ends, and the client is told so by id 0.
            _services.FetchSessions.Close(session);
            return grant with { Session = null };
        }
        finally
        {
            frame.Release();
        }
    }

    private FetchSession OwnSession()
    {
        if (_own is not null && _own.UsesTopicIds != Request.UsesTopicIds)
        {
            _own.Drop();
            _own = null;
        }

        _own ??= new FetchSession(Request.UsesTopicIds);
        _own.TryEnter();
        return _own;
    }

    private void MakePlan(FetchSession session, bool isIncremental)
    {
        session.CollectDirty();
        Plan.Make(session, Request, isIncremental ? session.Active : session.Order);
    }

    private bool IsDue(FetchSession session) =>
        Plan.IsUrgent || Request.MaxWaitMs <= 0 || session.Count == 0
        || Plan.TotalBytes >= Math.Min(Request.MinBytes, _services.Settings.MaxFetchBytes);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask WaitAsync(FetchSession session, bool isIncremental)
    {
        var deadline = Environment.TickCount64 + Request.MaxWaitMs;
        // Whoever closes the connection marks it first and looks for a waiter then; so the waiter is announced first, the mark read then.
        Interlocked.Exchange(ref _waitingIn, session);
        _services.Wheel.Add(this, Request.MaxWaitMs);
        try
        {
            while (!_connection.IsEnding)
            {
                if (_connection.IsClosed) throw new OperationCanceledException("The connection was closed.");
                await session.WaitAsync().ConfigureAwait(false);
                var isOver = Environment.TickCount64 >= deadline;
                MakePlan(session, isIncremental);
                if (isOver || IsDue(session)) return;
            }
        }
        finally
        {
            session.EndWait();
            Volatile.Write(ref _waitingIn, null);
            _services.Wheel.Cancel(this);
        }
    }

    private void Count()
    {
        foreach (ref readonly var item in Plan.Items)
        {
            var slot = item.Slot;
            slot.WasServed = item.Bytes > 0;
            slot.HasMore = item.Bytes > 0 || item.Error != ErrorCode.None || item.IsDiverging || !item.IsExhausted;
            if (item.Bytes > 0) slot.Target?.Traffic.Fetched(item.Bytes);
        }

        _services.Metrics.Fetched(Plan.TotalBytes);
    }

    private void DropLargeOwn()
    {
        if (_own is null || _own.Count <= MaxKeptPartitions) return;
        _own.Drop();
        _own = null;
    }
}
