using System.Buffers.Binary;
using System.Net.Sockets;

namespace ActorBroker.Conformance.Tests.Brokers;

/// <summary>
/// A few requests by hand over a plain socket, so that readiness and the making of topics depend on no client library.
/// A broker is ready when ApiVersions v0 and Metadata v1 are answered without error and the metadata names a broker.
/// </summary>
internal static class WireProbe
{
    private const short Metadata = 3;
    private const short ListOffsets = 2;
    private const short ApiVersions = 18;
    private const short CreateTopics = 19;
    private const int ResponseBytesMax = 1 << 20;
    private const int AnswerMs = 2_000;

    public static bool IsReady(int port)
    {
        try
        {
            return ApiKeys(port).Contains(Metadata) && Brokers(port) > 0;
        }
        catch (Exception failure) when (failure is SocketException or IOException or InvalidDataException)
        {
            return false;
        }
    }

    /// <summary>Advertised API keys with their highest version.</summary>
    public static Dictionary<short, short> Versions(int port)
    {
        var body = Ask(port, ApiVersions, 0, []);
        if (BinaryPrimitives.ReadInt16BigEndian(body) != 0) throw new InvalidDataException("ApiVersions answered with an error.");
        var count = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(2));
        var versions = new Dictionary<short, short>();
        for (var i = 0; i < count; i++)
            versions[BinaryPrimitives.ReadInt16BigEndian(body.AsSpan(6 + 6 * i))] = BinaryPrimitives.ReadInt16BigEndian(body.AsSpan(10 + 6 * i));
        return versions;
    }

    /// <summary>Makes a topic (CreateTopics v2) and waits until each partition tells its offsets (ListOffsets v1): Kafka answers before its logs are there.</summary>
    public static async Task CreateTopic(int port, string name, int partitions, params (string Key, string Value)[] configs)
    {
        var body = new List<byte>();
        PutInt32(body, 1);
        PutString(body, name);
        PutInt32(body, partitions);
        PutInt16(body, 1);
        PutInt32(body, 0);
        PutInt32(body, configs.Length);
        foreach (var (key, value) in configs)
        {
            PutString(body, key);
            PutString(body, value);
        }

        PutInt32(body, 30_000);
        body.Add(0);
        var response = Ask(port, CreateTopics, 2, [.. body]);
        var error = BinaryPrimitives.ReadInt16BigEndian(response.AsSpan(8 + 2 + name.Length));
        Assert.True(error == 0, $"CreateTopics {name}: error {error}");
        for (var partition = 0; partition < partitions; partition++)
        {
            var index = partition;
            await Deadline.Until(() => EndOffset(port, name, index) >= 0, TimeSpan.FromSeconds(20), $"{name}-{index} has a leader");
        }
    }

    /// <summary>The end of a partition, or -1 while it cannot be told.</summary>
    public static long EndOffset(int port, string topic, int partition)
    {
        var body = new List<byte>();
        PutInt32(body, -1);
        PutInt32(body, 1);
        PutString(body, topic);
        PutInt32(body, 1);
        PutInt32(body, partition);
        PutInt64(body, -1);
        var response = Ask(port, ListOffsets, 1, [.. body]).AsSpan(4 + 2 + topic.Length + 4 + 4);
        return BinaryPrimitives.ReadInt16BigEndian(response) == 0 ? BinaryPrimitives.ReadInt64BigEndian(response[10..]) : -1;
    }

    private static void PutInt16(List<byte> body, short value) => body.AddRange([(byte)(value >> 8), (byte)value]);

    private static void PutInt32(List<byte> body, int value)
    {
        PutInt16(body, (short)(value >> 16));
        PutInt16(body, (short)value);
    }

    private static void PutInt64(List<byte> body, long value)
    {
        PutInt32(body, (int)(value >> 32));
        PutInt32(body, (int)value);
    }

    private static void PutString(List<byte> body, string value)
    {
        PutInt16(body, (short)value.Length);
        body.AddRange(System.Text.Encoding.ASCII.GetBytes(value));
    }

    private static HashSet<short> ApiKeys(int port) => [.. Versions(port).Keys];

    private static int Brokers(int port) => BinaryPrimitives.ReadInt32BigEndian(Ask(port, Metadata, 1, [0, 0, 0, 0]));

    private static byte[] Ask(int port, short key, short version, byte[] body)
    {
        using var client = new TcpClient { ReceiveTimeout = AnswerMs, SendTimeout = AnswerMs };
        client.Connect("127.0.0.1", port);
        var stream = client.GetStream();
        var frame = new byte[4 + 10 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, frame.Length - 4);
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(4), key);
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(6), version);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(8), 7);
        BinaryPrimitives.WriteInt16BigEndian(frame.AsSpan(12), -1);
        body.CopyTo(frame, 14);
        stream.Write(frame);
        var prefix = new byte[4];
        stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadInt32BigEndian(prefix);
        if (length is < 4 or > ResponseBytesMax) throw new InvalidDataException($"A response of {length} bytes.");
        var response = new byte[length];
        stream.ReadExactly(response);
        if (BinaryPrimitives.ReadInt32BigEndian(response) != 7) throw new InvalidDataException("An answer to another request.");
        return response[4..];
    }
}
