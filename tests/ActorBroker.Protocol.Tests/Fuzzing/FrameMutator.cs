using System.Buffers.Binary;

namespace ActorBroker.Protocol.Tests.Fuzzing;

/// <summary>Damages frames in the ways that matter to a decoder: bits, lengths, counts, tags, cuts, and swarms of tiny elements.</summary>
internal sealed class FrameMutator(int seed)
{
    public const int LongestFrame = 8 * 1024;

    private static readonly int[] Lengths =
        [-1, -2, 0, 1, 2, 127, 128, 255, 1000, 16_384, 0x7FFF, 0xFFFF, 0x10000, int.MaxValue, int.MinValue];

    private static readonly byte[][] Varints =
    [
        [0], [1], [2], [0x7F], [0xFF, 0x01], [0xFF, 0x7F], [0xFF, 0xFF, 0x03],
        [0xFF, 0xFF, 0xFF, 0xFF, 0x07], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
    ];


    private readonly Random _random = new(seed);

    public int Next(int below) => _random.Next(below);

    public byte[] Mutate(byte[] frame, byte[] other)
    {
        var result = frame;
        for (var rounds = 1 + _random.Next(3); rounds > 0; rounds--) result = Once(result, other);
        return result.Length <= LongestFrame ? result : result[..LongestFrame];
    }

    private byte[] Once(byte[] frame, byte[] other)
    {
        if (frame.Length == 0) return Bytes(_random.Next(16));
        var at = _random.Next(frame.Length);
        return _random.Next(12) switch
        {
            0 => Changed(frame, copy => copy[at] ^= (byte)(1 << _random.Next(8))),
            1 => Changed(frame, copy => copy[at] = (byte)_random.Next(256)),
            2 => Changed(frame, copy => copy[at] = (byte)(copy[at] + 1 - 2 * _random.Next(2))),
            3 => Overwritten(frame, at, Length(4)),
            4 => Overwritten(frame, at, Length(2)),
            5 => Overwritten(frame, at, Varints[_random.Next(Varints.Length)]),
            6 => frame[..at],
            7 => [.. frame[..at], .. Bytes(1 + _random.Next(8)), .. frame[at..]],
            8 => [.. frame[..at], .. frame[Math.Min(frame.Length, at + 1 + _random.Next(8))..]],
            9 => [.. frame[..at], .. other[Math.Min(at, other.Length)..]],
            10 => [.. frame[..at], .. Tags(), .. frame[at..]],
            _ => Swarm(frame, at),
        };
    }

    /// <summary>A count and as many elements of next to nothing: where small frames ask for large memory.</summary>
    private byte[] Swarm(byte[] frame, int at)
    {
        var count = 1 + _random.Next(3000);
        var size = 1 + _random.Next(6);
        var elements = new byte[Math.Min(LongestFrame, count * size)];
        if (_random.Next(2) == 0) Array.Fill(elements, (byte)_random.Next(3));
        var head = _random.Next(2) == 0 ? Varint(count + 1) : BigEndian(count);
        return [.. frame[..at], .. head, .. elements, .. frame[at..]];
    }

    private byte[] Tags()
    {
        var bytes = new List<byte> { (byte)(1 + _random.Next(4)) };
        for (var i = 0; i < bytes[0]; i++)
        {
            var size = _random.Next(4);
            bytes.Add((byte)(_random.Next(4) + 4 * i));
            bytes.Add((byte)size);
            bytes.AddRange(Bytes(size));
        }
        return [.. bytes];
    }

    private byte[] Length(int size)
    {
        var all = BigEndian(Lengths[_random.Next(Lengths.Length)]);
        return size == 4 ? all : all[2..];
    }

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }

    private static byte[] BigEndian(int value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] Varint(int value)
    {
        using var writer = new WireWriter();
        writer.WriteUnsignedVarint((uint)value);
        return writer.WrittenSpan.ToArray();
    }

    private static byte[] Changed(byte[] frame, Action<byte[]> change)
    {
        var copy = frame.ToArray();
        change(copy);
        return copy;
    }

    private static byte[] Overwritten(byte[] frame, int at, byte[] with)
    {
        var copy = frame.ToArray();
        with.AsSpan(0, Math.Min(with.Length, copy.Length - at)).CopyTo(copy.AsSpan(at));
        return copy;
    }
}
