using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions.Replication;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>
/// One word of a conversation between two replicas, on its way out or in: its own queue node. Many of them, of many partitions, travel in
/// one <see cref="ReplicationEnvelope"/>. Records are slices of the leader's memory on the way out and one buffer on the way in; whoever
/// takes the part out of its last queue releases it.
/// </summary>
internal sealed class ReplicaPart : HandoverNode<ReplicaPart>
{
    private static readonly ReplicaPart s_closed = new() { Kind = PartKind.Closed, Id = default, LeaderEpoch = -1 };

    public required PartKind Kind { get; init; }
    public required TopicIdPartition Id { get; init; }
    public required int LeaderEpoch { get; init; }
    public long Session { get; init; } = -1;

    /// <summary>The sender's node and process; known on the way in.</summary>
    public int Node { get; init; } = -1;
    public long Incarnation { get; init; } = -1;

    public ReplicaPosition Position { get; init; }
    public OpenAnswer Answer { get; init; }
    public ErrorCode Error { get; init; }

    public long StartOffset { get; init; }
    public long EndOffset { get; init; }
    public long DurableEnd { get; init; }
    public long HighWatermark { get; init; }
    public long LogStart { get; init; }

    /// <summary>The leader wants to hear where the follower stands.</summary>
    public bool WantsAnswer { get; init; }

    /// <summary>Bytes of the records.</summary>
    public int Bytes { get; init; }

    /// <summary>On the way out.</summary>
    public ReadSlice[] Slices { get; init; } = [];

    /// <summary>On the way in, from its first byte on.</summary>
    public LeasedBuffer? Buffer { get; set; }

    /// <summary>The link on which <see cref="Bytes"/> are reserved until somebody takes that over.</summary>
    public PeerLink? ReservedOn { get; set; }

    /// <summary>A queue of parts; what it refuses is released by whoever pushed.</summary>
    public static HandoverQueue<ReplicaPart> NewQueue() => new(s_closed);

    /// <summary>They count among those of catching up as well.</summary>
    public bool IsCatchUp { get; init; }

    public FollowerSession From => new(Node, Incarnation, Session);

    /// <summary>Closes a queue and releases what was in it.</summary>
    public static void Close(HandoverQueue<ReplicaPart> queue)
    {
        for (var part = queue.Close(); part is not null;)
        {
            var next = part.Next;
            part.Release();
            part = next;
        }
    }

    public void Release()
    {
        foreach (var slice in Slices) slice.Release();
        Buffer?.Release();
        Buffer = null;
        ReservedOn?.GiveBack(Bytes);
        if (IsCatchUp) ReservedOn?.EndCatchUp(Bytes);
        ReservedOn = null;
    }
}
