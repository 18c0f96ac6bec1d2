using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// The metadata quorum in the words of Kafka's (KIP-595): the leader is the node that has the controller role, its epoch the term, the
/// high watermark one above the last committed batch; voters are those that keep the log, observers all other brokers. There is one
/// partition, 0 of <c>__cluster_metadata</c>; any other does not exist. A single node is its own quorum.
/// </summary>
public sealed class DescribeQuorumHandler(AdminServices services)
    : ApiHandler<DescribeQuorumRequest, DescribeQuorumResponse>(ApiKey.DescribeQuorum, 0, 2)
{
    public override ValueTask<DescribeQuorumResponse> HandleAsync(DescribeQuorumRequest request, RequestContext context)
    {
        var response = new DescribeQuorumResponse();
        var isKnown = request.Topics is [{ TopicName: TopicName.ClusterMetadata, Partitions: [{ PartitionIndex: 0 }] }];
        foreach (var topic in request.Topics)
        {
            var described = new DescribeQuorumResponse.TopicData { TopicName = topic.TopicName };
            foreach (var partition in topic.Partitions)
            {
                described.Partitions.Add(isKnown
                    ? Describe(context.Metadata)
                    : Unknown(partition.PartitionIndex));
            }

            response.Topics.Add(described);
        }

        if (isKnown) AddNodes(response, context);
        return new ValueTask<DescribeQuorumResponse>(response);
    }

    private static DescribeQuorumResponse.PartitionData Unknown(int index) => new()
    {
        PartitionIndex = index,
        ErrorCode = ErrorCode.UnknownTopicOrPartition,
        ErrorMessage = ErrorCatalog.DefaultMessage(ErrorCode.UnknownTopicOrPartition),
    };

    private DescribeQuorumResponse.PartitionData Describe(MetadataImage image)
    {
        var described = new DescribeQuorumResponse.PartitionData
        {
            PartitionIndex = 0,
            LeaderId = image.ControllerId,
            LeaderEpoch = image.ControllerEpoch,
            HighWatermark = image.Offset + 1,
        };
        var voters = Voters(image);
        // The leader has everything at any moment.
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        foreach (var voter in voters)
        {
            var caughtUp = voter.NodeId == image.ControllerId ? now : voter.LastCaughtUpMs;
            described.CurrentVoters.Add(new DescribeQuorumResponse.ReplicaState
            {
                ReplicaId = voter.NodeId,
                ReplicaDirectoryId = voter.DirectoryId,
                LogEndOffset = voter.NodeId == image.ControllerId ? image.Offset + 1 : voter.LogEndOffset,
                LastFetchTimestamp = caughtUp,
                LastCaughtUpTimestamp = caughtUp,
            });
        }

        foreach (var broker in image.Brokers.Values)
        {
            if (voters.Any(voter => voter.NodeId == broker.Id)) continue;
            described.Observers.Add(new DescribeQuorumResponse.ReplicaState
            {
                ReplicaId = broker.Id, ReplicaDirectoryId = broker.Directories.FirstOrDefault(), LogEndOffset = -1,
            });
        }

        return described;
    }

    private IReadOnlyList<QuorumVoter> Voters(MetadataImage image)
    {
        if (services.Quorum is not null) return services.Quorum.Voters;
        var directory = image.Brokers.TryGetValue(image.ControllerId, out var self) ? self.Directories.FirstOrDefault() : Uuid.Zero;
        return [new QuorumVoter(image.ControllerId, directory, image.Offset + 1, -1)];
    }

    /// <summary>Where voters are reached; clients only ever see the addresses for clients.</summary>
    private void AddNodes(DescribeQuorumResponse response, RequestContext context)
    {
        foreach (var voter in Voters(context.Metadata))
        {
            var node = new DescribeQuorumResponse.Node { NodeId = voter.NodeId };
            if (context.Metadata.Brokers.TryGetValue(voter.NodeId, out var broker)
                && broker.Endpoint(context.ListenerName) is { } endpoint)
            {
                node.Listeners.Add(new DescribeQuorumResponse.Listener
                {
                    Name = endpoint.Listener, Host = endpoint.Host, Port = (ushort)endpoint.Port,
                });
            }

            response.Nodes.Add(node);
        }
    }
}
