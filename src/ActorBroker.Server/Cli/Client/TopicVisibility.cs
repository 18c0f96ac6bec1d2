using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Server.Cli.Client;

/// <summary>
/// Waits until every broker's metadata shows a change of a topic. Brokers may answer a change before all of them (Kafka: before any of
/// them) shows it; what a script does next would then depend on luck.
/// </summary>
internal static class TopicVisibility
{
    /// <summary>The topic is there with so many partitions, each with a leader; 0 takes any number.</summary>
    public static Task AwaitPartitionsAsync(this KafkaClient client, string topic, int partitions, CancellationToken cancel) => client.AwaitAsync(
        topic,
        seen => seen.ErrorCode == ErrorCode.None && seen.Partitions.Count >= Math.Max(partitions, 1) && seen.Partitions.TrueForAll(p => p.LeaderId >= 0),
        $"does not show topic {topic} with leaders for all its partitions yet",
        cancel);

    /// <summary>The topic is gone, or another one has its name.</summary>
    public static Task AwaitAbsenceAsync(this KafkaClient client, string topic, Uuid id, CancellationToken cancel) => client.AwaitAsync(
        topic,
        seen => seen.ErrorCode == ErrorCode.UnknownTopicOrPartition || (seen.TopicId != Uuid.Zero && seen.TopicId != id),
        $"still shows topic {topic}",
        cancel);

    private static async Task AwaitAsync(
        this KafkaClient client, string topic, Func<MetadataResponse.MetadataResponseTopic, bool> isVisible, string problem, CancellationToken cancel)
    {
        var cluster = await client.ClusterAsync(cancel).ConfigureAwait(false);
        foreach (var broker in cluster.Brokers.Keys)
        {
            try
            {
                await client.OnBrokerAsync<MetadataResponse>(
                    broker, ApiKey.Metadata, version => Request(topic, version), answer => Check(answer, broker, isVisible, problem), cancel)
                    .ConfigureAwait(false);
            }
            catch (KafkaErrorException error) when (error.Error == ErrorCode.BrokerNotAvailable)
            {
                // It left the cluster meanwhile, so nobody will ask it.
            }
        }
    }

    private static MetadataRequest Request(string topic, short version) =>
        new() { Topics = [new() { Name = topic }], AllowAutoTopicCreation = version < 4 };

    private static void Check(MetadataResponse answer, int broker, Func<MetadataResponse.MetadataResponseTopic, bool> isVisible, string problem)
    {
        if (answer.Topics.Count > 0 && (isVisible(answer.Topics[0]) || answer.Topics[0].ErrorCode == ErrorCode.TopicAuthorizationFailed)) return;
        throw new KafkaErrorException(ErrorCode.LeaderNotAvailable, $"the change was accepted, but broker {broker} {problem}");
    }
}
