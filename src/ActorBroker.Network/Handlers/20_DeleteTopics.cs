using System.Collections.Immutable;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>Deletes topics by name, from version 6 by name or id.</summary>
public sealed class DeleteTopicsHandler(AdminServices services)
    : ApiHandler<DeleteTopicsRequest, DeleteTopicsResponse>(ApiKey.DeleteTopics, 1, 6)
{
    public override async ValueTask<DeleteTopicsResponse> HandleAsync(DeleteTopicsRequest request, RequestContext context)
    {
        var response = new DeleteTopicsResponse();
        var references = context.ApiVersion >= 6
            ? request.Topics.Select(topic => new TopicReference(topic.Name, topic.TopicId)).ToList()
            : request.TopicNames.Select(name => new TopicReference(name, Uuid.Zero)).ToList();
        if (!services.Config.Bool("delete.topic.enable"))
        {
            var disabled = context.ApiVersion < 3 ? ErrorCode.InvalidRequest : ErrorCode.TopicDeletionDisabled;
            foreach (var reference in references) Add(response, reference.Name, reference.TopicId, disabled);
            return response;
        }

        var refused = new List<DeletedTopic>();
        var wanted = Unambiguous(references, services.Metadata.Current, refused);
        if (wanted.Length > 0)
        {
            var limit = AdminServices.Limit(request.TimeoutMs);
            var answer = await services.Controller.SubmitAsync(new DeleteTopics(wanted), limit, context.Cancel).ConfigureAwait(false);
            if (answer.Reply is null)
            {
                foreach (var reference in wanted) Add(response, reference.Name, reference.TopicId, answer.Error);
            }
            else
            {
                foreach (var topic in answer.Reply.Topics) Add(response, topic.Name, topic.TopicId, topic.Error);
            }
        }

        foreach (var topic in refused) Add(response, topic.Name, topic.TopicId, topic.Error);
        return response;
    }

    /// <summary>The references that mean one topic each; the others go into <paramref name="refused"/>.</summary>
    private static ImmutableArray<TopicReference> Unambiguous(
        List<TopicReference> references, MetadataImage image, List<DeletedTopic> refused)
    {
        void Refuse(string? name, Uuid id, string problem) =>
            refused.Add(new DeletedTopic(name, id, new KafkaError(ErrorCode.InvalidRequest, problem)));

        var names = new HashSet<string>(StringComparer.Ordinal);
        var ids = new HashSet<Uuid>();
        foreach (var reference in references)
        {
            if (reference.Name is null && reference.TopicId == Uuid.Zero)
                Refuse(null, Uuid.Zero, "Neither topic name nor id were specified.");
            else if (reference.Name is not null && reference.TopicId != Uuid.Zero)
                Refuse(reference.Name, reference.TopicId, "You may not specify both topic name and topic id.");
            else if (reference.Name is not null && !names.Add(reference.Name))
                MarkTwice(refused, new DeletedTopic(
                    reference.Name, Uuid.Zero, new KafkaError(ErrorCode.InvalidRequest, "Duplicate topic name.")));
            else if (reference.Name is null && !ids.Add(reference.TopicId))
                MarkTwice(refused, new DeletedTopic(
                    null, reference.TopicId, new KafkaError(ErrorCode.InvalidRequest, "Duplicate topic id.")));
        }

        foreach (var name in names.ToArray())
        {
            if (!image.Topics.TryGetValue(name, out var topic) || !ids.Contains(topic.Id)) continue;
            Refuse(name, topic.Id, "The provided topic name maps to an ID that was already supplied.");
            names.Remove(name);
            ids.Remove(topic.Id);
        }

        foreach (var topic in refused)
        {
            if (topic.Name is not null) names.Remove(topic.Name);
            else ids.Remove(topic.TopicId);
        }

        return [.. names.Select(name => new TopicReference(name, Uuid.Zero)), .. ids.Select(id => new TopicReference(null, id))];
    }

    private static void MarkTwice(List<DeletedTopic> refused, DeletedTopic topic)
    {
        if (!refused.Contains(topic)) refused.Add(topic);
    }

    private static void Add(DeleteTopicsResponse response, string? name, Uuid id, KafkaError error) =>
        response.Responses.Add(new DeleteTopicsResponse.DeletableTopicResult
        {
            Name = name, TopicId = id, ErrorCode = error.Code, ErrorMessage = error.Text,
        });
}
