using System.Diagnostics;
using System.Runtime.CompilerServices;
using ActorBroker.Network.Handlers;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Connections;

/// <summary>
/// From a frame to its handler. An unknown API, a version that is not served and a body that cannot be decoded close the connection (R4);
/// only ApiVersions answers a version it does not know, so that the client can find one (KIP-511). Holds no state of a request.
/// </summary>
internal sealed class RequestDispatcher(GatewayServices services, HandlerCatalog catalog)
{
    private const int LoggedFaultsPerSecond = 10;

    private long _faultWindow;
    private int _faultsInWindow;
    private long _unreported;

    /// <summary>Takes the frame over; completes when the next one of the connection may be dispatched.</summary>
    public ValueTask DispatchAsync(Connection connection, Frame frame)
    {
        var handler = ReadHeader(frame, out var header, out var bodyOffset);
        return handler switch
        {
            IConnectionHandler { RunsAhead: true } hot => hot.HandleAsync(connection, header, bodyOffset, frame),
            IConnectionHandler hot => RunHotAsync(hot, connection, header, bodyOffset, frame),
            _ => RunMessageAsync((IMessageHandler)handler, connection, header, bodyOffset, frame),
        };
    }

    /// <summary>A connection ended because of its peer.</summary>
    public void Faulted(Connection connection, string reason)
    {
        services.Metrics.Faulted();
        if (!MayLog())
        {
            Interlocked.Increment(ref _unreported);
            return;
        }

        var unreported = Interlocked.Exchange(ref _unreported, 0);
        services.Log.ConnectionClosed(connection.Listener.Name, connection.RemoteEndPoint, reason, unreported);
    }

    /// <summary>A connection ended because of a defect of this broker.</summary>
    public void Failed(Connection connection, Exception exception)
    {
        var failure = exception as RequestFailedException;
        var key = failure?.ApiKey ?? ApiKey.ApiVersions;
        if (failure is not null) services.Metrics.Api(key).Fail();
        services.Log.RequestFailed(
            connection.Listener.Name, connection.RemoteEndPoint, key, failure?.ApiVersion ?? -1, failure?.InnerException ?? exception);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask RunHotAsync(
        IConnectionHandler handler, Connection connection, RequestHeader header, int bodyOffset, Frame frame)
    {
        await connection.DrainedAsync().ConfigureAwait(false);
        await handler.HandleAsync(connection, header, bodyOffset, frame).ConfigureAwait(false);
    }

    private IApiHandler ReadHeader(Frame frame, out RequestHeader header, out int bodyOffset)
    {
        try
        {
            var reader = new WireReader(frame.Memory);
            header = RequestHeader.Read(ref reader);
            bodyOffset = reader.Position;
            var handler = catalog.Find(header.ApiKey) ?? throw new WireFormatException($"API {header.ApiKey} is not served");
            services.Metrics.Api(header.ApiKey).Started();
            if (header.ApiVersion >= handler.MinVersion && header.ApiVersion <= handler.MaxVersion) return handler;
            if (handler is ApiVersionsHandler versions) return versions.UnknownVersion;
            throw new WireFormatException($"{header.ApiKey} version {header.ApiVersion} is not served");
        }
        catch
        {
            frame.Release();
            throw;
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask RunMessageAsync(
        IMessageHandler handler, Connection connection, RequestHeader header, int bodyOffset, Frame frame)
    {
        var started = Stopwatch.GetTimestamp();
        var entry = Thread.CurrentThread;
        var writer = services.Writers.Rent();
        try
        {
            await connection.DrainedAsync().ConfigureAwait(false);
            var context = CreateContext(connection, header);
            writer.Reserve(4);
            ResponseHeader.Write(writer, header.ApiKey, header.ApiVersion, header.CorrelationId);
            await HandleAsync(handler, frame.Memory[bodyOffset..], context, writer).ConfigureAwait(false);
            // The handler may have been completed by a partition's own thread, which has better things to do than the next request.
            if (!Thread.CurrentThread.IsThreadPoolThread && Thread.CurrentThread != entry) await Task.Yield();
            writer.PatchInt32(0, writer.Length - 4);
            await connection.SendAsync(writer.WrittenMemory).ConfigureAwait(false);
            services.Metrics.Api(header.ApiKey).Took((long)Stopwatch.GetElapsedTime(started).TotalMicroseconds);
            if (context.ThrottleTimeMs > 0) await connection.MuteAsync(context.ThrottleTimeMs).ConfigureAwait(false);
        }
        finally
        {
            services.Writers.Return(writer);
            frame.Release();
        }
    }

    private static async ValueTask HandleAsync(
        IMessageHandler handler, ReadOnlyMemory<byte> body, RequestContext context, WireWriter writer)
    {
        try
        {
            await handler.HandleAsync(body, context, writer).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not WireFormatException and not OperationCanceledException)
        {
            throw new RequestFailedException(context.ApiKey, context.ApiVersion, e);
        }
    }

    private RequestContext CreateContext(Connection connection, in RequestHeader header) => new()
    {
        ApiKey = header.ApiKey,
        ApiVersion = header.ApiVersion,
        CorrelationId = header.CorrelationId,
        ClientId = connection.ClientId(header),
        ListenerName = connection.Listener.Name,
        ClientAddress = connection.Address,
        NodeId = services.Settings.NodeId,
        Metadata = services.Metadata.Current,
        Connection = connection,
    };

    /// <summary>Hostile peers must not fill the log: so many lines a second, the rest is counted.</summary>
    private bool MayLog()
    {
        var second = Environment.TickCount64 / 1000;
        if (Interlocked.Exchange(ref _faultWindow, second) != second) Volatile.Write(ref _faultsInWindow, 0);
        return Interlocked.Increment(ref _faultsInWindow) <= LoggedFaultsPerSecond;
    }
}
