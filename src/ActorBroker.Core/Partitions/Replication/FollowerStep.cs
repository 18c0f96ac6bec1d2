namespace ActorBroker.Core.Partitions.Replication;

public enum FollowerAction : byte
{
    /// <summary>The answer is stale or says that this node is.</summary>
    Ignore,

    /// <summary>Records may come.</summary>
    Take,

    /// <summary>Cut the log at the offset and open again.</summary>
    Truncate,

    /// <summary>Drop the log, go on at the offset and open again.</summary>
    StartOver,

    /// <summary>Open again now.</summary>
    OpenAgain,

    /// <summary>Open again after a while.</summary>
    OpenLater,
}

/// <summary>What a follower does after the leader's answer.</summary>
public readonly record struct FollowerStep(FollowerAction Action, long Offset)
{
    public static readonly FollowerStep Ignore = new(FollowerAction.Ignore, -1);
    public static readonly FollowerStep Take = new(FollowerAction.Take, -1);
    public static readonly FollowerStep OpenAgain = new(FollowerAction.OpenAgain, -1);
    public static readonly FollowerStep OpenLater = new(FollowerAction.OpenLater, -1);

    public static FollowerStep Truncate(long offset) => new(FollowerAction.Truncate, offset);

    public static FollowerStep StartOver(long offset) => new(FollowerAction.StartOver, offset);
}
