using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// KIP-848's protocol is off (see ConsumerGroupHeartbeat): tools hear UNSUPPORTED_VERSION per group and describe it as a classic one.
/// </summary>
public sealed class ConsumerGroupDescribeHandler()
    : ApiHandler<ConsumerGroupDescribeRequest, ConsumerGroupDescribeResponse>(ApiKey.ConsumerGroupDescribe, 0, 1)
{
    public override ValueTask<ConsumerGroupDescribeResponse> HandleAsync(ConsumerGroupDescribeRequest request, RequestContext context)
    {
        var response = new ConsumerGroupDescribeResponse();
        foreach (var group in request.GroupIds)
        {
            response.Groups.Add(new ConsumerGroupDescribeResponse.DescribedGroup
            {
                GroupId = group,
                ErrorCode = ErrorCode.UnsupportedVersion,
            });
        }

        return new ValueTask<ConsumerGroupDescribeResponse>(response);
    }
}
