using System;
using System.Globalization;

namespace ActorBroker.Protocol.Generator.Schema;

/// <summary>Versions from one to another, both included.</summary>
internal readonly struct VersionRange(int low, int high) : IEquatable<VersionRange>
{
    public int Low { get; } = low;

    public int High { get; } = high;

    /// <summary>Reads "3", "3-5" or "3+"; an open end stops where the surrounding range does.</summary>
    public static VersionRange Parse(string text, int highest)
    {
        if (text.EndsWith("+", StringComparison.Ordinal)) return new VersionRange(Number(text.Substring(0, text.Length - 1)), highest);
        var dash = text.IndexOf('-');
        return dash < 0
            ? new VersionRange(Number(text), Number(text))
            : new VersionRange(Number(text.Substring(0, dash)), Number(text.Substring(dash + 1)));
    }

    public bool Covers(VersionRange other) => Low <= other.Low && High >= other.High;

    public bool Equals(VersionRange other) => Low == other.Low && High == other.High;

    public override bool Equals(object? obj) => obj is VersionRange other && Equals(other);

    public override int GetHashCode() => (Low * 397) ^ High;

    private static int Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"'{text}' is no version");
}
