namespace ActorBroker.Core.Groups;

/// <summary>What the shell does once a decision's events are applied.</summary>
public abstract record GroupEffect;

/// <summary>Starts the timer, or moves it if it runs; when it ends, <see cref="TimerEnded"/> is the next command.</summary>
public sealed record StartTimer(GroupTimer Timer, long DelayMs) : GroupEffect;

public sealed record CancelTimer(GroupTimer Timer) : GroupEffect;

public sealed record CancelAllTimers : GroupEffect;

/// <summary>A line for the log about the group's life.</summary>
public sealed record Report(string Message) : GroupEffect;

public enum GroupTimerKind : byte
{
    /// <summary>A member's session, or the life of an id that was handed out.</summary>
    Session,

    /// <summary>The end of the join phase, or a step of its initial delay.</summary>
    Join,

    /// <summary>The time in which all members must have asked for their assignment.</summary>
    Sync,
}

/// <summary>A timer of a group; the member id is empty but for sessions.</summary>
public readonly record struct GroupTimer(GroupTimerKind Kind, string MemberId)
{
    public static readonly GroupTimer Join = new(GroupTimerKind.Join, "");
    public static readonly GroupTimer Sync = new(GroupTimerKind.Sync, "");

    public static GroupTimer Session(string memberId) => new(GroupTimerKind.Session, memberId);
}
