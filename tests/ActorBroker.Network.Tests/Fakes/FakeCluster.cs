using System.Collections.Immutable;
using System.Text;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Tests.Fakes;

/// <summary>Topics in memory with their metadata: both the directory and the image that a gateway sees.</summary>
internal sealed class FakeCluster(BufferPool pool, int nodeId = 1) : IPartitionDirectory, IMetadataSource
{
    private readonly Dictionary<TopicPartition, FakePartition> _partitions = [];
    private readonly Dictionary<TopicPartition, FakePartition> _followed = [];

    public MetadataImage Current { get; private set; } = MetadataImage.Empty with
    {
        Brokers = ImmutableSortedDictionary<int, BrokerImage>.Empty
            .Add(1, new BrokerImage(1, 1, null, false, [new EndpointImage("PLAINTEXT", "one", 9092, "PLAINTEXT")]))
            .Add(2, new BrokerImage(2, 1, "r2", false, [new EndpointImage("PLAINTEXT", "two", 9093, "PLAINTEXT")])),
    };

    public FakePartition Add(string topic, int partitions = 1)
    {
        var id = Uuid.NewRandom();
        var images = ImmutableArray.CreateBuilder<PartitionImage>();
        for (var i = 0; i < partitions; i++)
        {
            images.Add(new PartitionImage([nodeId], [nodeId], nodeId, 3, 0, []));
            _partitions[new TopicPartition(topic, i)] = new FakePartition(topic, id, i, pool);
        }

        Publish(new TopicImage(topic, id, images.ToImmutable()));
        return _partitions[new TopicPartition(topic, 0)];
    }

    /// <summary>Gives a partition its replicas.</summary>
    public void Assign(string topic, int partition, params int[] replicas)
    {
        var image = Current.Topics[topic];
        var assigned = image.Partitions[partition] with { Replicas = [.. replicas] };
        Publish(image with { Partitions = image.Partitions.SetItem(partition, assigned) });
    }

    /// <summary>A topic that metadata knows and another node leads.</summary>
    public Uuid AddElsewhere(string topic, int leader)
    {
        var id = Uuid.NewRandom();
        Publish(new TopicImage(topic, id, [new PartitionImage([leader], [leader], leader, 7, 0, [])]));
        return id;
    }

    /// <summary>A topic that another node leads and this one follows.</summary>
    public FakePartition AddFollowed(string topic, int leader)
    {
        var id = AddElsewhere(topic, leader);
        return _followed[new TopicPartition(topic, 0)] = new FakePartition(topic, id, 0, pool) { LeaderEpoch = 7 };
    }

    public IPartition? FindFollower(string topic, int partition) => _followed.GetValueOrDefault(new TopicPartition(topic, partition));

    public IPartition? FindFollower(Uuid topicId, int partition) =>
        _followed.Values.FirstOrDefault(candidate => candidate.TopicId == topicId && candidate.Index == partition);

    public FakePartition this[string topic, int partition] => _partitions[new TopicPartition(topic, partition)];

    public void Remove(string topic)
    {
        foreach (var key in _partitions.Keys.Where(key => key.Topic == topic).ToList())
        {
            _partitions[key].Close();
            _partitions.Remove(key);
        }

        var image = Current.Topics[topic];
        Current = Current with { Topics = Current.Topics.Remove(topic), TopicsById = Current.TopicsById.Remove(image.Id) };
    }

    public IPartition? Find(ReadOnlySpan<byte> topicUtf8, int partition) => Find(Encoding.UTF8.GetString(topicUtf8), partition);

    public IPartition? Find(string topic, int partition) => _partitions.GetValueOrDefault(new TopicPartition(topic, partition));

    public IPartition? Find(Uuid topicId, int partition) =>
        _partitions.Values.FirstOrDefault(candidate => candidate.TopicId == topicId && candidate.Index == partition);

    public Task<IPartition?> WaitForLeaderAsync(string topic, int partition, TimeSpan limit, CancellationToken cancel) =>
        Task.FromResult(Find(topic, partition));

    public Task<IReadOnlyList<LogDirectoryDescription>> DescribeLogDirectoriesAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<LogDirectoryDescription>>([]);

    public Task<bool> WaitForAsync(long offset, TimeSpan limit, CancellationToken cancel) => Task.FromResult(true);

    private void Publish(TopicImage topic) => Current = Current with
    {
        Topics = Current.Topics.SetItem(topic.Name, topic), TopicsById = Current.TopicsById.SetItem(topic.Id, topic),
    };
}
