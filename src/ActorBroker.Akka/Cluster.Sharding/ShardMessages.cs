using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster.Sharding;

// What a region says to its shards, and they to themselves.

internal sealed record GetShardState : INoSerializationVerificationNeeded
{
    public static readonly GetShardState Instance = new();
}

internal sealed record StartEntityAck(string EntityId, string ShardId) : IClusterShardingSerializable;

internal sealed record PassivateIdleTick : INoSerializationVerificationNeeded
{
    public static readonly PassivateIdleTick Instance = new();
}

/// <summary>Entities have not stopped yet: say so, or stop them by force.</summary>
internal sealed record HandOffPatience(bool Ends) : INoSerializationVerificationNeeded;

/// <summary>All shards of a region have answered, or had time enough.</summary>
internal sealed record ShardStates(IImmutableSet<ShardState> Shards, IImmutableSet<string> Failed) : INoSerializationVerificationNeeded;
