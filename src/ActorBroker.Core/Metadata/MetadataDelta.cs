using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Metadata;

/// <summary>
/// Folds records into an image and remembers what they touched, so that whoever follows the metadata reacts to the changes alone. Starts
/// from one image, takes records in order, ends in the next image. Applying is total: the records were checked when they were decided, and
/// a record that does not fit (an unknown topic) means a broken log and throws <see cref="InvalidOperationException"/>.
/// </summary>
public sealed class MetadataDelta
{
    private readonly Dictionary<Uuid, PartitionImage[]> _partitions = [];
    private readonly Dictionary<Uuid, SortedSet<int>> _changedPartitions = [];
    private readonly HashSet<Uuid> _created = [];
    private readonly Dictionary<Uuid, TopicImage> _deleted = [];
    private readonly HashSet<ConfigResource> _configs = [];
    private readonly SortedSet<int> _brokers = [];
    private ImmutableDictionary<string, TopicImage>.Builder? _topics;
    private ImmutableDictionary<Uuid, TopicImage>.Builder? _topicsById;
    private MetadataImage _image;

    public MetadataDelta(MetadataImage image)
    {
        Before = image;
        _image = image;
    }

    /// <summary>The image that the delta started from.</summary>
    public MetadataImage Before { get; }

    /// <summary>Topics that exist after the delta and did not before.</summary>
    public IReadOnlyCollection<Uuid> CreatedTopics => _created;

    /// <summary>Topics that are gone, as they last were.</summary>
    public IReadOnlyCollection<TopicImage> DeletedTopics => _deleted.Values;

    /// <summary>Partitions that are new or registered differently, by topic.</summary>
    public IReadOnlyDictionary<Uuid, SortedSet<int>> ChangedPartitions => _changedPartitions;

    public IReadOnlyCollection<ConfigResource> ChangedConfigs => _configs;

    public IReadOnlyCollection<int> ChangedBrokers => _brokers;

    public MetadataDelta Apply(IReadOnlyList<MetadataRecord> records)
    {
        foreach (var record in records) Apply(record);
        return this;
    }

    public MetadataDelta Apply(MetadataRecord record)
    {
        switch (record)
        {
            case TopicCreated created:
                CreateTopic(created);
                break;
            case PartitionsAdded added:
                AddPartitions(added);
                break;
            case PartitionsChanged changed:
                var partitions = Editable(changed.TopicId);
                foreach (var change in changed.Changes)
                {
                    partitions[change.Partition] = change.Image;
                    Touch(changed.TopicId).Add(change.Partition);
                }
                break;
            case LeadershipRenewed renewed:
                Renew(renewed.BrokerId);
                break;
            case TopicDeleted deleted:
                DeleteTopic(deleted.TopicId);
                break;
            case ConfigChanged config:
                ChangeConfig(config);
                break;
            default:
                ApplyClusterRecord(record);
                break;
        }
        return this;
    }

    /// <summary>The image after all records so far.</summary>
    public MetadataImage ToImage(long offset)
    {
        foreach (var (id, partitions) in _partitions)
        {
            var topic = TopicsById[id] with { Partitions = ImmutableArray.Create(partitions) };
            TopicsById[id] = topic;
            Topics[topic.Name] = topic;
        }
        _partitions.Clear();
        return _image = _image with
        {
            Offset = offset,
            Topics = _topics?.ToImmutable() ?? _image.Topics,
            TopicsById = _topicsById?.ToImmutable() ?? _image.TopicsById,
        };
    }

    private ImmutableDictionary<string, TopicImage>.Builder Topics => _topics ??= _image.Topics.ToBuilder();

    private ImmutableDictionary<Uuid, TopicImage>.Builder TopicsById => _topicsById ??= _image.TopicsById.ToBuilder();

