using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>There is no authorizer, and so there are no ACLs; said as Kafka says it when none is configured.</summary>
public sealed class DescribeAclsHandler() : ApiHandler<DescribeAclsRequest, DescribeAclsResponse>(ApiKey.DescribeAcls, 1, 3)
{
    public override ValueTask<DescribeAclsResponse> HandleAsync(DescribeAclsRequest request, RequestContext context) => new(
        new DescribeAclsResponse { ErrorCode = ErrorCode.SecurityDisabled, ErrorMessage = "No Authorizer is configured on the broker" });
}
