using System.Collections.Immutable;

namespace Akka.Cluster;

internal enum ReachabilityStatus
{
    Reachable,
    Unreachable,

    /// <summary>Quarantined, or replaced by a new incarnation: never reachable again.</summary>
    Terminated,
}

/// <summary>
/// Who cannot reach whom. Each node writes only the row of which it is the observer and counts its version up at every change, so
/// of two rows the one with the higher version is the newer, wherever it was seen; there is nothing to resolve. A subject that is
/// not in a row is reachable for its observer. A node is unreachable for the cluster when it is for one observer.
/// </summary>
internal sealed class Reachability
{
    public static readonly Reachability Empty = new(ImmutableDictionary<UniqueAddress, Row>.Empty);

    private readonly Lazy<(ImmutableHashSet<UniqueAddress> Unreachable, ImmutableHashSet<UniqueAddress> Terminated)> _subjects;

    private Reachability(ImmutableDictionary<UniqueAddress, Row> rows)
    {
        Rows = rows;
        _subjects = new(Subjects);
    }

    public ImmutableDictionary<UniqueAddress, Row> Rows { get; }

    public bool IsAllReachable => AllUnreachable.IsEmpty && AllTerminated.IsEmpty;

    public ImmutableHashSet<UniqueAddress> AllUnreachable => _subjects.Value.Unreachable;

    public ImmutableHashSet<UniqueAddress> AllTerminated => _subjects.Value.Terminated;

    public ImmutableHashSet<UniqueAddress> AllUnreachableOrTerminated => AllUnreachable.Union(AllTerminated);

    public static Reachability From(IEnumerable<KeyValuePair<UniqueAddress, Row>> rows) => new(ImmutableDictionary.CreateRange(rows));

    public bool IsReachable(UniqueAddress node) => !AllUnreachable.Contains(node) && !AllTerminated.Contains(node);

    public bool IsReachable(UniqueAddress observer, UniqueAddress subject) => Status(observer, subject) == ReachabilityStatus.Reachable;

    public ReachabilityStatus Status(UniqueAddress observer, UniqueAddress subject) =>
        Rows.TryGetValue(observer, out var row) ? row.Subjects.GetValueOrDefault(subject) : ReachabilityStatus.Reachable;

    public IEnumerable<UniqueAddress> UnreachableFrom(UniqueAddress observer) => Rows.TryGetValue(observer, out var row)
        ? row.Subjects.Where(s => s.Value == ReachabilityStatus.Unreachable).Select(s => s.Key)
        : [];

    public Reachability Unreachable(UniqueAddress observer, UniqueAddress subject) =>
        Change(observer, subject, ReachabilityStatus.Unreachable);

    public Reachability Reachable(UniqueAddress observer, UniqueAddress subject) =>
        Change(observer, subject, ReachabilityStatus.Reachable);

    public Reachability Terminated(UniqueAddress observer, UniqueAddress subject) =>
        Change(observer, subject, ReachabilityStatus.Terminated);

    /// <summary>The newer of each observer's rows, of and about the given nodes only.</summary>
    public Reachability Merge(Reachability that, Func<UniqueAddress, bool> allowed)
    {
        var rows = ImmutableDictionary.CreateBuilder<UniqueAddress, Row>();
        foreach (var observer in Rows.Keys.Union(that.Rows.Keys).Where(allowed))
        {
            var mine = Rows.GetValueOrDefault(observer, Row.Empty);
            var theirs = that.Rows.GetValueOrDefault(observer, Row.Empty);
            rows[observer] = (mine.Version >= theirs.Version ? mine : theirs).Only(allowed);
        }
        return new Reachability(rows.ToImmutable());
    }

    /// <summary>Without the nodes, as observers and as subjects. It is no observation: versions stay.</summary>
    public Reachability Without(IReadOnlyCollection<UniqueAddress> nodes) => nodes.Count == 0
        ? this
        : new Reachability(Rows.RemoveRange(nodes).ToImmutableDictionary(r => r.Key, r => r.Value.Only(n => !nodes.Contains(n))));

    public Reachability WithoutObservers(IEnumerable<UniqueAddress> nodes)
    {
        var rows = Rows.RemoveRange(nodes);
        return ReferenceEquals(rows, Rows) ? this : new Reachability(rows);
    }

    public bool SameAs(Reachability that) => ReferenceEquals(this, that) || (Rows.Count == that.Rows.Count
        && Rows.All(r => that.Rows.TryGetValue(r.Key, out var row) && row.SameAs(r.Value)));

    public override string ToString() => $"Reachability({string.Join(", ", Rows.SelectMany(r => r.Value.Subjects,
        (r, s) => $"{r.Key.Address} -> {s.Key.Address}: {s.Value} ({r.Value.Version})"))})";

    private Reachability Change(UniqueAddress observer, UniqueAddress subject, ReachabilityStatus status)
    {
        var row = Rows.GetValueOrDefault(observer, Row.Empty);
        var before = row.Subjects.GetValueOrDefault(subject);
        if (before == status || before == ReachabilityStatus.Terminated)
            return this;
        var subjects = status == ReachabilityStatus.Reachable ? row.Subjects.Remove(subject) : row.Subjects.SetItem(subject, status);
        return new Reachability(Rows.SetItem(observer, new Row(row.Version + 1, subjects)));
    }

    private (ImmutableHashSet<UniqueAddress> Unreachable, ImmutableHashSet<UniqueAddress> Terminated) Subjects()
    {
        var unreachable = ImmutableHashSet.CreateBuilder<UniqueAddress>();
        var terminated = ImmutableHashSet.CreateBuilder<UniqueAddress>();
        foreach (var (subject, status) in Rows.Values.SelectMany(r => r.Subjects))
            (status == ReachabilityStatus.Terminated ? terminated : unreachable).Add(subject);
        unreachable.ExceptWith(terminated);
        return (unreachable.ToImmutable(), terminated.ToImmutable());
    }

    /// <summary>What one node observes: all that are not reachable for it.</summary>
    public sealed record Row(long Version, ImmutableDictionary<UniqueAddress, ReachabilityStatus> Subjects)
    {
        public static readonly Row Empty = new(0, ImmutableDictionary<UniqueAddress, ReachabilityStatus>.Empty);

        public Row Only(Func<UniqueAddress, bool> allowed) => Subjects.Keys.All(allowed)
            ? this
            : this with { Subjects = Subjects.RemoveRange(Subjects.Keys.Where(s => !allowed(s))) };

        public bool SameAs(Row that) => Version == that.Version && Subjects.Count == that.Subjects.Count
            && Subjects.All(s => that.Subjects.TryGetValue(s.Key, out var status) && status == s.Value);
    }
}
