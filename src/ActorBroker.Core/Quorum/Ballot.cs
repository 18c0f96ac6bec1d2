namespace ActorBroker.Core.Quorum;

/// <summary>
/// The right to write one log, totally ordered. The upper half is a round, the lower one the node that asks, so that no two nodes ever ask
/// for the same ballot. Two lives of one node can: therefore an acceptor promises a ballot together with the asker's nonce, and to one nonce
/// only; as two majorities share an acceptor, a ballot is won once.
/// </summary>
public readonly record struct Ballot(long Value) : IComparable<Ballot>
{
    /// <summary>Below every ballot that was ever asked for; what a log brought in from a single node was written under.</summary>
    public static readonly Ballot None = default;

    public int Round => (int)(Value >> 32);

    public int Node => (int)(Value & 0xFFFF_FFFF);

    public static Ballot Of(int round, int node) => new(((long)round << 32) | (uint)node);

    public static bool operator <(Ballot left, Ballot right) => left.Value < right.Value;

    public static bool operator >(Ballot left, Ballot right) => left.Value > right.Value;

    public static bool operator <=(Ballot left, Ballot right) => left.Value <= right.Value;

    public static bool operator >=(Ballot left, Ballot right) => left.Value >= right.Value;

    /// <summary>The node's first ballot that is above this one.</summary>
    public Ballot NextFor(int node) => Of(checked(Round + 1), node);

    public int CompareTo(Ballot other) => Value.CompareTo(other.Value);

    public override string ToString() => Value == 0 ? "none" : $"{Round}@{Node}";
}
