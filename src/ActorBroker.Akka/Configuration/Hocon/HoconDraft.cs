namespace Akka.Configuration.Hocon;

/// <summary>
/// The unresolved tree that the parser builds. A field keeps every assignment that may still matter (its layers, oldest first),
/// because a later layer can merge with an earlier one or refer to it; a layer is a concatenation of pieces.
/// </summary>
internal abstract class DraftPiece
{
    public abstract DraftPiece Clone(string[] prefix);
}

/// <param name="value">A text as it stands, without quotes and escapes; null for the literal <c>null</c>.</param>
/// <param name="blank">Blanks between two pieces on a line.</param>
internal sealed class DraftText(string? value, bool blank = false) : DraftPiece
{
    public string? Value => value;

    public bool Blank => blank;

    public override DraftPiece Clone(string[] prefix) => this;
}

/// <summary>A value that was resolved elsewhere (an included document given as a value).</summary>
internal sealed class DraftResolved(HoconValue value) : DraftPiece
{
    public HoconValue Value => value;

    public override DraftPiece Clone(string[] prefix) => this;
}

internal sealed class DraftArray(List<DraftValue> items) : DraftPiece
{
    public List<DraftValue> Items => items;

    public override DraftPiece Clone(string[] prefix) => new DraftArray(items.ConvertAll(i => i.Clone(prefix)));
}

/// <summary><c>${path}</c> or <c>${?path}</c>. Inside an included document the place of the include is tried first.</summary>
internal sealed class DraftSubstitution(List<string[]> candidates, bool optional, string position) : DraftPiece
{
    /// <summary>Absolute paths, the most specific first; the last one is as written.</summary>
    public List<string[]> Candidates => candidates;

    public bool Optional => optional;

    public string Position => position;

    public override DraftPiece Clone(string[] prefix) => prefix.Length == 0
        ? this
        : new DraftSubstitution([.. candidates.Select(c => (string[])[.. prefix, .. c]), candidates[^1]], optional, position);
}

internal sealed class DraftObject : DraftPiece
{
    public Dictionary<string, DraftField> Fields { get; } = [];

    public DraftField Field(string key)
    {
        if (!Fields.TryGetValue(key, out var field))
            Fields[key] = field = new DraftField();
        return field;
    }

    /// <summary>Adds the other object's layers over this one's; takes its parts over.</summary>
    public void Merge(DraftObject other)
    {
        foreach (var (key, field) in other.Fields)
        {
            foreach (var layer in field.Layers)
                Field(key).Add(layer);
        }
    }

    public override DraftPiece Clone(string[] prefix)
    {
        var copy = new DraftObject();
        foreach (var (key, field) in Fields)
        {
            foreach (var layer in field.Layers)
                copy.Field(key).Layers.Add(layer.Clone(prefix));
        }
        return copy;
    }

    public static DraftObject From(HoconObject resolved)
    {
        var draft = new DraftObject();
        foreach (var (key, value) in resolved.Items)
        {
            DraftPiece piece = value.GetObject() is { } child ? From(child) : new DraftResolved(value);
            draft.Field(key).Layers.Add(new DraftValue([piece], false, ""));
        }
        return draft;
    }
}

internal sealed class DraftField
{
    public List<DraftValue> Layers { get; } = [];

    public void Add(DraftValue layer)
    {
        if (Layers.Count > 0 && layer.AsObject is { } added && Layers[^1].AsObject is { } last)
        {
            last.Merge(added);
            return;
        }
        if (layer.HidesEarlier)
            Layers.Clear();
        Layers.Add(layer);
    }

    /// <summary>The object that <c>key { … }</c> or <c>key.child</c> adds to.</summary>
    public DraftObject OpenObject(string position)
    {
        if (Layers.Count > 0 && Layers[^1].AsObject is { } last)
            return last;
        var opened = new DraftObject();
        Layers.Add(new DraftValue([opened], false, position));
        return opened;
    }
}

internal sealed class DraftValue(List<DraftPiece> pieces, bool append, string position)
{
    public List<DraftPiece> Pieces => pieces;

    /// <summary>Written with <c>+=</c>.</summary>
    public bool Append => append;

    public string Position => position;

    public DraftObject? AsObject => !append && pieces is [DraftObject only] ? only : null;

    public bool HidesEarlier => !append && pieces.TrueForAll(p => p is DraftText);

    public DraftValue Clone(string[] prefix) => new(pieces.ConvertAll(p => p.Clone(prefix)), append, position);
}
