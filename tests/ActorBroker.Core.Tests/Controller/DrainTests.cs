using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using static ActorBroker.Core.Tests.Controller.ControllerFixture;

namespace ActorBroker.Core.Tests.Controller;

/// <summary>A broker that stops in order: leadership first, in-sync membership last.</summary>
public class DrainTests
{
    private readonly ControllerFixture _controller = new(brokers: 3);

    private string After(string topic = "t") => Describe(_controller.Partition(topic));

    private DrainReply Drain(int id, bool isDraining = true) => _controller.Do(new DrainBroker(id, IncarnationOf(id), isDraining));

    private void Fence(int id, bool isFenced = true) => _controller.Do(new FenceBroker(id, IncarnationOf(id), isFenced));

    private void Assign(string topic, params int[] replicas) =>
        Assert.True(_controller.Create(_controller.Assigned(topic, (0, replicas))).Error.IsNone);

    [Fact]
    public void Leadership_moves_away_and_the_broker_stays_in_sync_until_it_is_fenced()
    {
        Assign("t", 1, 2, 3);
        Assert.Equal(new DrainReply(KafkaError.None, 0), Drain(1));
        Assert.Equal("leader 2 isr [1,2,3] epoch 1/1", After());
        Fence(1);
        Assert.Equal("leader 2 isr [2,3] epoch 1/2", After());
    }

    [Fact]
    public void What_nobody_else_can_lead_stays_and_is_counted()
    {
        Assign("alone", 1);
        Assign("t", 1, 2);
        Assert.Equal(1, Drain(1).StillLed);
        Assert.Equal(1, _controller.Partition("alone").Leader);
        Assert.Equal(2, _controller.Partition("t").Leader);
    }

    [Fact]
    public void A_draining_broker_is_elected_only_where_nobody_else_can_lead()
    {
        Assign("t", 2, 1, 3);
        Assign("pair", 2, 1);
        Drain(1);
        Fence(2);
        Assert.Equal(3, _controller.Partition("t").Leader);
        Assert.Equal(1, _controller.Partition("pair").Leader);
    }

    [Fact]
    public void A_draining_broker_is_given_no_preferred_leadership_and_no_new_topic()
    {
        Assign("t", 1, 2);
        Drain(1);
        Assert.Equal(ErrorCode.PreferredLeaderNotAvailable, _controller.Do(new ElectLeader("t", 0, false)).Error.Code);
        Assert.Equal(0, _controller.Do(new BalanceLeaders(10)).Changed);
        _controller.Create(_controller.Topic("new", 6, 2));
        Assert.All(_controller.Image.Topics["new"].Partitions, partition => Assert.DoesNotContain(1, partition.Replicas));
    }

    [Fact]
    public void A_draining_broker_stays_in_sync_but_does_not_come_back()
    {
        Assign("t", 2, 1, 3);
        Drain(1);
        AlterPartitionReply Report(params int[] isr)
        {
            var now = _controller.Partition("t");
            return _controller.Do(new AlterPartition(2, IncarnationOf(2), _controller.Image.Topics["t"].Id, 0, now.LeaderEpoch,
                now.PartitionEpoch, [.. isr.Select(id => new IsrMember(id, IncarnationOf(id)))]));
        }

        Assert.True(Report(2, 1).Error.IsNone);
        Assert.True(Report(2).Error.IsNone);
        Assert.Equal(ErrorCode.IneligibleReplica, Report(2, 1).Error.Code);
    }

    [Fact]
    public void Draining_ends_by_command_or_with_the_next_start()
    {
        Drain(1);
        Drain(1, false);
        Assert.False(_controller.Image.Brokers[1].IsDraining);
        Drain(1);
        _controller.Do(Registration(1, 7700));
        Assert.False(_controller.Image.Brokers[1].IsDraining);
    }

    [Fact]
    public void An_earlier_process_cannot_drain_and_an_operator_needs_no_incarnation()
    {
        Assert.Equal(ErrorCode.StaleBrokerEpoch, _controller.Do(new DrainBroker(1, 5, true)).Error.Code);
        Assert.Equal(ErrorCode.BrokerIdNotRegistered, _controller.Do(new DrainBroker(9, null, true)).Error.Code);
        Assert.True(_controller.Do(new DrainBroker(1, null, true)).Error.IsNone);
        Assert.True(_controller.Image.Brokers[1].IsDraining);
    }

    [Fact]
    public void Leadership_comes_back_after_the_restart_when_leaders_are_balanced()
    {
        Assign("t", 1, 2);
        Drain(1);
        Fence(1);
        _controller.Do(Registration(1, 7700));
        _controller.Do(new FenceBroker(1, 7700, false));
        Assert.Equal(0, _controller.Do(new BalanceLeaders(10)).Changed);
        var now = _controller.Partition("t");
        _controller.Do(new AlterPartition(2, IncarnationOf(2), _controller.Image.Topics["t"].Id, 0, now.LeaderEpoch, now.PartitionEpoch,
            [new IsrMember(2, IncarnationOf(2)), new IsrMember(1, 7700)]));
        Assert.Equal(1, _controller.Do(new BalanceLeaders(10)).Changed);
        Assert.Equal("leader 1 isr [2,1] epoch 2/4", After());
        Assert.Equal(0, _controller.Do(new BalanceLeaders(10)).Changed);
    }

    [Fact]
    public void An_operator_drains_by_config_and_the_wish_outlives_a_restart()
    {
        Assign("t", 1, 2);
        void Configure(ConfigOperationType type) => Assert.True(_controller.Do(new AlterConfigs(
            [new ResourceToAlter(new ConfigResource(ConfigResourceType.Broker, "1"),
                [new ConfigOperation("actorbroker.broker.drain", type, "true")])], false)).Resources[0].Error.IsNone);

        Configure(ConfigOperationType.Set);
        Assert.True(_controller.Image.Brokers[1].IsDraining);
        Assert.Equal("leader 2 isr [1,2] epoch 1/1", After());
        _controller.Do(Registration(1, 7700));
        _controller.Do(new FenceBroker(1, 7700, false));
        Assert.True(_controller.Image.Brokers[1].IsDraining);
        Configure(ConfigOperationType.Delete);
        Assert.False(_controller.Image.Brokers[1].IsDraining);
    }

    [Fact]
    public void The_wish_to_drain_goes_with_the_node_and_its_other_configs_stay()
    {
        var resource = new ConfigResource(ConfigResourceType.Broker, "1");
        var alter = new ResourceToAlter(resource, [
            new ConfigOperation("actorbroker.broker.drain", ConfigOperationType.Set, "true"),
            new ConfigOperation("sasl.enabled.mechanisms", ConfigOperationType.Set, "PLAIN"),
        ]);
        Assert.True(_controller.Do(new AlterConfigs([alter], false)).Resources[0].Error.IsNone);
        Assert.True(_controller.Image.Brokers[1].IsDraining);
        Assert.True(_controller.Do(new UnregisterBroker(1)).Error.IsNone);
        Assert.Equal(["sasl.enabled.mechanisms"], _controller.Image.Configs[resource].Keys);
        _controller.Do(Registration(1, 7700));
        Assert.False(_controller.Image.Brokers[1].IsDraining);
    }

    [Fact]
    public void Balancing_is_bounded()
    {
        for (var i = 0; i < 5; i++) Assign($"t{i}", 1, 2);
        Drain(1);
        Drain(1, false);
        Assert.Equal(3, _controller.Do(new BalanceLeaders(3)).Changed);
        Assert.Equal(2, _controller.Do(new BalanceLeaders(3)).Changed);
    }
}
