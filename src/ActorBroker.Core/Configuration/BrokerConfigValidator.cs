using System.Globalization;

namespace ActorBroker.Core.Configuration;

/// <summary>
/// Checks a change of broker settings at run time (KIP-226): which may change at all, which of them for all brokers together, and whether
/// the values fit. Names that nobody knows are taken, as Kafka takes them for plug-ins.
/// </summary>
public static class BrokerConfigValidator
{
    private static readonly HashSet<string> PerListener = new(StringComparer.Ordinal)
    {
        "ssl.keystore.type", "ssl.keystore.location", "ssl.keystore.password", "ssl.key.password", "ssl.keystore.certificate.chain",
        "ssl.keystore.key", "ssl.truststore.type", "ssl.truststore.location", "ssl.truststore.password", "ssl.truststore.certificates",
    };

    /// <summary>What is wrong with the names that are to change, or null.</summary>
    public static string? NameProblem(IReadOnlyCollection<string> names, bool isForAllBrokers)
    {
        var fixedNames = names.Where(name => Find(name) is { Dynamic: DynamicMode.ReadOnly }).ToArray();
        if (fixedNames.Length > 0) return $"Cannot update these configs dynamically: [{string.Join(", ", fixedNames)}]";
        var security = names.Where(PerListener.Contains).ToArray();
        if (security.Length > 0)
        {
            return "These security configs can be dynamically updated only per-listener using the listener prefix: " +
                   $"[{string.Join(", ", security)}]";
        }
        if (!isForAllBrokers) return null;
        var perBroker = names.Where(name => Find(name) is { Dynamic: DynamicMode.PerBroker }).ToArray();
        return perBroker.Length == 0 ? null
            : $"Cannot update these configs at default cluster level, broker id must be specified: [{string.Join(", ", perBroker)}]";
    }

    /// <summary>What is wrong with the values that the resource would have, or null.</summary>
    public static string? ValueProblem(IReadOnlyCollection<KeyValuePair<string, string?>> configs)
    {
        foreach (var (name, value) in configs)
            if (Find(name)?.Problem(value ?? "") is { } problem) return problem;
        foreach (var (name, value) in configs)
        {
            if (name is "log.retention.ms" && long.Parse(value!.Trim(), CultureInfo.InvariantCulture) is < -1 or 0)
                return "requirement failed: log.retention.ms must be unlimited (-1) or, greater than or equal to 1";
        }
        return null;
    }

    private static SettingDefinition? Find(string name) => SettingTables.FindBroker(BrokerConfig.BaseName(name));
}
