using ActorBroker.Core.Controller;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>Makes the cluster forget a broker that will not come back (KIP-631).</summary>
public sealed class UnregisterBrokerHandler(AdminServices services)
    : ApiHandler<UnregisterBrokerRequest, UnregisterBrokerResponse>(ApiKey.UnregisterBroker, 0, 0)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public override async ValueTask<UnregisterBrokerResponse> HandleAsync(UnregisterBrokerRequest request, RequestContext context)
    {
        if (request.BrokerId == services.NodeId)
            return Answer(new KafkaError(ErrorCode.InvalidRequest, "A broker cannot unregister itself while it runs."));
        var answer = await services.Controller.SubmitAsync(new UnregisterBroker(request.BrokerId), Limit, context.Cancel)
            .ConfigureAwait(false);
        return Answer(answer.Reply?.Error ?? answer.Error);
    }

    private static UnregisterBrokerResponse Answer(KafkaError error) => new() { ErrorCode = error.Code, ErrorMessage = error.Text };
}
