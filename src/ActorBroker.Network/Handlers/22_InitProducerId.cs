using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// Hands out producer ids for idempotence: each time a new one, with epoch 0, whatever id the producer had before. A transactional id is
/// refused with TRANSACTIONAL_ID_AUTHORIZATION_FAILED: of all codes it is the one that both the Java client and librdkafka treat as fatal
/// at once, instead of asking again until their time is up.
/// </summary>
public sealed class InitProducerIdHandler(AdminServices services)
    : ApiHandler<InitProducerIdRequest, InitProducerIdResponse>(ApiKey.InitProducerId, 0, 5)
{
    public override async ValueTask<InitProducerIdResponse> HandleAsync(InitProducerIdRequest request, RequestContext context)
    {
        var refusal = Refusal(request, services.Config.Int("transaction.max.timeout.ms"));
        if (refusal != ErrorCode.None) return Failed(refusal);
        var result = await services.ProducerIds.NextAsync(context.Cancel).ConfigureAwait(false);
        return result.Error.IsNone
            ? new InitProducerIdResponse { ProducerId = result.ProducerId, ProducerEpoch = 0 }
            : Failed(ErrorCode.CoordinatorLoadInProgress);
    }

    private static ErrorCode Refusal(InitProducerIdRequest request, int maxTimeoutMs)
    {
        if ((request.ProducerId == -1) != (request.ProducerEpoch == -1)) return ErrorCode.InvalidRequest;
        if (request.TransactionalId is null) return ErrorCode.None;
        if (request.TransactionalId.Length == 0) return ErrorCode.InvalidRequest;
        if (request.TransactionTimeoutMs <= 0 || request.TransactionTimeoutMs > maxTimeoutMs) return ErrorCode.InvalidTransactionTimeout;
        return ErrorCode.TransactionalIdAuthorizationFailed;
    }

    private static InitProducerIdResponse Failed(ErrorCode error) => new() { ErrorCode = error, ProducerId = -1, ProducerEpoch = -1 };
}
