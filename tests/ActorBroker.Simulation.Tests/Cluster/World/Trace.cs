using System.Globalization;
using System.Text;

namespace ActorBroker.Simulation.Tests.Cluster.World;

/// <summary>
/// What happened, as numbers: every entry goes into one hash, so that two runs of a seed can be compared, and the last ones are kept to be
/// read. A replay (<c>SEED=…</c>) writes all of them as they happen.
/// </summary>
internal sealed class Trace(Action<string>? writer)
{
    private const int Kept = 512;

    private readonly Entry[] _ring = new Entry[Kept];

    public ulong Hash { get; private set; } = 0xCBF29CE484222325;

    public long Count { get; private set; }

    public void Note(long atMs, int node, string what, long a = 0, long b = 0, long c = 0, string? detail = null)
    {
        Mix((ulong)atMs);
        Mix(((ulong)(uint)node << 32) | (uint)what.Length | ((uint)what[0] << 8) | ((uint)what[^1] << 16));
        Mix((ulong)a);
        Mix((ulong)b);
        Mix((ulong)c);
        var entry = new Entry(atMs, node, what, a, b, c, detail);
        _ring[Count++ % Kept] = entry;
        writer?.Invoke(entry.ToString());
    }

    /// <summary>The last entries, oldest first.</summary>
    public string Tail(int entries)
    {
        var text = new StringBuilder();
        for (var i = Math.Max(Math.Max(0, Count - Kept), Count - entries); i < Count; i++) text.Append(_ring[i % Kept]).Append('\n');
        return text.ToString();
    }

    private void Mix(ulong value)
    {
        var mixed = (Hash ^ value) * 0x9E3779B97F4A7C15;
        Hash = mixed ^ (mixed >> 29);
    }

    private readonly record struct Entry(long AtMs, int Node, string What, long A, long B, long C, string? Detail)
    {
        public override string ToString() =>
            string.Create(CultureInfo.InvariantCulture, $"{AtMs,7} ms  node {Node,3}  {What} {A} {B} {C}{(Detail is null ? "" : "  ")}{Detail}");
    }
}
