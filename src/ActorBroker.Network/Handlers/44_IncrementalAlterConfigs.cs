using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>Changes single config keys (KIP-339), and the levels of this broker's loggers (KIP-412).</summary>
public sealed class IncrementalAlterConfigsHandler(AdminServices services)
    : ApiHandler<IncrementalAlterConfigsRequest, IncrementalAlterConfigsResponse>(ApiKey.IncrementalAlterConfigs, 0, 1)
{
    public override async ValueTask<IncrementalAlterConfigsResponse> HandleAsync(
        IncrementalAlterConfigsRequest request, RequestContext context)
    {
        var resources = request.Resources.Select(resource => new ResourceToAlter(
            new ConfigResource((ConfigResourceType)resource.ResourceType, resource.ResourceName),
            [.. resource.Configs.Select(config =>
                new ConfigOperation(config.Name, (ConfigOperationType)config.ConfigOperation, config.Value))])).ToArray();
        // Twice the same resource is what the controller refuses; of loggers it never hears.
        var twice = resources.Where(resource => resource.Resource.Type == ConfigResourceType.BrokerLogger)
            .GroupBy(resource => resource.Resource).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet();
        KafkaError? Here(ResourceToAlter resource)
        {
            if (resource.Resource.Type != ConfigResourceType.BrokerLogger) return ConfigAlteration.Refusal(resource.Resource, services.NodeId);
            return twice.Contains(resource.Resource)
                ? new KafkaError(ErrorCode.InvalidRequest, "Each resource must appear at most once.")
                : LoggerAlteration.Run(resource, services.NodeId, services.Loggers, request.ValidateOnly);
        }

        var errors = await ConfigAlteration.RunAsync(
            resources, Here,
            wanted => services.Controller.SubmitAsync(
                new AlterConfigs([.. wanted], request.ValidateOnly), ConfigAlteration.Limit, context.Cancel)).ConfigureAwait(false);

        var response = new IncrementalAlterConfigsResponse();
        for (var i = 0; i < resources.Length; i++)
        {
            response.Responses.Add(new IncrementalAlterConfigsResponse.AlterConfigsResourceResponse
            {
                ErrorCode = errors[i].Code,
                ErrorMessage = errors[i].Text,
                ResourceType = request.Resources[i].ResourceType,
                ResourceName = request.Resources[i].ResourceName,
            });
        }

        return response;
    }
}
