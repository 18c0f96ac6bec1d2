using System.Collections.Immutable;
using System.Globalization;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using ActorBroker.Protocol;
using Akka.Actor;
using Akka.Cluster.Sharding;

namespace ActorBroker.Actors.Partitions;

/// <summary>
/// Leaders under Cluster Sharding: entity id <c>topicId:partition</c>, shard id = the node that the metadata names as the leader. Only that
/// node's region is ever sent the word that starts a leader, so a shard belongs to the region that asks for it and is never moved: however
/// many partitions there are, the coordinator knows one shard per node. When leadership moves, the entity in the old node's shard is stopped
/// by its host and another one is started in the new node's; grants and epochs make an overlap harmless.
/// </summary>
internal sealed class PartitionRegion(int node) : ILeaderRegion
{
    public const string TypeName = "partition";
    private const string Opener = "opener";

    private IActorRef _region = ActorRefs.Nobody;

    /// <summary>Starts the region on this node, and its shard, so that no first leadership has to wait for the coordinator.</summary>
    public async Task StartAsync(ActorSystem system, PartitionServices services)
    {
        var sharding = ClusterSharding.Get(system);
        _region = await sharding.StartAsync(
            TypeName, id => PropsOf(id, services), ClusterShardingSettings.Create(system), new Extractor(), new OwnNodeAllocation(), PoisonPill.Instance)
            .ConfigureAwait(false);
        _region.Tell(new ShardOpener(node), ActorRefs.NoSender);
    }

    public void Start(TopicIdPartition id, LeadershipGrant grant) => _region.Tell(new StartLeading(id, grant), ActorRefs.NoSender);

    public void End(IUntypedActorContext leader) => leader.Parent.Tell(new Passivate(PoisonPill.Instance), leader.Self);

    internal static bool TryParse(string entityId, out TopicIdPartition id)
    {
        id = default;
        var colon = entityId.LastIndexOf(':');
        if (colon < 0 || !Uuid.TryParse(entityId[..colon], out var topicId)) return false;
        if (!int.TryParse(entityId.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var partition)) return false;
        id = new TopicIdPartition(topicId, partition);
        return true;
    }

    private static Props PropsOf(string entityId, PartitionServices services) => TryParse(entityId, out var id)
        ? PartitionLeaderActor.PropsFor(id, services).WithDispatcher(PartitionDispatcher.Id)
        : Props.Create(() => new OpenerActor());

    /// <summary>Makes this node's shard come into being; carries nothing else.</summary>
    internal sealed record ShardOpener(int Node) : INoSerializationVerificationNeeded;

    private sealed class OpenerActor : UntypedActor
    {
        protected override void OnReceive(object message) => Context.Parent.Tell(new Passivate(PoisonPill.Instance), Self);
    }

    private sealed class Extractor : IMessageExtractor
    {
        public string? EntityId(object message) => message switch
        {
            StartLeading start => start.Id.ToString(),
            ShardOpener => Opener,
            _ => null,
        };

        public object? EntityMessage(object message) => message;

        [Obsolete("Use ShardId(EntityId, object) instead.")]
        public string? ShardId(object message) => ShardOf(message);

        public string ShardId(string entityId, object? messageHint = null) =>
            ShardOf(messageHint) ?? throw new ArgumentException($"Nothing tells the shard of {entityId}: {messageHint}.", nameof(messageHint));

        private static string? ShardOf(object? message) => message switch
        {
            StartLeading start => start.Grant.Node.ToString(CultureInfo.InvariantCulture),
            ShardOpener opener => opener.Node.ToString(CultureInfo.InvariantCulture),
            _ => null,
        };
    }

    /// <summary>A shard is asked for by the node whose it is, and by no other.</summary>
    private sealed class OwnNodeAllocation : IShardAllocationStrategy
    {
        private static readonly Task<IImmutableSet<string>> s_none = Task.FromResult<IImmutableSet<string>>(ImmutableHashSet<string>.Empty);

        public Task<IActorRef> AllocateShard(
            IActorRef requester, string shardId, IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations) =>
            Task.FromResult(requester);

        public Task<IImmutableSet<string>> Rebalance(
            IImmutableDictionary<IActorRef, IImmutableList<string>> currentShardAllocations, IImmutableSet<string> rebalanceInProgress) => s_none;
    }
}
