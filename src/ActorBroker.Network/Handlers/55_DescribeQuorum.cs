using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// The metadata quorum in the words of Kafka's (KIP-595): the leader is the node that has the controller role, its epoch the term, offsets
/// are the log's sequence numbers; voters are those that keep the log, observers all other brokers. There is one partition, 0 of
/// <c>__cluster_metadata</c>; any other does not exist. A single node is its own quorum.
/// </summary>
public sealed class DescribeQuorumHandler(AdminServices services)
    : ApiHandler<DescribeQuorumRequest, DescribeQuorumResponse>(ApiKey.DescribeQuorum, 0, 2)
{
    public override async ValueTask<DescribeQuorumResponse> HandleAsync(DescribeQuorumRequest request, RequestContext context)
    {
        var response = new DescribeQuorumResponse();
        var isKnown = request.Topics is [{ TopicName: TopicName.ClusterMetadata, Partitions: [{ PartitionIndex: 0 }] }];
        var quorum = isKnown ? await QuorumAsync(context).ConfigureAwait(false) : null;
        foreach (var topic in request.Topics)
        {
            var described = new DescribeQuorumResponse.TopicData { TopicName = topic.TopicName };
            foreach (var partition in topic.Partitions)
                described.Partitions.Add(quorum is null ? Unknown(partition.PartitionIndex) : Describe(context, quorum));
            response.Topics.Add(described);
        }

        if (quorum is not null && context.ApiVersion >= 2) AddNodes(response, quorum, context);
        return response;
    }

    private static DescribeQuorumResponse.PartitionData Unknown(int index) => new()
    {
        PartitionIndex = index,
        ErrorCode = ErrorCode.UnknownTopicOrPartition,
        ErrorMessage = ErrorCatalog.DefaultMessage(ErrorCode.UnknownTopicOrPartition),
    };

    private async ValueTask<QuorumDescription> QuorumAsync(RequestContext context)
    {
        var described = services.Quorum is null ? null : await services.Quorum.DescribeAsync(context.Cancel).ConfigureAwait(false);
        if (described is not null) return described;
        var image = context.Metadata;
        var directory = image.Brokers.TryGetValue(image.ControllerId, out var self) ? self.Directories.FirstOrDefault() : Uuid.Zero;
        return new QuorumDescription(image.Offset, [new QuorumVoter(image.ControllerId, directory, image.Offset)]);
    }

    private static DescribeQuorumResponse.PartitionData Describe(RequestContext context, QuorumDescription quorum)
    {
        var image = context.Metadata;
        // Directories are told from version 2 on.
        Uuid Directory(Uuid id) => context.ApiVersion >= 2 ? id : Uuid.Zero;
        var described = new DescribeQuorumResponse.PartitionData
        {
            PartitionIndex = 0,
            LeaderId = image.ControllerId,
            LeaderEpoch = image.ControllerEpoch,
            HighWatermark = quorum.Committed + 1,
        };
        // What a voter has said it said just now; one that did not answer has no times.
        var now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var end = quorum.Voters.Max(voter => voter.Last);
        foreach (var voter in quorum.Voters)
        {
            described.CurrentVoters.Add(new DescribeQuorumResponse.ReplicaState
            {
                ReplicaId = voter.NodeId,
                ReplicaDirectoryId = Directory(voter.FileId),
                LogEndOffset = voter.Last < 0 ? -1 : voter.Last + 1,
                LastFetchTimestamp = voter.Last < 0 ? -1 : now,
                LastCaughtUpTimestamp = voter.Last < end || voter.Last < 0 ? -1 : now,
            });
        }

        foreach (var broker in image.Brokers.Values)
        {
            if (quorum.Voters.Any(voter => voter.NodeId == broker.Id)) continue;
            described.Observers.Add(new DescribeQuorumResponse.ReplicaState
            {
                ReplicaId = broker.Id, ReplicaDirectoryId = Directory(broker.Directories.FirstOrDefault()), LogEndOffset = -1,
            });
        }

        return described;
    }

    /// <summary>Where voters are reached; clients only ever see the addresses for clients.</summary>
    private static void AddNodes(DescribeQuorumResponse response, QuorumDescription quorum, RequestContext context)
    {
        foreach (var voter in quorum.Voters)
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
