using System.Buffers.Binary;

namespace ActorBroker.Server.Cli.Client;

/// <summary>The hash by which Kafka's own clients map keys to partitions (MurmurHash2, 32 bits, their seed).</summary>
internal static class Murmur2
{
    private const uint Seed = 0x9747b28c;
    private const uint M = 0x5bd1e995;

    public static int Partition(ReadOnlySpan<byte> key, int partitions) => (int)((Hash(key) & 0x7fffffff) % (uint)partitions);

    public static uint Hash(ReadOnlySpan<byte> data)
    {
        var h = Seed ^ (uint)data.Length;
        for (; data.Length >= 4; data = data[4..])
        {
            var k = BinaryPrimitives.ReadUInt32LittleEndian(data) * M;
            h = (h * M) ^ ((k ^ (k >> 24)) * M);
        }

        if (data.Length >= 3) h ^= (uint)data[2] << 16;
        if (data.Length >= 2) h ^= (uint)data[1] << 8;
        if (data.Length >= 1) h = (h ^ data[0]) * M;
        h = (h ^ (h >> 13)) * M;
        return h ^ (h >> 15);
    }
}
