namespace Akka.Configuration.Hocon;

/// <summary>
/// Turns a draft tree into values. A substitution sees the whole document, later keys included; inside the layers of its own field
/// it sees the value before its layer (<c>path = ${path} "x"</c>); what the document lacks is looked for in the environment. The
/// work is bounded in depth, steps and text size, so a few lines that double themselves cannot exhaust the process.
/// </summary>
internal sealed class HoconResolver(DraftObject root)
{
    private const int MaxDepth = 400;
    private const int MaxSteps = 2_000_000;
    private const int MaxTextLength = 4 << 20;

    private readonly Dictionary<DraftField, HoconValue?> _done = [];
    private readonly Dictionary<DraftField, HoconValue?> _active = [];
    private int _depth;
    private int _steps;

    public HoconObject Resolve() => ResolveObject(root);

    private HoconObject ResolveObject(DraftObject draft)
    {
        var items = new Dictionary<string, HoconValue>(draft.Fields.Count);
        foreach (var (key, field) in draft.Fields)
        {
            if (ResolveField(field) is { } value)
                items[key] = value;
        }
        return new HoconObject(items);
    }

    /// <summary>The field's value; null when all it has are optional substitutions that found nothing.</summary>
    private HoconValue? ResolveField(DraftField field)
    {
        if (_done.TryGetValue(field, out var done) || _active.TryGetValue(field, out done))
            return done;
        HoconValue? value = null;
        foreach (var layer in field.Layers)
        {
            _active[field] = value;
            var added = ResolveValue(layer);
            if (layer.Append)
                value = Append(value, added, layer.Position);
            else if (added is not null)
                value = value is null ? added : Merge(added, value);
        }
        _active.Remove(field);
        _done[field] = value;
        return value;
    }

    private HoconValue? Append(HoconValue? array, HoconValue? added, string position)
    {
        if (array is not null && !IsArray(array))
            throw new FormatException($"`+=` at {position} adds to a value that is not an array");
        List<HoconValue> items = [.. array?.GetArray() ?? []];
        if (added is not null)
            items.Add(added);
        Step(items.Count, position);
        return new HoconValue(items);
    }

    private HoconValue? ResolveValue(DraftValue draft)
    {
        Step(1, draft.Position);
        if (++_depth > MaxDepth)
            throw new FormatException($"The value at {draft.Position} is nested too deeply, or refers to itself");
        var parts = new List<HoconValue>(draft.Pieces.Count);
        var blanks = new HashSet<int>();
        foreach (var piece in draft.Pieces)
        {
            if (piece is DraftText { Blank: true })
                blanks.Add(parts.Count);
            if (ResolvePiece(piece) is { } part)
                parts.Add(part);
        }
        _depth--;
        return Concatenate(parts, blanks, draft.Position);
    }

    private HoconValue? ResolvePiece(DraftPiece piece) => piece switch
    {
        DraftText text => new HoconValue(text.Value),
        DraftResolved resolved => resolved.Value,
        DraftArray array => new HoconValue(array.Items.Select(ResolveValue).OfType<HoconValue>().ToList()),
        DraftObject child => new HoconValue(ResolveObject(child)),
        DraftSubstitution substitution => ResolveSubstitution(substitution),
        _ => throw new InvalidOperationException($"A draft has no {piece.GetType().Name}"),
    };

    private HoconValue? Concatenate(List<HoconValue> parts, HashSet<int> blanks, string position)
    {
        var values = parts.Where((_, i) => !blanks.Contains(i)).ToList();
        if (values.Count <= 1)
            return values.Count == 0 ? null : values[0];
        if (values.TrueForAll(v => v.IsString()))
        {
            var first = parts.IndexOf(values[0]);
            var count = parts.LastIndexOf(values[^1]) - first + 1;
            var texts = parts.GetRange(first, count).ConvertAll(p => p.GetString() ?? "null");
            if (texts.Sum(t => (long)t.Length) > MaxTextLength)
                throw new FormatException($"The text at {position} grows longer than {MaxTextLength} characters");
            return new HoconValue(string.Concat(texts));
        }
        if (values.TrueForAll(v => v.IsObject()))
            return values.Aggregate((below, above) => Merge(above, below));
        if (!values.TrueForAll(IsArray))
            throw new FormatException($"The value at {position} joins objects, arrays or texts with one another");
        var items = values.SelectMany(v => v.GetArray()).ToList();
        Step(items.Count, position);
        return new HoconValue(items);
    }

    private HoconValue? ResolveSubstitution(DraftSubstitution substitution)
    {
        foreach (var path in substitution.Candidates)
        {
            if (Look(root, path, substitution.Position) is { } found)
                return found;
        }
        var written = string.Join('.', substitution.Candidates[^1]);
        if (Environment.GetEnvironmentVariable(written) is { } variable)
            return new HoconValue(variable);
        if (substitution.Optional)
            return null;
        throw new FormatException($"Unresolved substitution: ${{{written}}} at {substitution.Position}");
    }

    private HoconValue? Look(DraftObject start, ReadOnlySpan<string> path, string position)
    {
        if (!start.Fields.TryGetValue(path[0], out var field))
            return null;
        return path.Length == 1 ? ResolveField(field) : LookInside(field, path[1..], position);
    }

    /// <summary>
    /// Walks the layers from the newest without resolving the field, since the substitution may stand inside it. Objects that are
    /// found on the way merge; the first other value ends the search.
    /// </summary>
    private HoconValue? LookInside(DraftField field, ReadOnlySpan<string> path, string position)
    {
        Step(1, position);
        if (++_depth > MaxDepth)
            throw new FormatException($"The substitution at {position} refers to itself");
        HoconValue? found = null;
        var open = true;
        for (var i = field.Layers.Count - 1; i >= 0 && open; i--)
        {
            var pieces = field.Layers[i].Pieces;
            for (var j = pieces.Count - 1; j >= 0 && open; j--)
            {
                if (pieces[j] is DraftText { Blank: true })
                    continue;
                open = pieces[j] is DraftObject or DraftSubstitution or DraftResolved;
                if (LookInPiece(pieces[j], path, position) is not { } below)
                    continue;
                found = found is null ? below : Merge(found, below);
                open = found.IsObject();
            }
        }
        _depth--;
        return found;
    }

    private HoconValue? LookInPiece(DraftPiece piece, ReadOnlySpan<string> path, string position)
    {
        switch (piece)
        {
            case DraftObject child:
                return Look(child, path, position);
            case DraftResolved { Value: var value }:
                for (var i = 0; i < path.Length && value is not null; i++)
                    value = value.GetChildObject(path[i]);
                return value;
            case DraftSubstitution substitution:
                foreach (var candidate in substitution.Candidates)
                {
                    if (Look(root, [.. candidate, .. path], position) is { } found)
                        return found;
                }
                return null;
            default:
                return null;
        }
    }

    private HoconValue Merge(HoconValue above, HoconValue below)
    {
        if (above.GetObject() is { } a && below.GetObject() is { } b)
            Step(a.Items.Count + b.Items.Count, "");
        return above.Over(below);
    }

    private static bool IsArray(HoconValue value) => !value.IsObject() && !value.IsString();

    private void Step(int count, string position)
    {
        _steps += count;
        if (_steps > MaxSteps)
            throw new FormatException($"Resolving the substitutions takes more than {MaxSteps} steps; the last one is at {position}");
    }
}
