using System.Collections.Concurrent;
using System.Collections.Immutable;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Partitions;

namespace ActorBroker.Core.Configuration;

/// <summary>
/// Resolved settings by topic, kept until any config changes: a node that opens ten thousand partitions resolves each topic once. Topics
/// without configs of their own share one object. Any thread may ask.
/// </summary>
public sealed class PartitionSettingsCache(BrokerConfig config, int nodeId)
{
    private volatile Resolved _resolved = new(config, MetadataImage.Empty, nodeId);

    public PartitionSettings Of(MetadataImage image, string topic)
    {
        var resolved = _resolved;
        if (!ReferenceEquals(resolved.Configs, image.Configs)) _resolved = resolved = new Resolved(config, image, nodeId);
        return resolved.Of(topic);
    }

    /// <summary>What has been resolved under one set of configs.</summary>
    private sealed class Resolved(BrokerConfig config, MetadataImage image, int nodeId)
    {
        private readonly ConfigResolver _resolver = new(config, image, nodeId);
        private readonly ConcurrentDictionary<string, PartitionSettings> _byTopic = new(StringComparer.Ordinal);
        private PartitionSettings? _common;

        public ImmutableDictionary<ConfigResource, ImmutableSortedDictionary<string, string>> Configs { get; } = image.Configs;

        public PartitionSettings Of(string topic)
        {
            if (!Configs.ContainsKey(new ConfigResource(ConfigResourceType.Topic, topic)))
                return _common ??= PartitionSettingsResolver.Resolve(_resolver, "");
            return _byTopic.GetOrAdd(topic, name => PartitionSettingsResolver.Resolve(_resolver, name));
        }
    }
}
