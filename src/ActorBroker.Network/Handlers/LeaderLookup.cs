using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Handlers;

/// <summary>Finds the partition that a request names, or says why this node cannot answer for it.</summary>
internal static class LeaderLookup
{
    private static readonly TimeSpan LeaderWait = TimeSpan.FromSeconds(2);

    /// <summary>
    /// The partition, or null with the error. When metadata names this node as the leader and it does not lead yet, it waits for a moment:
    /// clients act on metadata at once.
    /// </summary>
    public static ValueTask<FoundLeader> FindAsync(IPartitionDirectory partitions, RequestContext context, string topic, int partition)
    {
        if (partitions.Find(topic, partition) is { } found) return new(new FoundLeader(found, ErrorCode.None));
        var image = context.Metadata.Topics.GetValueOrDefault(topic);
        if (image is null || (uint)partition >= (uint)image.Partitions.Length)
            return new(new FoundLeader(null, ErrorCode.UnknownTopicOrPartition));
        return image.Partitions[partition].Leader == context.NodeId
            ? WaitAsync(partitions, context, topic, partition)
            : new(new FoundLeader(null, ErrorCode.NotLeaderOrFollower));
    }

    /// <summary>R34: what is wrong with the leader epoch that a client believes in; -1 skips the check.</summary>
    public static ErrorCode CheckEpoch(IPartition partition, int believedEpoch)
    {
        var epoch = partition.LeaderEpoch;
        if (epoch < 0) return ErrorCode.NotLeaderOrFollower;
        if (believedEpoch < 0 || believedEpoch == epoch) return ErrorCode.None;
        return believedEpoch < epoch ? ErrorCode.FencedLeaderEpoch : ErrorCode.UnknownLeaderEpoch;
    }

    /// <summary>A follower looks at the epoch before it says that it does not lead.</summary>
    public static ErrorCode ErrorOf(IPartitionDirectory partitions, string topic, int partition, int believedEpoch, ErrorCode error)
    {
        if (error != ErrorCode.NotLeaderOrFollower || partitions.FindFollower(topic, partition) is not { } follower) return error;
        var ofEpoch = CheckEpoch(follower, believedEpoch);
        return ofEpoch == ErrorCode.None ? error : ofEpoch;
    }

    private static async ValueTask<FoundLeader> WaitAsync(
        IPartitionDirectory partitions, RequestContext context, string topic, int partition)
    {
        var found = await partitions.WaitForLeaderAsync(topic, partition, LeaderWait, context.Cancel).ConfigureAwait(false);
        return new FoundLeader(found, found is null ? ErrorCode.NotLeaderOrFollower : ErrorCode.None);
    }
}
