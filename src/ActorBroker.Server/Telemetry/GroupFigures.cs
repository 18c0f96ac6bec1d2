using System.Collections.Immutable;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Server.Telemetry;

/// <summary>What the metrics say about one group: how many members it has, and where it stands in each partition.</summary>
internal sealed record GroupFigures(string GroupId, int Members, ImmutableArray<GroupPosition> Positions)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The groups that this node coordinates. All are asked at once; one that does not answer in time is left out of this scrape rather than
    /// all others with it.
    /// </summary>
    public static async Task<IReadOnlyList<GroupFigures>> GatherAsync(IGroupCoordinator groups, IPartitionDirectory partitions)
    {
        using var limit = new CancellationTokenSource(s_limit);
        var listed = await groups.ListAsync(new ListGroups([], []), limit.Token).ConfigureAwait(false);
        var asked = listed.Groups.Select(group => OfAsync(group.GroupId, groups, partitions, limit.Token)).ToList();
        var answers = await Task.WhenAll(asked).ConfigureAwait(false);
        return [.. answers.OfType<GroupFigures>().OrderBy(group => group.GroupId, StringComparer.Ordinal)];
    }

    private static async Task<GroupFigures?> OfAsync(string id, IGroupCoordinator groups, IPartitionDirectory partitions, CancellationToken cancel)
    {
        try
        {
            var described = groups.DescribeAsync(new DescribeGroup { GroupId = id }, cancel).AsTask();
            var fetched = await groups.FetchAsync(new FetchOffsets { GroupId = id }, cancel).ConfigureAwait(false);
            var group = await described.ConfigureAwait(false);
            if (group.Error != ErrorCode.None || fetched.Error != ErrorCode.None) return null;
            var positions = fetched.Topics.SelectMany(topic => topic.Partitions.Where(offset => offset.Offset >= 0).Select(offset =>
                new GroupPosition(topic.Topic, offset.Partition, offset.Offset, EndOf(partitions, topic.Topic, offset.Partition))));
            return new GroupFigures(id, group.Members.Length, [.. positions]);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    /// <summary>A follower knows the end, too, a moment later than the leader.</summary>
    private static long? EndOf(IPartitionDirectory partitions, string topic, int partition) =>
        (partitions.Find(topic, partition) ?? partitions.FindFollower(topic, partition))?.View.HighWatermark;
}

/// <summary>A committed offset and the end of its partition; null where this node has no replica.</summary>
internal readonly record struct GroupPosition(string Topic, int Partition, long Offset, long? HighWatermark)
{
    public long? Lag => HighWatermark is { } end ? Math.Max(0, end - Offset) : null;
}
