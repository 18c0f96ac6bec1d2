namespace ActorBroker.Core.Membership;

/// <summary>How a voter watches the nodes. Milliseconds of the monotonic clock.</summary>
public sealed record WatchSettings
{
    /// <summary>Between two pings of a node.</summary>
    public int IntervalMs { get; init; } = 200;

    /// <summary>Without an answer for so long a node is suspected. Several intervals, so that one lost ping is nothing.</summary>
    public int SuspectAfterMs { get; init; } = 1000;

    /// <summary>A node that has formed a cluster gives it up when for so long no majority of the voters has joined.</summary>
    public int AloneAfterMs { get; init; } = 20_000;

    /// <summary>How long a voter's word counts: suspicions are repeated with every tick while they last.</summary>
    public int VoteValidMs { get; init; } = 1000;
}
