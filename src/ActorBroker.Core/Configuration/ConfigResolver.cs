using System.Collections.Frozen;
using System.Collections.Immutable;
using ActorBroker.Core.Metadata;

namespace ActorBroker.Core.Configuration;

/// <summary>
/// Looks settings up through all their layers: the resource's own config, the broker's dynamic config, the dynamic default of all brokers,
/// the static configuration, the default. A view over one metadata image; cheap to make, pure to ask.
///
/// The layers of one setting are its synonyms (KIP-226), and a setting may have stand-ins in another unit (log.retention.ms, .minutes,
/// .hours): all dynamic ones of the family come before all static ones, and what stands before the setting's own first entry is not shown.
/// </summary>
public sealed class ConfigResolver(BrokerConfig broker, MetadataImage image, int nodeId)
{
    private const string ListenerPrefix = "listener.name.";

    private static readonly ImmutableSortedDictionary<string, string> None = ImmutableSortedDictionary<string, string>.Empty;

    private static readonly FrozenDictionary<string, SettingDefinition[]> Families = BuildFamilies();

    private readonly ImmutableSortedDictionary<string, string> _ofBroker =
        image.Configs.GetValueOrDefault(new ConfigResource(ConfigResourceType.Broker, nodeId.ToString()), None);

    private readonly ImmutableSortedDictionary<string, string> _ofAllBrokers =
        image.Configs.GetValueOrDefault(new ConfigResource(ConfigResourceType.Broker, ""), None);

    public BrokerConfig Static => broker;

    /// <summary>What is set on the resource itself.</summary>
    public ImmutableSortedDictionary<string, string> Own(ConfigResource resource) => image.Configs.GetValueOrDefault(resource, None);

    /// <summary>The effective value of a broker setting, or null.</summary>
    public object? BrokerValue(string name) => EffectiveOf(SettingTables.Broker.Get(name));

    /// <summary>What is set for one listener (<c>listener.name.NAME.KEY</c>), or null: then the broker's own value counts.</summary>
    public object? ListenerValue(string listener, string name)
    {
        var definition = SettingTables.Broker.Get(name);
        var key = $"{ListenerPrefix}{listener.ToLowerInvariant()}.{name}";
        return ParseValid(definition, _ofBroker.GetValueOrDefault(key)) ?? ParseValid(definition, _ofAllBrokers.GetValueOrDefault(key))
            ?? ParseValid(definition, broker.Raw(key));
    }

    /// <summary>The listeners that have one of these settings for themselves.</summary>
    public IEnumerable<string> ListenersWith(params string[] names) => _ofBroker.Keys.Concat(_ofAllBrokers.Keys).Concat(broker.Values.Keys)
        .Where(key => key.StartsWith(ListenerPrefix, StringComparison.Ordinal) && names.Contains(BrokerConfig.BaseName(key)))
        .Select(key => key[ListenerPrefix.Length..^(BrokerConfig.BaseName(key).Length + 1)])
        .Distinct(StringComparer.Ordinal);

    /// <summary>One of the rates that operators set for a while (<see cref="Tables.ThrottleSettingTable"/>); they exist dynamically alone.</summary>
    public long ThrottleRate(string name)
    {
        var text = _ofBroker.GetValueOrDefault(name) ?? _ofAllBrokers.GetValueOrDefault(name);
        if (text is null || SettingTables.FindBroker(name) is not { } definition || definition.Problem(text) is not null) return long.MaxValue;
        return (long)definition.Parse(text);
    }

    /// <summary>The effective value of a topic's config.</summary>
    public object TopicValue(ImmutableSortedDictionary<string, string> own, string name)
    {
        var definition = SettingTables.Topic.Get(name);
        if (own.TryGetValue(name, out var text) && definition.Problem(text) is null) return definition.Parse(text);
        return (definition.BrokerSynonym is { } synonym ? BrokerValue(synonym) : null) ?? definition.Parse(definition.Default ?? "");
    }

    public IReadOnlyList<ConfigEntry> DescribeTopic(string topic) =>
        DescribeTopic(Own(new ConfigResource(ConfigResourceType.Topic, topic)));

    /// <summary>A topic's configs if it had these of its own; ordered by name.</summary>
    public IReadOnlyList<ConfigEntry> DescribeTopic(ImmutableSortedDictionary<string, string> own) =>
        DescribeScoped(SettingTables.Topic, own, ConfigSource.Topic, definition =>
            SettingParser.Text(TopicValue(own, definition.Name)));

