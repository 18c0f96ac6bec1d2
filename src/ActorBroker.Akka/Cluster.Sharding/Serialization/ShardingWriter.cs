using System.Text;
using Akka.Actor;

namespace Akka.Cluster.Sharding.Serialization;

/// <summary>Fields of a message: numbers in seven-bit groups, lowest first; bytes and UTF-8 text behind their length.</summary>
internal sealed class ShardingWriter
{
    private readonly MemoryStream _bytes = new();

    public void Count(int value)
    {
        var left = (uint)value;
        for (; left >= 0x80; left >>= 7)
            _bytes.WriteByte((byte)(left | 0x80));
        _bytes.WriteByte((byte)left);
    }

    public void Bytes(ReadOnlySpan<byte> value)
    {
        Count(value.Length);
        _bytes.Write(value);
    }

    public void Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    public void Reference(IActorRef value) => Text(Akka.Serialization.Serialization.SerializedActorPath(value));

    public byte[] ToArray() => _bytes.ToArray();
}
