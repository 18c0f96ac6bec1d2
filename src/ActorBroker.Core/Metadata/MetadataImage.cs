using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Metadata;

/// <summary>
/// The cluster's metadata as of one committed position of the metadata log: immutable, shared by every reader of a node, replaced as a
/// whole. Requests are answered from it; only the controller's records change it.
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

    /// <summary>The level at which this log is written; a log without its first record is a new one, and starts at the newest.</summary>
    public short MetadataLevel => Features.TryGetValue(MetadataFeature.Name, out var level) ? level : MetadataFeature.Level;

    /// <summary>The first producer id that no block handed out so far holds.</summary>
    public long NextProducerId { get; init; }

    /// <summary>The image after a committed batch; one position further. Pure.</summary>
    public MetadataImage Apply(MetadataBatch batch) => new MetadataDelta(this).Apply(batch.Records).ToImage(Offset + 1);

    /// <summary>Records that rebuild this image from nothing, but for <see cref="Offset"/>: what a snapshot holds.</summary>
    public IReadOnlyList<MetadataRecord> ToRecords()
    {
        var records = new List<MetadataRecord>();
        if (ClusterId.Length > 0) records.Add(new ClusterCreated(ClusterId));
        foreach (var (feature, level) in Features) records.Add(new FeatureLevelSet(feature, level));
        if (ControllerId >= 0 || ControllerEpoch > 0) records.Add(new ControllerElected(ControllerId, ControllerEpoch));
        foreach (var broker in Brokers.Values)
        {
            records.Add(new BrokerRegistered(broker.Id, broker.Incarnation, broker.Rack, broker.Endpoints, broker.Directories)
            {
                Lanes = broker.Lanes,
                MetadataLevel = broker.MetadataLevel,
            });
            if (broker.HasServed) records.Add(new BrokerFencingChanged(broker.Id, false));
            if (broker.HasServed && broker.IsFenced) records.Add(new BrokerFencingChanged(broker.Id, true));
            if (broker.IsDraining) records.Add(new BrokerDrainChanged(broker.Id, true));
        }
        foreach (var topic in Topics.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal))
        {
            records.Add(new TopicCreated(topic.Name, topic.Id));
            if (topic.Partitions.Length > 0) records.Add(new PartitionsAdded(topic.Id, topic.Partitions));
        }
        foreach (var (resource, configs) in Configs.OrderBy(pair => pair.Key.Type).ThenBy(pair => pair.Key.Name, StringComparer.Ordinal))
            foreach (var (name, value) in configs) records.Add(new ConfigChanged(resource, name, value));
        if (NextProducerId > 0) records.Add(new ProducerIdsAllocated(-1, NextProducerId));
        return records;
    }
}
