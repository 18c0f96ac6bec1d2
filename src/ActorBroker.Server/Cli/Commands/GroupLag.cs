using ActorBroker.Server.Cli.Client;

namespace ActorBroker.Server.Cli.Commands;

/// <summary>How far a group is behind on one partition; nulls where nothing is stored or the partition is gone or offline.</summary>
internal sealed record GroupLag(TopicPartition At, long? Committed, long? End, GroupMemberView? Member)
{
    public long? Lag => Committed is { } committed && End is { } end ? Math.Max(0, end - committed) : null;

    /// <summary>Every partition that the group has stored a position for or is assigned now.</summary>
    public static async Task<IReadOnlyList<GroupLag>> OfAsync(KafkaClient client, GroupDescription group, CancellationToken cancel)
    {
        var committed = await client.CommittedAsync(group.Id, cancel).ConfigureAwait(false);
        var owners = new Dictionary<TopicPartition, GroupMemberView>();
        foreach (var member in group.Members)
            foreach (var at in member.Assignment) owners[at] = member;
        var all = committed.Keys.Union(owners.Keys).OrderBy(at => at.Topic, StringComparer.Ordinal).ThenBy(at => at.Partition).ToArray();
        var readable = new List<TopicPartition>();
        foreach (var at in all)
        {
            var topic = await client.FindTopicAsync(at.Topic, false, cancel).ConfigureAwait(false);
            if (topic?.Find(at.Partition) is { Leader: >= 0 }) readable.Add(at);
        }

        var ends = await client.FindOffsetsAsync(readable, OffsetCalls.Latest, cancel).ConfigureAwait(false);
        return [.. all.Select(at => new GroupLag(
            at,
            committed.TryGetValue(at, out var offset) ? offset.Offset : null,
            ends.TryGetValue(at, out var end) ? end.Offset : null,
            owners.GetValueOrDefault(at)))];
    }
}
