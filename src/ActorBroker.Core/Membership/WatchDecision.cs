using System.Collections.Immutable;

namespace ActorBroker.Core.Membership;

/// <summary>
/// What a voter does after a tick: whom to ping, whom to tell the other voters that it suspects (also when that is nobody any more), and
/// which lives a majority of the voters has given up.
/// </summary>
public readonly record struct WatchDecision(
    IReadOnlyList<NodeIncarnation> Pings, ImmutableArray<NodeIncarnation> Suspects, bool TellVoters, IReadOnlyList<NodeIncarnation> Down);
