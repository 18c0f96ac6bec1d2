using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;

namespace Akka.Cluster.Serialization;

/// <summary>Reads what <see cref="ClusterWriter"/> wrote. Nothing is allocated from a count or a length before its bytes are there.</summary>
internal sealed class ClusterReader
{
    private readonly BinaryReader _reader;
    private readonly List<string> _texts = [];
    private readonly List<UniqueAddress> _nodes = [];

    public ClusterReader(byte[] bytes, byte version)
    {
        _reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        var found = _reader.ReadByte();
        if (found != version)
            throw new SerializationException($"Cluster message of version {found}, this node knows {version}");
    }

    public int Int() => _reader.Read7BitEncodedInt();

    public long Long() => _reader.Read7BitEncodedInt64();

    public string Text() => Known(_texts, out var text) ? text : Keep(_texts, _reader.ReadString());

    public Address Address()
    {
        var protocol = Text();
        var system = Text();
        var host = Text();
        var port = Int();
        return host.Length == 0 ? new Address(protocol, system) : new Address(protocol, system, host, port);
    }

    public UniqueAddress Node()
    {
        if (Known(_nodes, out var node))
            return node;
        var address = Address();
        return Keep(_nodes, new UniqueAddress(address, _reader.ReadInt32()));
    }

    public List<T> Each<T>(Func<T> read)
    {
        var count = Int();
        if (count < 0)
            throw new SerializationException($"{count} items");
        var items = new List<T>();
        while (count-- > 0)
            items.Add(read());
        return items;
    }

    private static T Keep<T>(List<T> known, T item)
    {
        known.Add(item);
        return item;
    }

    private bool Known<T>(List<T> known, out T item)
    {
        var number = Int();
        item = default!;
        if (number == 0)
            return false;
        if (number < 0 || number > known.Count)
            throw new SerializationException($"Number {number} of {known.Count}");
        item = known[number - 1];
        return true;
    }
}
