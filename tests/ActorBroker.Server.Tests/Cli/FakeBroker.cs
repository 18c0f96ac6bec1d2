using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;
using ActorBroker.Server.Cli.Client;

namespace ActorBroker.Server.Tests.Cli;

/// <summary>A broker on loopback that answers as a test tells it; ApiVersions and Metadata have answers of their own.</summary>
internal sealed class FakeBroker : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;

    public FakeBroker()
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Address = new BrokerAddress("127.0.0.1", ((IPEndPoint)_listener.LocalEndPoint!).Port);
        Leader = () => 1;
        _accepting = Task.Run(AcceptAsync);
    }

    public BrokerAddress Address { get; }

    /// <summary>Answers a request: null closes the connection, <see cref="Silence"/> says nothing.</summary>
    public Func<ApiKey, short, IWireMessage, IWireMessage?>? Answer { get; set; }

    public static IWireMessage Silence { get; } = new ApiVersionsResponse();

    public Func<int> Leader { get; set; }

    public short MetadataMax { get; set; } = 12;

    /// <summary>ApiVersions requests above this are answered with error 35 in version 0.</summary>
    public short ApiVersionsMax { get; set; } = 4;

    public ConcurrentQueue<(ApiKey Key, short Version)> Seen { get; } = new();

    /// <summary>Topics with their partition counts.</summary>
    public Dictionary<string, int> Topics { get; } = new() { ["orders"] = 1 };

    public int Count(ApiKey key) => Seen.Count(entry => entry.Key == key);

    public KafkaClient Client(TimeSpan? timeout = null) => new(new ClientSettings
    {
        Bootstrap = [Address],
        CallTimeout = timeout ?? TimeSpan.FromSeconds(30),
        RequestTimeout = timeout ?? TimeSpan.FromSeconds(30),
        RetryBackoff = TimeSpan.FromMilliseconds(1),
    });

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true) serving.Add(ServeAsync(await _listener.AcceptAsync(_stop.Token)));
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                var stream = new NetworkStream(socket);
                var head = new byte[4];
                while (true)
                {
                    await stream.ReadExactlyAsync(head, _stop.Token);
                    var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(head)];
                    await stream.ReadExactlyAsync(frame, _stop.Token);
                    if (!Respond(frame, out var bytes)) return;
                    if (bytes.Length > 0) await stream.WriteAsync(bytes, _stop.Token);
                }
            }
            catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
            {
                Assert.True(error.Message.Length > 0);
            }
        }
    }

    private bool Respond(byte[] frame, out byte[] bytes)
    {
        bytes = [];
        var reader = new WireReader(frame);
        var header = RequestHeader.Read(ref reader);
        Seen.Enqueue((header.ApiKey, header.ApiVersion));
        var version = header.ApiVersion;
        IWireMessage? response;
        if (header.ApiKey == ApiKey.ApiVersions)
        {
            if (version > ApiVersionsMax) version = 0;
            response = Versions(version != header.ApiVersion ? ErrorCode.UnsupportedVersion : ErrorCode.None);
        }
        else
        {
            var request = ApiCatalog.NewRequest(header.ApiKey)!;
            request.Read(ref reader, version);
            response = Answer?.Invoke(header.ApiKey, version, request) ?? (header.ApiKey == ApiKey.Metadata ? Metadata((MetadataRequest)request) : null);
        }

        if (response is null) return false;
        if (ReferenceEquals(response, Silence)) return true;
        using var writer = new WireWriter();
        writer.Reserve(4);
        ResponseHeader.Write(writer, header.ApiKey, version, header.CorrelationId);
        response.Write(writer, version);
        writer.PatchInt32(0, writer.Length - 4);
        bytes = writer.WrittenMemory.ToArray();
        return true;
    }

    private ApiVersionsResponse Versions(ErrorCode error)
    {
        var response = new ApiVersionsResponse { ErrorCode = error };
        foreach (var api in ApiCatalog.All)
        {
            if (api.MaxVersion < 0 || api.Key == ApiKey.InitProducerId) continue;
            var max = api.Key == ApiKey.Metadata ? MetadataMax : api.LatestStableVersion;
            response.ApiKeys.Add(new() { ApiKey = (short)api.Key, MinVersion = api.MinVersion, MaxVersion = max });
        }

        return response;
    }

    private MetadataResponse Metadata(MetadataRequest request)
    {
        var response = new MetadataResponse { ClusterId = "fake", ControllerId = 1 };
        response.Brokers.Add(new() { NodeId = 1, Host = Address.Host, Port = Address.Port });
        foreach (var name in request.Topics is null ? Topics.Keys.ToArray() : request.Topics.Select(t => t.Name!))
        {
            var topic = new MetadataResponse.MetadataResponseTopic { Name = name };
            if (Topics.TryGetValue(name, out var count))
            {
                for (var i = 0; i < count; i++)
                    topic.Partitions.Add(new() { PartitionIndex = i, LeaderId = Leader(), ReplicaNodes = [1], IsrNodes = [1] });
            }
            else
            {
                topic.ErrorCode = ErrorCode.UnknownTopicOrPartition;
            }

            response.Topics.Add(topic);
        }

        return response;
    }
}
