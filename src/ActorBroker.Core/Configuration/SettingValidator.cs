using System.Globalization;

namespace ActorBroker.Core.Configuration;

/// <summary>What a parsed value must satisfy beyond its type; the texts are those that Kafka's clients show.</summary>
public abstract record SettingValidator
{
    /// <summary>What is wrong with the value, or null.</summary>
    public abstract string? Problem(string name, object value);

    public static SettingValidator AtLeast(double min) => new RangeValidator(min, null);

    public static SettingValidator Between(double min, double max) => new RangeValidator(min, max);

    public static SettingValidator OneOf(params string[] allowed) => new OneOfValidator(allowed, StringComparison.Ordinal);

    public static SettingValidator OneOfAnyCase(params string[] allowed) => new OneOfValidator(allowed, StringComparison.OrdinalIgnoreCase);

    public static SettingValidator ListOf(params string[] allowed) => new ListValidator(allowed);

    public static readonly SettingValidator GzipLevel = new GzipLevelValidator();

    public static readonly SettingValidator ThrottledReplicas = new ThrottledReplicasValidator();

    public static readonly SettingValidator NonEmpty = new NonEmptyValidator();

    public static readonly SettingValidator AnyList = new ListValidator([]);

    public static readonly SettingValidator OffsetReset = new OffsetResetValidator();

    public static readonly SettingValidator HostLimits = new HostLimitsValidator();
}

public sealed record RangeValidator(double? Min, double? Max) : SettingValidator
{
    public override string? Problem(string name, object value)
    {
        var number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        if (number < Min) return $"Value must be at least {Min.Value.ToString(CultureInfo.InvariantCulture)}";
        return number > Max ? $"Value must be no more than {Max.Value.ToString(CultureInfo.InvariantCulture)}" : null;
    }
}

public sealed record OneOfValidator(IReadOnlyList<string> Allowed, StringComparison Comparison) : SettingValidator
{
    public override string? Problem(string name, object value)
    {
        var text = (string)value;
        foreach (var candidate in Allowed)
            if (candidate.Equals(text, Comparison)) return null;
        return Comparison == StringComparison.Ordinal
            ? $"String must be one of: {string.Join(", ", Allowed)}"
            : $"String must be one of (case insensitive): {string.Join(", ", Allowed)}";
    }
}

/// <summary>Elements out of a set (any when the set is empty), none of them empty. Doubles are tolerated and count once.</summary>
public sealed record ListValidator(IReadOnlyList<string> Allowed) : SettingValidator
{
    public override string? Problem(string name, object value)
    {
        foreach (var element in (string[])value)
        {
            if (element.Length == 0) throw new SettingException($"Configuration '{name}' values must not be empty.");
            if (Allowed.Count > 0 && !Allowed.Contains(element))
                throw new SettingException(name, element, $"String must be one of: {string.Join(", ", Allowed)}");
        }
        return null;
    }
}

public sealed record GzipLevelValidator : SettingValidator
{
    public override string? Problem(string name, object value) =>
        (int)value is -1 or (>= 1 and <= 9) ? null : "Value must be between 1 and 9 or equal to -1";
}

public sealed record ThrottledReplicasValidator : SettingValidator
{
    public override string? Problem(string name, object value)
    {
        var list = (string[])value;
        if (list is ["*"] || list.All(IsPair)) return null;
        return $"{name} must be the literal '*' or a list of replicas in the following format: " +
               "[partitionId]:[brokerId],[partitionId]:[brokerId],...";
    }

    private static bool IsPair(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && colon < text.Length - 1 && text.Where((_, index) => index != colon).All(char.IsAsciiDigit);
    }
}

public sealed record NonEmptyValidator : SettingValidator
{
    public override string? Problem(string name, object value) =>
        value is string { Length: 0 } ? "String must be non-empty" : null;
}

/// <summary>Pairs of the form host:count.</summary>
public sealed record HostLimitsValidator : SettingValidator
{
    public override string? Problem(string name, object value)
    {
        foreach (var entry in ((string)value).Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = entry.LastIndexOf(':');
            if (at <= 0) throw new SettingException($"Error parsing configuration property '{name}': '{entry}' is not of the form host:count");
            if (!int.TryParse(entry[(at + 1)..].Trim(), out _)) throw new SettingException($"For input string: \"{entry[(at + 1)..]}\"");
        }

        return null;
    }
}

/// <summary>KIP-932: where a share group without offsets begins.</summary>
public sealed record OffsetResetValidator : SettingValidator
{
    public override string? Problem(string name, object value)
    {
        var text = (string)value;
        if (text is "earliest" or "latest" || (text.StartsWith("by_duration:P", StringComparison.Ordinal) && text.Length > 13)) return null;
        return $"Invalid value `{text}` for configuration {name}. The value must be either 'earliest', 'latest' or of the format " +
               "'by_duration:<PnDTnHnMn.nS>'.";
    }
}
