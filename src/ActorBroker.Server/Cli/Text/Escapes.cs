using System.Globalization;
using System.Text;

namespace ActorBroker.Server.Cli.Text;

/// <summary>Backslash escapes of formats and delimiters: \n \r \t \\ \0 and \xHH, where HH is one byte.</summary>
internal static class Escapes
{
    /// <summary>Throws <see cref="FormatException"/> for an escape that is none.</summary>
    public static byte[] ToBytes(string text)
    {
        var bytes = new List<byte>(text.Length);
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = 0; i < text.Length;)
        {
            if (text[i] == '\\')
            {
                bytes.Add(Read(text, ref i));
                continue;
            }

            if (!Rune.TryGetRuneAt(text, i, out var rune)) rune = Rune.ReplacementChar;
            bytes.AddRange(utf8[..rune.EncodeToUtf8(utf8)]);
            i += char.IsSurrogatePair(text, i) ? 2 : 1;
        }

        return [.. bytes];
    }

    /// <summary>The byte of the escape that starts at <paramref name="i"/>, which is moved behind it.</summary>
    public static byte Read(string text, ref int i)
    {
        if (i + 1 >= text.Length) throw new FormatException("a backslash ends the text; write \\\\ for one");
        var kind = text[i + 1];
        i += 2;
        switch (kind)
        {
            case 'n': return (byte)'\n';
            case 'r': return (byte)'\r';
            case 't': return (byte)'\t';
            case '0': return 0;
            case '\\': return (byte)'\\';
            case 'x' when i + 2 <= text.Length
                && byte.TryParse(text.AsSpan(i, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value):
                i += 2;
                return value;
            default:
                throw new FormatException($"\\{kind} is no escape; there are \\n \\r \\t \\\\ \\0 and \\xHH");
        }
    }
}
