using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using static ActorBroker.Core.Tests.Controller.ControllerFixture;

namespace ActorBroker.Core.Tests.Controller;

/// <summary>Brokers come, go and come back; leaders and in-sync replicas follow (R37).</summary>
public class BrokerChangesTests
{
    private readonly ControllerFixture _controller = new(brokers: 3);

    private string After(string topic = "t") => Describe(_controller.Partition(topic));

    private void Fence(int id, bool isFenced = true) =>
        Assert.True(_controller.Do(new FenceBroker(id, _controller.Image.Brokers[id].Incarnation, isFenced)).Error.IsNone);

    private void Assign(string topic, params int[] replicas) =>
        Assert.True(_controller.Create(_controller.Assigned(topic, (0, replicas))).Error.IsNone);

    private KafkaError Report(int broker, PartitionImage partition, params IsrMember[] isr) => _controller.Do(new AlterPartition(
        broker, _controller.Image.Brokers[broker].Incarnation, _controller.Image.Topics["t"].Id, 0, partition.LeaderEpoch,
            partition.PartitionEpoch,
        [.. isr])).Error;

    private static IsrMember Member(int id) => new(id, IncarnationOf(id));

    [Fact]
    public void A_registered_broker_is_fenced_until_it_serves()
    {
        _controller.Do(Registration(4, 1));
        Assert.True(_controller.Image.Brokers[4].IsFenced);
        Fence(4, false);
        Assert.False(_controller.Image.Brokers[4].IsFenced);
    }

    [Fact]
    public void A_leader_that_goes_down_is_followed_by_the_next_in_sync_replica()
    {
        Assign("t", 1, 2, 3);
        Fence(1);
        Assert.Equal("leader 2 isr [2,3] epoch 1/1", After());
    }

    [Fact]
    public void A_follower_that_goes_down_leaves_the_leader_and_its_epoch()
    {
        Assign("t", 1, 2, 3);
        Fence(3);
        Assert.Equal("leader 1 isr [1,2] epoch 0/1", After());
    }

    [Fact]
    public void The_last_in_sync_replica_stays_and_leads_again_when_it_is_back()
    {
        Assign("t", 1, 2);
        Fence(2);
        Fence(1);
        Assert.Equal("leader -1 isr [1] epoch 1/2", After());
        Fence(2, false);
        Assert.Equal("leader -1 isr [1] epoch 1/2", After());
        Fence(1, false);
        Assert.Equal("leader 1 isr [1] epoch 2/3", After());
    }

    [Fact]
    public void Unclean_election_takes_a_replica_that_is_behind_when_the_topic_allows_it()
    {
        _controller.Create(_controller.Assigned("t", (0, [1, 2]))
            with { Configs = [KeyValuePair.Create("unclean.leader.election.enable", (string?)"true")] });
        Fence(2);
        Fence(2, false);
        Assert.Equal("leader 1 isr [1] epoch 0/1", After());
        Fence(1);
        Assert.Equal("leader 2 isr [2] epoch 1/2", After());
    }

    [Fact]
    public void A_command_of_an_earlier_incarnation_is_refused()
    {
        Assert.Equal(ErrorCode.StaleBrokerEpoch, _controller.Do(new FenceBroker(1, 5, true)).Error.Code);
        Assert.Equal(ErrorCode.BrokerIdNotRegistered, _controller.Do(new FenceBroker(9, 5, true)).Error.Code);
    }

    [Fact]
    public void A_node_that_restarts_alone_leads_on_under_the_next_epoch()
    {
        var single = new ControllerFixture();
        single.Create(single.Topic("t", 2));
        single.Do(Registration(1, 7700, isClean: false));
        Assert.All(single.Image.Topics["t"].Partitions, partition => Assert.Equal("leader 1 isr [1] epoch 1/1", Describe(partition)));
        Assert.True(single.Image.Brokers[1].IsFenced);
        Assert.Equal(2, single.Log[^1].Records.Count);
        single.Do(new FenceBroker(1, 7700, false));
        Assert.Equal("leader 1 isr [1] epoch 1/1", Describe(single.Partition("t")));
    }

