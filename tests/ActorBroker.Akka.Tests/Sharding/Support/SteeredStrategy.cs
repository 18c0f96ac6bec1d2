using System.Collections.Concurrent;
using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace ActorBroker.Akka.Tests.Sharding.Support;

/// <summary>Puts each shard on the node that the test names, and moves it when the test names another. One for all nodes of a test.</summary>
internal sealed class SteeredStrategy : INoSerializationVerificationNeeded
{
    public ConcurrentDictionary<string, int> Ports { get; } = new();

    public int Allocations;

    /// <summary>How many of the next allocations fail, in one way or another.</summary>
    public int Failures;

    /// <summary>A local region's path has no address, so each node needs to know its own.</summary>
    public IShardAllocationStrategy On(int selfPort) => new OnNode(this, selfPort);

    private sealed class OnNode(SteeredStrategy steered, int selfPort) : IShardAllocationStrategy
    {
        public Task<IActorRef> AllocateShard(
            IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations)
        {
            Interlocked.Increment(ref steered.Allocations);
            switch (Interlocked.Decrement(ref steered.Failures))
            {
                case 2:
                    throw new InvalidOperationException("as the test wants it");
                case 1:
                    return Task.FromException<IActorRef>(new InvalidOperationException("as the test wants it"));
                case 0:
                    return Task.FromResult<IActorRef>(null!);
            }
            var region = currentShardAllocations.Keys.FirstOrDefault(r => !steered.Ports.TryGetValue(shardId, out var port) || PortOf(r) == port);
            return Task.FromResult(region ?? ActorRefs.Nobody);
        }

        public Task<IImmutableSet<string>> Rebalance(
            IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress) =>
            Task.FromResult<IImmutableSet<string>>([.. currentShardAllocations.SelectMany(r => r.Value
                .Where(s => steered.Ports.TryGetValue(s, out var port) && port != PortOf(r.Key) && !rebalanceInProgress.Contains(s)))]);

        private int PortOf(IActorRef region) => region.Path.Address.Port ?? selfPort;
    }
}
