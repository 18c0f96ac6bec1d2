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
/// Invariant: the effects of all images so far, carried out in order, leave the node with exactly the replicas that the last image gives
/// it.
/// </summary>
public sealed class ReplicaReconciler(int node)
{
    private ImmutableDictionary<Uuid, TopicImage> _seen = ImmutableDictionary<Uuid, TopicImage>.Empty;

    public IReadOnlyList<ReplicaEffect> Reconcile(MetadataImage image)
    {
        if (ReferenceEquals(image.TopicsById, _seen)) return [];
        var effects = new List<ReplicaEffect>();
        foreach (var (id, topic) in _seen)
            if (!image.TopicsById.ContainsKey(id)) DropAll(topic, effects);
        foreach (var (id, topic) in image.TopicsById)
        {
            _seen.TryGetValue(id, out var before);
            if (!ReferenceEquals(topic, before)) Compare(topic, before, image.ControllerEpoch, effects);
        }

        _seen = image.TopicsById;
        return effects;
    }

    private void DropAll(TopicImage topic, List<ReplicaEffect> effects)
    {
        for (var i = 0; i < topic.Partitions.Length; i++)
            if (topic.Partitions[i].Replicas.Contains(node)) effects.Add(new DeleteReplica(new(topic.Id, i), new(topic.Name, i)));
    }

    private void Compare(TopicImage topic, TopicImage? before, long ballot, List<ReplicaEffect> effects)
    {
        for (var i = 0; i < topic.Partitions.Length; i++)
        {
            var now = topic.Partitions[i];
            var then = before is not null && i < before.Partitions.Length ? before.Partitions[i] : null;
            if (ReferenceEquals(now, then)) continue;
            var id = new TopicIdPartition(topic.Id, i);
            var name = new TopicPartition(topic.Name, i);
            if (!now.Replicas.Contains(node))
            {
                if (then is not null && then.Replicas.Contains(node)) effects.Add(new DeleteReplica(id, name));
                continue;
            }

            if (Effect(id, name, now, then, ballot) is { } effect) effects.Add(effect);
        }
    }

    private ReplicaEffect? Effect(TopicIdPartition id, TopicPartition name, PartitionImage now, PartitionImage? then, long ballot)
    {
        if (now.Leader != node)
        {
            if (then is not null && then.Leader == now.Leader && then.LeaderEpoch == now.LeaderEpoch && then.Replicas.Contains(node)) return null;
            return now.Leader >= 0 ? new FollowReplica(id, name, now) : new RestReplica(id, name, now);
        }

        var grant = new LeadershipGrant(now.LeaderEpoch, now.PartitionEpoch, ballot, node, now.Replicas, now.Isr);
        return then is not null && then.Leader == node && then.LeaderEpoch == now.LeaderEpoch
            ? new UpdateReplicaIsr(id, name, grant)
            : new LeadReplica(id, name, grant, now);
    }
}
