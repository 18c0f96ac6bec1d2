using System.Globalization;

namespace ActorBroker.Server.Cli.Text;

/// <summary>Points in time and durations as people write them.</summary>
internal static class TimeText
{
    public const string PointHelp = "milliseconds since 1970, a date and time (UTC unless it says otherwise), or an age like 15m or 2h";

    /// <summary>Gives milliseconds since 1970: from such a number, an ISO date and time, <c>now</c>, or an age (<c>2h</c> or
    /// <c>-2h</c>).</summary>
    public static bool TryParsePoint(string text, DateTimeOffset now, out long timestampMs)
    {
        timestampMs = 0;
        if (text == "now")
        {
            timestampMs = now.ToUnixTimeMilliseconds();
            return true;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out timestampMs)) return true;
        if (TryParseDuration(text.TrimStart('-'), out var age))
        {
            timestampMs = (now - age).ToUnixTimeMilliseconds();
            return true;
        }

        const DateTimeStyles Styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.AllowWhiteSpaces;
        if (text.Length < 8 || !DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, Styles, out var point)) return false;
        timestampMs = point.ToUnixTimeMilliseconds();
        return true;
    }

    /// <summary>A number and a unit: <c>250ms 10s 5m 2h 7d</c>; also ISO 8601 as Kafka's own tool takes it (<c>PT1H</c>).</summary>
    public static bool TryParseDuration(string text, out TimeSpan duration)
    {
        duration = default;
        if (text.Length == 0) return false;
        if (text[0] == 'P')
        {
            try
            {
                duration = System.Xml.XmlConvert.ToTimeSpan(text);
                return duration >= TimeSpan.Zero;
            }
            catch (FormatException)
            {
                return false;
            }
        }

        var digits = text.AsSpan().TrimEnd("mshd");
        if (!double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) || number > 1e7) return false;
        switch (text[digits.Length..])
        {
            case "ms": duration = TimeSpan.FromMilliseconds(number); return true;
            case "s": duration = TimeSpan.FromSeconds(number); return true;
            case "m": duration = TimeSpan.FromMinutes(number); return true;
            case "h": duration = TimeSpan.FromHours(number); return true;
            case "d": duration = TimeSpan.FromDays(number); return true;
            default: return false;
        }
    }

    /// <summary>ISO 8601 with milliseconds, UTC; "-" for none.</summary>
    public static string Show(long timestampMs) => timestampMs is < 0 or > 253_402_300_799_999
        ? "-"
        : DateTimeOffset.FromUnixTimeMilliseconds(timestampMs).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public static string ShowDuration(TimeSpan duration) => duration switch
    {
        { TotalMilliseconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMicroseconds:0} µs"),
        { TotalSeconds: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.##} ms"),
        { TotalMinutes: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.##} s"),
        { TotalHours: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMinutes:0.#} min"),
        { TotalDays: < 2 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalHours:0.#} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalDays:0.#} d"),
    };
}
