using System.Collections.Immutable;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// Brokers, topics and leaders, answered from the image. Version 0 takes an empty list for all topics, later ones null. From version 10
/// topics have ids, from 12 they can be asked for by id (KIP-516). Addresses are those of the listener that the client came in on (R41). A
/// topic that is missing is created when both the broker and the request allow it; unlike Kafka, which answers UNKNOWN_TOPIC_OR_PARTITION
/// and lets the client ask again, the answer waits for the moment that this takes.
/// </summary>
public sealed class MetadataHandler(AdminServices services) : ApiHandler<MetadataRequest, MetadataResponse>(ApiKey.Metadata, 0, 13)
{
    private static readonly TimeSpan CreationLimit = TimeSpan.FromSeconds(3);

    public override async ValueTask<MetadataResponse> HandleAsync(MetadataRequest request, RequestContext context)
    {
        if (InvalidTopic(request, context.ApiVersion)) return Refused(request);
        var image = context.Metadata;
        var isAll = request.Topics is null || (request.Topics.Count == 0 && context.ApiVersion == 0);
        var topics = new List<MetadataResponse.MetadataResponseTopic>();
        var view = new TopicView(request, context);
        if (isAll)
        {
            foreach (var topic in image.Topics.Values) topics.Add(view.Describe(image, topic));
        }
        else if (request.Topics!.Any(topic => topic.TopicId != Uuid.Zero))
        {
            foreach (var id in request.Topics!.Select(topic => topic.TopicId).Where(id => id != Uuid.Zero).Distinct())
                topics.Add(image.TopicsById.TryGetValue(id, out var topic) ? view.Describe(image, topic) : TopicView.UnknownId(id));
        }
        else
        {
            image = await AddByNameAsync(request, context, view, topics).ConfigureAwait(false);
        }

        var response = new MetadataResponse
        {
            ClusterId = image.ClusterId, ControllerId = ControllerId(image, context.NodeId), Topics = topics,
        };
        AddBrokers(response, image, context.ListenerName);
        if (request.IncludeClusterAuthorizedOperations && context.ApiVersion is >= 8 and <= 10)
            response.ClusterAuthorizedOperations = AuthorizedOperations.Cluster;
        return response;
    }

    /// <summary>
    /// The broker that has the controller role. Any broker takes what is meant for the controller, so while there is none the one that is
    /// asked names itself.
    /// </summary>
    internal static int ControllerId(MetadataImage image, int nodeId)
    {
        if (image.Brokers.TryGetValue(image.ControllerId, out var controller) && !controller.IsFenced) return controller.Id;
        if (image.Brokers.TryGetValue(nodeId, out var self) && !self.IsFenced) return nodeId;
        foreach (var broker in image.Brokers.Values)
            if (!broker.IsFenced) return broker.Id;
        return -1;
    }

    private async ValueTask<MetadataImage> AddByNameAsync(
        MetadataRequest request, RequestContext context, TopicView view, List<MetadataResponse.MetadataResponseTopic> topics)
    {
        var image = context.Metadata;
        var missing = new List<string>();
        foreach (var name in request.Topics!.Select(topic => topic.Name!).Distinct(StringComparer.Ordinal))
        {
            if (image.Topics.TryGetValue(name, out var topic)) topics.Add(view.Describe(image, topic));
            else missing.Add(name);
        }
        if (missing.Count == 0) return image;

        var mayCreate = services.Config.Bool("auto.create.topics.enable") && (context.ApiVersion < 4 || request.AllowAutoTopicCreation);
        if (mayCreate)
        {
            await CreateAsync(missing, context).ConfigureAwait(false);
            image = services.Metadata.Current;
        }

        foreach (var name in missing)
        {
            if (mayCreate && image.Topics.TryGetValue(name, out var topic))
                topics.Add(view.Describe(image, topic));
            else
                topics.Add(TopicView.Failed(name, TopicName.Problem(name) is null ? ErrorCode.UnknownTopicOrPartition : ErrorCode.InvalidTopicException));
        }

        return image;
    }

