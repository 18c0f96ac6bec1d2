using System.Collections.Immutable;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>The older way to alter configs: what is not named falls back to its default. librdkafka and kafkajs still use it.</summary>
public sealed class AlterConfigsHandler(AdminServices services)
    : ApiHandler<AlterConfigsRequest, AlterConfigsResponse>(ApiKey.AlterConfigs, 0, 2)
{
    public override async ValueTask<AlterConfigsResponse> HandleAsync(AlterConfigsRequest request, RequestContext context)
    {
        var resources = request.Resources.Select(resource => new ResourceToReplace(
            new ConfigResource((ConfigResourceType)resource.ResourceType, resource.ResourceName),
            [.. resource.Configs.Select(config => KeyValuePair.Create(config.Name, config.Value))])).ToArray();
        var errors = await ConfigAlteration.RunAsync(
            resources, resource => ConfigAlteration.Refusal(resource.Resource, services.NodeId),
            wanted => services.Controller.SubmitAsync(
                new ReplaceConfigs([.. wanted], request.ValidateOnly), ConfigAlteration.Limit, context.Cancel)).ConfigureAwait(false);

        var response = new AlterConfigsResponse();
        for (var i = 0; i < resources.Length; i++)
        {
            response.Responses.Add(new AlterConfigsResponse.AlterConfigsResourceResponse
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
