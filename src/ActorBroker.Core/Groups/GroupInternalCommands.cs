using System.Collections.Immutable;
using ActorBroker.Core.Ports;

namespace ActorBroker.Core.Groups;

/// <summary>A timer that the group started has ended.</summary>
public sealed record TimerEnded : GroupCommand
{
    public required GroupTimer Timer { get; init; }
}

/// <summary>The group was read from the log and serves from now on.</summary>
public sealed record GroupLoaded : GroupCommand;

/// <summary>Time to look for offsets that nobody needs (R59).</summary>
public sealed record ExpireOffsets : GroupCommand;

/// <summary>These topics are gone, and the offsets in them.</summary>
public sealed record TopicsDeleted : GroupCommand
{
    public required ImmutableHashSet<string> Topics { get; init; }
}
