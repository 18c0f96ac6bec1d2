namespace ActorBroker.Core.Configuration;

/// <summary>One line of DescribeConfigs. The value of a sensitive setting is null.</summary>
public sealed record ConfigEntry(
    string Name, string? Value, bool IsReadOnly, bool IsSensitive, ConfigSource Source, SettingType Type, string? Documentation)
{
    /// <summary>Every place that gives the setting a value, the one that counts first.</summary>
    public IReadOnlyList<ConfigSynonym> Synonyms { get; init; } = [];
}

public readonly record struct ConfigSynonym(string Name, string? Value, ConfigSource Source);
