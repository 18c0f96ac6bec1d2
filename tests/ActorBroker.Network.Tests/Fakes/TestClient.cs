using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Tests.Fakes;

/// <summary>A Kafka client of the barest kind: frames in, frames out, every wait with a deadline.</summary>
internal sealed class TestClient : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private readonly Socket _socket;
    private int _correlationId;

    private TestClient(Socket socket) => _socket = socket;

    public Socket Socket => _socket;

    public static async Task<TestClient> ConnectAsync(IPEndPoint address, int receiveBuffer = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0) socket.ReceiveBufferSize = receiveBuffer;
        await socket.ConnectAsync(address);
        return new TestClient(socket);
    }

    public static byte[] Frame(ApiKey key, short version, int correlationId, IWireMessage body, string? clientId = "test")
    {
        using var writer = new WireWriter();
        writer.Reserve(4);
        RequestHeader.Write(writer, key, version, correlationId, clientId);
        body.Write(writer, version);
        writer.PatchInt32(0, writer.Length - 4);
        return writer.WrittenSpan.ToArray();
    }

    public async Task<int> SendAsync(ApiKey key, short version, IWireMessage body, string? clientId = "test")
    {
        var id = ++_correlationId;
        await SendRawAsync(Frame(key, version, id, body, clientId));
        return id;
    }

    public async Task SendRawAsync(ReadOnlyMemory<byte> bytes)
    {
        using var limit = new CancellationTokenSource(Limit);
        while (bytes.Length > 0) bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, limit.Token)..];
    }

    /// <summary>The next frame without its length.</summary>
    public async Task<byte[]> ReceiveFrameAsync()
    {
        var prefix = await ReceiveExactlyAsync(4) ?? throw new EndOfStreamException();
        return await ReceiveExactlyAsync(BinaryPrimitives.ReadInt32BigEndian(prefix)) ?? throw new EndOfStreamException();
    }

    public async Task<TResponse> ReceiveAsync<TResponse>(ApiKey key, short version, int correlationId)
        where TResponse : IWireMessage, new() => Parse<TResponse>(await ReceiveFrameAsync(), key, version, correlationId);

    public async Task<TResponse> AskAsync<TResponse>(ApiKey key, short version, IWireMessage body, string? clientId = "test")
        where TResponse : IWireMessage, new() =>
        await ReceiveAsync<TResponse>(key, version, await SendAsync(key, version, body, clientId));

    public static TResponse Parse<TResponse>(byte[] frame, ApiKey key, short version, int correlationId)
        where TResponse : IWireMessage, new()
    {
        var reader = new WireReader(frame);
        Assert.Equal(correlationId, ResponseHeader.Read(ref reader, key, version));
        var response = new TResponse();
        response.Read(ref reader, version);
        reader.ExpectEnd();
        return response;
    }

    /// <summary>True when the broker closes the connection before it sends anything.</summary>
    public async Task<bool> IsClosedAsync()
    {
        try
        {
            return await ReceiveExactlyAsync(1) is null;
        }
        catch (SocketException)
        {
            return true;
        }
    }

    public void Dispose() => _socket.Dispose();

    private async Task<byte[]?> ReceiveExactlyAsync(int count)
    {
        using var limit = new CancellationTokenSource(Limit);
        var bytes = new byte[count];
        for (var done = 0; done < count;)
        {
            var received = await _socket.ReceiveAsync(bytes.AsMemory(done), SocketFlags.None, limit.Token);
            if (received == 0) return done == 0 ? null : throw new EndOfStreamException();
            done += received;
        }

        return bytes;
    }
}
