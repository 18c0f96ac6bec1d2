using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>The quotas of clients (KIP-546). None can be set yet, so none are found.</summary>
public sealed class DescribeClientQuotasHandler()
    : ApiHandler<DescribeClientQuotasRequest, DescribeClientQuotasResponse>(ApiKey.DescribeClientQuotas, 0, 1)
{
    public override ValueTask<DescribeClientQuotasResponse> HandleAsync(DescribeClientQuotasRequest request, RequestContext context)
    {
        var response = new DescribeClientQuotasResponse { ErrorMessage = "", Entries = [] };
        if (request.Components.Find(component => component.EntityType is not ("user" or "client-id" or "ip")) is { } unknown)
        {
            response.ErrorCode = ErrorCode.UnsupportedVersion;
            response.ErrorMessage = $"Unsupported entity type {unknown.EntityType}";
            response.Entries = null;
        }

        return new ValueTask<DescribeClientQuotasResponse>(response);
    }
}
