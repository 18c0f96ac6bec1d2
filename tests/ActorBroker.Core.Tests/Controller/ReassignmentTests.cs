using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using static ActorBroker.Core.Tests.Controller.ControllerFixture;

namespace ActorBroker.Core.Tests.Controller;

/// <summary>Partitions move to other replicas while they go on (KIP-455); what is told to clients is Kafka's text.</summary>
public class ReassignmentTests
{
    private readonly ControllerFixture _controller = new(brokers: 6);

    public ReassignmentTests() => _controller.Create(_controller.Assigned("t", (0, [1, 2, 3])));

    private PartitionImage Now => _controller.Partition("t");

    private KafkaError Move(params int[] target) => Alter(false, target);

    private KafkaError Cancel() => Alter(false, null);

    private KafkaError Alter(bool allowsFactorChange, int[]? target, int partition = 0, string topic = "t") =>
        _controller.Do(new AlterReassignments(
            [new PartitionToReassign(topic, partition, target is null ? default : [.. target])], allowsFactorChange)).Partitions[0].Error;

    private AlterPartitionReply Report(params int[] isr) => _controller.Do(new AlterPartition(
        Now.Leader, IncarnationOf(Now.Leader), _controller.Image.Topics["t"].Id, 0, Now.LeaderEpoch, Now.PartitionEpoch,
        [.. isr.Select(id => new IsrMember(id, IncarnationOf(id)))]));

    private void Fence(int id, bool isFenced = true) => _controller.Do(new FenceBroker(id, IncarnationOf(id), isFenced));

    private static string Text(PartitionImage partition) =>
        $"{Join(partition.Replicas)} +{Join(partition.AddingReplicas)} -{Join(partition.RemovingReplicas)} {Describe(partition)}";

    private static string Join(IEnumerable<int> ids) => $"[{string.Join(",", ids)}]";

    [Fact]
    public void A_reassignment_adds_the_new_replicas_and_keeps_the_old_ones()
    {
        Assert.True(Move(4, 5, 6).IsNone);
        Assert.Equal("[4,5,6,1,2,3] +[4,5,6] -[1,2,3] leader 1 isr [1,2,3] epoch 0/1", Text(Now));
    }

    [Fact]
    public void It_is_complete_when_all_added_replicas_are_in_sync_and_leadership_moves_with_it()
    {
        Move(4, 5, 6);
        Assert.True(Report(1, 2, 3, 4, 5).Error.IsNone);
        Assert.True(Now.IsReassigning);
        var reply = Report(1, 2, 3, 4, 5, 6);
        Assert.Equal(ErrorCode.NewLeaderElected, reply.Error.Code);
        Assert.Equal("[4,5,6] +[] -[] leader 4 isr [4,5,6] epoch 1/3", Text(Now));
    }

    [Fact]
    public void The_leader_stays_when_it_is_among_the_new_replicas()
    {
        Move(4, 1, 5);
        var reply = Report(1, 2, 3, 4, 5);
        Assert.True(reply.Error.IsNone);
        Assert.Equal("[4,1,5] +[] -[] leader 1 isr [1,4,5] epoch 0/2", Text(reply.Partition!));
        Assert.Equal("[4,1,5] +[] -[] leader 1 isr [1,4,5] epoch 0/2", Text(Now));
    }

    [Fact]
    public void A_cancelled_reassignment_takes_the_added_replicas_out_again()
    {
        Move(4, 5, 6);
        Report(1, 2, 3, 4);
        Assert.True(Cancel().IsNone);
        Assert.Equal("[1,2,3] +[] -[] leader 1 isr [1,2,3] epoch 0/3", Text(Now));
        Assert.Equal(ErrorCode.NoReassignmentInProgress, Cancel().Code);
    }

    [Fact]
    public void It_cannot_be_cancelled_when_only_added_replicas_are_in_sync()
    {
        Move(4, 5, 6);
        Report(1, 4);
        Fence(1);
        Assert.Equal(4, Now.Leader);
        var error = Cancel();
        Assert.Equal(ErrorCode.InvalidReplicaAssignment, error.Code);
        Assert.Equal("Unable to revert partition assignment for t:0 because it would require an unclean leader election.", error.Message);
        _controller.Do(new AlterConfigs([new ResourceToAlter(new ConfigResource(ConfigResourceType.Topic, "t"),
            [new ConfigOperation("unclean.leader.election.enable", ConfigOperationType.Set, "true")])], false));
        Assert.True(Cancel().IsNone);
        Assert.Equal([1, 2, 3], Now.Replicas.ToArray());
        Assert.Equal([2], Now.Isr.ToArray());
    }

