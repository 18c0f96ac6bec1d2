using System.Collections.Immutable;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using Akka.Event;

namespace ActorBroker.Actors.Controller;

/// <summary>
/// Creates the coordinators' topics through the controller, with as many replicas as are configured and the cluster can carry.
/// </summary>
public sealed class InternalTopicCreator(
    IController controller, IMetadataSource metadata, Func<string, int> replicationFactorOf, Func<ILoggingAdapter> log) : IInternalTopicCreator
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public async Task EnsureAsync(string topic, int partitions, IReadOnlyDictionary<string, string> configs, CancellationToken cancel)
    {
        if (metadata.Current.Topics.ContainsKey(topic)) return;
        var up = metadata.Current.Brokers.Values.Count(broker => !broker.IsFenced);
        var factor = (short)Math.Clamp(replicationFactorOf(topic), 1, Math.Max(1, up));
        var wanted = new TopicToCreate(
            topic, Uuid.NewRandom(), partitions, factor, [],
            [.. configs.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value))]);
        try
        {
            var command = new CreateTopics([wanted], false, Random.Shared.Next());
            var answer = await controller.SubmitAsync(command, Limit, cancel).ConfigureAwait(false);
            var error = answer.Reply?.Topics[0].Error ?? answer.Error;
            if (!error.IsNone && error.Code != ErrorCode.TopicAlreadyExists)
                log().Warning("The topic {0} could not be created: {1}", topic, error.Text);
        }
        catch (OperationCanceledException)
        {
            log().Debug("The creation of {0} was given up: the node is stopping.", topic);
        }
    }
}
