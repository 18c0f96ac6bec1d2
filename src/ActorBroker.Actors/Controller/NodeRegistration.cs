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

    private RegisterBroker? _command;
    private volatile bool _isOpen;
    private volatile bool _isLeaving;

    public long Incarnation => incarnation;

    /// <summary>Where other nodes reach this one; null for a node that is alone. Set before registering.</summary>
    public LaneAddresses? Lanes { get; init; }

    /// <summary>Registers the node, fenced.</summary>
    public async Task<KafkaError> RegisterAsync(
        string? rack, ImmutableArray<EndpointImage> endpoints, ImmutableArray<Uuid> directories, bool isCleanStart,
        CancellationToken cancel)
    {
        _command = new RegisterBroker(nodeId, incarnation, rack, endpoints, directories, isCleanStart) { Lanes = Lanes };
        return await RegisterAgainAsync(cancel).ConfigureAwait(false);
    }

    /// <summary>Registers the node as it was registered before, if the metadata have lost it.</summary>
    public async Task<KafkaError> RegisterAgainAsync(CancellationToken cancel)
    {
        var command = _command ?? throw new InvalidOperationException("The node has not been registered yet.");
        var answer = await controller.SubmitAsync(command, Limit, cancel).ConfigureAwait(false);
        return answer.Reply?.Error ?? answer.Error;
    }

    /// <summary>What an image that has seen the registration says about this node that is not as it should be.</summary>
    public PresenceGap Compare(MetadataImage image)
    {
        // One that stops may be forgotten at once (an operator waits for that); it must not come back then.
        if (_command is null || _isLeaving) return PresenceGap.None;
        if (!image.Brokers.TryGetValue(nodeId, out var broker)) return PresenceGap.Missing;
        if (broker.Incarnation != incarnation) return PresenceGap.Replaced;
        return broker.IsFenced && _isOpen ? PresenceGap.Fenced : PresenceGap.None;
    }

    /// <summary>
    /// Takes topics over whose logs were found and that the metadata does not know. Which producer ids their cluster has handed out is
    /// not known either; it counted up
    /// from 0, so that an incarnation, which is the time of the start in milliseconds, is far beyond.
    /// </summary>
    public async Task<ControllerAnswer<AdoptTopicsReply>> AdoptAsync(ImmutableArray<TopicToAdopt> topics, CancellationToken cancel) =>
        await controller.SubmitAsync(new AdoptTopics(nodeId, topics) { FirstFreeProducerId = incarnation }, Limit, cancel).ConfigureAwait(false);

    /// <summary>Clients may come: the node may lead from now on.</summary>
    public Task<KafkaError> OpenAsync(CancellationToken cancel)
    {
        _isOpen = true;
        _isLeaving = false;
        return FenceAsync(false, cancel);
    }

    /// <summary>
    /// Moves leadership to other nodes while this one still serves and stays in sync; tells how many partitions nobody else can lead. The
    /// first step of a controlled shutdown, <see cref="CloseAsync"/> the last one before the logs are closed.
    /// </summary>
    public async Task<ControllerAnswer<DrainReply>> DrainAsync(CancellationToken cancel) =>
        await controller.SubmitAsync(new DrainBroker(nodeId, incarnation, true), Limit, cancel).ConfigureAwait(false);

    /// <summary>The node counts as down from now on: its leaderships move, and it leaves the in-sync replicas.</summary>
    public Task<KafkaError> CloseAsync(CancellationToken cancel)
    {
        _isOpen = false;
        _isLeaving = true;
        return FenceAsync(true, cancel);
    }

    private async Task<KafkaError> FenceAsync(bool isFenced, CancellationToken cancel)
    {
        var answer = await controller.SubmitAsync(new FenceBroker(nodeId, incarnation, isFenced), Limit, cancel).ConfigureAwait(false);
        return answer.Reply?.Error ?? answer.Error;
    }
}
