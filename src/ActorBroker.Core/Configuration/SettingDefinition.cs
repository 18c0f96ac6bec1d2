namespace ActorBroker.Core.Configuration;

/// <summary>The type of a setting; the values are those of DescribeConfigs (KIP-569).</summary>
public enum SettingType : sbyte
{
    Unknown = 0,
    Boolean = 1,
    String = 2,
    Int = 3,
    Short = 4,
    Long = 5,
    Double = 6,
    List = 7,
    Class = 8,
    Password = 9,
}

/// <summary>How a broker setting may change while the broker runs (KIP-226). Topic and group settings always may.</summary>
public enum DynamicMode : byte
{
    ReadOnly,
    PerBroker,
    ClusterWide,
}

/// <summary>Where a value comes from; the values are those of DescribeConfigs.</summary>
public enum ConfigSource : sbyte
{
    Unknown = 0,
    Topic = 1,
    DynamicBroker = 2,
    DynamicDefaultBroker = 3,
    StaticBroker = 4,
    Default = 5,
    BrokerLogger = 6,
    ClientMetrics = 7,
    Group = 8,
}

/// <summary>
/// One setting: its name, how it is read, what it means. Parsing, validation, DescribeConfigs and the check of the configuration files all
/// read these definitions, so that none of them can know a setting differently.
/// </summary>
/// <param name="Default">As text; null when the setting has no value of its own.</param>
public sealed record SettingDefinition(string Name, SettingType Type, string? Default, SettingValidator? Validator, string Documentation)
{
    public DynamicMode Dynamic { get; init; }

    /// <summary>Other settings that stand in when this one is not set, in the order in which they count.</summary>
    public IReadOnlyList<SettingStandIn> StandIns { get; init; } = [];

    /// <summary>For a topic or group setting: the broker setting that is its default, or null.</summary>
    public string? BrokerSynonym { get; init; }

    /// <summary>False for a setting that Kafka's files may hold but that changes nothing here.</summary>
    public bool HasEffect { get; init; } = true;

    /// <summary>Accepted, but not shown.</summary>
    public bool IsInternal { get; init; }

    /// <summary>Its value is never shown.</summary>
    public bool IsSensitive => Type == SettingType.Password;

    /// <summary>The value, parsed and validated; throws <see cref="SettingException"/>.</summary>
    public object Parse(string text)
    {
        var value = SettingParser.Parse(Name, Type, text);
        if (Validator?.Problem(Name, value) is { } problem) throw new SettingException(Name, SettingParser.Show(value), problem);
        return value;
    }

    /// <summary>What is wrong with the text, in Kafka's words; null when nothing is.</summary>
    public string? Problem(string text)
    {
        try
        {
            Parse(text);
            return null;
        }
        catch (SettingException error)
        {
            return error.Message;
        }
    }
}

/// <summary>A setting that stands in for another one, in another unit: hours for milliseconds.</summary>
public readonly record struct SettingStandIn(string Name, long Factor);
