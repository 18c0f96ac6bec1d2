using System.Globalization;

namespace ActorBroker.Core.Partitions;

/// <summary>
/// Which replicas of a topic are throttled (KIP-73): <c>*</c> for all, or <c>partition:broker</c> pairs. Compared by its text.
/// </summary>
public sealed record ThrottledReplicas(string Text)
{
    public static readonly ThrottledReplicas None = new("");

    public static ThrottledReplicas From(IEnumerable<string> entries) =>
        string.Join(',', entries.Select(entry => entry.Trim()).Where(entry => entry.Length > 0)) is { Length: > 0 } text ? new(text) : None;

    public bool Covers(int partition, int broker)
    {
        if (Text.Length == 0) return false;
        var wanted = string.Create(CultureInfo.InvariantCulture, $"{partition}:{broker}");
        foreach (var entry in Text.Split(','))
            if (entry == "*" || entry == wanted) return true;
        return false;
    }
}
