using System.Collections.Immutable;
using ActorBroker.Core.Membership;

namespace ActorBroker.Actors.Membership;

/// <summary>A voter asks a node whether it is there; answered with <see cref="Pong"/>.</summary>
public sealed record Ping(int FromNode);

/// <summary>The node that was asked, and which life of it answers.</summary>
public sealed record Pong(int Node, int Uid);

/// <summary>Voter to voter: whom the sender suspects now; replaces what it said before.</summary>
public sealed record Suspicions(int Voter, ImmutableArray<NodeIncarnation> Suspects);
