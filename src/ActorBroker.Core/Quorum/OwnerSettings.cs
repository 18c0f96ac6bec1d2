namespace ActorBroker.Core.Quorum;

/// <summary>Whose owner it is and how patient. Milliseconds and bytes.</summary>
public sealed record OwnerSettings(int NodeId, long Incarnation, string ClusterId)
{
    /// <summary>A request without an answer is sent again after this; to a silent voter after up to 8 times as long.</summary>
    public int RetransmitMs { get; init; } = 200;

    /// <summary>How long taking the ballot may last, and how long an entry may wait for its majority.</summary>
    public int TimeoutMs { get; init; } = 5_000;

    /// <summary>After a lost attempt the next one waits this long at least, twice at most.</summary>
    public int BackoffMs { get; init; } = 30;

    /// <summary>A voter to whom nothing was sent for so long is asked whether the ballot still stands: one small message.</summary>
    public int CheckMs { get; init; } = 2_000;

    /// <summary>Entries of one request, or of one page of a log.</summary>
    public int PageBytes { get; init; } = 256 * 1024;
}
