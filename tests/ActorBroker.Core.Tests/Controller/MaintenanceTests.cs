using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using static ActorBroker.Core.Tests.Controller.ControllerFixture;

namespace ActorBroker.Core.Tests.Controller;

/// <summary>The internal topics of a cluster that began with one node get their replicas as nodes join.</summary>
public class MaintenanceTests
{
    private readonly ControllerFixture _controller = new();

    public MaintenanceTests() => _controller.Create(_controller.Topic(InternalTopics.ConsumerOffsets, 6));

    private IReadOnlyList<PartitionImage> Offsets => _controller.Image.Topics[InternalTopics.ConsumerOffsets].Partitions;

    private int Raise() => _controller.Do(new RaiseInternalTopics()).Changed;

    private void CatchUp()
    {
        for (var i = 0; i < Offsets.Count; i++)
        {
            var now = Offsets[i];
            _controller.Do(new AlterPartition(now.Leader, IncarnationOf(now.Leader), _controller.Image.Topics[InternalTopics.ConsumerOffsets].Id,
                i, now.LeaderEpoch, now.PartitionEpoch, [.. now.Replicas.Select(id => new IsrMember(id, IncarnationOf(id)))]));
        }
    }

    [Fact]
    public void Nothing_is_done_where_nothing_can_be()
    {
        Assert.Equal(0, Raise());
        Assert.Equal([1], Offsets[0].Replicas.ToArray());
    }

    [Fact]
    public void The_offsets_topic_grows_with_the_cluster_up_to_three_replicas()
    {
        _controller.Join(2);
        Assert.Equal(6, Raise());
        Assert.All(Offsets, partition => Assert.Equal([2], partition.AddingReplicas.ToArray()));
        Assert.All(Offsets, partition => Assert.Equal(1, partition.Leader));
        Assert.Equal(0, Raise());
        CatchUp();
        Assert.All(Offsets, partition => Assert.Equal([1, 2], partition.Replicas.Order()));
        _controller.Join(3);
        _controller.Join(4);
        Assert.Equal(6, Raise());
        CatchUp();
        Assert.All(Offsets, partition => Assert.Equal(3, partition.Replicas.Length));
        Assert.All(Offsets, partition => Assert.Equal(partition.Isr.Order(), partition.Replicas.Order()));
        Assert.Equal(0, Raise());
    }

    [Fact]
    public void Preferred_leaders_are_spread_and_the_leaders_follow()
    {
        _controller.Join(2);
        _controller.Join(3);
        Raise();
        CatchUp();
        Assert.All(Offsets, partition => Assert.Equal(1, partition.Leader));
        _controller.Do(new BalanceLeaders(100));
        Assert.Equal([1, 2, 3], Offsets.Select(partition => partition.Leader).Distinct().Order());
        Assert.All([1, 2, 3], id => Assert.Equal(2, Offsets.Count(partition => partition.Leader == id)));
    }

    [Fact]
    public void Brokers_that_are_fenced_or_draining_do_not_count()
    {
        _controller.Join(2);
        _controller.Join(3);
        _controller.Do(new FenceBroker(2, IncarnationOf(2), true));
        _controller.Do(new DrainBroker(3, null, true));
        Assert.Equal(0, Raise());
    }

    [Fact]
    public void Topics_of_clients_are_left_alone()
    {
        _controller.Create(_controller.Topic("mine", 3));
        _controller.Join(2);
        Raise();
        Assert.All(_controller.Image.Topics["mine"].Partitions, partition => Assert.Equal([1], partition.Replicas.ToArray()));
    }
}
