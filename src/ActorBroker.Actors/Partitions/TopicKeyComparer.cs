using System.Text;

namespace ActorBroker.Actors.Partitions;

/// <summary>
/// Compares topic names so that a dictionary keyed by strings can be asked with the bytes of the wire. Topic names are ASCII (R72), so
/// one byte is one
/// character; bytes of anything else match no name. FNV-1a over the low bytes, the same from both forms.
/// </summary>
internal sealed class TopicKeyComparer : IEqualityComparer<string>, IAlternateEqualityComparer<ReadOnlySpan<byte>, string>
{
    public static readonly TopicKeyComparer Instance = new();

    public bool Equals(string? x, string? y) => string.Equals(x, y, StringComparison.Ordinal);

    public int GetHashCode(string name)
    {
        var hash = 2166136261u;
        foreach (var c in name) hash = (hash ^ (byte)c) * 16777619u;
        return (int)hash;
    }

    public bool Equals(ReadOnlySpan<byte> utf8, string name)
    {
        if (utf8.Length != name.Length) return false;
        for (var i = 0; i < utf8.Length; i++)
            if (utf8[i] != name[i]) return false;
        return true;
    }

    public int GetHashCode(ReadOnlySpan<byte> utf8)
    {
        var hash = 2166136261u;
        foreach (var b in utf8) hash = (hash ^ b) * 16777619u;
        return (int)hash;
    }

    public string Create(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8);
}
