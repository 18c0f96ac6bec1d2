using System.Collections.Frozen;
using System.Globalization;

namespace ActorBroker.Core.Configuration;

/// <summary>
/// The static configuration of a broker: what its files, environment and command line set, as text by Kafka's names, checked against the
/// tables. Typed readers fall back to the stand-ins and then to the default. Immutable.
/// </summary>
public sealed class BrokerConfig
{
    public static readonly BrokerConfig Empty = new(FrozenDictionary<string, string>.Empty);

    private readonly FrozenDictionary<string, string> _values;

    private BrokerConfig(FrozenDictionary<string, string> values) => _values = values;

    /// <summary>What is set, by name; defaults are not in it.</summary>
    public IReadOnlyDictionary<string, string> Values => _values;

    /// <summary>
    /// Checks every pair. Errors are values that their setting does not take; warnings are unknown names (with the nearest known one) and
    /// settings that change nothing here. The configuration holds everything that is neither unknown nor wrong.
    /// </summary>
    public static BrokerConfigCheck Load(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var errors = new List<string>();
        var warnings = new List<string>();
        foreach (var (name, value) in pairs)
        {
            var definition = SettingTables.Broker.Find(BaseName(name));
            if (definition is null)
            {
                var nearest = SettingTables.Broker.Nearest(name);
                warnings.Add($"Unknown configuration '{name}' is ignored" + (nearest is null ? "." : $"; did you mean '{nearest}'?"));
                continue;
            }
            if (definition.Problem(value) is { } problem)
            {
                errors.Add(problem);
                continue;
            }
            if (!definition.HasEffect) warnings.Add($"Configuration '{name}' has no effect here: {definition.Documentation}");
            values[name] = value;
        }
        if (values.TryGetValue("broker.id", out var brokerId) && !values.ContainsKey("node.id")) values["node.id"] = brokerId;
        else if (values.TryGetValue("node.id", out var nodeId)) values.TryAdd("broker.id", nodeId);
        return new BrokerConfigCheck(new BrokerConfig(values.ToFrozenDictionary(StringComparer.Ordinal)), errors, warnings);
    }

    /// <summary>
    /// A configuration with some values replaced; throws <see cref="SettingException"/> for one that its setting does not take.
    /// </summary>
    public BrokerConfig With(params ReadOnlySpan<(string Name, string Value)> pairs)
    {
        var values = new Dictionary<string, string>(_values, StringComparer.Ordinal);
        foreach (var (name, value) in pairs)
        {
            SettingTables.Broker.Get(name).Parse(value);
            values[name] = value;
        }
        return new BrokerConfig(values.ToFrozenDictionary(StringComparer.Ordinal));
    }

    /// <summary>Drops the prefix of a setting for one listener: <c>listener.name.internal.ssl.keystore.location</c>.</summary>
    public static string BaseName(string name)
    {
        const string prefix = "listener.name.";
        if (!name.StartsWith(prefix, StringComparison.Ordinal)) return name;
        var dot = name.IndexOf('.', prefix.Length);
        return dot < 0 ? name : name[(dot + 1)..];
    }

    /// <summary>The text that is set, or null.</summary>
    public string? Raw(string name) => _values.GetValueOrDefault(name);

    public int Int(string name) => (int)Value(name)!;

    public short Short(string name) => (short)Value(name)!;

    public long Long(string name) => Convert.ToInt64(Value(name), CultureInfo.InvariantCulture);

    public double Double(string name) => (double)Value(name)!;

    public bool Bool(string name) => (bool)Value(name)!;

    public string? Text(string name) => (string?)Value(name);

    public IReadOnlyList<string> List(string name) => (string[]?)Value(name) ?? [];

    /// <summary>The effective value; null when neither it nor a stand-in has one.</summary>
    public object? Value(string name)
    {
        var definition = SettingTables.Broker.Get(name);
        if (Raw(name) is { } text) return definition.Parse(text);
        if (definition.Default is { } own) return definition.Parse(own);
        foreach (var standIn in definition.StandIns)
        {
            var other = SettingTables.Broker.Get(standIn.Name);
            if ((Raw(standIn.Name) ?? other.Default) is { } found) return Scale(definition.Type, other.Parse(found), standIn.Factor);
        }
        return null;
    }

    /// <summary>Negative numbers mean unlimited and stay -1.</summary>
    internal static object Scale(SettingType type, object value, long factor)
    {
        if (type != SettingType.Long && type != SettingType.Int) return value;
        var number = Convert.ToInt64(value, CultureInfo.InvariantCulture);
        var scaled = number < 0 ? -1 : number > long.MaxValue / factor ? long.MaxValue : number * factor;
        return type == SettingType.Long ? scaled : (object)(int)Math.Min(scaled, int.MaxValue);
    }
}

/// <summary>What came out of checking a configuration.</summary>
public sealed record BrokerConfigCheck(BrokerConfig Config, IReadOnlyList<string> Errors, IReadOnlyList<string> Warnings);
