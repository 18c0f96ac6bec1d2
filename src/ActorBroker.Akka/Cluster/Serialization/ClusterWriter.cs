using System.Text;
using Akka.Actor;

namespace Akka.Cluster.Serialization;

/// <summary>Writes texts and nodes in full the first time and as a number after that: a gossip names every node several times.</summary>
internal sealed class ClusterWriter
{
    private readonly MemoryStream _bytes = new();
    private readonly BinaryWriter _writer;
    private readonly Dictionary<string, int> _texts = [];
    private readonly Dictionary<UniqueAddress, int> _nodes = [];

    public ClusterWriter(byte version)
    {
        _writer = new BinaryWriter(_bytes, Encoding.UTF8);
        _writer.Write(version);
    }

    public byte[] ToArray() => _bytes.ToArray();

    public void Int(int value) => _writer.Write7BitEncodedInt(value);

    public void Long(long value) => _writer.Write7BitEncodedInt64(value);

    public void Text(string text)
    {
        if (!First(_texts, text))
            return;
        _writer.Write(text);
    }

    public void Address(Address address)
    {
        Text(address.Protocol);
        Text(address.System);
        Text(address.Host ?? "");
        Int(address.Port ?? 0);
    }

    public void Node(UniqueAddress node)
    {
        if (!First(_nodes, node))
            return;
        Address(node.Address);
        _writer.Write(node.Uid);
    }

    public void Each<T>(IReadOnlyCollection<T> items, Action<T> write)
    {
        Int(items.Count);
        foreach (var item in items)
            write(item);
    }

    private bool First<T>(Dictionary<T, int> known, T item)
        where T : notnull
    {
        if (known.TryGetValue(item, out var number))
        {
            Int(number);
            return false;
        }
        known.Add(item, known.Count + 1);
        Int(0);
        return true;
    }
}
