using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// Where a group's coordinator is: the leader of its partition of <c>__consumer_offsets</c> (R52). The first call creates that topic and,
/// like every call until it is there, is answered with COORDINATOR_NOT_AVAILABLE, upon which clients ask again. Versions up to 3 ask for
/// one key and get an error text always; from version 4 for many (KIP-699), with a text for the broker's own refusals alone.
/// Coordinators of transactions and of share groups do not exist here yet: clients are told for good. For transactions with 53, the
/// one code that both the Java client and librdkafka take as fatal here; on others librdkafka asks again until its timeout.
/// </summary>
public sealed class FindCoordinatorHandler(IGroupCoordinator coordinator)
    : ApiHandler<FindCoordinatorRequest, FindCoordinatorResponse>(ApiKey.FindCoordinator, 0, 6)
{
    private const sbyte GroupType = 0;
    private const sbyte TransactionType = 1;
    private const sbyte ShareType = 2;

    private static readonly KafkaError UnknownType =
        new(ErrorCode.InvalidRequest, ErrorCatalog.DefaultMessage(ErrorCode.InvalidRequest));

    private static readonly KafkaError NoTransactions =
        new(ErrorCode.TransactionalIdAuthorizationFailed, "This broker does not serve transactions: it has no transaction coordinator.");

    public override ValueTask<FindCoordinatorResponse> HandleAsync(FindCoordinatorRequest request, RequestContext context)
    {
        var response = new FindCoordinatorResponse();
        if (context.ApiVersion < 4)
        {
            var found = Find(request.KeyType, request.Key, context);
            response.ErrorCode = found.Error.Code;
            response.ErrorMessage = found.Error.Message ?? ErrorCatalog.DefaultMessage(found.Error.Code);
            response.NodeId = found.NodeId;
            response.Host = found.Host;
            response.Port = found.Port;
            return new ValueTask<FindCoordinatorResponse>(response);
        }

        foreach (var key in request.CoordinatorKeys)
        {
            var found = Find(request.KeyType, key, context);
            response.Coordinators.Add(new FindCoordinatorResponse.Coordinator
            {
                Key = key,
                NodeId = found.NodeId,
                Host = found.Host,
                Port = found.Port,
                ErrorCode = found.Error.Code,
                ErrorMessage = found.Error.Message ?? "",
            });
        }

        return new ValueTask<FindCoordinatorResponse>(response);
    }

    private Found Find(sbyte type, string key, RequestContext context)
    {
        if (type == TransactionType) return Found.Not(NoTransactions);
        if (type == ShareType) return Found.Not(ErrorCode.InvalidRequest);
        if (type != GroupType) return Found.Not(UnknownType);
        if (!context.Metadata.Topics.TryGetValue(InternalTopics.ConsumerOffsets, out var topic))
        {
            coordinator.RequestOffsetsTopic();
            return Found.Not(ErrorCode.CoordinatorNotAvailable);
        }

        var partition = coordinator.PartitionOf(key);
        if (partition >= topic.Partitions.Length) return Found.Not(ErrorCode.CoordinatorNotAvailable);
        var leader = topic.Partitions[partition].Leader;
        if (!context.Metadata.Brokers.TryGetValue(leader, out var broker) || broker.IsFenced)
            return Found.Not(ErrorCode.CoordinatorNotAvailable);
        return broker.Endpoint(context.ListenerName) is { } endpoint
            ? new Found(default, leader, endpoint.Host, endpoint.Port)
            : Found.Not(ErrorCode.CoordinatorNotAvailable);
    }

    private readonly record struct Found(KafkaError Error, int NodeId, string Host, int Port)
    {
        public static Found Not(KafkaError error) => new(error, -1, "", -1);
    }
}
