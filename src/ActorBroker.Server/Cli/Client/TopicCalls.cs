using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Server.Cli.Client;

/// <summary>Creation, deletion and growth of topics, through the controller. Each returns when every broker shows the change.</summary>
internal static class TopicCalls
{
    private const int TimeoutMs = 30_000;

    public static async Task<CreateTopicsResponse.CreatableTopicResult> CreateAsync(
        this KafkaClient client, CreateTopicsRequest.CreatableTopic topic, bool validateOnly, CancellationToken cancel)
    {
        CreateTopicsResponse.CreatableTopicResult? made = null;
        await client.OnControllerAsync<CreateTopicsResponse>(
            ApiKey.CreateTopics,
            _ => new CreateTopicsRequest { Topics = [topic], TimeoutMs = TimeoutMs, ValidateOnly = validateOnly },
            response =>
            {
                made = response.Topics[0];
                Check(made.ErrorCode, $"topic {topic.Name}", made.ErrorMessage);
            },
            cancel).ConfigureAwait(false);
        if (validateOnly) return made!;
        await client.ForgetAsync(cancel).ConfigureAwait(false);
        await client.AwaitPartitionsAsync(topic.Name, made!.NumPartitions, cancel).ConfigureAwait(false);
        return made;
    }

    public static async Task DeleteAsync(this KafkaClient client, string topic, CancellationToken cancel)
    {
        var known = await client.FindTopicAsync(topic, false, cancel).ConfigureAwait(false);
        await client.OnControllerAsync<DeleteTopicsResponse>(
            ApiKey.DeleteTopics,
            version => version >= 6
                ? new DeleteTopicsRequest { Topics = [new() { Name = topic }], TimeoutMs = TimeoutMs }
                : new DeleteTopicsRequest { TopicNames = [topic], TimeoutMs = TimeoutMs },
            response => Check(response.Responses[0].ErrorCode, $"topic {topic}", response.Responses[0].ErrorMessage),
            cancel).ConfigureAwait(false);
        await client.ForgetAsync(cancel).ConfigureAwait(false);
        await client.AwaitAbsenceAsync(topic, known?.Id ?? Uuid.Zero, cancel).ConfigureAwait(false);
    }

    public static async Task GrowAsync(this KafkaClient client, string topic, int partitions, bool validateOnly, CancellationToken cancel)
    {
        await client.OnControllerAsync<CreatePartitionsResponse>(
            ApiKey.CreatePartitions,
            _ => new CreatePartitionsRequest
            {
                Topics = [new() { Name = topic, Count = partitions, Assignments = null }], TimeoutMs = TimeoutMs, ValidateOnly = validateOnly,
            },
            response => Check(response.Results[0].ErrorCode, $"topic {topic}", response.Results[0].ErrorMessage),
            cancel).ConfigureAwait(false);
        await client.ForgetAsync(cancel).ConfigureAwait(false);
        if (!validateOnly) await client.AwaitPartitionsAsync(topic, partitions, cancel).ConfigureAwait(false);
    }

    internal static void Check(ErrorCode error, string subject, string? message)
    {
        if (error != ErrorCode.None) throw new KafkaErrorException(error, subject, message);
    }
}