    [Fact]
    public void A_new_reassignment_replaces_the_one_under_way_and_can_be_cancelled_to_the_beginning()
    {
        Move(4, 5, 6);
        Assert.True(Move(1, 2, 5).IsNone);
        Assert.Equal("[1,2,5,4,6,3] +[5] -[4,6,3] leader 1 isr [1,2,3] epoch 0/2", Text(Now));
        Report(1, 2, 3, 5);
        Assert.Equal("[1,2,5] +[] -[] leader 1 isr [1,2,5] epoch 0/3", Text(Now));
    }

    [Fact]
    public void Asking_for_what_is_there_changes_nothing()
    {
        Assert.True(Move(1, 2, 3).IsNone);
        Assert.Equal(0, Now.PartitionEpoch);
        Move(4, 5, 6);
        Assert.True(Move(4, 5, 6).IsNone);
        Assert.Equal(1, Now.PartitionEpoch);
    }

    [Fact]
    public void Another_order_moves_only_the_preferred_leader()
    {
        Assert.True(Move(3, 2, 1).IsNone);
        Assert.Equal("[3,2,1] +[] -[] leader 1 isr [1,2,3] epoch 0/1", Text(Now));
        Assert.Equal(1, _controller.Do(new BalanceLeaders(10)).Changed);
        Assert.Equal(3, Now.Leader);
    }

    [Fact]
    public void Fewer_replicas_are_done_at_once()
    {
        Assert.True(Alter(true, [2]).IsNone);
        Assert.Equal("[2] +[] -[] leader 2 isr [2] epoch 1/1", Text(Now));
    }

    [Fact]
    public void Fewer_replicas_wait_for_one_that_stays_to_be_in_sync()
    {
        Report(1, 2);
        Alter(true, [3]);
        Assert.Equal("[3,1,2] +[] -[1,2] leader 1 isr [1,2] epoch 0/2", Text(Now));
        Report(1, 2, 3);
        Assert.Equal("[3] +[] -[] leader 3 isr [3] epoch 1/3", Text(Now));
    }

    [Fact]
    public void The_replication_factor_changes_only_when_the_request_allows_it()
    {
        var error = Move(1, 2, 3, 4);
        Assert.Equal((ErrorCode.InvalidReplicationFactor, "The replication factor is changed from 3 to 4"), (error.Code, error.Message));
        Assert.True(Alter(true, [1, 2, 3, 4]).IsNone);
        Assert.Equal([4], Now.AddingReplicas.ToArray());
        Assert.Equal(ErrorCode.InvalidReplicationFactor, Move(1, 2, 3).Code);
        Assert.True(Move(1, 2, 3, 5).IsNone);
    }

    [Theory]
    [InlineData(new int[0], "The manual partition assignment includes an empty replica list.")]
    [InlineData(new[] { 1, 1, 2 }, "The manual partition assignment includes the broker 1 more than once.")]
    [InlineData(new[] { 1, 2, 9 }, "The manual partition assignment includes broker 9, but no such broker is registered.")]
    public void A_target_that_cannot_be_is_refused(int[] target, string message)
    {
        var error = Move(target);
        Assert.Equal((ErrorCode.InvalidReplicaAssignment, message), (error.Code, error.Message));
    }

    [Fact]
    public void What_does_not_exist_is_named()
    {
        Assert.Equal("Unable to find a topic named nothing.", Alter(false, [1], 0, "nothing").Message);
        Assert.Equal("Unable to find partition t:7.", Alter(false, [1], 7).Message);
    }

    [Fact]
    public void A_log_keeps_its_directory_when_the_replicas_change()
    {
        var controller = new ControllerFixture(brokers: 0);
        controller.Do(Registration(1, IncarnationOf(1)));
        controller.Do(new AdoptTopics(1, [new TopicToAdopt("t", new Uuid(3, 3), [new(0, DirectoryOf(1), 0)])]));
        controller.Do(new FenceBroker(1, IncarnationOf(1), false));
        controller.Join(2);
        controller.Do(new AlterReassignments([new PartitionToReassign("t", 0, [2, 1])], true));
        Assert.Equal([Uuid.Zero, DirectoryOf(1)], controller.Partition("t").Directories.ToArray());
    }

    [Fact]
    public void A_leader_that_fails_during_a_move_is_followed_by_a_replica_in_sync()
    {
        Move(4, 5, 6);
        Report(1, 2, 3, 5);
        Fence(1);
        Assert.Equal("[4,5,6,1,2,3] +[4,5,6] -[1,2,3] leader 5 isr [2,3,5] epoch 1/3", Text(Now));
    }
}
