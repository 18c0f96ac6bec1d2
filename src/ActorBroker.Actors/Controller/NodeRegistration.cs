using System.Collections.Immutable;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Actors.Controller;

/// <summary>
/// Brings a node into the cluster at its start: register, take over what a foreign data directory holds, open for clients. The incarnation
/// is this process's own; everything that comes from an earlier one is refused from then on.
/// </summary>
public sealed class NodeRegistration(IController controller, int nodeId, long incarnation)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public long Incarnation => incarnation;

    /// <summary>Registers the node, fenced.</summary>
    public async Task<KafkaError> RegisterAsync(
        string? rack, ImmutableArray<EndpointImage> endpoints, ImmutableArray<Uuid> directories, bool isCleanStart,
        CancellationToken cancel)
    {
        var command = new RegisterBroker(nodeId, incarnation, rack, endpoints, directories, isCleanStart);
        var answer = await controller.SubmitAsync(command, Limit, cancel).ConfigureAwait(false);
        return answer.Reply?.Error ?? answer.Error;
    }

    /// <summary>
    /// Takes topics over whose logs were found and that the metadata does not know. Which producer ids their cluster has handed out is
    /// not known either; it counted up
    /// from 0, so that an incarnation, which is the time of the start in milliseconds, is far beyond.
    /// </summary>
    public async Task<ControllerAnswer<AdoptTopicsReply>> AdoptAsync(ImmutableArray<TopicToAdopt> topics, CancellationToken cancel) =>
        await controller.SubmitAsync(new AdoptTopics(nodeId, topics) { FirstFreeProducerId = incarnation }, Limit, cancel).ConfigureAwait(false);

    /// <summary>Clients may come: the node may lead from now on.</summary>
    public Task<KafkaError> OpenAsync(CancellationToken cancel) => FenceAsync(false, cancel);

    /// <summary>Moves leadership away before the node stops (only worth it when there are others).</summary>
    public Task<KafkaError> CloseAsync(CancellationToken cancel) => FenceAsync(true, cancel);

    private async Task<KafkaError> FenceAsync(bool isFenced, CancellationToken cancel)
    {
        var answer = await controller.SubmitAsync(new FenceBroker(nodeId, incarnation, isFenced), Limit, cancel).ConfigureAwait(false);
        return answer.Reply?.Error ?? answer.Error;
    }
}
