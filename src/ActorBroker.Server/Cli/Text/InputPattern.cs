using System.Globalization;
using System.Text;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Server.Cli.Text;

/// <summary>
/// How <c>produce</c> reads a line: tokens (%k key, %v or %s value, %h headers as a=b,c=d, %p partition, %T timestamp) with text between
/// them. Each token takes what stands before the next piece of text, the last one the rest.
/// </summary>
internal sealed class InputPattern
{
    public const string Tokens = "%k key, %v value, %h headers, %p partition, %T timestamp";

    private readonly List<(char Token, byte[] Until)> _parts = [];
    private byte[] _before = [];

    private InputPattern()
    {
    }

    public static InputPattern Parse(string text)
    {
        var pattern = new InputPattern();
        var end = text.EndsWith("\\n", StringComparison.Ordinal) ? text.Length - 2 : text.Length; // the delimiter ends a record anyway
        var at = NextToken(text, 0, end);
        pattern._before = Escapes.ToBytes(Plain(text[..at]));
        while (at < end)
        {
            var token = text[at + 1] == 's' ? 'v' : text[at + 1];
            if (pattern._parts.Any(part => part.Token == token)) throw new FormatException($"%{token} stands twice");
            var next = NextToken(text, at + 2, end);
            if (next == at + 2 && next < end) throw new FormatException($"nothing stands between %{token} and the token after it");
            pattern._parts.Add((token, Escapes.ToBytes(Plain(text[(at + 2)..next]))));
            at = next;
        }

        return pattern._parts.Any(part => part.Token is 'v' or 'k')
            ? pattern
            : throw new FormatException($"no %v in it; there are {Tokens}");
    }

    /// <summary>Throws <see cref="FormatException"/> when the line does not fit.</summary>
    public InputRecord Read(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith(_before)) throw new FormatException("the line does not begin as the format says");
        line = line[_before.Length..];
        var record = new InputRecord(null, null, []);
        foreach (var (token, until) in _parts)
        {
            var length = until.Length == 0 ? line.Length : line.IndexOf(until);
            if (length < 0) throw new FormatException($"the text after %{token} is missing in the line");
            var field = line[..length];
            line = line[(length + until.Length)..];
            record = Put(record, token, field);
        }

        return line.IsEmpty ? record : throw new FormatException("the line goes on after the format's end");
    }

    /// <summary>Headers as a=b,c=d; a name alone has a null value.</summary>
    public static RecordHeaderValue[] Headers(string text) =>
        [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Header)];

    public static RecordHeaderValue Header(string text)
    {
        var equals = text.IndexOf('=');
        return equals < 0
            ? new RecordHeaderValue(text, null)
            : new RecordHeaderValue(text[..equals], Encoding.UTF8.GetBytes(text[(equals + 1)..]));
    }

    private static InputRecord Put(InputRecord record, char token, ReadOnlySpan<byte> field) => token switch
    {
        'k' => record with { Key = field.ToArray() },
        'v' => record with { Value = field.ToArray() },
        'h' => record with { Headers = Headers(Encoding.UTF8.GetString(field)) },
        'p' => record with { Partition = checked((int)Number(field, "partition")) },
        _ => record with { TimestampMs = Number(field, "timestamp") },
    };

    private static long Number(ReadOnlySpan<byte> field, string what) =>
        long.TryParse(field, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number is >= -1
            ? number
            : throw new FormatException($"'{Encoding.UTF8.GetString(field)}' is no {what}");

    private static string Plain(string text) => text.Replace("%%", "%", StringComparison.Ordinal);

    private static int NextToken(string text, int from, int end)
    {
        for (var i = from; i < end; i++)
        {
            if (text[i] != '%') continue;
            if (i + 1 < end && text[i + 1] == '%') i++;
            else if (i + 1 < end && "kvshpT".Contains(text[i + 1])) return i;
            else throw new FormatException($"'{text[i..Math.Min(i + 2, end)]}' is no token; there are {Tokens}");
        }

        return end;
    }
}
