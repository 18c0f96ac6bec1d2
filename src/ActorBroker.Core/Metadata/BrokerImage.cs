using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Metadata;

/// <summary>A registered broker. The incarnation (Kafka's broker epoch) is new with every start of the process, and higher than any before.</summary>
public sealed record BrokerImage(int Id, long Incarnation, string? Rack, bool IsFenced, ImmutableArray<EndpointImage> Endpoints)
{
    /// <summary>The ids of its log directories; a replica whose directory is missing here has lost its disk.</summary>
    public ImmutableArray<Uuid> Directories { get; init; } = [];

    /// <summary>Where other nodes reach it; null for a node that is alone.</summary>
    public LaneAddresses? Lanes { get; init; }

    /// <summary>The highest level of the metadata log that its release reads (see <see cref="MetadataFeature"/>).</summary>
    public short MetadataLevel { get; init; } = MetadataFeature.MinLevel;

    /// <summary>Whether it is being drained: it leads nothing that another can lead, and no election picks it.</summary>
    public bool IsDraining { get; init; }

    /// <summary>Whether it has ever been open for clients, in any incarnation: from then on the metadata know all its topics.</summary>
    public bool HasServed { get; init; }

    public EndpointImage? Endpoint(string listenerName)
    {
        foreach (var endpoint in Endpoints)
            if (endpoint.Listener.Equals(listenerName, StringComparison.OrdinalIgnoreCase)) return endpoint;
        return null;
    }
}

/// <summary>The address under which clients of one listener reach the broker (<c>advertised.listeners</c>).</summary>
public sealed record EndpointImage(string Listener, string Host, int Port, string SecurityProtocol);
