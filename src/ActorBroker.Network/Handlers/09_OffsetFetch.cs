using System.Collections.Immutable;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;
using FetchRequest = ActorBroker.Protocol.Messages.OffsetFetchRequest;
using FetchResponse = ActorBroker.Protocol.Messages.OffsetFetchResponse;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// Gives a group's positions. Up to version 7 one group, from 8 many at once (KIP-709), from 10 topics by id. No topics given (null) asks
/// for all. Version 1 has no field for an error of the group, so it stands at every partition.
/// </summary>
public sealed class OffsetFetchHandler(IGroupCoordinator coordinator)
    : ApiHandler<FetchRequest, FetchResponse>(ApiKey.OffsetFetch, 1, 10)
{
    public override async ValueTask<FetchResponse> HandleAsync(FetchRequest request, RequestContext context) =>
        context.ApiVersion < 8
            ? await SingleAsync(request, context).ConfigureAwait(false)
            : await ManyAsync(request, context).ConfigureAwait(false);

    private async ValueTask<FetchResponse> SingleAsync(FetchRequest request, RequestContext context)
    {
        var command = new FetchOffsets
        {
            GroupId = request.GroupId,
            RequireStable = request.RequireStable,
            Topics = request.Topics is null
                ? null
                : [.. request.Topics.Select(topic => new OffsetQuery(topic.Name, [.. topic.PartitionIndexes]))],
        };
        var reply = await coordinator.FetchAsync(command, context.Cancel).ConfigureAwait(false);
        var response = new FetchResponse { ErrorCode = reply.Error };
        var topics = reply.Error == ErrorCode.None ? reply.Topics : context.ApiVersion < 2 ? Failed(command.Topics, reply.Error) : [];
        foreach (var topic in topics)
        {
            var item = new FetchResponse.OffsetFetchResponseTopic { Name = topic.Topic };
            foreach (var offset in topic.Partitions)
            {
                item.Partitions.Add(new FetchResponse.OffsetFetchResponsePartition
                {
                    PartitionIndex = offset.Partition,
                    CommittedOffset = offset.Offset,
                    CommittedLeaderEpoch = offset.LeaderEpoch,
                    Metadata = offset.Metadata,
                    ErrorCode = offset.Error,
                });
            }

            response.Topics.Add(item);
        }

        return response;
    }

    private async ValueTask<FetchResponse> ManyAsync(FetchRequest request, RequestContext context)
    {
        // All groups are asked before the first answer is awaited: they may belong to different partitions.
        var asked = request.Groups
            .Select(group => (Group: group, Command: ToCommand(group, request.RequireStable, context)))
            .Select(item => (item.Group, Reply: coordinator.FetchAsync(item.Command, context.Cancel).AsTask()))
            .ToList();
        var response = new FetchResponse();
        foreach (var (group, task) in asked)
        {
            var reply = await task.ConfigureAwait(false);
            var item = new FetchResponse.OffsetFetchResponseGroup { GroupId = group.GroupId, ErrorCode = reply.Error };
            if (reply.Error == ErrorCode.None)
            {
                var topics = reply.Topics.Select(topic => ToTopic(topic, context));
                item.Topics = topics.OfType<FetchResponse.OffsetFetchResponseTopics>().ToList();
                if (context.ApiVersion >= 10) AddUnknownTopics(item, group, context);
            }

            response.Groups.Add(item);
        }

        return response;
    }

    private static FetchOffsets ToCommand(FetchRequest.OffsetFetchRequestGroup group, bool requireStable, RequestContext context) => new()
    {
        GroupId = group.GroupId,
        RequireStable = requireStable,
        Topics = group.Topics is null
            ? null
            : [.. group.Topics.Select(topic => ToQuery(topic, context)).OfType<OffsetQuery>()],
    };

    private static OffsetQuery? ToQuery(FetchRequest.OffsetFetchRequestTopics topic, RequestContext context)
    {
        var name = context.ApiVersion < 10 ? topic.Name : context.Metadata.TopicsById.GetValueOrDefault(topic.TopicId)?.Name;
        return name is null ? null : new OffsetQuery(name, [.. topic.PartitionIndexes]);
    }

    /// <summary>Null when ids are spoken and the topic is gone: it has none to answer with.</summary>
    private static FetchResponse.OffsetFetchResponseTopics? ToTopic(FetchedTopic topic, RequestContext context)
    {
        var id = context.Metadata.Topics.GetValueOrDefault(topic.Topic)?.Id;
        if (context.ApiVersion >= 10 && id is null) return null;
        return new FetchResponse.OffsetFetchResponseTopics
        {
            Name = topic.Topic,
            TopicId = id ?? default,
            Partitions =
            [
                .. topic.Partitions.Select(offset => new FetchResponse.OffsetFetchResponsePartitions
                {
                    PartitionIndex = offset.Partition,
                    CommittedOffset = offset.Offset,
                    CommittedLeaderEpoch = offset.LeaderEpoch,
                    Metadata = offset.Metadata,
                    ErrorCode = offset.Error,
                }),
            ],
        };
    }

    private static void AddUnknownTopics(
        FetchResponse.OffsetFetchResponseGroup item, FetchRequest.OffsetFetchRequestGroup group, RequestContext context)
    {
        foreach (var topic in group.Topics ?? [])
        {
            if (context.Metadata.TopicsById.ContainsKey(topic.TopicId)) continue;
            item.Topics.Add(new FetchResponse.OffsetFetchResponseTopics
            {
                TopicId = topic.TopicId,
                Partitions =
                [
                    .. topic.PartitionIndexes.Select(partition => new FetchResponse.OffsetFetchResponsePartitions
                    {
                        PartitionIndex = partition,
                        CommittedOffset = -1,
                        Metadata = "",
                        ErrorCode = ErrorCode.UnknownTopicId,
                    }),
                ],
            });
        }
    }

    private static ImmutableArray<FetchedTopic> Failed(ImmutableArray<OffsetQuery>? topics, ErrorCode error) =>
        topics is null ? [] : [.. topics.Value.Select(topic => Failed(topic, error))];

    private static FetchedTopic Failed(OffsetQuery topic, ErrorCode error) =>
        new(topic.Topic, [.. topic.Partitions.Select(partition => FetchedOffset.None(partition, error))]);
}