    /// <summary>
    /// A created topic's configs as CreateTopics tells them: a value that comes from a stand-in (<c>log.roll.hours</c> for <c>segment.ms</c>)
    /// has the stand-in's source there, while DescribeConfigs calls it a default.
    /// </summary>
    public IReadOnlyList<ConfigEntry> DescribeCreated(ImmutableSortedDictionary<string, string> own) =>
    [
        .. DescribeTopic(own).Select(entry => entry.Source == ConfigSource.Default
            && SettingTables.Topic.Get(entry.Name).BrokerSynonym is { } synonym
                ? entry with { Source = BrokerSource(SettingTables.Broker.Get(synonym)) } : entry),
    ];

    public IReadOnlyList<ConfigEntry> DescribeGroup(string group) =>
        DescribeScoped(SettingTables.Group, Own(new ConfigResource(ConfigResourceType.Group, group)), ConfigSource.Group, GroupDefault);

    public IReadOnlyList<ConfigEntry> DescribeClientMetrics(string subscription)
    {
        var own = Own(new ConfigResource(ConfigResourceType.ClientMetrics, subscription));
        return DescribeScoped(SettingTables.ClientMetrics, own, ConfigSource.ClientMetrics, definition => definition.Default!);
    }

    /// <summary>Everything about this broker: all settings, set or not.</summary>
    public IReadOnlyList<ConfigEntry> DescribeBroker()
    {
        var entries = new List<ConfigEntry>();
        foreach (var definition in SettingTables.Broker.All)
            if (!definition.IsInternal || broker.Raw(definition.Name) is not null) entries.Add(BrokerEntry(definition));
        foreach (var name in _ofBroker.Keys.Union(_ofAllBrokers.Keys).Order(StringComparer.Ordinal))
            if (!SettingTables.Broker.Contains(name)) entries.Add(ExtraEntry(name));
        return entries;
    }

    /// <summary>What is set for all brokers together, and nothing else.</summary>
    public IReadOnlyList<ConfigEntry> DescribeAllBrokers()
    {
        var entries = new List<ConfigEntry>();
        foreach (var (name, value) in _ofAllBrokers)
        {
            var definition = SettingTables.FindBroker(name);
            var secret = definition?.IsSensitive ?? true;
            var shown = secret ? null : value;
            entries.Add(new ConfigEntry(name, shown, definition is null or { Dynamic: DynamicMode.ReadOnly }, secret,
                ConfigSource.DynamicDefaultBroker, definition?.Type ?? SettingType.Unknown, definition?.Documentation)
            {
                Synonyms = [new ConfigSynonym(name, shown, ConfigSource.DynamicDefaultBroker)],
            });
        }
        return entries;
    }

    private List<ConfigEntry> DescribeScoped(
        SettingTable table, ImmutableSortedDictionary<string, string> own, ConfigSource source, Func<SettingDefinition, string> effective)
    {
        var entries = new List<ConfigEntry>(table.All.Count);
        foreach (var definition in table.All)
        {
            var isOwn = own.TryGetValue(definition.Name, out var value);
            if (definition.IsInternal && !isOwn) continue;
            var synonyms = new List<ConfigSynonym>();
            if (isOwn) synonyms.Add(new ConfigSynonym(definition.Name, value, source));
            if (definition.BrokerSynonym is { } synonym) synonyms.AddRange(BrokerSynonyms(SettingTables.Broker.Get(synonym)));
            else if (source == ConfigSource.Group)
                synonyms.Add(new ConfigSynonym(definition.Name, definition.Default, ConfigSource.Default));
            entries.Add(new ConfigEntry(definition.Name, isOwn ? value : effective(definition), false, false,
                synonyms.Count > 0 ? synonyms[0].Source : ConfigSource.Default, definition.Type, definition.Documentation)
            {
                Synonyms = synonyms,
            });
        }
        return entries;
    }

    private string GroupDefault(SettingDefinition definition)
    {
        var value = definition.BrokerSynonym is { } synonym && SettingTables.Broker.Contains(synonym) ? BrokerValue(synonym) : null;
        return value is null ? definition.Default ?? "" : SettingParser.Text(value);
    }