    private void ApplyClusterRecord(MetadataRecord record)
    {
        switch (record)
        {
            case ClusterCreated cluster:
                _image = _image with { ClusterId = cluster.ClusterId };
                break;
            case FeatureLevelSet feature:
                _image = _image with
                {
                    Features = feature.Level == 0 ? _image.Features.Remove(feature.Feature)
                        : _image.Features.SetItem(feature.Feature, feature.Level),
                };
                break;
            case ControllerElected elected:
                _image = _image with { ControllerId = elected.NodeId, ControllerEpoch = elected.ControllerEpoch };
                break;
            case ProducerIdsAllocated allocated:
                _image = _image with { NextProducerId = allocated.NextProducerId };
                break;
            case BrokerRegistered registered:
                SetBroker(new BrokerImage(registered.BrokerId, registered.Incarnation, registered.Rack, true, registered.Endpoints)
                {
                    Directories = registered.Directories,
                    Lanes = registered.Lanes,
                    MetadataLevel = registered.MetadataLevel,
                    HasServed = _image.Brokers.TryGetValue(registered.BrokerId, out var earlier) && earlier.HasServed,
                });
                break;
            case BrokerDrainChanged drain:
                SetBroker(_image.Brokers[drain.BrokerId] with { IsDraining = drain.IsDraining });
                break;
            case BrokerFencingChanged fencing:
                var broker = _image.Brokers[fencing.BrokerId];
                SetBroker(broker with { IsFenced = fencing.IsFenced, HasServed = broker.HasServed || !fencing.IsFenced });
                break;
            case BrokerUnregistered unregistered:
                _image = _image with { Brokers = _image.Brokers.Remove(unregistered.BrokerId) };
                _brokers.Add(unregistered.BrokerId);
                break;
            default:
                throw new InvalidOperationException($"A metadata record of type {record.GetType().Name} cannot be applied.");
        }
    }

    private void SetBroker(BrokerImage broker)
    {
        _image = _image with { Brokers = _image.Brokers.SetItem(broker.Id, broker) };
        _brokers.Add(broker.Id);
    }

    private void CreateTopic(TopicCreated created)
    {
        var topic = new TopicImage(created.Name, created.TopicId, []);
        Topics.Add(created.Name, topic);
        TopicsById.Add(created.TopicId, topic);
        _created.Add(created.TopicId);
    }

    private void AddPartitions(PartitionsAdded added)
    {
        var before = _partitions.GetValueOrDefault(added.TopicId) ?? [.. Topic(added.TopicId).Partitions];
        _partitions[added.TopicId] = [.. before, .. added.Partitions];
        var touched = Touch(added.TopicId);
        for (var i = 0; i < added.Partitions.Length; i++) touched.Add(before.Length + i);
    }

    private void Renew(int brokerId)
    {
        foreach (var id in TopicsById.Keys.ToArray())
        {
            var partitions = _partitions.TryGetValue(id, out var edited) ? edited : [.. Topic(id).Partitions];
            var isTouched = false;
            for (var i = 0; i < partitions.Length; i++)
            {
                if (partitions[i].Leader != brokerId) continue;
                partitions[i] = partitions[i] with
                {
                    LeaderEpoch = partitions[i].LeaderEpoch + 1,
                    PartitionEpoch = partitions[i].PartitionEpoch + 1,
                };
                Touch(id).Add(i);
                isTouched = true;
            }
            if (isTouched) _partitions[id] = partitions;
        }
    }

    private void DeleteTopic(Uuid id)
    {
        var topic = Topic(id);
        Topics.Remove(topic.Name);
        TopicsById.Remove(id);
        _partitions.Remove(id);
        _changedPartitions.Remove(id);
        if (!_created.Remove(id)) _deleted[id] = Before.TopicsById.GetValueOrDefault(id, topic);
        var resource = new ConfigResource(ConfigResourceType.Topic, topic.Name);
        if (!_image.Configs.ContainsKey(resource)) return;
        _image = _image with { Configs = _image.Configs.Remove(resource) };
        _configs.Add(resource);
    }

    private void ChangeConfig(ConfigChanged change)
    {
        var configs = _image.Configs.GetValueOrDefault(
            change.Resource, ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal));
        configs = change.Value is null ? configs.Remove(change.Name) : configs.SetItem(change.Name, change.Value);
        _image = _image with
        {
            Configs = configs.IsEmpty ? _image.Configs.Remove(change.Resource) : _image.Configs.SetItem(change.Resource, configs),
        };
        _configs.Add(change.Resource);
    }

    private PartitionImage[] Editable(Uuid id)
    {
        if (_partitions.TryGetValue(id, out var partitions)) return partitions;
        return _partitions[id] = [.. Topic(id).Partitions];
    }

    private SortedSet<int> Touch(Uuid id)
    {
        if (_changedPartitions.TryGetValue(id, out var touched)) return touched;
        return _changedPartitions[id] = [];
    }

    private TopicImage Topic(Uuid id) =>
        TopicsById.TryGetValue(id, out var topic) ? topic
            : throw new InvalidOperationException($"The metadata log names the unknown topic {id}.");
}
