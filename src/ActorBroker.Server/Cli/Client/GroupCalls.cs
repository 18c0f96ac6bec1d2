using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Server.Cli.Client;

internal sealed record GroupListing(string Id, string State, string Type, string ProtocolType, int Coordinator);

internal sealed record GroupMemberView(string Id, string? InstanceId, string ClientId, string Host, IReadOnlyList<TopicPartition> Assignment);

internal sealed record GroupDescription(string Id, string State, string ProtocolType, string Assignor, IReadOnlyList<GroupMemberView> Members)
{
    public bool IsEmpty => State is "Empty" or "Dead";
}

internal readonly record struct CommittedOffset(long Offset, int LeaderEpoch, string? Metadata);

/// <summary>Consumer groups as operators see them.</summary>
internal static class GroupCalls
{
    public static async Task<IReadOnlyList<GroupListing>> ListGroupsAsync(this KafkaClient client, CancellationToken cancel)
    {
        var all = new List<GroupListing>();
        var cluster = await client.AllTopicsAsync(cancel).ConfigureAwait(false);
        foreach (var broker in cluster.Brokers.Keys.Order())
        {
            var response = await client.OnBrokerAsync<ListGroupsResponse>(
                broker,
                ApiKey.ListGroups,
                _ => new ListGroupsRequest(),
                answer => TopicCalls.Check(answer.ErrorCode, $"groups of broker {broker}", null),
                cancel).ConfigureAwait(false);
            foreach (var g in response.Groups)
                all.Add(new GroupListing(g.GroupId, g.GroupState, g.GroupType.Length > 0 ? g.GroupType : "classic", g.ProtocolType, broker));
        }

        return [.. all.OrderBy(g => g.Id, StringComparer.Ordinal)];
    }

    public static async Task<GroupDescription> DescribeGroupAsync(this KafkaClient client, string group, CancellationToken cancel)
    {
        var response = await client.OnCoordinatorAsync<DescribeGroupsResponse>(
            group,
            ApiKey.DescribeGroups,
            _ => new DescribeGroupsRequest { Groups = [group] },
            answer =>
            {
                var error = answer.Groups[0].ErrorCode;
                if (error != ErrorCode.GroupIdNotFound) TopicCalls.Check(error, $"group {group}", answer.Groups[0].ErrorMessage);
            },
            cancel).ConfigureAwait(false);
        var found = response.Groups[0];
        if (found.ErrorCode == ErrorCode.GroupIdNotFound) return new GroupDescription(group, "Dead", "", "", []);
        var members = found.Members.Select(m =>
            new GroupMemberView(m.MemberId, m.GroupInstanceId, m.ClientId, m.ClientHost, Assigned(m.MemberAssignment))).ToArray();
        return new GroupDescription(group, found.GroupState, found.ProtocolType, found.ProtocolData, members);
    }

    /// <summary>All positions that the group has stored.</summary>
    public static async Task<Dictionary<TopicPartition, CommittedOffset>> CommittedAsync(
        this KafkaClient client, string group, CancellationToken cancel)
    {
        var offsets = new Dictionary<TopicPartition, CommittedOffset>();
        await client.OnCoordinatorAsync<OffsetFetchResponse>(
            group,
            ApiKey.OffsetFetch,
            version => version >= 8
                ? new OffsetFetchRequest { Groups = [new() { GroupId = group, Topics = null }] }
                : new OffsetFetchRequest { GroupId = group, Topics = null },
            answer => Collect(answer, group, offsets),
            cancel).ConfigureAwait(false);
        return offsets;
    }

    /// <summary>Stores positions: from outside of the group (generation -1, which only an empty group accepts) or as a member.</summary>
    public static async Task CommitAsync(this KafkaClient client, string group, IReadOnlyDictionary<TopicPartition, long> offsets,
        CancellationToken cancel, int generation = -1, string member = "")
    {
        var request = new OffsetCommitRequest { GroupId = group, GenerationIdOrMemberEpoch = generation, MemberId = member };
        foreach (var topic in offsets.GroupBy(entry => entry.Key.Topic, StringComparer.Ordinal))
        {
            request.Topics.Add(new()
            {
                Name = topic.Key,
                Partitions = [.. topic.Select(entry => new OffsetCommitRequest.OffsetCommitRequestPartition
                {
                    PartitionIndex = entry.Key.Partition, CommittedOffset = entry.Value, CommittedMetadata = "",
                })],
            });
        }

        await client.OnCoordinatorAsync<OffsetCommitResponse>(
            group,
            ApiKey.OffsetCommit,
            _ => request,
            answer =>
            {
                foreach (var topic in answer.Topics)
                    foreach (var partition in topic.Partitions)
                        TopicCalls.Check(partition.ErrorCode, $"group {group}, {topic.Name}-{partition.PartitionIndex}", null);
            },
            cancel).ConfigureAwait(false);
    }

    public static Task DeleteGroupAsync(this KafkaClient client, string group, CancellationToken cancel) =>
        client.OnCoordinatorAsync<DeleteGroupsResponse>(
            group,
            ApiKey.DeleteGroups,
            _ => new DeleteGroupsRequest { GroupsNames = [group] },
            answer => TopicCalls.Check(answer.Results[0].ErrorCode, $"group {group}", null),
            cancel);

    /// <summary>The partitions in a member's assignment; none when the bytes are not the consumer protocol's.</summary>
    internal static IReadOnlyList<TopicPartition> Assigned(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < 2) return [];
        try
        {
            var reader = new WireReader(bytes);
            var version = Math.Clamp(reader.ReadInt16(), ConsumerProtocolAssignment.LowestVersion, ConsumerProtocolAssignment.HighestVersion);
            var assignment = new ConsumerProtocolAssignment();
            assignment.Read(ref reader, version);
            return [.. assignment.AssignedPartitions.SelectMany(topic => topic.Partitions.Select(p => new TopicPartition(topic.Topic, p)))];
        }
        catch (WireFormatException)
        {
            return []; // another protocol type (Connect, for one) keeps other bytes there
        }
    }

    private static void Collect(OffsetFetchResponse answer, string group, Dictionary<TopicPartition, CommittedOffset> offsets)
    {
        offsets.Clear();
        var many = answer.Groups.Count > 0 ? answer.Groups[0] : null;
        TopicCalls.Check(many?.ErrorCode ?? answer.ErrorCode, $"group {group}", null);
        foreach (var topic in answer.Topics)
        {
            foreach (var p in topic.Partitions)
            {
                TopicCalls.Check(p.ErrorCode, $"group {group}, {topic.Name}-{p.PartitionIndex}", null);
                if (p.CommittedOffset >= 0)
                    offsets[new(topic.Name, p.PartitionIndex)] = new(p.CommittedOffset, p.CommittedLeaderEpoch, p.Metadata);
            }
        }

        foreach (var topic in many?.Topics ?? [])
        {
            foreach (var p in topic.Partitions)
            {
                TopicCalls.Check(p.ErrorCode, $"group {group}, {topic.Name}-{p.PartitionIndex}", null);
                if (p.CommittedOffset >= 0)
                    offsets[new(topic.Name, p.PartitionIndex)] = new(p.CommittedOffset, p.CommittedLeaderEpoch, p.Metadata);
            }
        }
    }
}
