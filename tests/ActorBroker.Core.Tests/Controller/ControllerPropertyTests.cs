using System.Collections.Immutable;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Tests.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Tests.Controller;

/// <summary>
/// Random histories of commands; after every step the invariants that <see cref="ControllerMachine"/> names. A seed that fails is added to
/// the list.
/// </summary>
public class ControllerPropertyTests
{
    private const int Brokers = 4;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 20)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_history_keeps_the_invariants(int seed)
    {
        var random = new Random(seed);
        var history = new History(random);
        for (var step = 0; step < 300; step++)
        {
            var before = history.Controller.Image;
            history.Step();
            CheckEpochs(before, history.Controller.Image);
            CheckPartitions(history.Controller.Image, history.UncleanHappened);
            history.CheckIds();
        }

        var folded = MetadataImage.Empty;
        foreach (var batch in history.Controller.Log) folded = folded.Apply(ImageBytes.RoundTrip(batch));
        Assert.Equal(ImageBytes.Of(history.Controller.Image), ImageBytes.Of(folded));
        Assert.Equal(ImageBytes.Of(folded), ImageBytes.Of(ImageBytes.RoundTrip(folded)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void The_same_history_gives_the_same_bytes(int seed)
    {
        byte[] Run()
        {
            var history = new History(new Random(seed));
            for (var step = 0; step < 200; step++) history.Step();
            return ImageBytes.Of(history.Controller.Image);
        }

        Assert.Equal(Run(), Run());
    }

    private static void CheckEpochs(MetadataImage before, MetadataImage after)
    {
        Assert.True(after.ControllerEpoch >= before.ControllerEpoch);
        Assert.True(after.NextProducerId >= before.NextProducerId);
        foreach (var (id, old) in before.TopicsById)
        {
            if (!after.TopicsById.TryGetValue(id, out var topic)) continue;
            Assert.True(topic.Partitions.Length >= old.Partitions.Length);
            for (var i = 0; i < old.Partitions.Length; i++)
            {
                var (was, now) = (old.Partitions[i], topic.Partitions[i]);
                Assert.True(now.LeaderEpoch >= was.LeaderEpoch);
                Assert.True(now.PartitionEpoch >= was.PartitionEpoch);
                if (now.Leader != was.Leader) Assert.True(now.LeaderEpoch > was.LeaderEpoch);
                if (now.Leader != was.Leader || !now.Isr.SequenceEqual(was.Isr)) Assert.True(now.PartitionEpoch > was.PartitionEpoch);
            }
        }
    }

    private static void CheckPartitions(MetadataImage image, bool uncleanHappened)
    {
        Assert.Equal(image.Topics.Count, image.TopicsById.Count);
        foreach (var topic in image.Topics.Values)
        {
            Assert.Same(topic, image.TopicsById[topic.Id]);
            foreach (var partition in topic.Partitions)
            {
                Assert.Subset(partition.Replicas.ToHashSet(), partition.Isr.ToHashSet());
                Assert.Equal(partition.Replicas.Length, partition.Replicas.Distinct().Count());
                if (!uncleanHappened) Assert.NotEmpty(partition.Isr.Concat(partition.Elr));
                if (partition.Leader >= 0) Assert.Contains(partition.Leader, partition.Isr);
                Assert.Equal(partition.Replicas.Length, partition.Directories.Length);
                Assert.Subset(partition.Replicas.ToHashSet(), partition.AddingReplicas.ToHashSet());
                Assert.Subset(partition.Replicas.ToHashSet(), partition.RemovingReplicas.ToHashSet());
                Assert.Empty(partition.AddingReplicas.Intersect(partition.RemovingReplicas));
                Assert.NotEmpty(partition.Replicas.Except(partition.RemovingReplicas));
                Assert.Subset(partition.Replicas.ToHashSet(), partition.Elr.ToHashSet());
                Assert.Empty(partition.Elr.Intersect(partition.Isr));
            }
        }
    }

    /// <summary>A random walk over the commands; remembers every id that was ever given.</summary>
    private sealed class History
    {
        private readonly Random _random;
        private readonly HashSet<Uuid> _topicIds = [];
        private readonly HashSet<long> _producerIds = [];
        private long _incarnation = 10_000;
        private int _names;

        public History(Random random)
        {
            _random = random;
            Controller = new ControllerFixture(brokers: Brokers, rackOf: id => id % 2 == 0 ? "even" : "odd");
        }

        public ControllerFixture Controller { get; }

        public bool UncleanHappened { get; private set; }

        public void Step()
        {
            switch (_random.Next(13))
            {
                case 0 or 1:
                    Create();
                    break;
                case 2 when _random.Next(3) == 0:
                    if (AnyTopic() is { } gone) Controller.Do(new DeleteTopics([new TopicReference(gone.Name, Uuid.Zero)]));
                    break;
                case 3:
                    if (AnyTopic() is { } small)
                        Controller.Do(new CreatePartitions(
                            [new TopicToGrow(small.Name, small.Partitions.Length + 1, default)], false, _random.Next()));
                    break;
                case 4 or 5:
                    Fence(_random.Next(1, Brokers + 1), _random.Next(2) == 0);
                    break;
                case 6:
                    Restart(_random.Next(1, Brokers + 1));
                    break;
                case 7:
                    ReportIsr();
                    break;
                case 8:
                    var block = Controller.Do(new AllocateProducerIds(1, 5));
                    for (var i = 0; i < block.Count; i++) Assert.True(_producerIds.Add(block.FirstProducerId + i));
                    break;
                case 9 or 10:
                    Reassign();
                    break;
                case 11:
                    Maintain();
                    break;
                default:
                    Rare();
                    break;
            }
        }

        public void CheckIds()
        {
            foreach (var id in Controller.Image.TopicsById.Keys) Assert.Contains(id, _topicIds);
        }

        private void Reassign()
        {
            if (AnyTopic() is not { } topic) return;
            var partition = _random.Next(topic.Partitions.Length);
            var target = Enumerable.Range(1, Brokers).OrderBy(_ => _random.Next()).Take(_random.Next(1, Brokers + 1)).ToImmutableArray();
            Controller.Do(new AlterReassignments(
                [new PartitionToReassign(topic.Name, partition, _random.Next(4) == 0 ? default : target)], _random.Next(2) == 0));
        }

        private void Maintain()
        {
            var id = _random.Next(1, Brokers + 1);
            switch (_random.Next(4))
            {
                case 0:
                    Controller.Do(new BalanceLeaders(_random.Next(1, 5)));
                    break;
                case 1:
                    Controller.Do(new RaiseInternalTopics());
                    break;
                case 2:
                    Controller.Do(new DrainBroker(id, null, _random.Next(2) == 0));
                    break;
                default:
                    if (AnyTopic() is not { } topic) break;
                    Controller.Do(new AlterConfigs([new ResourceToAlter(new ConfigResource(ConfigResourceType.Topic, topic.Name),
                        [new ConfigOperation("min.insync.replicas", ConfigOperationType.Set, $"{_random.Next(1, 4)}")])], false));
                    break;
            }
        }

        private void Rare()
        {
            if (_random.Next(4) == 0)
            {
                Controller.Do(new TakeControl(_random.Next(1, 4), Controller.Image.ControllerEpoch + 1, ""));
                return;
            }
            if (AnyTopic() is not { } topic) return;
            if (_random.Next(2) == 0) Controller.Do(new ElectLeader(topic.Name, 0, false));
            else
            {
                var resource = new ConfigResource(ConfigResourceType.Topic, topic.Name);
                var value = $"{_random.Next(1, 100)}";
                Controller.Do(new AlterConfigs(
                    [new ResourceToAlter(resource, [new ConfigOperation("retention.ms", (ConfigOperationType)_random.Next(2), value)])],
                        false));
            }
        }

        private void Create()
        {
            var factor = (short)_random.Next(1, Brokers + 1);
            var topics = Enumerable.Range(0, _random.Next(1, 4))
                .Select(_ => Controller.Topic(Name(), _random.Next(1, 5), factor)).ToImmutableArray();
            var reply = Controller.Do(new CreateTopics(topics, _random.Next(5) == 0, _random.Next()));
            foreach (var topic in reply.Topics)
                if (Controller.Image.TopicsById.ContainsKey(topic.TopicId)) Assert.True(_topicIds.Add(topic.TopicId));
        }

        private string Name() => _random.Next(12) == 0
            ? InternalTopics.ConsumerOffsets
            : $"topic{_names++ % 30}{(_random.Next(2) == 0 ? ".x" : "_x")}";

        private void Fence(int id, bool isFenced) =>
            Controller.Do(new FenceBroker(id, Controller.Image.Brokers[id].Incarnation, isFenced));

        private void Restart(int id)
        {
            var isOtherDisk = _random.Next(8) == 0;
            UncleanHappened |= isOtherDisk;
            var directory = isOtherDisk ? new Uuid(50, (ulong)_random.Next(100)) : ControllerFixture.DirectoryOf(id);
            Controller.Do(ControllerFixture.Registration(id, ++_incarnation, isClean: _random.Next(2) == 0, directory: directory));
            Fence(id, false);
        }

        private void ReportIsr()
        {
            if (AnyTopic() is not { } topic) return;
            var index = _random.Next(topic.Partitions.Length);
            var partition = topic.Partitions[index];
            if (partition.Leader < 0) return;
            var members = partition.Replicas.Where(id => id == partition.Leader || _random.Next(2) == 0)
                .Select(id => new IsrMember(id, Controller.Image.Brokers[id].Incarnation)).ToImmutableArray();
            Controller.Do(new AlterPartition(
                partition.Leader, Controller.Image.Brokers[partition.Leader].Incarnation, topic.Id, index,
                partition.LeaderEpoch, partition.PartitionEpoch - (_random.Next(4) == 0 ? 1 : 0), members));
        }

        private TopicImage? AnyTopic()
        {
            var topics = Controller.Image.Topics.Values.OrderBy(topic => topic.Name, StringComparer.Ordinal).ToArray();
            return topics.Length == 0 ? null : topics[_random.Next(topics.Length)];
        }
    }
}
