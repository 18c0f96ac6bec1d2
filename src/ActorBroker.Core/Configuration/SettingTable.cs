using System.Collections.Frozen;

namespace ActorBroker.Core.Configuration;

/// <summary>The definitions of one noun, or of several together, by name.</summary>
public sealed class SettingTable
{
    private readonly FrozenDictionary<string, SettingDefinition> _byName;

    public SettingTable(params IEnumerable<SettingDefinition>[] parts)
    {
        All = [.. parts.SelectMany(part => part).OrderBy(definition => definition.Name, StringComparer.Ordinal)];
        _byName = All.ToFrozenDictionary(definition => definition.Name, StringComparer.Ordinal);
    }

    /// <summary>Ordered by name.</summary>
    public IReadOnlyList<SettingDefinition> All { get; }

    public SettingDefinition? Find(string name) => _byName.GetValueOrDefault(name);

    public SettingDefinition Get(string name) => _byName[name];

    public bool Contains(string name) => _byName.ContainsKey(name);

    /// <summary>
    /// The name that an unknown one was probably meant to be: the one with the fewest changed, missing and superfluous letters, or null
    /// when even that is far off (more than a third of the name).
    /// </summary>
    public string? Nearest(string name)
    {
        string? best = null;
        var bestDistance = (name.Length / 3) + 1;
        foreach (var definition in All)
        {
            if (Math.Abs(definition.Name.Length - name.Length) >= bestDistance) continue;
            var distance = Distance(name, definition.Name);
            if (distance >= bestDistance) continue;
            (best, bestDistance) = (definition.Name, distance);
        }
        return best;
    }

    private static int Distance(string left, string right)
    {
        var previous = new int[right.Length + 1];
        var current = new int[right.Length + 1];
        for (var j = 0; j <= right.Length; j++) previous[j] = j;
        for (var i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= right.Length; j++)
            {
                var cost = char.ToLowerInvariant(left[i - 1]) == char.ToLowerInvariant(right[j - 1]) ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], previous[j]) + 1, previous[j - 1] + cost);
            }
            (previous, current) = (current, previous);
        }
        return previous[right.Length];
    }
}
