using Akka.Actor;

namespace Akka.Cluster.Tools.Singleton;

/// <summary>
/// The candidates by age, and the changes of the oldest that the manager has not taken yet. Changes wait while a hand-over runs, so
/// that each is seen in a phase that can act on it. An exiting member counts as gone already.
/// </summary>
internal sealed class OldestQueue
{
    private readonly SortedSet<SingletonCandidate> _byAge = new(Comparer<SingletonCandidate>.Create(CompareAge));
    private readonly Queue<OldestChange> _changes = new();

    public UniqueAddress? Oldest => _byAge.Min?.Node;

    /// <summary>Begins with these candidates and gives those up to the given one, the oldest first.</summary>
    public IReadOnlyList<SingletonCandidate> Reset(IEnumerable<SingletonCandidate> candidates, UniqueAddress self)
    {
        _byAge.Clear();
        _changes.Clear();
        foreach (var candidate in candidates)
        {
            if (candidate.UpNumber != int.MaxValue)
                _byAge.Add(candidate);
        }
        var ownAge = _byAge.FirstOrDefault(c => c.Node.Equals(self))?.UpNumber ?? int.MaxValue;
        return [.. _byAge.TakeWhile(c => c.UpNumber <= ownAge)];
    }

    /// <summary>A member is up; it replaces what was known of it, for its age can have changed.</summary>
    public void Add(SingletonCandidate candidate) => Track(() =>
    {
        _byAge.RemoveWhere(c => c.Node.Equals(candidate.Node));
        _byAge.Add(candidate);
    });

    public void Remove(UniqueAddress node) => Track(() => _byAge.RemoveWhere(c => c.Node.Equals(node)));

    public bool TryTake(out OldestChange? change) => _changes.TryDequeue(out change);

    private static int CompareAge(SingletonCandidate a, SingletonCandidate b)
    {
        var byAge = a.UpNumber.CompareTo(b.UpNumber);
        if (byAge != 0)
            return byAge;
        var byAddress = Member.AddressOrdering.Compare(a.Node.Address, b.Node.Address);
        return byAddress != 0 ? byAddress : a.Node.Uid.CompareTo(b.Node.Uid);
    }

    private void Track(Action change)
    {
        var before = Oldest;
        change();
        var after = Oldest;
        if (!Equals(before, after))
            _changes.Enqueue(new OldestChange(after, before));
    }
}
