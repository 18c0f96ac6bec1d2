using System.Globalization;

namespace ActorBroker.Core.Configuration;

/// <summary>
/// Checks the configs that a topic would have of its own: names, values, and what must fit together. Kafka's order and words.
/// </summary>
public static class TopicConfigValidator
{
    /// <summary>What is wrong, or null. A null value is refused: there is no way to set nothing.</summary>
    public static string? Problem(IReadOnlyCollection<KeyValuePair<string, string?>> configs, BrokerConfig broker)
    {
        var nulls = configs.Where(pair => pair.Value is null).Select(pair => pair.Key).ToArray();
        if (nulls.Length > 0) return $"Null value not supported for topic configs: {string.Join(",", nulls)}";
        foreach (var (name, _) in configs)
            if (!SettingTables.Topic.Contains(name)) return $"Unknown topic config name: {name}";
        foreach (var (name, value) in configs)
            if (SettingTables.Topic.Get(name).Problem(value!) is { } problem) return problem;
        return Conflict(configs, broker);
    }

    private static string? Conflict(IReadOnlyCollection<KeyValuePair<string, string?>> configs, BrokerConfig broker)
    {
        var min = Value(configs, "min.compaction.lag.ms", broker);
        var max = Value(configs, "max.compaction.lag.ms", broker);
        if (min > max) return $"conflict topic config setting min.compaction.lag.ms ({min}) > max.compaction.lag.ms ({max})";
        foreach (var (name, value) in configs)
        {
            if (name == "remote.storage.enable" && value!.Trim().Equals("true", StringComparison.OrdinalIgnoreCase))
                return "Tiered Storage functionality is disabled in the broker. Topic cannot be configured with remote log storage.";
        }
        return null;
    }

    private static long Value(IReadOnlyCollection<KeyValuePair<string, string?>> configs, string name, BrokerConfig broker)
    {
        foreach (var (key, value) in configs)
            if (key == name) return long.Parse(value!.Trim(), CultureInfo.InvariantCulture);
        return broker.Long(SettingTables.Topic.Get(name).BrokerSynonym!);
    }
}
