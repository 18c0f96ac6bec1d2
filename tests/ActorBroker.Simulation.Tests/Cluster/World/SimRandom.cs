using System.Numerics;

namespace ActorBroker.Simulation.Tests.Cluster.World;

/// <summary>
/// The only source of chance in the simulated cluster: xoshiro256** over a seed spread by splitmix64. Own code, because a seed has to mean the
/// same schedule with every runtime.
/// </summary>
internal sealed class SimRandom
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;

    public SimRandom(ulong seed)
    {
        _a = Spread(ref seed);
        _b = Spread(ref seed);
        _c = Spread(ref seed);
        _d = Spread(ref seed);
    }

    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        var shifted = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= shifted;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>0 … below <paramref name="bound"/>.</summary>
    public int Next(int bound) => (int)(((NextUInt64() >> 32) * (ulong)bound) >> 32);

    /// <summary>Both bounds included.</summary>
    public int Between(int low, int high) => low + Next(high - low + 1);

    public bool OneIn(int n) => n > 0 && Next(n) == 0;

    /// <summary>True in so many of a thousand cases.</summary>
    public bool PerMille(int chance) => chance > 0 && Next(1_000) < chance;

    public T Pick<T>(IReadOnlyList<T> items) => items[Next(items.Count)];

    /// <summary>A stream of its own: what one part of the world draws does not shift what another draws.</summary>
    public SimRandom Fork() => new(NextUInt64());

    private static ulong Spread(ref ulong state)
    {
        var z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
