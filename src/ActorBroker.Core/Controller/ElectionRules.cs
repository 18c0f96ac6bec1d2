namespace ActorBroker.Core.Controller;

/// <summary>What an election of one partition has to know of the cluster and of the topic.</summary>
/// <param name="IsUp">Whether a broker is registered and not fenced.</param>
/// <param name="IsWilling">Whether a broker that is up may be given leadership; one that is being drained is not.</param>
internal readonly record struct ElectionRules(Func<int, bool> IsUp, Func<int, bool> IsWilling)
{
    /// <summary>Whether the topic lets a replica lead that is not known to have everything.</summary>
    public bool AllowsUnclean { get; init; }

    /// <summary>The topic's <c>min.insync.replicas</c>; 0 where eligible leader replicas are not kept.</summary>
    public int MinInSync { get; init; }
}
