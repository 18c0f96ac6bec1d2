using ActorBroker.Core.Controller;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>The idempotent and transactional producers that are alive on partitions (KIP-664).</summary>
public sealed class DescribeProducersHandler(IPartitionDirectory partitions)
    : ApiHandler<DescribeProducersRequest, DescribeProducersResponse>(ApiKey.DescribeProducers, 0, 0)
{
    public override async ValueTask<DescribeProducersResponse> HandleAsync(DescribeProducersRequest request, RequestContext context)
    {
        var response = new DescribeProducersResponse();
        foreach (var topic in request.Topics)
        {
            var answer = new DescribeProducersResponse.TopicResponse { Name = topic.Name };
            foreach (var index in topic.PartitionIndexes)
            {
                var described = TopicName.Problem(topic.Name) is { } problem
                    ? Failed(index, ErrorCode.InvalidTopicException, problem)
                    : await DescribeAsync(context, topic.Name, index).ConfigureAwait(false);
                answer.Partitions.Add(described);
            }

            response.Topics.Add(answer);
        }

        return response;
    }

    private static DescribeProducersResponse.PartitionResponse Failed(int index, ErrorCode code, string? message) =>
        new() { PartitionIndex = index, ErrorCode = code, ErrorMessage = message };

    private async ValueTask<DescribeProducersResponse.PartitionResponse> DescribeAsync(RequestContext context, string topic, int index)
    {
        var leader = await LeaderLookup.FindAsync(partitions, context, topic, index).ConfigureAwait(false);
        var isKnown = context.Metadata.Topics.ContainsKey(topic);
        if (leader.Partition is null) return Failed(index, leader.Error, isKnown ? null : new KafkaError(leader.Error).Text);
        var answer = new DescribeProducersResponse.PartitionResponse { PartitionIndex = index };
        foreach (var producer in await leader.Partition.DescribeProducersAsync(context.Cancel).ConfigureAwait(false))
        {
            answer.ActiveProducers.Add(new DescribeProducersResponse.ProducerState
            {
                ProducerId = producer.ProducerId,
                ProducerEpoch = producer.ProducerEpoch,
                LastSequence = producer.LastSequence,
                LastTimestamp = producer.LastTimestampMs,
                CoordinatorEpoch = producer.CoordinatorEpoch,
                CurrentTxnStartOffset = producer.CurrentTransactionStartOffset,
            });
        }

        return answer;
    }
}
