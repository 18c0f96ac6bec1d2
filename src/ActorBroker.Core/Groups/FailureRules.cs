using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Groups;

/// <summary>What clients hear when the log did not take a decision, or has it but could not commit it in time.</summary>
public static class FailureRules
{
    /// <summary>Errors of an append in the terms of a coordinator: try again, look for the coordinator again, or give up.</summary>
    public static ErrorCode ToCoordinatorError(ErrorCode error) => error switch
    {
        ErrorCode.UnknownTopicOrPartition or ErrorCode.NotEnoughReplicas or ErrorCode.NotEnoughReplicasAfterAppend
            or ErrorCode.RequestTimedOut => ErrorCode.CoordinatorNotAvailable,
        ErrorCode.NotLeaderOrFollower or ErrorCode.KafkaStorageError or ErrorCode.FencedLeaderEpoch
            or ErrorCode.UnknownLeaderEpoch => ErrorCode.NotCoordinator,
        ErrorCode.MessageTooLarge or ErrorCode.RecordListTooLarge or ErrorCode.InvalidFetchSize => ErrorCode.UnknownServerError,
        _ => error,
    };

    /// <summary>The reply to a client's command that says nothing but the error.</summary>
    public static GroupReply Refusal(GroupCommand command, ErrorCode error) => command switch
    {
        JoinGroup join => new JoinGroupReply { Error = error, MemberId = join.MemberId },
        SyncGroup => new SyncGroupReply { Error = error },
        Heartbeat => new HeartbeatReply { Error = error },
        LeaveGroup => new LeaveGroupReply { Error = error },
        CommitOffsets => new CommitOffsetsReply { Error = error },
        FetchOffsets => new FetchOffsetsReply { Error = error },
        DeleteOffsets => new DeleteOffsetsReply { Error = error },
        DescribeGroup => new DescribeGroupReply { GroupId = command.GroupId, Error = error },
        DeleteGroup => new DeleteGroupReply { Error = error },
        _ => throw new InvalidOperationException($"No client sends {command.GetType().Name}."),
    };

    /// <summary>The same kind of reply with the error and nothing else.</summary>
    public static GroupReply Refusal(GroupReply reply, ErrorCode error) => reply switch
    {
        JoinGroupReply => new JoinGroupReply { Error = error },
        SyncGroupReply => new SyncGroupReply { Error = error },
        HeartbeatReply => new HeartbeatReply { Error = error },
        LeaveGroupReply => new LeaveGroupReply { Error = error },
        CommitOffsetsReply => new CommitOffsetsReply { Error = error },
        FetchOffsetsReply => new FetchOffsetsReply { Error = error },
        DeleteOffsetsReply => new DeleteOffsetsReply { Error = error },
        DescribeGroupReply described => new DescribeGroupReply { GroupId = described.GroupId, Error = error },
        DeleteGroupReply => new DeleteGroupReply { Error = error },
        _ => throw new InvalidOperationException($"No refusal for {reply.GetType().Name}."),
    };
}
