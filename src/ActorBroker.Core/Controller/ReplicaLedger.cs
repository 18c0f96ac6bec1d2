using System.Collections.Immutable;

namespace ActorBroker.Core.Controller;

/// <summary>How many replicas and preferred leaders each broker has, kept up while a plan moves them.</summary>
internal sealed class ReplicaLedger
{
    private readonly SortedDictionary<int, int> _replicas = [];
    private readonly Dictionary<int, int> _leaders = [];
    private readonly Dictionary<int, string?> _racks = [];

    /// <param name="brokers">The brokers that may be given replicas.</param>
    /// <param name="partitions">What there is; brokers that may not be given any count for nothing.</param>
    public ReplicaLedger(IEnumerable<PlacementBroker> brokers, IReadOnlyList<PlacedPartition> partitions)
    {
        foreach (var broker in brokers)
        {
            _replicas[broker.Id] = 0;
            _leaders[broker.Id] = 0;
            _racks[broker.Id] = broker.Rack;
        }
        foreach (var partition in partitions)
        {
            foreach (var replica in partition.Replicas) Add(_replicas, replica, 1);
            if (partition.Replicas.Length > 0) Add(_leaders, partition.Replicas[0], 1);
        }
    }

    public int Fullest => _replicas.Count == 0 ? 0 : _replicas.Values.Max();

    public int Emptiest => _replicas.Count == 0 ? 0 : _replicas.Values.Min();

    /// <summary>The broker with the fewest replicas that could take a place, on a rack of its own if there is one; -1 when there is
    /// none.</summary>
    public int Substitute(ImmutableArray<int> replicas, int place)
    {
        var best = -1;
        var bestWeight = (SharesRack: 2, Replicas: int.MaxValue, Leaders: int.MaxValue);
        foreach (var (broker, count) in _replicas)
        {
            if (replicas.Contains(broker)) continue;
            var shares = _racks[broker] is { } rack && Others(replicas, place).Any(other => RackOf(other) == rack);
            var weight = (shares ? 1 : 0, count, place == 0 ? _leaders[broker] : 0);
            if (weight.CompareTo(bestWeight) >= 0) continue;
            bestWeight = weight;
            best = broker;
        }
        return best;
    }

    /// <summary>Whether a partition is on as many racks as before after a replica has moved.</summary>
    public bool KeepsRacks(ImmutableArray<int> replicas, int place, int to)
    {
        int Racks(IEnumerable<int> nodes) => nodes.Select(RackOf).Where(rack => rack is not null).Distinct().Count();
        return Racks(Others(replicas, place).Append(to)) >= Racks(replicas);
    }

    public void Replace(ImmutableArray<int> replicas, int place, int to)
    {
        Add(_replicas, replicas[place], -1);
        Add(_replicas, to, 1);
        if (place == 0) Lead(replicas[0], to);
    }

    public void Lead(int from, int to)
    {
        Add(_leaders, from, -1);
        Add(_leaders, to, 1);
    }

    /// <summary>Whether giving one preferred leadership from one broker to the other makes them more even.</summary>
    public bool IsSteeper(int from, int to) =>
        _leaders.TryGetValue(from, out var more) && _leaders.TryGetValue(to, out var less) && more - less > 1;

    /// <summary>Pairs of brokers of which the first has at least two more replicas, the steepest first.</summary>
    public IReadOnlyList<(int From, int To)> Slopes() =>
    [
        .. from high in _replicas
           from low in _replicas
           where high.Value - low.Value > 1
           orderby high.Value - low.Value descending, high.Key, low.Key
           select (high.Key, low.Key),
    ];

    private string? RackOf(int broker) => _racks.GetValueOrDefault(broker);

    private static IEnumerable<int> Others(ImmutableArray<int> replicas, int place) => replicas.Where((_, i) => i != place);

    private static void Add(IDictionary<int, int> counts, int broker, int change)
    {
        if (counts.TryGetValue(broker, out var count)) counts[broker] = count + change;
    }
}
