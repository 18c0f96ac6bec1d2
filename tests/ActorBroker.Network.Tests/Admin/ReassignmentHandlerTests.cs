using ActorBroker.Core.Controller;
using ActorBroker.Network.Handlers;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Tests.Admin;

public class ReassignmentHandlerTests
{
    private readonly AdminFixture _cluster = new(brokers: 3);

    public ReassignmentHandlerTests()
    {
        _cluster.Decide(new CreateTopics([new TopicToCreate("t", Uuid.NewRandom(), -1, -1,
            [new PartitionAssignment(0, [1]), new PartitionAssignment(1, [1])], [])], false, 0));
        _cluster.Decide(new CreateTopics([new TopicToCreate("a", Uuid.NewRandom(), -1, -1, [new PartitionAssignment(0, [1])], [])], false, 0));
    }

    private Task<AlterPartitionReassignmentsResponse> MoveAsync(
        int version, bool allowsFactorChange, params (string Topic, int Partition, int[]? Replicas)[] moves)
    {
        var request = new AlterPartitionReassignmentsRequest { AllowReplicationFactorChange = allowsFactorChange };
        foreach (var topic in moves.GroupBy(move => move.Topic))
        {
            request.Topics.Add(new AlterPartitionReassignmentsRequest.ReassignableTopic
            {
                Name = topic.Key,
                Partitions = [.. topic.Select(move => new AlterPartitionReassignmentsRequest.ReassignablePartition
                {
                    PartitionIndex = move.Partition, Replicas = move.Replicas?.ToList(),
                })],
            });
        }
        return _cluster.CallAsync(new AlterPartitionReassignmentsHandler(_cluster.Services), version, request);
    }

    private Task<ListPartitionReassignmentsResponse> ListAsync(params (string Topic, int[] Partitions)[] wanted) =>
        _cluster.CallAsync(new ListPartitionReassignmentsHandler(), 0, new ListPartitionReassignmentsRequest
        {
            Topics = wanted.Length == 0 ? null : [.. wanted.Select(topic =>
                new ListPartitionReassignmentsRequest.ListPartitionReassignmentsTopics
                {
                    Name = topic.Topic, PartitionIndexes = [.. topic.Partitions],
                })],
        });

    [Fact]
    public async Task A_move_begins_and_is_listed_until_it_is_cancelled()
    {
        var moved = await MoveAsync(1, false, ("t", 0, [2]), ("t", 1, null), ("a", 0, [3]));
        Assert.Equal(ErrorCode.None, moved.ErrorCode);
        Assert.Equal(["t", "a"], moved.Responses.Select(topic => topic.Name));
        Assert.Equal([ErrorCode.None, ErrorCode.NoReassignmentInProgress],
            moved.Responses[0].Partitions.Select(partition => partition.ErrorCode));
        Assert.Null(moved.Responses[0].Partitions[0].ErrorMessage);
        Assert.Null(moved.Responses[0].Partitions[1].ErrorMessage);
        Assert.Null(moved.ErrorMessage);
        Assert.Equal("", (await MoveAsync(1, false)).ErrorMessage);

        var listed = await ListAsync();
        Assert.Null(listed.ErrorMessage);
        Assert.Equal(["a", "t"], listed.Topics.Select(topic => topic.Name));
        var ongoing = listed.Topics[1].Partitions.Single();
        Assert.Equal((0, "2,1", "2", "1"), (ongoing.PartitionIndex, string.Join(',', ongoing.Replicas),
            string.Join(',', ongoing.AddingReplicas), string.Join(',', ongoing.RemovingReplicas)));

        Assert.Equal(ErrorCode.None, (await MoveAsync(0, true, ("t", 0, null))).Responses[0].Partitions[0].ErrorCode);
        Assert.Equal(["a"], (await ListAsync()).Topics.Select(topic => topic.Name));
    }

    [Fact]
    public async Task Only_what_is_asked_for_is_listed_and_what_does_not_exist_is_left_out()
    {
        await MoveAsync(1, false, ("t", 0, [2]), ("t", 1, [2]), ("a", 0, [3]));
        var listed = await ListAsync(("t", [1, 9]), ("nothing", [0]), ("a", []));
        Assert.Equal(1, Assert.Single(Assert.Single(listed.Topics).Partitions).PartitionIndex);
    }

    [Fact]
    public async Task Version_0_lets_the_number_of_replicas_change_and_version_1_only_if_it_says_so()
    {
        var refused = await MoveAsync(1, false, ("t", 0, [1, 2]));
        Assert.False(refused.AllowReplicationFactorChange);
        Assert.Equal(ErrorCode.InvalidReplicationFactor, refused.Responses[0].Partitions[0].ErrorCode);
        Assert.Equal("The replication factor is changed from 1 to 2", refused.Responses[0].Partitions[0].ErrorMessage);
        Assert.Equal(ErrorCode.None, (await MoveAsync(0, true, ("t", 0, [1, 2]))).Responses[0].Partitions[0].ErrorCode);
    }

    [Fact]
    public async Task Without_a_controller_the_whole_request_fails()
    {
        _cluster.Failure = ErrorCode.NotController;
        var moved = await MoveAsync(1, true, ("t", 0, [2]));
        Assert.Equal(ErrorCode.NotController, moved.ErrorCode);
        Assert.Empty(moved.Responses);
    }
}
