using ActorBroker.Core.Configuration;
using ActorBroker.Core.Metadata;
using ActorBroker.Network;
using ActorBroker.Network.Listeners;

namespace ActorBroker.Server.Start;

/// <summary>
/// Carries the dynamic broker configs that bound connections to the gateway: it follows the metadata, and a new value takes effect without a
/// restart. What else is dynamic reaches the partitions with their settings.
/// </summary>
internal sealed class GatewayLimits(BrokerConfig config, Gateway gateway)
{
    private readonly int _nodeId = config.Int("node.id");
    private object? _seen;
    private Task _changing = Task.CompletedTask;

    /// <summary>The limits under an image; throws <see cref="StartException"/> for overrides that are none.</summary>
    public static ConnectionLimits Of(BrokerConfig config, MetadataImage image)
    {
        var resolver = new ConfigResolver(config, image, config.Int("node.id"));
        var listeners = new Dictionary<string, ListenerLimits>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in resolver.ListenersWith("max.connections", "max.connection.creation.rate"))
        {
            listeners[name] = new ListenerLimits(
                (int)(resolver.ListenerValue(name, "max.connections") ?? int.MaxValue),
                (int)(resolver.ListenerValue(name, "max.connection.creation.rate") ?? int.MaxValue));
        }

        try
        {
            return new ConnectionLimits
            {
                MaxConnections = (int)resolver.BrokerValue("max.connections")!,
                MaxPerAddress = (int)resolver.BrokerValue("max.connections.per.ip")!,
                Overrides = ConnectionLimits.ParseOverrides((string?)resolver.BrokerValue("max.connections.per.ip.overrides")),
                MaxCreationRate = (int)resolver.BrokerValue("max.connection.creation.rate")!,
                Listeners = listeners,
            };
        }
        catch (FormatException error)
        {
            throw new StartException(error.Message, error);
        }
    }

    /// <summary>For every image in turn. Changes run one after the other on the pool, because a host name may have to be looked up.</summary>
    public void Follow(MetadataImage image)
    {
        var ofBrokers = (
            image.Configs.GetValueOrDefault(new ConfigResource(ConfigResourceType.Broker, _nodeId.ToString())),
            image.Configs.GetValueOrDefault(new ConfigResource(ConfigResourceType.Broker, "")));
        if (ofBrokers.Equals(_seen)) return;
        _seen = ofBrokers;
        _changing = _changing.ContinueWith(_ => gateway.Change(Of(config, image)), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }
}
