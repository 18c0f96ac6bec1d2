using System.Globalization;

namespace Akka.Configuration.Hocon;

/// <summary>A resolved value: a text, <c>null</c>, an array or an object. A number, duration or size is a text until it is read.</summary>
public class HoconValue
{
    private readonly string? _text;
    private readonly List<HoconValue>? _array;
    private readonly HoconObject? _object;

    /// <summary>An empty object.</summary>
    public HoconValue()
        : this(new HoconObject([]))
    {
    }

    internal HoconValue(HoconObject value)
    {
        _object = value;
    }

    internal HoconValue(List<HoconValue> array)
    {
        _array = array;
    }

    /// <summary>A text, or the literal <c>null</c>.</summary>
    internal HoconValue(string? text)
    {
        _text = text;
    }

    public bool IsEmpty => _object is { Items.Count: 0 };

    public bool IsObject() => _object is not null;

    /// <summary>True for an array with elements.</summary>
    public bool IsArray() => _array is { Count: > 0 };

    /// <summary>True for texts, numbers, booleans and the literal <c>null</c>.</summary>
    public bool IsString() => _object is null && _array is null;

    public HoconObject? GetObject() => _object;

    public HoconValue? GetChildObject(string key) => _object?.GetKey(key);

    public IList<HoconValue> GetArray() => _array is null ? [] : [.. _array];

    /// <summary>The text; null for the literal <c>null</c>, an array or an object.</summary>
    public string? GetString() => _text;

    public bool GetBoolean() => _text switch
    {
        "true" or "on" or "yes" => true,
        "false" or "off" or "no" => false,
        _ => throw new NotSupportedException($"`{this}` is not a boolean (true, on, yes, false, off, no)"),
    };

    public int GetInt() => int.Parse(Number(), NumberFormatInfo.InvariantInfo);

    public long GetLong() => long.Parse(Number(), NumberFormatInfo.InvariantInfo);

    public float GetFloat() => float.Parse(Number(), NumberFormatInfo.InvariantInfo);

    public double GetDouble() => double.Parse(Number(), NumberFormatInfo.InvariantInfo);

    public decimal GetDecimal() => decimal.Parse(Number(), NumberFormatInfo.InvariantInfo);

    public long? GetByteSize() => string.IsNullOrEmpty(_text) ? null : HoconUnits.ParseByteSize(_text);

    public TimeSpan GetTimeSpan(bool allowInfinite = true) =>
        HoconUnits.ParseDuration(_text ?? throw new FormatException($"`{this}` is not a duration"), allowInfinite);

    public IList<string> GetStringList() => GetArray().Select(v => v.GetString()!).ToList();

    public IList<int> GetIntList() => GetArray().Select(v => v.GetInt()).ToList();

    public IList<long> GetLongList() => GetArray().Select(v => v.GetLong()).ToList();

    /// <summary>This value as the root of a configuration of its own.</summary>
    public Config ToConfig() => new(new HoconRoot(this));

    /// <summary>A configuration whose only key is <paramref name="key"/> with this value.</summary>
    public Config AtKey(string key) =>
        new(new HoconRoot(new HoconValue(new HoconObject(new Dictionary<string, HoconValue> { [key] = this }))));

    public override string ToString() => ToString(0);

    /// <summary>HOCON text of this value; the root object (indent 0) goes without braces.</summary>
    public virtual string ToString(int indent) => indent == 0 && _object is not null ? _object.ToString(0) : Render(indent);

    internal string Render(int indent)
    {
        if (_object is not null)
            return _object.Items.Count == 0 ? "{}" : $"{{\n{_object.ToString(indent + 1)}{new string(' ', indent * 2)}}}";
        if (_array is not null)
            return $"[{string.Join(", ", _array.Select(v => v.Render(indent + 1)))}]";
        return _text is null ? "null" : HoconText.QuoteValue(_text);
    }

    /// <summary>This value where a fallback has <paramref name="below"/> at the same path.</summary>
    internal HoconValue Over(HoconValue below) =>
        _object is not null && below._object is not null ? new HoconValue(_object.Over(below._object)) : this;

    private string Number() => _text ?? throw new FormatException($"`{this}` is not a number");
}
