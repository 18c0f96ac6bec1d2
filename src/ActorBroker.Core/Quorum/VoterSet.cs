using System.Collections.Immutable;

namespace ActorBroker.Core.Quorum;

/// <summary>
/// The voters of one epoch. The first set is made with the cluster, as epoch 1; each further one is decided by a majority of the one before
/// it and differs from it in one voter at most, so that any two majorities of neighbouring epochs share a voter. Epoch 0 is no set at all.
/// </summary>
public sealed record VoterSet(int Epoch, ImmutableArray<Voter> Voters)
{
    public static readonly VoterSet None = new(0, []);

    public int Majority => (Voters.Length / 2) + 1;

    public Voter? Find(int id)
    {
        foreach (var voter in Voters)
            if (voter.Id == id) return voter;
        return null;
    }

    public bool Contains(int id) => Find(id) is not null;

    /// <summary>The next epoch's set with a voter more, in the order of their ids.</summary>
    public VoterSet With(Voter voter) => new(Epoch + 1, [.. Voters.Where(other => other.Id != voter.Id).Append(voter).OrderBy(other => other.Id)]);

    /// <summary>The next epoch's set with a voter less.</summary>
    public VoterSet Without(int id) => new(Epoch + 1, [.. Voters.Where(voter => voter.Id != id)]);

    /// <summary>The same voters under the next epoch.</summary>
    public VoterSet Again() => this with { Epoch = Epoch + 1 };

    public bool Equals(VoterSet? other) => other is not null && Epoch == other.Epoch && Voters.AsSpan().SequenceEqual(other.Voters.AsSpan());

    public override int GetHashCode() => HashCode.Combine(Epoch, Voters.Length);

    public override string ToString() => $"epoch {Epoch}: {string.Join(", ", Voters)}";
}
