using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Ports;

/// <summary>
/// What a group answers. The error counts for the whole request; errors of single members or partitions stand in the reply's own lists.
/// </summary>
public abstract record GroupReply
{
    public ErrorCode Error { get; init; }
}

public sealed record JoinGroupReply : GroupReply
{
    public int GenerationId { get; init; } = -1;
    public string? ProtocolType { get; init; }
    public string? ProtocolName { get; init; }
    public string LeaderId { get; init; } = "";

    /// <summary>KIP-814: the leader keeps the assignments as they are.</summary>
    public bool SkipAssignment { get; init; }

    public string MemberId { get; init; } = "";

    /// <summary>Filled for the leader alone (R54).</summary>
    public ImmutableArray<JoinedMember> Members { get; init; } = [];
}

public sealed record JoinedMember(string MemberId, string? InstanceId, byte[] Metadata);

public sealed record SyncGroupReply : GroupReply
{
    public string? ProtocolType { get; init; }
    public string? ProtocolName { get; init; }
    public byte[] Assignment { get; init; } = [];
}

public sealed record HeartbeatReply : GroupReply;

public sealed record LeaveGroupReply : GroupReply
{
    /// <summary>In the order of the request.</summary>
    public ImmutableArray<LeftMember> Members { get; init; } = [];
}

public sealed record LeftMember(string MemberId, string? InstanceId, ErrorCode Error);

public sealed record CommitOffsetsReply : GroupReply
{
    /// <summary>One per offset of the command, in its order; empty when <see cref="GroupReply.Error"/> is set.</summary>
    public ImmutableArray<ErrorCode> Errors { get; init; } = [];
}

public sealed record FetchOffsetsReply : GroupReply
{
    public ImmutableArray<FetchedTopic> Topics { get; init; } = [];
}

public sealed record FetchedTopic(string Topic, ImmutableArray<FetchedOffset> Partitions);

/// <summary>Offset and leader epoch are -1 and the metadata is empty when nothing is committed; that is no error (R58).</summary>
public readonly record struct FetchedOffset(int Partition, long Offset, int LeaderEpoch, string Metadata, ErrorCode Error)
{
    public static FetchedOffset None(int partition, ErrorCode error = ErrorCode.None) => new(partition, -1, -1, "", error);
}

public sealed record DeleteOffsetsReply : GroupReply
{
    public ImmutableArray<DeletedTopicOffsets> Topics { get; init; } = [];
}

public sealed record DeletedTopicOffsets(string Topic, ImmutableArray<DeletedOffset> Partitions);

public readonly record struct DeletedOffset(int Partition, ErrorCode Error);

public sealed record DescribeGroupReply : GroupReply
{
    public required string GroupId { get; init; }

    /// <summary>Kafka's name of the state; "Dead" for a group that does not exist.</summary>
    public string State { get; init; } = "";

    public string ProtocolType { get; init; } = "";
    public string ProtocolName { get; init; } = "";
    public ImmutableArray<DescribedMember> Members { get; init; } = [];
}

/// <summary>Metadata is empty unless the group is stable.</summary>
public sealed record DescribedMember
{
    public required string MemberId { get; init; }
    public string? InstanceId { get; init; }
    public string ClientId { get; init; } = "";
    public string ClientHost { get; init; } = "";
    public byte[] Metadata { get; init; } = [];
    public byte[] Assignment { get; init; } = [];
}

public sealed record DeleteGroupReply : GroupReply;

public sealed record ListGroupsReply : GroupReply
{
    public ImmutableArray<ListedGroup> Groups { get; init; } = [];
}

public sealed record ListedGroup(string GroupId, string ProtocolType, string State, string Type);
