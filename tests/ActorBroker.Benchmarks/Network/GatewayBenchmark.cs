using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ActorBroker.Core.Kernel;
using ActorBroker.Network;
using ActorBroker.Network.Handlers;
using ActorBroker.Network.Listeners;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Benchmarks.Network;

/// <summary>
/// The gateway by itself: a process that serves (<c>serve PORT SECONDS</c>) and prints what it used, and one that loads it
/// (<c>produce|fetch|idle PORT SECONDS …</c>). Two processes, so that the processor time of the two sides is known apart.
/// </summary>
public static class GatewayBenchmark
{
    public static int Run(string[] args)
    {
        var port = int.Parse(args[1]);
        var seconds = double.Parse(args[2]);
        switch (args[0])
        {
            case "serve": Serve(port, seconds); break;
            case "produce":
                Load(port, seconds, int.Parse(args[3]), Produce(int.Parse(args[4]), int.Parse(args[5])), int.Parse(args[6]));
                break;
            case "fetch": Load(port, seconds, 1, Fetch(args[3], int.Parse(args[4])), 1); break;
            case "idle": Idle(port, int.Parse(args[3])); break;
            default: return 1;
        }

        return 0;
    }

    private static void Serve(int port, double seconds)
    {
        Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
        var pool = new BufferPool(256 << 20, 32 << 20);
        var directory = new BenchDirectory(new BenchPartition("m", pool, 16, 1024, false), new BenchPartition("f", pool, 16, 1024, true));
        var handlers = new HandlerCatalog([new ProduceHandler(), new FetchHandler(), new ApiVersionsHandler([])]);
        var gateway = new Gateway(new GatewaySettings(), pool, directory, directory, handlers, new SilentLog());
        gateway.Listen(new ListenerSettings("PLAINTEXT", "127.0.0.1", port));
        var timer = new PeriodicTimer(TimeSpan.FromSeconds(seconds));
        timer.WaitForNextTickAsync().AsTask().GetAwaiter().GetResult();
        using var self = Process.GetCurrentProcess();
        var metrics = gateway.Metrics;
        var cpu = self.TotalProcessorTime.TotalMilliseconds;
        var requests = metrics.Api(ApiKey.Produce).Requests + metrics.Api(ApiKey.Fetch).Requests;
        var mebibytes = (metrics.BytesProduced + metrics.BytesFetched) / 1048576.0;
        Console.WriteLine(
            $"server: cpu {cpu:F0} ms, {requests} requests, {mebibytes:F0} MiB, {cpu / mebibytes:F3} ms/MiB, "
            + $"{1000 * cpu / requests:F1} us/request, "
            + $"{(double)GC.GetTotalAllocatedBytes() / requests:F0} B garbage/request, rss {self.WorkingSet64 >> 10} KiB, "
            + $"{metrics.Connections} connections");
    }

    private static void Load(int port, double seconds, int connections, byte[] frame, int inFlight)
    {
        var end = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        var counts = new long[connections];
        var threads = new Thread[connections];
        for (var c = 0; c < connections; c++)
        {
            var me = c;
            threads[c] = new Thread(() => counts[me] = Pump(port, frame, inFlight, end));
            threads[c].Start();
        }

        foreach (var thread in threads) thread.Join();
        var rate = counts.Sum() / seconds;
        Console.WriteLine($"client: {rate:F0} requests/s, {rate * frame.Length / 1048576:F0} MiB/s sent");
    }

    private static long Pump(int port, byte[] frame, int inFlight, long end)
    {
        using var socket = Connect(port);
        var buffer = new byte[1 << 20];
        long done = 0;
        for (var i = 0; i < inFlight; i++) socket.Send(frame);
        var prefix = new byte[4];
        while (Stopwatch.GetTimestamp() < end)
        {
            for (var got = 0; got < 4;) got += socket.Receive(prefix, got, 4 - got, SocketFlags.None);
            for (var left = BinaryPrimitives.ReadInt32BigEndian(prefix); left > 0;)
                left -= socket.Receive(buffer, 0, Math.Min(left, buffer.Length), SocketFlags.None);
            done++;
            socket.Send(frame);
        }

        return done;
    }

    private static void Idle(int port, int connections)
    {
        var sockets = new List<Socket>();
        for (var i = 0; i < connections; i++) sockets.Add(Connect(port));
        Console.WriteLine($"client: {sockets.Count} idle connections; enter ends");
        Console.ReadLine();
    }

    private static Socket Connect(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(new IPEndPoint(IPAddress.Loopback, port));
        return socket;
    }

    private static byte[] Produce(int records, int valueBytes)
    {
        using var builder = new RecordBatchBuilder(new RecordBatchOptions());
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        for (var i = 0; i < records; i++) builder.Append(now, NullableBytes.Null, new byte[valueBytes]);
        var request = new ProduceRequest
        {
            Acks = -1,
            TimeoutMs = 30_000,
            TopicData =
            [
                new ProduceRequest.TopicProduceData
                {
                    Name = "m", PartitionData = [new ProduceRequest.PartitionProduceData { Records = builder.Build() }],
                },
            ],
        };
        return Frame(ApiKey.Produce, 9, request);
    }

    private static byte[] Fetch(string topic, int maxBytes) => Frame(ApiKey.Fetch, 11, new FetchRequest
    {
        MinBytes = 1,
        MaxBytes = 50 << 20,
        SessionEpoch = -1,
        Topics =
        [
            new FetchRequest.FetchTopic { Topic = topic, Partitions = [new FetchRequest.FetchPartition { PartitionMaxBytes = maxBytes }] },
        ],
    });

    private static byte[] Frame(ApiKey key, short version, IWireMessage body)
    {
        using var writer = new WireWriter();
        writer.Reserve(4);
        RequestHeader.Write(writer, key, version, 1, "bench");
        body.Write(writer, version);
        writer.PatchInt32(0, writer.Length - 4);
        return writer.WrittenSpan.ToArray();
    }

    private sealed class SilentLog : IGatewayLog
    {
        public void ListenerStarted(string listener, IPEndPoint address)
        {
        }

        public void ListenerStopped(string listener)
        {
        }

        public void AcceptFailed(string listener, Exception exception) => Console.WriteLine(exception);

        public void ConnectionClosed(string listener, EndPoint? peer, string reason, long unreported) => Console.WriteLine(reason);

        public void RequestFailed(string listener, EndPoint? peer, ApiKey apiKey, short apiVersion, Exception exception) =>
            Console.WriteLine(exception);
    }
}
