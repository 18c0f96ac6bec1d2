using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace ActorBroker.Conformance.Tests.Cluster;

internal sealed record PartitionView(string Topic, int Partition, int Leader, int[] Replicas, int[] Isr)
{
    public override string ToString() => $"{Topic}-{Partition} leader {Leader} replicas {string.Join('.', Replicas)} isr {string.Join('.', Isr)}";
}

/// <summary>What one node tells of the cluster.</summary>
internal sealed record ClusterView(IReadOnlyList<int> Brokers, int Controller, IReadOnlyList<PartitionView> Partitions)
{
    public override string ToString() => $"brokers {string.Join('.', Brokers)} controller {Controller}\n{string.Join('\n', Partitions)}";
}

/// <summary>Metadata v4 by hand over a plain socket.</summary>
internal static class ClusterProbe
{
    private const int AnswerMs = 2_000;
    private const int ChangeMs = 60_000;
    private const short Metadata = 3;
    private const short UpdateFeatures = 57;

    /// <summary>The node's metadata of the topics (none: of no topic), or null when it does not answer.</summary>
    public static ClusterView? Describe(ClusterNode node, string[] topics)
    {
        try
        {
            var body = new List<byte>();
            Put(body, topics.Length);
            foreach (var topic in topics)
            {
                body.AddRange([(byte)(topic.Length >> 8), (byte)topic.Length]);
                body.AddRange(Encoding.ASCII.GetBytes(topic));
            }

            // A look must not make what it looks for.
            body.Add(0);
            return Parse(new Cursor(Ask(node.Host, node.ClientPort, Metadata, 4, [.. body])));
        }
        catch (Exception failure) when (failure is SocketException or IOException or InvalidDataException or AggregateException)
        {
            return null;
        }
    }

    /// <summary>
    /// UpdateFeatures v2 for this broker's own feature; the refusal's text, or null when the level was set, or would be with
    /// <paramref name="validateOnly"/>.
    /// </summary>
    public static string? RaiseLevel(ClusterNode node, short level, bool validateOnly)
    {
        var name = Encoding.ASCII.GetBytes("actorbroker.metadata");
        var body = new List<byte>();
        Put(body, ChangeMs / 2);
        // Arrays and strings of flexible versions have their length + 1 before them, and tagged fields (none) behind each structure.
        body.AddRange([2, (byte)(name.Length + 1), .. name, (byte)(level >> 8), (byte)level, 1, 0, (byte)(validateOnly ? 1 : 0), 0]);
        var at = new Cursor(Ask(node.Host, node.ClientPort, UpdateFeatures, 2, [.. body], isFlexible: true, answerMs: ChangeMs));
        at.Skip(1);
        at.Int32();
        var error = at.Int16();
        var text = at.CompactText();
        return error == 0 ? null : $"error {error}: {text}";
    }

    private static ClusterView Parse(Cursor at)
    {
        var brokers = new List<int>();
        at.Int32();
        for (var left = at.Int32(); left > 0; left--)
        {
            brokers.Add(at.Int32());
            at.Text();
            at.Int32();
            at.Text();
        }

        at.Text();
        var controller = at.Int32();
        var partitions = new List<PartitionView>();
        for (var topics = at.Int32(); topics > 0; topics--)
        {
            at.Int16();
            var name = at.Text()!;
            at.Skip(1);
            for (var left = at.Int32(); left > 0; left--)
            {
                at.Int16();
                partitions.Add(new PartitionView(name, at.Int32(), at.Int32(), at.Int32s(), at.Int32s()));
            }
        }

        return new ClusterView(brokers, controller, partitions);
    }

    private static byte[] Ask(string host, int port, short key, short version, byte[] body, bool isFlexible = false, int answerMs = AnswerMs)
    {
        if (isFlexible) body = [0, .. body];
        using var client = new TcpClient { ReceiveTimeout = answerMs, SendTimeout = answerMs };
        if (!client.ConnectAsync(host, port).Wait(answerMs)) throw new IOException($"{host}:{port} does not take the connection.");
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
        var response = new byte[BinaryPrimitives.ReadInt32BigEndian(prefix)];
        stream.ReadExactly(response);
        return response[4..];
    }

    private static void Put(List<byte> body, int value) => body.AddRange([(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value]);

    private sealed class Cursor(byte[] bytes)
    {
        private int _at;

        public short Int16() => BinaryPrimitives.ReadInt16BigEndian(Take(2));

        public int Int32() => BinaryPrimitives.ReadInt32BigEndian(Take(4));

        public int[] Int32s()
        {
            var values = new int[Int32()];
            for (var i = 0; i < values.Length; i++) values[i] = Int32();
            return values;
        }

        public string? Text()
        {
            var length = Int16();
            return length < 0 ? null : Encoding.UTF8.GetString(Take(length));
        }

        public string? CompactText()
        {
            var length = 0;
            for (var shift = 0; ; shift += 7)
            {
                var part = Take(1)[0];
                length |= (part & 0x7f) << shift;
                if (part < 0x80) break;
            }

            return length == 0 ? null : Encoding.UTF8.GetString(Take(length - 1));
        }

        public void Skip(int count) => Take(count);

        private ReadOnlySpan<byte> Take(int count)
        {
            if (_at + count > bytes.Length) throw new InvalidDataException("The response is cut short.");
            _at += count;
            return bytes.AsSpan(_at - count, count);
        }
    }
}