    /// <summary>What stands against a name is not told, as in Kafka: its topic is unknown, and the client asks again.</summary>
    private async ValueTask CreateAsync(List<string> names, RequestContext context)
    {
        var brokersUp = context.Metadata.Brokers.Values.Count(broker => !broker.IsFenced);
        var wanted = names.Where(name => TopicName.Problem(name) is null).Select(name =>
            InternalTopicSettings.Describe(name, Uuid.NewRandom(), services.Config, brokersUp)
            ?? new TopicToCreate(name, Uuid.NewRandom(), -1, -1, [], [])).ToImmutableArray();
        if (wanted.Length == 0) return;
        var command = new CreateTopics(wanted, false, Random.Shared.Next());
        var answer = await services.Controller.SubmitAsync(command, CreationLimit, context.Cancel).ConfigureAwait(false);
        if (answer.Reply is null) return;
        foreach (var topic in answer.Reply.Topics)
            if (topic.Error.IsNone) await services.AwaitLeadersAsync(topic.Name, 0, CreationLimit, context.Cancel).ConfigureAwait(false);
    }

    private static void AddBrokers(MetadataResponse response, MetadataImage image, string listener)
    {
        foreach (var broker in image.Brokers.Values)
        {
            if (broker.IsFenced || broker.Endpoint(listener) is not { } endpoint) continue;
            response.Brokers.Add(new MetadataResponse.MetadataResponseBroker
            {
                NodeId = broker.Id, Host = endpoint.Host, Port = endpoint.Port, Rack = broker.Rack,
            });
        }
    }

    /// <summary>Neither a name nor an id, or an id before version 12, which was written but never meant anything.</summary>
    private static bool InvalidTopic(MetadataRequest request, short version) =>
        request.Topics is not null && request.Topics.Any(topic => version < 12
            ? topic.Name is null || topic.TopicId != Uuid.Zero
            : topic.Name is null && topic.TopicId == Uuid.Zero);

    private static MetadataResponse Refused(MetadataRequest request)
    {
        var response = new MetadataResponse { ErrorCode = ErrorCode.InvalidRequest };
        foreach (var topic in request.Topics!)
        {
            response.Topics.Add(new MetadataResponse.MetadataResponseTopic
            {
                ErrorCode = ErrorCode.InvalidRequest, Name = topic.Name ?? "", TopicId = topic.TopicId,
            });
        }
        return response;
    }

    /// <summary>Describes topics for one request; partitions with the same replicas share their lists.</summary>
    private sealed class TopicView(MetadataRequest request, RequestContext context)
    {
        private readonly Dictionary<ImmutableArray<int>, List<int>> _lists = [];

        public MetadataResponse.MetadataResponseTopic Describe(MetadataImage image, TopicImage topic)
        {
            var described = new MetadataResponse.MetadataResponseTopic
            {
                Name = topic.Name,
                TopicId = topic.Id,
                IsInternal = topic.IsInternal,
                Partitions = new List<MetadataResponse.MetadataResponsePartition>(topic.Partitions.Length),
            };
            if (request.IncludeTopicAuthorizedOperations) described.TopicAuthorizedOperations = AuthorizedOperations.Topic;
            for (var i = 0; i < topic.Partitions.Length; i++) described.Partitions.Add(Describe(image, i, topic.Partitions[i]));
            return described;
        }

        public static MetadataResponse.MetadataResponseTopic UnknownId(Uuid id) =>
            new() { ErrorCode = ErrorCode.UnknownTopicId, Name = null, TopicId = id };

        public static MetadataResponse.MetadataResponseTopic Failed(string name, ErrorCode error) =>
            new() { ErrorCode = error, Name = name, IsInternal = InternalTopics.Contains(name) };

        private MetadataResponse.MetadataResponsePartition Describe(MetadataImage image, int index, PartitionImage partition)
        {
            var (leader, error) = LeaderOf(image, partition);
            return new MetadataResponse.MetadataResponsePartition
            {
                ErrorCode = error,
                PartitionIndex = index,
                LeaderId = leader,
                LeaderEpoch = partition.LeaderEpoch,
                ReplicaNodes = ListOf(partition.Replicas),
                IsrNodes = ListOf(partition.Isr),
                OfflineReplicas = PartitionView.Offline(image, partition, context.ListenerName),
            };
        }

        private (int Leader, ErrorCode Error) LeaderOf(MetadataImage image, PartitionImage partition)
        {
            if (!image.Brokers.TryGetValue(partition.Leader, out var broker) || broker.IsFenced) return (-1, ErrorCode.LeaderNotAvailable);
            if (broker.Endpoint(context.ListenerName) is not null) return (partition.Leader, ErrorCode.None);
            return (-1, context.ApiVersion >= 6 ? ErrorCode.ListenerNotFound : ErrorCode.LeaderNotAvailable);
        }

        private List<int> ListOf(ImmutableArray<int> nodes)
        {
            if (!_lists.TryGetValue(nodes, out var list)) _lists[nodes] = list = [.. nodes];
            return list;
        }
    }
}
