using System.Globalization;

namespace ActorBroker.Conformance.Tests.Rolling;

/// <summary>
/// What one client and the application around it saw, as lines: <c>acked VALUE</c> when the producer was told that a record is written,
/// <c>seen PARTITION OFFSET VALUE</c> for each record that the group's consumer gave out, <c>error TEXT</c> for each error that reached the
/// application. A value is <c>KEY:NUMBER</c>; the numbers of a key are sent in their order.
/// </summary>
internal sealed class Transcript
{
    private readonly List<string> _errors = [];
    private readonly HashSet<string> _acked = [];
    private readonly List<(int Partition, long Offset, string Value)> _seen = [];

    public static Transcript Of(string lines)
    {
        var transcript = new Transcript();
        foreach (var line in lines.Split('\n'))
        {
            var words = line.Split(' ', 4);
            if (words is ["acked", var value]) transcript._acked.Add(value);
            else if (words is ["seen", var partition, var offset, var text])
                transcript._seen.Add((Number<int>(partition), Number<long>(offset), text));
            else if (words[0] == "error") transcript._errors.Add(line);
        }

        return transcript;
    }

    public bool HasErrors => _errors.Count > 0;
    public int Acked => _acked.Count;
    public int Seen => _seen.Select(record => record.Value).Distinct().Count();

    /// <summary>How many records were given out more than once.</summary>
    public int Again => _seen.Count - Seen;

    /// <summary>
    /// Everything that is not as Kafka promises, or nothing. A consumer may go back after a rebalance and see records again; it may never
    /// pass over one. A producer that is not idempotent may write a record twice, in its place.
    /// </summary>
    public IReadOnlyList<string> Faults(bool idempotent, int atLeast, bool ordered = true)
    {
        var faults = new List<string>(_errors);
        if (_acked.Count < atLeast) faults.Add($"only {_acked.Count} records were acknowledged");
        var values = _seen.Select(record => record.Value).ToHashSet();
        var missing = _acked.Where(value => !values.Contains(value)).ToList();
        if (missing.Count > 0) faults.Add($"{missing.Count} acknowledged records were not seen: {string.Join(' ', missing.Take(10))}");
        foreach (var partition in _seen.GroupBy(record => record.Partition))
        {
            var places = new SortedDictionary<long, string>();
            var next = 0L;
            foreach (var (_, offset, value) in partition)
            {
                if (offset > next) faults.Add($"partition {partition.Key}: offset {next} was passed over, {offset} came");
                next = offset + 1;
                if (!places.TryAdd(offset, value) && places[offset] != value)
                    faults.Add($"partition {partition.Key} offset {offset} was {places[offset]}, then {value}");
            }

            if (ordered) CheckOrder(partition.Key, places, idempotent, faults);
        }

        return faults;
    }

    private static void CheckOrder(int partition, SortedDictionary<long, string> places, bool idempotent, List<string> faults)
    {
        var last = new Dictionary<string, long>();
        foreach (var (offset, value) in places)
        {
            var colon = value.LastIndexOf(':');
            var (key, number) = (value[..colon], Number<long>(value[(colon + 1)..]));
            if (last.TryGetValue(key, out var before) && (number < before || (number == before && idempotent)))
                faults.Add($"partition {partition} offset {offset}: {value} after {key}:{before}");
            last[key] = number;
        }
    }

    private static T Number<T>(string text) where T : IParsable<T> => T.Parse(text, CultureInfo.InvariantCulture);
}
