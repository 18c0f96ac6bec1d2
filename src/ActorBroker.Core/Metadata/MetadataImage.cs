using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Metadata;

/// <summary>
/// The cluster's metadata as of one committed position of the metadata log: immutable, shared by every reader of a node, replaced as a whole.
/// Requests are answered from it; only the controller's records change it (<c>MetadataImage.Apply</c> lives with the records).
/// </summary>
public sealed record MetadataImage
{
    public static readonly MetadataImage Empty = new();

    /// <summary>The position in the metadata log up to which this image stands; -1 before the first record.</summary>
    public long Offset { get; init; } = -1;

    public string ClusterId { get; init; } = "";

    /// <summary>The node that has the controller role, or -1.</summary>
    public int ControllerId { get; init; } = -1;

    public int ControllerEpoch { get; init; }

    public ImmutableSortedDictionary<int, BrokerImage> Brokers { get; init; } = ImmutableSortedDictionary<int, BrokerImage>.Empty;

    public ImmutableDictionary<string, TopicImage> Topics { get; init; } =
        ImmutableDictionary.Create<string, TopicImage>(StringComparer.Ordinal);

    public ImmutableDictionary<Uuid, TopicImage> TopicsById { get; init; } = ImmutableDictionary<Uuid, TopicImage>.Empty;

    /// <summary>Dynamic configs: topics, brokers ("" = the default of all), groups …</summary>
    public ImmutableDictionary<ConfigResource, ImmutableSortedDictionary<string, string>> Configs { get; init; } =
        ImmutableDictionary<ConfigResource, ImmutableSortedDictionary<string, string>>.Empty;

    /// <summary>Finalized feature levels by name (KIP-584).</summary>
    public ImmutableSortedDictionary<string, short> Features { get; init; } = ImmutableSortedDictionary<string, short>.Empty;

    /// <summary>The first producer id that no block handed out so far holds.</summary>
    public long NextProducerId { get; init; }
}
