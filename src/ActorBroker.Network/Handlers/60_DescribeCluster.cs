using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>The cluster's id and brokers (KIP-700); from version 2 with the fenced ones if asked for.</summary>
public sealed class DescribeClusterHandler()
    : ApiHandler<DescribeClusterRequest, DescribeClusterResponse>(ApiKey.DescribeCluster, 0, 2)
{
    private const sbyte Brokers = 1;
    private const sbyte Controllers = 2;

    public override ValueTask<DescribeClusterResponse> HandleAsync(DescribeClusterRequest request, RequestContext context)
    {
        if (request.EndpointType != Brokers) return new ValueTask<DescribeClusterResponse>(WrongEndpoint(request.EndpointType));
        var image = context.Metadata;
        var response = new DescribeClusterResponse
        {
            ClusterId = image.ClusterId, ControllerId = MetadataHandler.ControllerId(image, context.NodeId),
        };
        if (request.IncludeClusterAuthorizedOperations) response.ClusterAuthorizedOperations = AuthorizedOperations.Cluster;
        foreach (var broker in image.Brokers.Values)
        {
            if ((broker.IsFenced && !request.IncludeFencedBrokers) || broker.Endpoint(context.ListenerName) is not { } endpoint) continue;
            response.Brokers.Add(new DescribeClusterResponse.DescribeClusterBroker
            {
                BrokerId = broker.Id, Host = endpoint.Host, Port = endpoint.Port, Rack = broker.Rack, IsFenced = broker.IsFenced,
            });
        }

        return new ValueTask<DescribeClusterResponse>(response);
    }

    private static DescribeClusterResponse WrongEndpoint(sbyte type) => type == Controllers
        ? new DescribeClusterResponse
        {
            ErrorCode = ErrorCode.MismatchedEndpointType,
            ErrorMessage = "The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER",
        }
        : new DescribeClusterResponse { ErrorCode = ErrorCode.UnsupportedEndpointType, ErrorMessage = $"Unsupported endpoint type {type}" };
}
