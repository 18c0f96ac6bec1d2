using System.Globalization;

namespace ActorBroker.Core.Configuration;

/// <summary>
/// Text to value and back, with Kafka's rules: surrounding blanks do not count, booleans are true and false in any case, lists are
/// separated by commas, the empty text is the empty list. Values are bool, int, short, long, double, string or string[].
/// </summary>
public static class SettingParser
{
    public static object Parse(string name, SettingType type, string text)
    {
        var trimmed = text.Trim();
        return type switch
        {
            SettingType.Boolean => ParseBool(name, trimmed),
            SettingType.Int => int.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var i)
                ? i : throw NotANumber(name, trimmed, "INT"),
            SettingType.Short => short.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var s)
                ? s : throw NotANumber(name, trimmed, "SHORT"),
            SettingType.Long => long.TryParse(trimmed, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var l)
                ? l : throw NotANumber(name, trimmed, "LONG"),
            SettingType.Double => double.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out var d)
                ? d : throw NotANumber(name, trimmed, "DOUBLE"),
            SettingType.List => Split(trimmed),
            _ => trimmed,
        };
    }

    /// <summary>The elements of a list; one empty element for each superfluous comma, so that validation can complain.</summary>
    public static string[] Split(string text) =>
        string.IsNullOrWhiteSpace(text) ? [] : text.Split(',', StringSplitOptions.TrimEntries);

    /// <summary>A value as it stands in a configuration: lists without brackets.</summary>
    public static string Text(object value) => value is string[] list ? string.Join(',', list) : Show(value);

    /// <summary>A value as Kafka's messages show it.</summary>
    public static string Show(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        double number => ShowDouble(number),
        string[] list => $"[{string.Join(", ", list)}]",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>At least one digit after the point, exponent without plus sign: 2.0, 1.7976931348623157E308.</summary>
    private static string ShowDouble(double number)
    {
        var text = number.ToString("R", CultureInfo.InvariantCulture).Replace("E+", "E", StringComparison.Ordinal);
        return text.AsSpan().IndexOfAny('.', 'E', 'N') >= 0 || double.IsInfinity(number) ? text : text + ".0";
    }

    private static object ParseBool(string name, string text)
    {
        if (text.Equals("true", StringComparison.OrdinalIgnoreCase)) return true;
        if (text.Equals("false", StringComparison.OrdinalIgnoreCase)) return false;
        throw new SettingException(name, text, "Expected value to be either true or false");
    }

    private static SettingException NotANumber(string name, string text, string type) => new(name, text, $"Not a number of type {type}");
}
