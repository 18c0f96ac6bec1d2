using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// Names what has configs (KIP-1142): groups and subscriptions of client metrics with configs of their own, brokers, topics. Version 0
/// knows client metrics only (KIP-1000).
/// </summary>
public sealed class ListConfigResourcesHandler()
    : ApiHandler<ListConfigResourcesRequest, ListConfigResourcesResponse>(ApiKey.ListConfigResources, 0, 1)
{
    private static readonly ConfigResourceType[] Supported =
    [
        ConfigResourceType.Group, ConfigResourceType.ClientMetrics, ConfigResourceType.BrokerLogger, ConfigResourceType.Broker,
        ConfigResourceType.Topic,
    ];

    public override ValueTask<ListConfigResourcesResponse> HandleAsync(ListConfigResourcesRequest request, RequestContext context)
    {
        var response = new ListConfigResourcesResponse();
        ConfigResourceType[] types = context.ApiVersion == 0 ? [ConfigResourceType.ClientMetrics]
            : request.ResourceTypes.Count == 0 ? Supported
            : [.. request.ResourceTypes.Select(type => (ConfigResourceType)type).Distinct()];
        if (types.Any(type => !Supported.Contains(type)))
        {
            response.ErrorCode = ErrorCode.UnsupportedVersion;
            return new ValueTask<ListConfigResourcesResponse>(response);
        }

        foreach (var type in types)
        {
            foreach (var name in Names(context.Metadata, type))
            {
                response.ConfigResources.Add(new ListConfigResourcesResponse.ConfigResource
                {
                    ResourceName = name, ResourceType = (sbyte)type,
                });
            }
        }

        return new ValueTask<ListConfigResourcesResponse>(response);
    }

    private static IEnumerable<string> Names(MetadataImage image, ConfigResourceType type) => type switch
    {
        ConfigResourceType.Topic => image.Topics.Keys.Order(StringComparer.Ordinal),
        ConfigResourceType.Broker or ConfigResourceType.BrokerLogger => image.Brokers.Keys.Select(id => id.ToString()),
        _ => image.Configs.Keys.Where(resource => resource.Type == type).Select(resource => resource.Name).Order(StringComparer.Ordinal),
    };
}
