using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>What may stand without quotes, and how to quote the rest.</summary>
internal static class HoconText
{
    private const string Reserved = "$\"{}[]:=,#`^?!@*&\\";

    public static bool IsReserved(char c) => Reserved.Contains(c, StringComparison.Ordinal);

    public static string QuoteKey(string key) => Quote(key, key.Contains('.', StringComparison.Ordinal));

    public static string QuoteValue(string text) => Quote(text, text is "null" || text != text.Trim());

    private static string Quote(string text, bool force)
    {
        var plain = !force && text.Length > 0 && !text.Contains("//", StringComparison.Ordinal)
            && !text.Any(c => IsReserved(c) || c is '+' || char.IsControl(c));
        if (plain)
            return text;
        var quoted = new StringBuilder("\"", text.Length + 2);
        foreach (var c in text)
        {
            switch (c)
            {
                case '"' or '\\': quoted.Append('\\').Append(c); break;
                case '\n': quoted.Append("\\n"); break;
                case < ' ': quoted.Append($"\\u{(int)c:x4}"); break;
                default: quoted.Append(c); break;
            }
        }
        return quoted.Append('"').ToString();
    }
}
