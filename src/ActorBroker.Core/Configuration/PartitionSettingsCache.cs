using ActorBroker.Core.Metadata;
using ActorBroker.Core.Partitions;

namespace ActorBroker.Core.Configuration;

/// <summary>
/// Resolved settings by topic, kept until any config changes: a node that opens ten thousand partitions resolves each topic once. Topics
/// without configs of their own share one object. For one thread.
/// </summary>
public sealed class PartitionSettingsCache(BrokerConfig config, int nodeId)
{
    private readonly Dictionary<string, PartitionSettings> _byTopic = new(StringComparer.Ordinal);
    private MetadataImage _image = MetadataImage.Empty;
    private PartitionSettings? _common;

    public PartitionSettings Of(MetadataImage image, string topic)
    {
        if (!ReferenceEquals(image.Configs, _image.Configs))
        {
            _byTopic.Clear();
            _common = null;
        }
        _image = image;
        if (_byTopic.TryGetValue(topic, out var settings)) return settings;
        if (!image.Configs.ContainsKey(new ConfigResource(ConfigResourceType.Topic, topic)))
            return _common ??= PartitionSettingsResolver.Resolve(new ConfigResolver(config, image, nodeId), "");
        return _byTopic[topic] = PartitionSettingsResolver.Resolve(new ConfigResolver(config, image, nodeId), topic);
    }
}
