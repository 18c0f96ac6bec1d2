namespace Akka.Configuration.Hocon;

/// <summary>
/// Recursive descent over the text into a draft tree, which <see cref="HoconResolver"/> then resolves. Nesting and includes are
/// bounded, so hostile text ends in a <see cref="FormatException"/> with line and column, never in a stack overflow.
/// </summary>
public class Parser
{
    private const int MaxDepth = 128;
    private const int MaxIncludeDepth = 32;

    [ThreadStatic]
    private static int _includeDepth;

    private readonly HoconReader _reader;
    private readonly Func<string, HoconRoot>? _includeCallback;
    private int _depth;

    private Parser(string text, Func<string, HoconRoot>? includeCallback)
    {
        _reader = new HoconReader(text);
        _includeCallback = includeCallback;
    }

    /// <param name="text">A HOCON document.</param>
    /// <param name="includeCallback">Gets the argument of each <c>include</c> and returns that document.</param>
    /// <exception cref="FormatException">The text is malformed; the message names line and column.</exception>
    public static HoconRoot Parse(string text, Func<string, HoconRoot>? includeCallback)
    {
        ArgumentNullException.ThrowIfNull(text);
        var root = new HoconRoot(new Parser(text, includeCallback).ParseRoot());
        if (_includeDepth == 0)
            _ = root.Value;
        return root;
    }

    private DraftObject ParseRoot()
    {
        var root = new DraftObject();
        _reader.SkipBlanksAndComments();
        if (_reader.Next != '{')
        {
            ParseFields(root, [], '\0');
            return root;
        }
        ParseBraces(root, []);
        _reader.SkipBlanksAndComments();
        if (!_reader.AtEnd)
            throw _reader.Error($"Expected the end of the text after the root object, found {_reader.Found}");
        return root;
    }

    private void ParseBraces(DraftObject target, string[] path)
    {
        if (++_depth > MaxDepth)
            throw _reader.Error($"Objects and arrays are nested deeper than {MaxDepth}");
        _reader.TryTake("{");
        ParseFields(target, path, '}');
        _reader.TryTake("}");
        _depth--;
    }

    /// <summary>Fields up to the closing brace, which stays, or up to the end of the text.</summary>
    private void ParseFields(DraftObject target, string[] path, char close)
    {
        while (true)
        {
            _reader.SkipBlanksAndComments();
            if (_reader.Next == close && (close != '\0' || _reader.AtEnd))
                return;
            if (_reader.AtEnd)
                throw _reader.Error($"Expected `{close}` for an object that is still open");
            if (!TryInclude(target, path))
                ParseField(target, path);
            _reader.TakeBlanks();
            _reader.TryTake(",");
        }
    }

    private void ParseField(DraftObject target, string[] path)
    {
        var position = _reader.Position;
        var keys = ParseKey();
        if (path.Length + keys.Length > MaxDepth)
            throw _reader.Error($"Objects and arrays are nested deeper than {MaxDepth}");
        foreach (var key in keys.AsSpan(0, keys.Length - 1))
            target = target.Field(key).OpenObject(position);
        var field = target.Field(keys[^1]);
        string[] fieldPath = [.. path, .. keys];
        _reader.SkipBlanksAndComments();
        if (_reader.Next == '{')
            field.Add(ParseObjectAfterKey(fieldPath, position));
        else if (_reader.TryTake("+="))
            field.Add(ParseValue(fieldPath, append: true));
        else if (_reader.TryTake("=") || _reader.TryTake(":"))
            field.Add(ParseValue(fieldPath, append: false));
        else
            throw _reader.Error($"Expected `=`, `:` or `{{` after the key `{HoconPath.Join(keys)}`, found {_reader.Found}");
    }

    /// <summary>Without an assignment sign only further objects may follow on the line; anything else starts the next field.</summary>
    private DraftValue ParseObjectAfterKey(string[] path, string position)
    {
        var pieces = new List<DraftPiece>();
        do
        {
            if (_reader.Matches("${"))
            {
                pieces.Add(ParseSubstitution());
            }
            else
            {
                var child = new DraftObject();
                ParseBraces(child, path);
                pieces.Add(child);
            }
            _reader.TakeBlanks();
        }
        while (_reader.Next == '{' || _reader.Matches("${"));
        return new DraftValue(pieces, false, position);
    }

    private string[] ParseKey()
    {
        var keys = new List<string>();
        do
        {
            _reader.TakeBlanks();
            var key = _reader.Next == '"' ? _reader.TakeQuoted() : ParseUnquotedKey();
            keys.Add(key);
            _reader.TakeBlanks();
        }
        while (_reader.TryTake("."));
        return keys.ToArray();
    }

    private string ParseUnquotedKey()
    {
        var key = "";
        var blanks = "";
        while (_reader.AtUnquoted && _reader.Next != '.' && !_reader.Matches("+="))
        {
            var plus = _reader.TryTake("+");
            key += blanks + (plus ? "+" : TakeKeyPart());
            blanks = _reader.TakeBlanks();
        }
        if (key.Length == 0)
            throw _reader.Error($"Expected a key, found {_reader.Found}");
        return key;
    }

