using System.Buffers.Binary;
using System.Net.Sockets;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Server.Cli.Client;

/// <summary>
/// One connection: requests are written as they come, a single loop reads the answers. Brokers answer a connection in the order of its
/// requests, so an answer belongs to the oldest waiting call; its correlation id is checked against that call's. A call that times out
/// ends the connection, since nobody can say what its answer would still hold up.
/// </summary>
internal sealed class BrokerConnection : IAsyncDisposable
{
    private readonly ClientSettings _settings;
    private readonly Socket _socket;
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly Queue<(int Id, PendingCall Call)> _waiting = new();
    private readonly CancellationTokenSource _closing = new();
    private Task _reading = Task.CompletedTask;
    private Exception? _failure;
    private int _lastCorrelationId;

    private BrokerConnection(BrokerAddress address, ClientSettings settings, Socket socket)
    {
        Address = address;
        _settings = settings;
        _socket = socket;
    }

    public BrokerAddress Address { get; }

    public ApiVersionTable Versions { get; private set; } = new(new ApiVersionsResponse());

    public bool IsOpen => Volatile.Read(ref _failure) is null;

    /// <summary>Connects and asks for the broker's versions.</summary>
    public static async Task<BrokerConnection> OpenAsync(BrokerAddress address, ClientSettings settings, CancellationToken cancel)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(settings.ConnectTimeout);
        try
        {
            await socket.ConnectAsync(address.Host, address.Port, timeout.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is SocketException or OperationCanceledException)
        {
            socket.Dispose();
            cancel.ThrowIfCancellationRequested();
            throw ConnectFault.Explain(address, settings.ConnectTimeout, error);
        }

        var connection = new BrokerConnection(address, settings, socket);
        connection._reading = Task.Run(connection.ReadAsync, CancellationToken.None);
        try
        {
            connection.Versions = await connection.NegotiateAsync(cancel).ConfigureAwait(false);
            return connection;
        }
        catch (Exception error)
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            if (error is BrokerUnreachableException or ClientTimeoutException or WireFormatException)
                throw ConnectFault.NotKafka(address, error);
            throw;
        }
    }

    public short VersionOf(ApiKey key) => Versions.Pick(key, Address);

    public Task<T> CallAsync<T>(ApiKey key, IWireMessage request, CancellationToken cancel, TimeSpan? more = null)
        where T : IWireMessage, new() => CallAsync<T>(key, VersionOf(key), request, cancel, more);

    /// <summary>Sends and awaits the answer; <paramref name="more"/> is what the request itself may take on the broker.</summary>
    public async Task<T> CallAsync<T>(ApiKey key, short version, IWireMessage request, CancellationToken cancel, TimeSpan? more = null)
        where T : IWireMessage, new()
    {
        var frame = await ExchangeAsync(key, version, request, _settings.RequestTimeout + (more ?? TimeSpan.Zero), cancel).ConfigureAwait(false);
        return Decode<T>(frame, key, version);
    }

    /// <summary>Sends a request that the broker does not answer: a Produce with acks=0.</summary>
    public async Task SendAsync(ApiKey key, short version, IWireMessage request, CancellationToken cancel)
    {
        using var writer = new WireWriter(4096);
        var id = Interlocked.Increment(ref _lastCorrelationId);
        Encode(writer, key, version, request, id);
        await WriteAsync(writer, null, id, cancel).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        Close(new BrokerUnreachableException(Address, $"connection to {Address} was closed"));
        await _reading.ConfigureAwait(false);
        _writing.Dispose();
        _closing.Dispose();
    }

    private static T Decode<T>(byte[] frame, ApiKey key, short version)
        where T : IWireMessage, new()
    {
        var reader = new WireReader(frame);
        ResponseHeader.Read(ref reader, key, version);
        var response = new T();
        response.Read(ref reader, version);
        return response;
    }

    private void Encode(WireWriter writer, ApiKey key, short version, IWireMessage request, int id)
    {
        writer.Reserve(4);
        RequestHeader.Write(writer, key, version, id, _settings.ClientId);
        request.Write(writer, version);
        writer.PatchInt32(0, writer.Length - 4);
    }

    private async Task<ApiVersionTable> NegotiateAsync(CancellationToken cancel)
    {
        var version = ApiCatalog.Get(ApiKey.ApiVersions).LatestStableVersion;
        for (var attempt = 0; ; attempt++)
        {
            var request = new ApiVersionsRequest { ClientSoftwareName = "actorbroker-cli", ClientSoftwareVersion = "0.1.0" };
            var frame = await ExchangeAsync(ApiKey.ApiVersions, version, request, _settings.ConnectTimeout, cancel).ConfigureAwait(false);
            var error = ErrorOf(frame);
            if (error == ErrorCode.None) return new ApiVersionTable(Decode<ApiVersionsResponse>(frame, ApiKey.ApiVersions, version));
            if (error != ErrorCode.UnsupportedVersion || attempt > 0 || version == 0)
                throw new KafkaErrorException(error, $"broker {Address}", null);
            version = 0; // the answer to a version that the broker does not know has version 0's form
        }
    }

    private static ErrorCode ErrorOf(byte[] frame)
    {
        var reader = new WireReader(frame);
        reader.ReadInt32();
        return reader.ReadError();
    }

    private async Task<byte[]> ExchangeAsync(ApiKey key, short version, IWireMessage request, TimeSpan limit, CancellationToken cancel)
    {
        var call = new PendingCall();
        using var writer = new WireWriter(4096);
        var id = Interlocked.Increment(ref _lastCorrelationId);
        Encode(writer, key, version, request, id);
        await WriteAsync(writer, call, id, cancel).ConfigureAwait(false);
        try
        {
            return await call.Answer.WaitAsync(limit, cancel).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            var error = new ClientTimeoutException($"broker {Address} did not answer {key} within {limit.TotalSeconds:0.#} s");
            Close(error);
            throw error;
        }
    }

    private async Task WriteAsync(WireWriter writer, PendingCall? call, int id, CancellationToken cancel)
    {
        await _writing.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            lock (_waiting)
            {
                // Within the lock: Close sets the failure first and empties the queue then, so no call is left behind.
                if (Volatile.Read(ref _failure) is { } failure) throw failure;
                if (call is not null) _waiting.Enqueue((id, call));
            }

            var rest = writer.WrittenMemory;
            while (rest.Length > 0)
            {
                // Not by the caller's token: half a frame on the wire would spoil the connection for everyone.
                var sent = await _socket.SendAsync(rest, SocketFlags.None, _closing.Token).ConfigureAwait(false);
                rest = rest[sent..];
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException && !cancel.IsCancellationRequested)
        {
            var lost = new BrokerUnreachableException(Address, $"connection to {Address} broke while sending: {error.Message}", error);
            Close(lost);
            throw lost;
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task ReadAsync()
    {
        var head = new byte[4];
        try
        {
            while (true)
            {
                await FillAsync(head, 4).ConfigureAwait(false);
                var length = BinaryPrimitives.ReadInt32BigEndian(head);
                if (length < 4 || length > _settings.MaxResponseBytes)
                    throw new WireFormatException($"a frame of {length} bytes is no Kafka response");
                Answer(await ReadFrameAsync(length).ConfigureAwait(false));
            }
        }
        catch (Exception error) when (error is SocketException or EndOfStreamException or WireFormatException or ObjectDisposedException
            or OperationCanceledException)
        {
            Close(new BrokerUnreachableException(Address, $"connection to {Address} was lost: {error.Message}", error));
        }
    }

    private void Answer(byte[] frame)
    {
        (int Id, PendingCall Call) oldest;
        lock (_waiting)
        {
            if (!_waiting.TryDequeue(out oldest)) throw new WireFormatException("an answer that nobody asked for");
        }

        var id = BinaryPrimitives.ReadInt32BigEndian(frame);
        if (id != oldest.Id)
        {
            var error = new WireFormatException($"answer {id} where {oldest.Id} was due");
            oldest.Call.Fail(new BrokerUnreachableException(Address, $"connection to {Address}: {error.Message}", error));
            throw error;
        }

        oldest.Call.Complete(frame);
    }

    /// <summary>The array grows with the bytes that are really there, not with the length that was announced.</summary>
    private async Task<byte[]> ReadFrameAsync(int length)
    {
        var frame = GC.AllocateUninitializedArray<byte>(Math.Min(length, 1 << 20));
        var read = 0;
        while (true)
        {
            await FillAsync(frame.AsMemory(read), frame.Length - read).ConfigureAwait(false);
            read = frame.Length;
            if (read == length) return frame;
            var grown = GC.AllocateUninitializedArray<byte>((int)Math.Min(length, read * 4L));
            frame.CopyTo(grown, 0);
            frame = grown;
        }
    }

    private async Task FillAsync(Memory<byte> target, int count)
    {
        for (var done = 0; done < count;)
        {
            var read = await _socket.ReceiveAsync(target[done..count], SocketFlags.None, _closing.Token).ConfigureAwait(false);
            if (read == 0) throw new EndOfStreamException("the broker closed it");
            done += read;
        }
    }

    private void Close(Exception reason)
    {
        if (Interlocked.CompareExchange(ref _failure, reason, null) is not null) return;
        _closing.Cancel();
        _socket.Dispose();
        lock (_waiting)
        {
            while (_waiting.TryDequeue(out var entry)) entry.Call.Fail(reason);
        }
    }
}
