using System.Text;
using System.Text.RegularExpressions;

namespace ActorBroker.Tidy.Tests;

/// <summary>
/// A rough reading of a C# file: its code without comments and literals, its methods with their lengths, its top-level types, its constructors.
/// Braces are matched, headers are told apart by their words; that is enough for rules about size.
/// </summary>
internal sealed partial class SourceShape
{
    public string Code { get; }
    public List<(string Header, int Line, int Lines)> Methods { get; } = [];
    public List<string> TopLevelTypes { get; } = [];

    public SourceShape(string text)
    {
        Code = Blank(text);
        Walk();
    }

    /// <summary>The text with comments and the content of literals replaced by spaces, line breaks kept.</summary>
    private static string Blank(string text)
    {
        var code = new StringBuilder(text.Length);
        var i = 0;
        while (i < text.Length)
        {
            var length = LengthOfBlank(text, i);
            if (length == 0)
            {
                code.Append(text[i++]);
                continue;
            }

            for (var k = 0; k < length; k++) code.Append(text[i + k] == '\n' ? '\n' : ' ');
            i += length;
        }

        return code.ToString();
    }

    private static int LengthOfBlank(string text, int i)
    {
        if (At(text, i, "//")) return End(text, text.IndexOf('\n', i), 0) - i;
        if (At(text, i, "/*")) return End(text, text.IndexOf("*/", i + 2, StringComparison.Ordinal), 2) - i;
        if (At(text, i, "\"\"\"")) return End(text, text.IndexOf("\"\"\"", i + 3, StringComparison.Ordinal), 3) - i;
        if (At(text, i, "@\"") || At(text, i, "$@\"") || At(text, i, "@$\"")) return Verbatim(text, i);
        if (text[i] == '"') return Quoted(text, i, '"');
        return text[i] == '\'' ? Quoted(text, i, '\'') : 0;
    }

    private static bool At(string text, int i, string mark) => string.CompareOrdinal(text, i, mark, 0, mark.Length) == 0;

    private static int End(string text, int found, int markLength) => found < 0 ? text.Length : found + markLength;

    private static int Quoted(string text, int start, char quote)
    {
        var i = start + 1;
        while (i < text.Length && text[i] != quote && text[i] != '\n') i += text[i] == '\\' ? 2 : 1;
        return Math.Min(i + 1, text.Length) - start;
    }

    private static int Verbatim(string text, int start)
    {
        var i = text.IndexOf('"', start) + 1;
        while (i < text.Length)
        {
            if (text[i] != '"') i++;
            else if (i + 1 < text.Length && text[i + 1] == '"') i += 2;
            else break;
        }

        return Math.Min(i + 1, text.Length) - start;
    }

    private void Walk()
    {
        var open = new Stack<(Kind Kind, string Header, int Line)>();
        var headerStart = 0;
        var line = 1;
        for (var i = 0; i < Code.Length; i++)
        {
            switch (Code[i])
            {
                case '\n':
                    line++;
                    break;
                case ';':
                    headerStart = i + 1;
                    break;
                case '{':
                    var header = Code[headerStart..i].Trim();
                    var parent = open.Count == 0 ? Kind.Namespace : open.Peek().Kind;
                    var kind = KindOf(header, parent);
                    if (kind == Kind.Type && parent == Kind.Namespace) TopLevelTypes.Add(header);
                    open.Push((kind, header, line));
                    headerStart = i + 1;
                    break;
                case '}':
                    if (open.TryPop(out var closed) && closed.Kind == Kind.Method) Methods.Add((closed.Header, closed.Line, line - closed.Line + 1));
                    headerStart = i + 1;
                    break;
            }
        }
    }

    private static Kind KindOf(string header, Kind parent) => parent switch
    {
        Kind.Method or Kind.Block => Kind.Block,
        Kind.Member => Kind.Method,
        _ when NamespaceHeader().IsMatch(header) => Kind.Namespace,
        _ when TypeHeader().IsMatch(header) => Kind.Type,
        Kind.Type when header.Contains('(') && !header.Contains('=') => Kind.Method,
        Kind.Type => Kind.Member,
        _ => Kind.Block,
    };

    private enum Kind
    {
        Namespace,
        Type,
        Member,
        Method,
        Block,
    }

    [GeneratedRegex(@"^\s*namespace\b")]
    private static partial Regex NamespaceHeader();

    [GeneratedRegex(@"^(?:\[[^\]]*\]\s*)*(?:(?:public|internal|private|protected|file|static|sealed|abstract|readonly|ref|partial|unsafe|new)\s+)*(?:class|struct|interface|enum|record)\b")]
    private static partial Regex TypeHeader();
}
