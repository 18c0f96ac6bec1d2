using ActorBroker.Core.Configuration;
using Akka.Configuration;

namespace ActorBroker.Server.Start;

/// <summary>
/// Gathers a broker's configuration: options of the command line over environment over the HOCON file over the defaults. All speak
/// Kafka's broker
/// configuration names.
///
/// HOCON: quoted keys in <c>actorbroker.broker { "log.dirs" = … }</c>, or a plain <c>server.properties</c> when the file's name ends so.
/// Environment: the container
/// convention <c>KAFKA_LOG_DIRS</c> (<c>_</c> → <c>.</c>, <c>__</c> → <c>_</c>, <c>___</c> → <c>-</c>); <c>ACTORBROKER_X</c> stands for
/// <c>actorbroker.x</c>.
/// </summary>
internal static class ConfigSources
{
    public static BrokerConfigCheck Gather(StartOptions options, IReadOnlyDictionary<string, string> environment)
    {
        var pairs = new Dictionary<string, string>(StringComparer.Ordinal);
        if (options.ConfigFile is { } file)
            foreach (var (name, value) in FromFile(file)) pairs[name] = value;
        foreach (var (name, value) in FromEnvironment(environment)) pairs[name] = value;
        if (options.DataDirectories is { Length: > 0 } data) pairs["log.dirs"] = data;
        if (options.NodeId is { } node) pairs["node.id"] = node.ToString();
        if (options.Listen is { } listen) pairs["listeners"] = ListenerText(listen);
        if (options.ClusterListen is { } cluster) pairs["actorbroker.cluster.listen"] = cluster;
        if (options.BulkListen is { } bulk) pairs["actorbroker.cluster.bulk.listen"] = bulk;
        if (options.Seeds is { } seeds) pairs["actorbroker.cluster.seeds"] = seeds;
        if (options.Advertise is { } advertise) pairs["advertised.listeners"] = ListenerText(advertise);
        foreach (var (name, value) in options.Settings) pairs[name] = value;
        pairs.TryAdd("log.dirs", "./data");
        pairs.TryAdd("listeners", "PLAINTEXT://127.0.0.1:9092");
        pairs.TryAdd("node.id", "1");
        return BrokerConfig.Load(pairs);
    }

    /// <summary>The HOCON of the file apart from <c>actorbroker.broker</c>: Akka's own keys.</summary>
    public static Config AkkaConfig(StartOptions options) =>
        options.ConfigFile is { } file && !IsProperties(file)
            ? ConfigurationFactory.ParseString(File.ReadAllText(file))
            : ConfigurationFactory.Empty;

    internal static Dictionary<string, string> FromEnvironment(IReadOnlyDictionary<string, string> environment)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in environment)
        {
            if (name.StartsWith("KAFKA_", StringComparison.Ordinal) && SettingTables.Broker.Contains(KafkaName(name[6..])))
                found[KafkaName(name[6..])] = value;
            else if (name.StartsWith("ACTORBROKER_", StringComparison.Ordinal) && SettingTables.Broker.Contains(KafkaName(name)))
                found[KafkaName(name)] = value;
        }

        return found;
    }

    private static string KafkaName(string name) =>
        name.ToLowerInvariant().Replace("___", "-").Replace("__", "\0").Replace('_', '.').Replace('\0', '_');

    private static Dictionary<string, string> FromFile(string file)
    {
        if (!File.Exists(file)) throw new StartException($"The configuration file {file} does not exist.");
        if (IsProperties(file)) return FromProperties(File.ReadLines(file));
        var config = AkkaConfig(new StartOptions { ConfigFile = file }).GetConfig("actorbroker.broker");
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        if (config is null || config.IsEmpty) return found;
        foreach (var definition in SettingTables.Broker.All)
        {
            var path = $"\"{definition.Name}\"";
            if (config.HasPath(path)) found[definition.Name] = config.GetString(path, "");
        }

        return found;
    }

    private static Dictionary<string, string> FromProperties(IEnumerable<string> lines)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines)
        {
            var text = line.Trim();
            var at = text.IndexOf('=');
            if (at > 0 && text[0] is not ('#' or '!')) found[text[..at].Trim()] = text[(at + 1)..].Trim();
        }

        return found;
    }

    private static bool IsProperties(string file) => file.EndsWith(".properties", StringComparison.OrdinalIgnoreCase);

    private static string ListenerText(string text) => text.Contains("://", StringComparison.Ordinal) ? text : "PLAINTEXT://" + text;
}
