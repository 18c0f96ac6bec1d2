using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster.Sharding;

/// <summary>Where shards live. Called by the coordinator, so by one thread at a time; a task that is not complete is waited for.</summary>
public interface IShardAllocationStrategy : INoSerializationVerificationNeeded
{
    /// <param name="requester">The region that asks.</param>
    /// <param name="shardId">The shard without a home.</param>
    /// <param name="currentShardAllocations">The registered regions, each with its shards in the order of their allocation.</param>
    /// <returns>The region; any other reference leaves the shard without a home until it is asked for again.</returns>
    Task<IActorRef> AllocateShard(
        IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations);

    /// <returns>Shards to take from their regions, to be allocated anew.</returns>
    Task<IImmutableSet<string>> Rebalance(
        IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress);
}
