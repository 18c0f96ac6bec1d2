using System.Globalization;
using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>Characters and lexical forms of a text, with positions for errors.</summary>
internal sealed class HoconReader(string text)
{
    private int _index;
    private int _line = 1;
    private int _lineFrom;

    public bool AtEnd => _index >= text.Length;

    /// <summary>The next character; NUL at the end.</summary>
    public char Next => AtEnd ? '\0' : text[_index];

    public bool AtComment => Next == '#' || Matches("//");

    public bool AtUnquoted => !AtEnd && !char.IsWhiteSpace(Next) && !AtComment && !HoconText.IsReserved(Next);

    /// <summary>Line and column from 1. Lines are counted on from the last call, so that asking for every field stays linear.</summary>
    public string Position
    {
        get
        {
            if (_index < _lineFrom)
                (_line, _lineFrom) = (1, 0);
            var end = Math.Min(_index, text.Length);
            while (text.IndexOf('\n', _lineFrom, end - _lineFrom) is >= 0 and var feed)
                (_line, _lineFrom) = (_line + 1, feed + 1);
            return $"line {_line}, column {end - _lineFrom + 1}";
        }
    }

    public bool Matches(string pattern) => string.CompareOrdinal(text, _index, pattern, 0, pattern.Length) == 0;

    public bool TryTake(string pattern)
    {
        if (!Matches(pattern))
            return false;
        _index += pattern.Length;
        return true;
    }

    public FormatException Error(string message) => new($"{message} at {Position}");

    /// <summary>What stands here, for an error message.</summary>
    public string Found => AtEnd ? "the end of the text" : $"`{Next}`";

    public int Mark() => _index;

    public void Return(int mark) => _index = mark;

    public void SkipBlanksAndComments()
    {
        while (!AtEnd)
        {
            if (char.IsWhiteSpace(Next) || Next == '\uFEFF')
                _index++;
            else if (AtComment)
                SkipLine();
            else
                return;
        }
    }

    public string TakeBlanks() => TakeWhile(static c => c != '\n' && char.IsWhiteSpace(c));

    /// <summary>Unquoted text up to a blank, a comment or a reserved character.</summary>
    public string TakeUnquoted(bool stopAtDot)
    {
        var start = _index;
        while (AtUnquoted && !(stopAtDot && Next == '.'))
            _index++;
        return text[start.._index];
    }

    public string TakeQuoted()
    {
        if (TryTake("\"\"\""))
            return TakeTripleQuoted();
        var opened = Position;
        _index++;
        var value = new StringBuilder();
        while (!AtEnd && Next != '\n')
        {
            var c = text[_index++];
            if (c == '"')
                return value.ToString();
            value.Append(c == '\\' ? TakeEscape() : c);
        }
        throw new FormatException($"The quoted text that starts at {opened} has no end on its line");
    }

    private string TakeTripleQuoted()
    {
        var end = text.IndexOf("\"\"\"", _index, StringComparison.Ordinal);
        if (end < 0)
            throw Error("A text in triple quotes has no end; it starts");
        while (end + 3 < text.Length && text[end + 3] == '"')
            end++;
        var value = text[_index..end];
        _index = end + 3;
        return value;
    }

    private char TakeEscape()
    {
        var c = Next;
        _index++;
        switch (c)
        {
            case 'n': return '\n';
            case 't': return '\t';
            case 'r': return '\r';
            case 'b': return '\b';
            case 'f': return '\f';
            case '"' or '\\' or '/': return c;
            case 'u' when _index + 4 <= text.Length
                && ushort.TryParse(text.AsSpan(_index, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code):
                _index += 4;
                return (char)code;
            default:
                _index--;
                throw Error($"`\\{(AtEnd ? "" : c)}` is not an escape");
        }
    }

    private string TakeWhile(Func<char, bool> condition)
    {
        var start = _index;
        while (!AtEnd && condition(Next))
            _index++;
        return text[start.._index];
    }

    private void SkipLine()
    {
        var end = text.IndexOf('\n', _index);
        _index = end < 0 ? text.Length : end + 1;
    }
}