    private string TakeKeyPart()
    {
        var mark = _reader.Mark();
        var part = _reader.TakeUnquoted(stopAtDot: true);
        if (part.IndexOf('+', StringComparison.Ordinal) is > 0 and var plus)
        {
            part = part[..plus];
            _reader.Return(mark + plus);
        }
        return part;
    }

    private DraftValue ParseValue(string[] path, bool append)
    {
        _reader.SkipBlanksAndComments();
        var position = _reader.Position;
        var pieces = new List<DraftPiece>();
        var blanks = "";
        while (TryParsePiece(path) is { } piece)
        {
            if (blanks.Length > 0)
                pieces.Add(new DraftText(blanks, blank: true));
            pieces.Add(piece);
            blanks = _reader.TakeBlanks();
        }
        if (pieces.Count == 0)
            throw _reader.Error($"Expected a value, found {_reader.Found}");
        if (!_reader.AtEnd && !_reader.AtComment && _reader.Next is not ('\n' or ',' or '}' or ']'))
            throw _reader.Error($"{_reader.Found} may not stand in a value without quotes; expected the value's end");
        if (pieces is [DraftText { Value: "null" } text] && ReferenceEquals(text, UnquotedNull))
            pieces[0] = new DraftText(null);
        return new DraftValue(pieces, append, position);
    }

    private static readonly DraftText UnquotedNull = new("null");

    private DraftPiece? TryParsePiece(string[] path)
    {
        switch (_reader.Next)
        {
            case '"':
                return new DraftText(_reader.TakeQuoted());
            case '{':
                var child = new DraftObject();
                ParseBraces(child, path);
                return child;
            case '[':
                return ParseArray(path);
            case '$' when _reader.Matches("${"):
                return ParseSubstitution();
        }
        if (!_reader.AtUnquoted)
            return null;
        var text = _reader.TakeUnquoted(stopAtDot: false);
        if (_reader.Next is '=' or ':')
        {
            throw new ConfigurationException(
                $"An unquoted text may not contain {_reader.Found} at {_reader.Position}: put a text such as an address in quotes, "
                + "an object in braces, and each field on a line of its own");
        }
        return text == "null" ? UnquotedNull : new DraftText(text);
    }

    private DraftArray ParseArray(string[] path)
    {
        if (++_depth > MaxDepth)
            throw _reader.Error($"Objects and arrays are nested deeper than {MaxDepth}");
        _reader.TryTake("[");
        var items = new List<DraftValue>();
        while (true)
        {
            _reader.SkipBlanksAndComments();
            if (_reader.TryTake("]"))
                break;
            if (_reader.AtEnd)
                throw _reader.Error("Expected `]` for an array that is still open");
            items.Add(ParseValue(path, append: false));
            _reader.SkipBlanksAndComments();
            _reader.TryTake(",");
        }
        _depth--;
        return new DraftArray(items);
    }

    private DraftSubstitution ParseSubstitution()
    {
        var position = _reader.Position;
        _reader.TryTake("${");
        var optional = _reader.TryTake("?");
        var path = ParseKey();
        if (!_reader.TryTake("}"))
            throw _reader.Error($"Expected `}}` at the end of a substitution, found {_reader.Found}");
        return new DraftSubstitution([path], optional, position);
    }

    /// <summary><c>include "x"</c>, <c>include file("x")</c>, <c>include required(…)</c>; a key may be called include as well.</summary>
    private bool TryInclude(DraftObject target, string[] path)
    {
        var mark = _reader.Mark();
        if (!_reader.TryTake("include"))
            return false;
        _reader.TakeBlanks();
        var required = _reader.TryTake("required(");
        var closing = required ? 1 : 0;
        _reader.TakeBlanks();
        if (_reader.TryTake("file("))
            closing++;
        _reader.TakeBlanks();
        if (_reader.Next != '"')
        {
            _reader.Return(mark);
            return false;
        }
        var position = _reader.Position;
        var name = _reader.TakeQuoted();
        for (; closing > 0; closing--)
        {
            _reader.TakeBlanks();
            if (!_reader.TryTake(")"))
                throw _reader.Error($"Expected `)` after the name of an include, found {_reader.Found}");
        }
        target.Merge(Include(name, position, path));
        return true;
    }

    private DraftObject Include(string name, string position, string[] path)
    {
        if (_includeCallback is null)
            throw new FormatException($"`include \"{name}\"` at {position} needs an include callback");
        if (_includeDepth >= MaxIncludeDepth)
            throw new FormatException($"`include \"{name}\"` at {position} is nested deeper than {MaxIncludeDepth}");
        _includeDepth++;
        try
        {
            var included = _includeCallback(name)
                ?? throw new FormatException($"`include \"{name}\"` at {position}: there is no such document");
            if (included.Draft is { } draft)
                return (DraftObject)draft.Clone(path);
            return included.Value.GetObject() is { } resolved ? DraftObject.From(resolved) : new DraftObject();
        }
        finally
        {
            _includeDepth--;
        }
    }
}
