namespace Akka.Configuration.Hocon;

/// <summary>
/// A parsed document. One that is parsed inside an include callback is resolved only when its value is asked for: until then its
/// substitutions may still refer to keys of the including document.
/// </summary>
public class HoconRoot
{
    private readonly Lazy<HoconValue> _value;

    public HoconRoot(HoconValue value)
    {
        _value = new Lazy<HoconValue>(value);
    }

    internal HoconRoot(DraftObject draft)
    {
        Draft = draft;
        _value = new Lazy<HoconValue>(() => new HoconValue(new HoconResolver(draft).Resolve()));
    }

    public HoconValue Value => _value.Value;

    internal DraftObject? Draft { get; }
}
