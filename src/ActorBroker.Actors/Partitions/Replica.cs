using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using Akka.Actor;

namespace ActorBroker.Actors.Partitions;

/// <summary>What the replica host knows of one replica: who has its log, what it was told last, what comes next.</summary>
internal sealed class Replica(TopicIdPartition id, TopicPartition name)
{
    public TopicIdPartition Id => id;

    public TopicPartition Name => name;

    /// <summary>Whoever has the log; null while the host has it.</summary>
    public IActorRef? Owner { get; set; }

    /// <summary>Whether the owner is a leader.</summary>
    public bool IsLed { get; set; }

    /// <summary>The leadership that was given last, with the in-sync replicas as they are now.</summary>
    public LeadReplica? Granted { get; set; }

    public FollowReplica? Followed { get; set; }

    public PartitionSettings? Settings { get; set; }

    /// <summary>What is to be done when the log is back.</summary>
    public ReplicaEffect? Next { get; set; }

    /// <summary>True when the owner goes on with another word instead of giving the log back.</summary>
    public bool KeepsOwnerFor(ReplicaEffect effect) => IsLed ? effect is LeadReplica : effect is FollowReplica or RestReplica;

    /// <summary>Takes over another registration under the same leadership; true when the leader is there to be told.</summary>
    public bool Update(LeadershipGrant grant)
    {
        if (Next is LeadReplica next && next.Grant.LeaderEpoch == grant.LeaderEpoch) Next = next with { Grant = grant };
        if (Granted is null || Granted.Grant.LeaderEpoch != grant.LeaderEpoch) return false;
        Granted = Granted with { Grant = grant };
        return Owner is not null && IsLed && Next is null;
    }
}
