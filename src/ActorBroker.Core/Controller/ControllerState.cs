using ActorBroker.Core.Configuration;
using ActorBroker.Core.Metadata;

namespace ActorBroker.Core.Controller;

/// <summary>
/// What the controller decides from: the image as of the last appended record, and what can be derived from it faster than by looking
/// through it each time. Only <see cref="Apply"/> changes it.
/// </summary>
public sealed class ControllerState(BrokerConfig config)
{
    private readonly Dictionary<string, HashSet<string>> _collisions = new(StringComparer.Ordinal);

    public MetadataImage Image { get; private set; } = MetadataImage.Empty;

    /// <summary>The static configuration of the node that has the role; the brokers' defaults are taken from it.</summary>
    public BrokerConfig Config => config;

    /// <summary>Settings as the cluster's default has them; nothing that only one broker has.</summary>
    public ConfigResolver Resolver => new(config, Image, -1);

    /// <summary>An existing topic whose name differs from this one only in '.' and '_', or null.</summary>
    public string? FindCollision(string name) =>
        TopicName.CanCollide(name) && _collisions.TryGetValue(TopicName.Normalize(name), out var names) ? names.First() : null;

    public bool IsUp(int brokerId) => Image.Brokers.TryGetValue(brokerId, out var broker) && !broker.IsFenced;

    /// <summary>Whether a broker that is up may be given more to lead or to hold.</summary>
    public bool IsWilling(int brokerId) => IsUp(brokerId) && !IsDraining(brokerId);

    public bool IsDraining(int brokerId) => Image.Brokers.TryGetValue(brokerId, out var broker) && broker.IsDraining;

    /// <summary>What an election in this topic has to know.</summary>
    internal ElectionRules RulesFor(string topic, ConfigResolver resolver)
    {
        var own = resolver.Own(new ConfigResource(ConfigResourceType.Topic, topic));
        return new ElectionRules(IsUp, IsWilling)
        {
            AllowsUnclean = (bool)resolver.TopicValue(own, "unclean.leader.election.enable"),
            MinInSync = Image.MetadataLevel < MetadataFeature.ClusterLevel ? 0 : (int)resolver.TopicValue(own, "min.insync.replicas"),
        };
    }

    /// <summary>Folds a batch; throws when it comes from a controller that has been replaced.</summary>
    public MetadataDelta Apply(MetadataBatch batch)
    {
        if (batch.ControllerEpoch < Image.ControllerEpoch)
        {
            throw new InvalidOperationException(
                $"A batch of controller epoch {batch.ControllerEpoch} came after epoch {Image.ControllerEpoch} had begun.");
        }
        var delta = new MetadataDelta(Image).Apply(batch.Records);
        Image = delta.ToImage(Image.Offset + 1);
        foreach (var deleted in delta.DeletedTopics) Forget(deleted.Name);
        foreach (var id in delta.CreatedTopics) Remember(Image.TopicsById[id].Name);
        return delta;
    }

    /// <summary>Starts from a snapshot.</summary>
    public void Restore(MetadataImage image)
    {
        Image = image;
        _collisions.Clear();
        foreach (var name in image.Topics.Keys) Remember(name);
    }

    private void Remember(string name)
    {
        if (!TopicName.CanCollide(name)) return;
        var normalized = TopicName.Normalize(name);
        if (!_collisions.TryGetValue(normalized, out var names))
            _collisions[normalized] = names = new HashSet<string>(StringComparer.Ordinal);
        names.Add(name);
    }

    private void Forget(string name)
    {
        var normalized = TopicName.Normalize(name);
        if (_collisions.TryGetValue(normalized, out var names) && names.Remove(name) && names.Count == 0) _collisions.Remove(normalized);
    }
}
