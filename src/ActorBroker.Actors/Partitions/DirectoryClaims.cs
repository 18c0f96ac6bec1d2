using ActorBroker.Core.Kernel;

namespace ActorBroker.Actors.Partitions;

/// <summary>Who has the directory of a name, and who waits for it: of several that want it only the newest is still in the
/// metadata.</summary>
internal sealed class DirectoryClaims
{
    private readonly Dictionary<TopicPartition, Claim> _claims = [];

    /// <summary>True when no other replica has the directory of that name; else this one's turn comes when the other is gone.</summary>
    public bool TryClaim(Replica replica)
    {
        if (!_claims.TryGetValue(replica.Name, out var claim)) _claims.Add(replica.Name, claim = new Claim { Holder = replica });
        if (claim.Holder == replica) return true;
        claim.Heir = replica;
        return false;
    }

    /// <summary>The replica is gone; whose turn it is now.</summary>
    public Replica? PassOn(Replica replica)
    {
        if (!_claims.TryGetValue(replica.Name, out var claim)) return null;
        if (claim.Heir == replica) claim.Heir = null;
        if (claim.Holder != replica) return null;
        _claims.Remove(replica.Name);
        return claim.Heir;
    }

    private sealed class Claim
    {
        public required Replica Holder { get; init; }
        public Replica? Heir { get; set; }
    }
}
