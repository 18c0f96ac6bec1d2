using System.Globalization;

namespace Akka.Configuration.Hocon;

/// <summary>Durations and byte sizes: a number, optional blanks, a unit.</summary>
internal static class HoconUnits
{
    private const long Ki = 1024, Kilo = 1000;

    public static TimeSpan ParseDuration(string text, bool allowInfinite)
    {
        if (allowInfinite && text.Equals("infinite", StringComparison.OrdinalIgnoreCase))
            return Timeout.InfiniteTimeSpan;
        var (number, unit) = Split(text);
        double ticks = unit switch
        {
            "ns" or "nano" or "nanos" or "nanosecond" or "nanoseconds" => TimeSpan.TicksPerMicrosecond / 1000.0,
            "us" or "micro" or "micros" or "microsecond" or "microseconds" => TimeSpan.TicksPerMicrosecond,
            "" or "ms" or "milli" or "millis" or "millisecond" or "milliseconds" => TimeSpan.TicksPerMillisecond,
            "s" or "second" or "seconds" => TimeSpan.TicksPerSecond,
            "m" or "minute" or "minutes" => TimeSpan.TicksPerMinute,
            "h" or "hour" or "hours" => TimeSpan.TicksPerHour,
            "d" or "day" or "days" => TimeSpan.TicksPerDay,
            _ => throw new FormatException($"`{text}` is not a duration (a number with ns, us, ms, s, m, h or d)"),
        };
        if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || value < 0)
            throw new FormatException($"`{text}` is not a duration (a positive number with ns, us, ms, s, m, h or d)");
        var total = Math.Round(value * ticks);
        if (total >= long.MaxValue)
            throw new OverflowException($"`{text}` is longer than a TimeSpan can be");
        return TimeSpan.FromTicks((long)total);
    }

    public static long ParseByteSize(string text)
    {
        var (number, unit) = Split(text);
        if (!long.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value))
            throw new FormatException($"`{text}` is not a size in bytes (an integer with an optional unit)");
        return checked(value * Factor(unit, text));
    }

    private static long Factor(string unit, string text) => unit switch
    {
        "" or "b" or "B" or "byte" or "bytes" => 1,
        "k" or "K" or "Ki" or "KiB" or "kibibyte" or "kibibytes" => Ki,
        "kB" or "kilobyte" or "kilobytes" => Kilo,
        "m" or "M" or "Mi" or "MiB" or "mebibyte" or "mebibytes" => Ki * Ki,
        "MB" or "megabyte" or "megabytes" => Kilo * Kilo,
        "g" or "G" or "Gi" or "GiB" or "gibibyte" or "gibibytes" => Ki * Ki * Ki,
        "GB" or "gigabyte" or "gigabytes" => Kilo * Kilo * Kilo,
        "t" or "T" or "Ti" or "TiB" or "tebibyte" or "tebibytes" => Ki * Ki * Ki * Ki,
        "TB" or "terabyte" or "terabytes" => Kilo * Kilo * Kilo * Kilo,
        "p" or "P" or "Pi" or "PiB" or "pebibyte" or "pebibytes" => Ki * Ki * Ki * Ki * Ki,
        "PB" or "petabyte" or "petabytes" => Kilo * Kilo * Kilo * Kilo * Kilo,
        "e" or "E" or "Ei" or "EiB" or "exbibyte" or "exbibytes" => Ki * Ki * Ki * Ki * Ki * Ki,
        "EB" or "exabyte" or "exabytes" => Kilo * Kilo * Kilo * Kilo * Kilo * Kilo,
        _ => throw new FormatException($"`{unit}` in `{text}` is not a unit of bytes"),
    };

    private static (string Number, string Unit) Split(string text)
    {
        var end = text.Length;
        while (end > 0 && !char.IsAsciiDigit(text[end - 1]))
            end--;
        return (text[..end].Trim(), text[end..].Trim());
    }
}