    [Fact]
    public void Registering_the_same_incarnation_again_changes_nothing()
    {
        var before = _controller.Image;
        Assert.True(_controller.Do(Registration(1, IncarnationOf(1))).Error.IsNone);
        Assert.Same(before, _controller.Image);
    }

    [Fact]
    public void A_late_registration_of_an_earlier_process_is_refused()
    {
        Assign("t", 1, 2);
        _controller.Do(Registration(1, 7700));
        _controller.Do(new FenceBroker(1, 7700, false));
        var before = _controller.Image;
        var late = _controller.Do(Registration(1, IncarnationOf(1), isClean: false)).Error;
        Assert.Equal(ErrorCode.StaleBrokerEpoch, late.Code);
        Assert.Contains("incarnation 7700; 1001 is an earlier one", late.Text, StringComparison.Ordinal);
        Assert.Same(before, _controller.Image);
    }

    [Fact]
    public void An_operator_can_make_room_for_a_node_whose_incarnations_have_gone_back()
    {
        _controller.Do(new UnregisterBroker(1));
        Assert.True(_controller.Do(Registration(1, 5)).Error.IsNone);
        Assert.Equal(5, _controller.Image.Brokers[1].Incarnation);
    }

    [Fact]
    public void A_node_that_crashed_leaves_the_in_sync_replicas_where_others_are()
    {
        Assign("t", 1, 2);
        _controller.Do(Registration(1, 7700, isClean: false));
        Assert.Equal("leader 2 isr [2] epoch 1/1", After());
    }

    [Fact]
    public void A_node_that_stopped_in_order_stays_in_sync_while_another_leads()
    {
        Assign("t", 1, 2);
        _controller.Do(Registration(1, 7700, isClean: true));
        Assert.Equal("leader 2 isr [1,2] epoch 1/1", After());
    }

    [Fact]
    public void A_node_with_another_disk_loses_its_place_even_as_the_last()
    {
        var single = new ControllerFixture(brokers: 0);
        single.Do(Registration(1, IncarnationOf(1)));
        single.Do(new AdoptTopics(1, [new TopicToAdopt("t", new Uuid(3, 3), [new(0, DirectoryOf(1), 0)])]));
        single.Do(new FenceBroker(1, IncarnationOf(1), false));
        single.Do(Registration(1, 7700, directory: new Uuid(1, 1)));
        Assert.Equal("leader -1 isr [] epoch 2/1", Describe(single.Partition("t")));
        single.Do(new FenceBroker(1, 7700, false));
        Assert.Equal(-1, single.Partition("t").Leader);
        Assert.True(single.Do(new ElectLeader("t", 0, true)).Error.IsNone);
        Assert.Equal("leader 1 isr [1] epoch 3/2", Describe(single.Partition("t")));
    }

    [Fact]
    public void A_leader_reports_its_in_sync_replicas()
    {
        Assign("t", 1, 2, 3);
        Assert.True(Report(1, _controller.Partition("t"), Member(1), Member(3)).IsNone);
        Assert.Equal("leader 1 isr [1,3] epoch 0/1", After());
        Assert.True(Report(1, _controller.Partition("t"), Member(1), Member(3), Member(2)).IsNone);
        Assert.Equal("leader 1 isr [1,3,2] epoch 0/2", After());
    }

    [Fact]
    public void A_leader_that_reports_nobody_gives_leadership_up()
    {
        Assign("t", 1, 2, 3);
        Assert.Equal(ErrorCode.NewLeaderElected, Report(1, _controller.Partition("t")).Code);
        Assert.Equal("leader 2 isr [2,3] epoch 1/1", After());
    }

