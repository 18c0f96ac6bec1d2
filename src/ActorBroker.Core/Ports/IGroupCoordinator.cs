namespace ActorBroker.Core.Ports;

/// <summary>
/// The group coordinator of this node as the handlers see it: classic groups and committed offsets (KIP-62 and its successors).
///
/// A group belongs to the node that leads its partition of <c>__consumer_offsets</c> (R52); every call for a group that does not belong
/// here is answered with NOT_COORDINATOR, during the load of that partition with COORDINATOR_LOAD_IN_PROGRESS, before the topic exists with
/// COORDINATOR_NOT_AVAILABLE. A reply is given when what it tells is committed. Joins and syncs may stay parked for minutes: the task ends
/// with the rebalance. Calls may come from any thread and never throw for a client's mistake: errors are values in the reply.
/// </summary>
public interface IGroupCoordinator
{
    /// <summary>The partition of <c>__consumer_offsets</c> that a group belongs to.</summary>
    int PartitionOf(string groupId);

    /// <summary>
    /// Asks for the creation of <c>__consumer_offsets</c> when it does not exist; returns at once. Repeated calls cost nothing.
    /// </summary>
    void RequestOffsetsTopic();

    ValueTask<JoinGroupReply> JoinAsync(JoinGroup command, CancellationToken cancel);

    ValueTask<SyncGroupReply> SyncAsync(SyncGroup command, CancellationToken cancel);

    ValueTask<HeartbeatReply> HeartbeatAsync(Heartbeat command, CancellationToken cancel);

    ValueTask<LeaveGroupReply> LeaveAsync(LeaveGroup command, CancellationToken cancel);

    ValueTask<CommitOffsetsReply> CommitAsync(CommitOffsets command, CancellationToken cancel);

    ValueTask<FetchOffsetsReply> FetchAsync(FetchOffsets command, CancellationToken cancel);

    ValueTask<DeleteOffsetsReply> DeleteOffsetsAsync(DeleteOffsets command, CancellationToken cancel);

    ValueTask<DescribeGroupReply> DescribeAsync(DescribeGroup command, CancellationToken cancel);

    ValueTask<DeleteGroupReply> DeleteAsync(DeleteGroup command, CancellationToken cancel);

    /// <summary>The groups of all partitions that this node leads.</summary>
    ValueTask<ListGroupsReply> ListAsync(ListGroups query, CancellationToken cancel);
}
