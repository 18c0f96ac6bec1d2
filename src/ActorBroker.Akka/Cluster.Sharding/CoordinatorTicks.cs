using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster.Sharding;

// What the coordinator tells itself.

/// <summary>The regions of the recovered state are accounted for, or there was time enough.</summary>
internal sealed record StateInitialized : INoSerializationVerificationNeeded
{
    public static readonly StateInitialized Instance = new();
}

internal sealed record RebalanceTick : INoSerializationVerificationNeeded
{
    public static readonly RebalanceTick Instance = new();
}

/// <summary>The strategy's answer to a question that it could not answer at once; null is none.</summary>
internal sealed record AllocationChosen(string Shard, IActorRef? Region, IActorRef? Requester) : INoSerializationVerificationNeeded;

internal sealed record RebalanceChosen(IImmutableSet<string> Shards) : INoSerializationVerificationNeeded;

/// <summary>The hand-off of a shard has ended.</summary>
internal sealed record HandOffEnded(string Shard, bool Ok) : INoSerializationVerificationNeeded;

/// <summary>The region has not confirmed that it hosts the shard.</summary>
internal sealed record HostShardAgain(string Shard, IActorRef Region) : INoSerializationVerificationNeeded;

/// <summary>The removal margin of a region's node has passed.</summary>
internal sealed record RegionGone(IActorRef Region) : INoSerializationVerificationNeeded;

/// <summary>A shard has lost its region: find another without waiting for a question.</summary>
internal sealed record Reallocate(string Shard) : INoSerializationVerificationNeeded;