    [Fact]
    public void A_report_about_a_past_that_is_over_is_refused()
    {
        Assign("t", 1, 2, 3);
        var old = _controller.Partition("t");
        Report(1, old, Member(1), Member(2));
        Assert.Equal(ErrorCode.InvalidUpdateVersion, Report(1, old, Member(1)).Code);
        Fence(1);
        Fence(1, false);
        Assert.Equal(ErrorCode.FencedLeaderEpoch, Report(1, old, Member(1)).Code);
        var current = _controller.Partition("t");
        Assert.Equal(ErrorCode.InvalidRequest, Report(3, current, Member(3)).Code);
        Assert.Equal(ErrorCode.NotController, Report(2, current with { LeaderEpoch = 9 }, Member(2)).Code);
        Assert.Equal(ErrorCode.NotController, Report(2, current with { PartitionEpoch = 9 }, Member(2)).Code);
    }

    [Fact]
    public void Only_replicas_that_are_up_under_their_incarnation_can_be_in_sync()
    {
        Assign("t", 1, 2);
        var partition = _controller.Partition("t");
        Assert.Equal(ErrorCode.InvalidRequest, Report(1, partition, Member(1), Member(3)).Code);
        Assert.Equal(ErrorCode.InvalidRequest, Report(1, partition, Member(2)).Code);
        Assert.Equal(ErrorCode.InvalidRequest, Report(3, partition).Code);
        Assert.Equal(ErrorCode.InvalidRequest, Report(1, partition, Member(1), Member(1)).Code);
        Assert.Equal(ErrorCode.IneligibleReplica, Report(1, partition, Member(1), new IsrMember(2, 5)).Code);
        Fence(2);
        Assert.Equal(ErrorCode.IneligibleReplica, Report(1, _controller.Partition("t"), Member(1), Member(2)).Code);
    }

    [Fact]
    public void Leadership_goes_back_to_the_preferred_replica_when_asked()
    {
        Assign("t", 1, 2);
        Assert.Equal(ErrorCode.ElectionNotNeeded, _controller.Do(new ElectLeader("t", 0, false)).Error.Code);
        Fence(1);
        Assert.Equal(ErrorCode.PreferredLeaderNotAvailable, _controller.Do(new ElectLeader("t", 0, false)).Error.Code);
        Fence(1, false);
        Assert.Equal(ErrorCode.PreferredLeaderNotAvailable, _controller.Do(new ElectLeader("t", 0, false)).Error.Code);
        Report(2, _controller.Partition("t"), Member(2), Member(1));
        Assert.True(_controller.Do(new ElectLeader("t", 0, false)).Error.IsNone);
        Assert.Equal("leader 1 isr [2,1] epoch 2/3", After());
        Assert.Equal(ErrorCode.UnknownTopicOrPartition, _controller.Do(new ElectLeader("t", 4, false)).Error.Code);
    }

    [Fact]
    public void A_broker_is_forgotten_after_it_was_fenced()
    {
        Assign("t", 1, 2);
        Assert.True(_controller.Do(new UnregisterBroker(1)).Error.IsNone);
        Assert.DoesNotContain(1, _controller.Image.Brokers.Keys);
        Assert.Equal("leader 2 isr [2] epoch 1/1", After());
        Assert.Equal(ErrorCode.BrokerIdNotRegistered, _controller.Do(new UnregisterBroker(1)).Error.Code);
    }

    [Fact]
    public void A_controller_takes_control_only_under_a_higher_epoch()
    {
        Assert.Equal(ErrorCode.StaleControllerEpoch, _controller.Do(new TakeControl(2, 1, "other")).Error.Code);
        Assert.True(_controller.Do(new TakeControl(2, 5, "other")).Error.IsNone);
        Assert.Equal(("cluster", 2, 5), (_controller.Image.ClusterId, _controller.Image.ControllerId, _controller.Image.ControllerEpoch));
    }

    [Fact]
    public void A_batch_of_a_controller_that_was_replaced_is_refused()
    {
        var late = _controller.Machine.ToBatch(_controller.Machine.Decide(new AllocateProducerIds(1, 10)).Records);
        _controller.Do(new TakeControl(2, 2, ""));
        Assert.Throws<InvalidOperationException>(() => _controller.Machine.Apply(late));
        Assert.Equal(0, _controller.Image.NextProducerId);
    }
}
