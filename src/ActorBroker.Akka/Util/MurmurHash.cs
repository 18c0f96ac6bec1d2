using System.Numerics;

namespace Akka.Util;

/// <summary>
/// MurmurHash3 in the form that the JVM's libraries have for strings: two characters are a block, each block has multipliers of its
/// own. Stable over processes and releases, unlike <see cref="string.GetHashCode()"/>.
/// </summary>
public static class MurmurHash
{
    private const uint Seed = 0x0331df49;
    private const uint StartMix = 0x971e137b;
    private const uint FirstMultiplierA = 0x95543787;
    private const uint FirstMultiplierB = 0x2ad7eb25;

    public static int StringHash(string s)
    {
        var hash = unchecked((uint)s.Length * Seed) ^ StartMix;
        var a = FirstMultiplierA;
        var b = FirstMultiplierB;
        for (var i = 0; i < s.Length; i += 2)
        {
            var block = i + 1 < s.Length ? ((uint)s[i] << 16) + s[i + 1] : s[i];
            hash = unchecked((hash ^ (BitOperations.RotateLeft(block * a, 11) * b)) * 3 + 0x52dce729);
            a = unchecked(a * 5 + 0x7b7d159c);
            b = unchecked(b * 5 + 0x6bce6396);
        }
        hash = unchecked((hash ^ (hash >> 16)) * 0x85ebca6b);
        hash = unchecked((hash ^ (hash >> 13)) * 0xc2b2ae35);
        return (int)(hash ^ (hash >> 16));
    }
}
