using System.Collections.Immutable;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Partitions;

/// <summary>
/// Compares the metadata that a node has acted on with a newer image and says what is to be done, in the image's order of topics. Pure,
/// and cheap where
/// nothing changed: topics are compared by reference, because an image shares with its predecessor what it did not touch.
///
/// A leadership is given to a process, not to a node: until the image shows this process's own incarnation it speaks of an earlier one, whose
/// log may have been longer, and nothing is acted on. Once it has been shown and is not any more (the node was unregistered, or another
/// process has registered as this node), what the image gives the node is somebody else's: this process leads nothing.
///
/// Invariants: the effects of all images so far, carried out in order, leave the node with exactly the replicas that the last image gives
/// it; a leader is started only by an image that shows this incarnation.
/// </summary>
public sealed class ReplicaReconciler(int node, long incarnation)
{
    private ImmutableDictionary<Uuid, TopicImage> _seen = ImmutableDictionary<Uuid, TopicImage>.Empty;
    private bool _wasOwn;
    private bool _isKnown;

    public IReadOnlyList<ReplicaEffect> Reconcile(MetadataImage image) =>
        Reconcile(image, image.Brokers.TryGetValue(node, out var broker) && broker.Incarnation == incarnation);

    /// <param name="image">The newest image.</param>
    /// <param name="isOwn">Whether the image knows this process.</param>
    public IReadOnlyList<ReplicaEffect> Reconcile(MetadataImage image, bool isOwn)
    {
        _isKnown |= isOwn;
        if (!_isKnown || (ReferenceEquals(image.TopicsById, _seen) && isOwn == _wasOwn)) return [];
        var effects = new List<ReplicaEffect>();
        foreach (var (id, topic) in _seen)
            if (!image.TopicsById.ContainsKey(id)) DropAll(topic, effects);
        foreach (var (id, topic) in image.TopicsById)
        {
            _seen.TryGetValue(id, out var before);
            if (!ReferenceEquals(topic, before) || isOwn != _wasOwn) Compare(topic, before, isOwn, image.ControllerEpoch, effects);
        }

        _seen = image.TopicsById;
        _wasOwn = isOwn;
        return effects;
    }

    private void DropAll(TopicImage topic, List<ReplicaEffect> effects)
    {
        for (var i = 0; i < topic.Partitions.Length; i++)
            if (topic.Partitions[i].Replicas.Contains(node)) effects.Add(new DeleteReplica(new(topic.Id, i), new(topic.Name, i)));
    }

    private void Compare(TopicImage topic, TopicImage? before, bool isOwn, long ballot, List<ReplicaEffect> effects)
    {
        for (var i = 0; i < topic.Partitions.Length; i++)
        {
            var now = topic.Partitions[i];
            var then = before is not null && i < before.Partitions.Length ? before.Partitions[i] : null;
            if (ReferenceEquals(now, then) && (isOwn == _wasOwn || now.Leader != node)) continue;
            var id = new TopicIdPartition(topic.Id, i);
            var name = new TopicPartition(topic.Name, i);
            if (!now.Replicas.Contains(node))
            {
                if (then is not null && then.Replicas.Contains(node)) effects.Add(new DeleteReplica(id, name));
                continue;
            }

            if (Effect(id, name, now, then, isOwn, ballot) is { } effect) effects.Add(effect);
        }
    }

    private ReplicaEffect? Effect(
        TopicIdPartition id, TopicPartition name, PartitionImage now, PartitionImage? then, bool isOwn, long ballot)
    {
        if (now.Leader != node || !isOwn)
        {
            var leader = now.Leader == node ? -1 : now.Leader;
            var isSame = then is not null && then.LeaderEpoch == now.LeaderEpoch && then.Replicas.Contains(node) && LeaderOf(then) == leader;
            if (isSame) return null;
            return leader >= 0 ? new FollowReplica(id, name, now) : new RestReplica(id, name, now);
        }

        var grant = new LeadershipGrant(now.LeaderEpoch, now.PartitionEpoch, ballot, node, now.Replicas, now.Isr);
        return then is not null && _wasOwn && then.Leader == node && then.LeaderEpoch == now.LeaderEpoch
            ? new UpdateReplicaIsr(id, name, grant)
            : new LeadReplica(id, name, grant, now);
    }

    /// <summary>Whom the image of before had this node obey: nobody where the leadership was not this process's.</summary>
    private int LeaderOf(PartitionImage then) => then.Leader == node && !_wasOwn ? -1 : then.Leader;
}
