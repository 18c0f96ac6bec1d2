using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>The keys of an object, in the order of the text.</summary>
public class HoconObject
{
    internal HoconObject(Dictionary<string, HoconValue> items)
    {
        Items = items;
    }

    public Dictionary<string, HoconValue> Items { get; }

    public HoconValue? GetKey(string key) => Items.GetValueOrDefault(key);

    public override string ToString() => ToString(0);

    /// <summary>One key a line, indented by two spaces a level, in a form that parses again.</summary>
    public string ToString(int indent)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in Items)
            text.Append(' ', indent * 2).Append(HoconText.QuoteKey(key)).Append(" : ").Append(value.Render(indent)).Append('\n');
        return text.ToString();
    }

    /// <summary>This object's keys over those of <paramref name="below"/>; neither is changed.</summary>
    internal HoconObject Over(HoconObject below)
    {
        var merged = new Dictionary<string, HoconValue>(below.Items);
        foreach (var (key, value) in Items)
            merged[key] = merged.TryGetValue(key, out var hidden) ? value.Over(hidden) : value;
        return new HoconObject(merged);
    }
}
