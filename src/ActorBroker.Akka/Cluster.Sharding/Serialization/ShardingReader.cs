using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;

namespace Akka.Cluster.Sharding.Serialization;

/// <summary>Reads what <see cref="ShardingWriter"/> wrote. Nothing is allocated from a length that the bytes do not cover.</summary>
internal sealed class ShardingReader(byte[] bytes, ExtendedActorSystem system)
{
    private int _at;

    public int Count()
    {
        uint value = 0;
        for (var shift = 0; shift < 35; shift += 7)
        {
            if (_at >= bytes.Length)
                throw TooShort();
            var next = bytes[_at++];
            value |= (uint)(next & 0x7f) << shift;
            if (next < 0x80)
                return (int)value;
        }
        throw new SerializationException("A number in a sharding message is too long");
    }

    public byte[] Bytes()
    {
        var length = Count();
        if (length < 0 || length > bytes.Length - _at)
            throw TooShort();
        _at += length;
        return bytes[(_at - length).._at];
    }

    public string Text() => Encoding.UTF8.GetString(Bytes());

    public IActorRef Reference() => system.Provider.ResolveActorRef(Text());

    public void ExpectEnd(string manifest)
    {
        if (_at != bytes.Length)
            throw new SerializationException($"Sharding message [{manifest}] has [{bytes.Length - _at}] bytes too many");
    }

    private static SerializationException TooShort() => new("A sharding message is too short");
}
