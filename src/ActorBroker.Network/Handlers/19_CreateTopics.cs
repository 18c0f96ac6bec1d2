using System.Collections.Immutable;
using ActorBroker.Core.Controller;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// Creates topics (R72). The answer comes when this node's partitions of the topics take records. From version 5 it describes what was made
/// (KIP-525), from version 7 with the id. Names that stand twice are refused and answered last.
/// </summary>
public sealed class CreateTopicsHandler(AdminServices services)
    : ApiHandler<CreateTopicsRequest, CreateTopicsResponse>(ApiKey.CreateTopics, 2, 7)
{
    public override async ValueTask<CreateTopicsResponse> HandleAsync(CreateTopicsRequest request, RequestContext context)
    {
        var response = new CreateTopicsResponse();
        var refused = new List<CreateTopicsResponse.CreatableTopicResult>();
        var wanted = ImmutableArray.CreateBuilder<TopicToCreate>();
        foreach (var group in request.Topics.GroupBy(topic => topic.Name, StringComparer.Ordinal))
        {
            if (group.Key == TopicName.ClusterMetadata)
                refused.Add(Failed(group.Key,
                    new KafkaError(ErrorCode.InvalidRequest, $"Creation of internal topic {group.Key} is prohibited.")));
            else if (group.Skip(1).Any())
                refused.Add(Failed(group.Key, new KafkaError(ErrorCode.InvalidRequest, "Duplicate topic name.")));
            else
                wanted.Add(ToCreate(group.First()));
        }

        if (wanted.Count > 0) await CreateAsync(request, context, wanted.ToImmutable(), response).ConfigureAwait(false);
        response.Topics.AddRange(refused);
        return response;
    }

    private async ValueTask CreateAsync(
        CreateTopicsRequest request, RequestContext context, ImmutableArray<TopicToCreate> wanted, CreateTopicsResponse response)
    {
        var limit = AdminServices.Limit(request.TimeoutMs);
        var command = new CreateTopics(wanted, request.ValidateOnly, Random.Shared.Next());
        var answer = await services.Controller.SubmitAsync(command, limit, context.Cancel).ConfigureAwait(false);
        if (answer.Reply is null)
        {
            foreach (var topic in wanted) response.Topics.Add(Failed(topic.Name, answer.Error));
            return;
        }

        foreach (var topic in answer.Reply.Topics)
        {
            if (topic.Error.IsNone && !request.ValidateOnly)
                await services.AwaitLeadersAsync(topic.Name, 0, limit, context.Cancel).ConfigureAwait(false);
            response.Topics.Add(topic.Error.IsNone ? Created(topic, context) : Failed(topic.Name, topic.Error));
        }
    }

    private CreateTopicsResponse.CreatableTopicResult Created(CreatedTopic topic, RequestContext context)
    {
        var result = new CreateTopicsResponse.CreatableTopicResult { Name = topic.Name, TopicId = topic.TopicId, ErrorMessage = null };
        if (context.ApiVersion < 5) return result;
        result.NumPartitions = topic.PartitionCount;
        result.ReplicationFactor = topic.ReplicationFactor;
        result.Configs = [];
        foreach (var entry in services.Resolver(services.Metadata.Current).DescribeCreated(topic.Configs))
        {
            result.Configs.Add(new CreateTopicsResponse.CreatableTopicConfigs
            {
                Name = entry.Name,
                Value = entry.Value,
                ReadOnly = entry.IsReadOnly,
                ConfigSource = (sbyte)entry.Source,
                IsSensitive = entry.IsSensitive,
            });
        }

        return result;
    }

    private static CreateTopicsResponse.CreatableTopicResult Failed(string name, KafkaError error) =>
        new() { Name = name, ErrorCode = error.Code, ErrorMessage = error.Text, NumPartitions = -1, ReplicationFactor = -1, Configs = [] };

    private static TopicToCreate ToCreate(CreateTopicsRequest.CreatableTopic topic) => new(
        topic.Name, Uuid.NewRandom(), topic.NumPartitions, topic.ReplicationFactor,
        [.. topic.Assignments.Select(assignment => new PartitionAssignment(assignment.PartitionIndex, [.. assignment.BrokerIds]))],
        [.. topic.Configs.Select(config => KeyValuePair.Create(config.Name, config.Value))]);
}
