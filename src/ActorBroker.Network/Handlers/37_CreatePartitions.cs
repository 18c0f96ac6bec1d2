using System.Collections.Immutable;
using ActorBroker.Core.Controller;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>Adds partitions to topics (KIP-195); answered when this node's new partitions take records.</summary>
public sealed class CreatePartitionsHandler(AdminServices services)
    : ApiHandler<CreatePartitionsRequest, CreatePartitionsResponse>(ApiKey.CreatePartitions, 0, 3)
{
    public override async ValueTask<CreatePartitionsResponse> HandleAsync(CreatePartitionsRequest request, RequestContext context)
    {
        var response = new CreatePartitionsResponse();
        var wanted = ImmutableArray.CreateBuilder<TopicToGrow>();
        var twice = new List<string>();
        foreach (var group in request.Topics.GroupBy(topic => topic.Name, StringComparer.Ordinal))
        {
            if (group.Skip(1).Any()) twice.Add(group.Key);
            else wanted.Add(ToGrow(group.First()));
        }

        if (wanted.Count > 0)
        {
            var limit = AdminServices.Limit(request.TimeoutMs);
            var before = services.Metadata.Current;
            var command = new CreatePartitions(wanted.ToImmutable(), request.ValidateOnly, Random.Shared.Next());
            var answer = await services.Controller.SubmitAsync(command, limit, context.Cancel).ConfigureAwait(false);
            if (answer.Reply is null)
            {
                foreach (var topic in wanted) Add(response, topic.Name, answer.Error);
            }
            else
            {
                foreach (var topic in answer.Reply.Topics)
                {
                    if (topic.Error.IsNone && !request.ValidateOnly)
                    {
                        var first = before.Topics.TryGetValue(topic.Name, out var old) ? old.Partitions.Length : 0;
                        await services.AwaitLeadersAsync(topic.Name, first, limit, context.Cancel).ConfigureAwait(false);
                    }

                    Add(response, topic.Name, topic.Error);
                }
            }
        }

        foreach (var name in twice) Add(response, name, new KafkaError(ErrorCode.InvalidRequest, "Duplicate topic name."));
        return response;
    }

    private static TopicToGrow ToGrow(CreatePartitionsRequest.CreatePartitionsTopic topic) => new(
        topic.Name, topic.Count,
        topic.Assignments is null ? default : [.. topic.Assignments.Select(assignment => assignment.BrokerIds.ToImmutableArray())]);

    /// <summary>Only a text of its own goes out; Kafka gives none for an unknown topic.</summary>
    private static void Add(CreatePartitionsResponse response, string name, KafkaError error) =>
        response.Results.Add(new CreatePartitionsResponse.CreatePartitionsTopicResult
        {
            Name = name, ErrorCode = error.Code, ErrorMessage = error.Message,
        });
}