    private ConfigEntry BrokerEntry(SettingDefinition definition)
    {
        var synonyms = BrokerSynonyms(definition);
        var value = definition.IsSensitive ? null : _ofBroker.GetValueOrDefault(definition.Name)
            ?? _ofAllBrokers.GetValueOrDefault(definition.Name) ?? broker.Raw(definition.Name) ?? definition.Default;
        return new ConfigEntry(definition.Name, value, definition.Dynamic == DynamicMode.ReadOnly, definition.IsSensitive,
            synonyms.Count > 0 ? synonyms[0].Source : ConfigSource.Default, definition.Type, definition.Documentation)
        {
            Synonyms = synonyms,
        };
    }

    private ConfigEntry ExtraEntry(string name)
    {
        var definition = SettingTables.DynamicOnly.Find(name);
        var isOwn = _ofBroker.TryGetValue(name, out var value);
        if (!isOwn) value = _ofAllBrokers[name];
        var source = isOwn ? ConfigSource.DynamicBroker : ConfigSource.DynamicDefaultBroker;
        var shown = definition is null ? null : value;
        return new ConfigEntry(
            name, shown, definition is null, definition is null, source, definition?.Type ?? SettingType.Unknown, definition?.Documentation)
        {
            Synonyms = [new ConfigSynonym(name, shown, source)],
        };
    }

    /// <summary>The strongest layer that sets the setting or one of its stand-ins.</summary>
    private ConfigSource BrokerSource(SettingDefinition definition) => Layers(definition) is [var strongest, ..] ? strongest.Source : ConfigSource.Default;

    private List<ConfigSynonym> BrokerSynonyms(SettingDefinition definition)
    {
        var layers = Layers(definition);
        var first = layers.FindIndex(synonym => synonym.Name == definition.Name);
        return first < 0 ? [] : layers[first..];
    }

    /// <summary>What sets the setting or its stand-ins, the strongest first.</summary>
    private List<ConfigSynonym> Layers(SettingDefinition definition)
    {
        var family = Family(definition);
        var synonyms = new List<ConfigSynonym>();
        foreach (var member in family)
            if (_ofBroker.TryGetValue(member.Name, out var value)) synonyms.Add(Synonym(member, value, ConfigSource.DynamicBroker));
        foreach (var member in family)
        {
            if (_ofAllBrokers.TryGetValue(member.Name, out var value))
                synonyms.Add(Synonym(member, value, ConfigSource.DynamicDefaultBroker));
        }
        foreach (var member in family)
            if (broker.Raw(member.Name) is { } value) synonyms.Add(Synonym(member, value, ConfigSource.StaticBroker));
        foreach (var member in family)
            if (member.Default is { } value) synonyms.Add(Synonym(member, value, ConfigSource.Default));
        return synonyms;
    }

    private static ConfigSynonym Synonym(SettingDefinition definition, string value, ConfigSource source) =>
        new(definition.Name, definition.IsSensitive ? null : value, source);

    /// <summary>
    /// The setting with its stand-ins; asked for a stand-in, the whole family as well. Directories are shown each for itself.
    /// </summary>
    private static SettingDefinition[] Family(SettingDefinition definition) =>
        Families.TryGetValue(definition.Name, out var family) ? family : [definition];

    private static FrozenDictionary<string, SettingDefinition[]> BuildFamilies()
    {
        var families = new Dictionary<string, SettingDefinition[]>(StringComparer.Ordinal);
        foreach (var head in SettingTables.Broker.All.OrderByDescending(definition => definition.StandIns.Count))
        {
            if (head.StandIns.Count == 0 || head.Type == SettingType.List) continue;
            SettingDefinition[] family = [head, .. head.StandIns.Select(standIn => SettingTables.Broker.Get(standIn.Name))];
            foreach (var member in family) families.TryAdd(member.Name, family);
        }
        return families.ToFrozenDictionary(StringComparer.Ordinal);
    }

    /// <summary>The value that counts: own before stand-in within a layer, dynamic layers before static ones.</summary>
    private object? EffectiveOf(SettingDefinition definition)
    {
        if (ParseValid(definition, _ofBroker.GetValueOrDefault(definition.Name)) is { } ofBroker) return ofBroker;
        if (ParseValid(definition, _ofAllBrokers.GetValueOrDefault(definition.Name)) is { } ofAll) return ofAll;
        return broker.Value(definition.Name);
    }

    private static object? ParseValid(SettingDefinition definition, string? text) =>
        text is null || definition.Problem(text) is not null ? null : definition.Parse(text);
}
