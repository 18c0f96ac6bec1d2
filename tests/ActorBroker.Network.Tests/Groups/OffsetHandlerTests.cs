using ActorBroker.Core.Ports;
using ActorBroker.Network.Handlers;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Tests.Groups;

public sealed class OffsetHandlerTests
{
    private static readonly Uuid Unknown = new(9, 9);

    private readonly FakeGroups _groups = new();

    [Fact]
    public async Task Commits_of_unknown_partitions_are_refused_and_the_rest_goes_on()
    {
        _groups.Answer<CommitOffsets>(commit => new CommitOffsetsReply
        {
            Errors = [.. commit.Offsets.Select(offset => offset.Partition == 1 ? ErrorCode.OffsetMetadataTooLarge : ErrorCode.None)],
        });
        var response = await CommitAsync(6, Commit(("t", 0), ("t", 1), ("t", 2), ("nope", 0)));
        ErrorCode[] expected =
            [ErrorCode.None, ErrorCode.OffsetMetadataTooLarge, ErrorCode.UnknownTopicOrPartition, ErrorCode.UnknownTopicOrPartition];
        Assert.Equal(expected, Errors(response));
        var command = _groups.Last<CommitOffsets>();
        Assert.Equal(2, command.Offsets.Length);
        Assert.All(command.Offsets, offset => Assert.Equal(FakeGroups.TopicId, offset.TopicId));
    }

    [Fact]
    public async Task Nobody_is_asked_when_no_partition_is_known()
    {
        Assert.Equal([ErrorCode.UnknownTopicOrPartition], Errors(await CommitAsync(2, Commit(("nope", 0)))));
        Assert.Empty(_groups.Asked);
    }

    [Theory]
    [InlineData(8, false)]
    [InlineData(9, true)]
    public async Task A_commits_error_stands_at_every_partition(int version, bool knowsGroupIdNotFound)
    {
        _groups.Answer<CommitOffsets>(_ => new CommitOffsetsReply { Error = ErrorCode.RebalanceInProgress });
        var request = Commit(("t", 0), ("t", 1));
        request.GenerationIdOrMemberEpoch = 4;
        request.MemberId = "m";
        request.GroupInstanceId = "i";
        Assert.Equal([ErrorCode.RebalanceInProgress, ErrorCode.RebalanceInProgress], Errors(await CommitAsync(version, request)));
        var command = _groups.Last<CommitOffsets>();
        Assert.Equal((4, "m", "i"), (command.GenerationId, command.MemberId, command.InstanceId));
        Assert.Equal(knowsGroupIdNotFound, command.KnowsGroupIdNotFound);
    }

    [Fact]
    public async Task Version_10_speaks_of_topics_by_id()
    {
        _groups.Answer<CommitOffsets>(_ => new CommitOffsetsReply { Errors = [ErrorCode.None] });
        var request = new OffsetCommitRequest { GroupId = "g" };
        request.Topics.Add(new() { TopicId = FakeGroups.TopicId, Partitions = { new() { PartitionIndex = 0, CommittedOffset = 3 } } });
        request.Topics.Add(new() { TopicId = Unknown, Partitions = { new() { PartitionIndex = 0 } } });
        var response = await CommitAsync(10, request);
        Assert.Equal([ErrorCode.None, ErrorCode.UnknownTopicId], Errors(response));
        Assert.Equal([FakeGroups.TopicId, Unknown], response.Topics.Select(topic => topic.TopicId));
        Assert.Equal("t", _groups.Last<CommitOffsets>().Offsets[0].Topic);
    }

    [Fact]
    public async Task Old_versions_fetch_one_group()
    {
        _groups.Answer<FetchOffsets>(_ => new FetchOffsetsReply
        {
            Topics = [new FetchedTopic("t", [new FetchedOffset(0, 5, 7, "m", ErrorCode.None), FetchedOffset.None(1)])],
        });
        var request = new OffsetFetchRequest { GroupId = "g", Topics = [new() { Name = "t", PartitionIndexes = [0, 1] }] };
        var response = await FetchAsync(5, request);
        var partitions = Assert.Single(response.Topics).Partitions;
        Assert.Equal([(5L, 7, "m"), (-1L, -1, "")],
            partitions.Select(item => (item.CommittedOffset, item.CommittedLeaderEpoch, item.Metadata!)));
        Assert.Equal([0, 1], _groups.Last<FetchOffsets>().Topics!.Value[0].Partitions.ToArray());
    }

    [Fact]
    public async Task No_topics_means_all_of_them()
    {
        _groups.Answer<FetchOffsets>(_ => new FetchOffsetsReply());
        await FetchAsync(2, new OffsetFetchRequest { GroupId = "g", Topics = null });
        Assert.Null(_groups.Last<FetchOffsets>().Topics);
    }

    [Fact]
    public async Task The_groups_error_stands_where_the_version_has_room_for_it()
    {
        _groups.Answer<FetchOffsets>(_ => new FetchOffsetsReply { Error = ErrorCode.NotCoordinator });
        var request = new OffsetFetchRequest { GroupId = "g", Topics = [new() { Name = "t", PartitionIndexes = [0] }] };
        var first = await FetchAsync(1, request);
        Assert.Equal(ErrorCode.NotCoordinator, first.Topics[0].Partitions[0].ErrorCode);
        var later = await FetchAsync(2, request);
        Assert.Equal((ErrorCode.NotCoordinator, 0), (later.ErrorCode, later.Topics.Count));
    }

    [Fact]
    public async Task Many_groups_are_fetched_at_once_each_with_its_own_error()
    {
        _groups.Answer<FetchOffsets>(fetch => fetch.GroupId == "bad"
            ? new FetchOffsetsReply { Error = ErrorCode.CoordinatorLoadInProgress }
            : new FetchOffsetsReply { Topics = [new FetchedTopic("t", [FetchedOffset.None(0)])] });
        var request = new OffsetFetchRequest
        {
            RequireStable = true,
            Groups = [new() { GroupId = "a", Topics = null }, new() { GroupId = "bad" }],
        };
        var response = await FetchAsync(8, request);
        Assert.Equal([("a", ErrorCode.None, 1), ("bad", ErrorCode.CoordinatorLoadInProgress, 0)],
            response.Groups.Select(group => (group.GroupId, group.ErrorCode, group.Topics.Count)));
        Assert.All(_groups.Asked, command => Assert.True(((FetchOffsets)command).RequireStable));
    }

    [Fact]
    public async Task Version_10_fetches_topics_by_id()
    {
        _groups.Answer<FetchOffsets>(_ => new FetchOffsetsReply
        {
            Topics =
            [
                new FetchedTopic("t", [new FetchedOffset(0, 5, -1, "", ErrorCode.None)]),
                new FetchedTopic("deleted", [FetchedOffset.None(0)]),
            ],
        });
        var request = new OffsetFetchRequest
        {
            Groups =
            [
                new()
                {
                    GroupId = "g",
                    Topics =
                    [
                        new() { TopicId = FakeGroups.TopicId, PartitionIndexes = [0] },
                        new() { TopicId = Unknown, PartitionIndexes = [1] },
                    ],
                },
            ],
        };
        var topics = (await FetchAsync(10, request)).Groups[0].Topics;
        Assert.Equal([(FakeGroups.TopicId, 5L, ErrorCode.None), (Unknown, -1L, ErrorCode.UnknownTopicId)],
            topics.Select(topic => (topic.TopicId, topic.Partitions[0].CommittedOffset, topic.Partitions[0].ErrorCode)));
        Assert.Equal("t", Assert.Single(_groups.Last<FetchOffsets>().Topics!.Value).Topic);
    }

    [Fact]
    public async Task Offsets_are_deleted_where_the_partition_is_known()
    {
        _groups.Answer<DeleteOffsets>(_ => new DeleteOffsetsReply
        {
            Topics = [new DeletedTopicOffsets("t", [new DeletedOffset(0, ErrorCode.GroupSubscribedToTopic)])],
        });
        var request = new OffsetDeleteRequest { GroupId = "g" };
        request.Topics.Add(new() { Name = "t", Partitions = { new() { PartitionIndex = 0 }, new() { PartitionIndex = 9 } } });
        request.Topics.Add(new() { Name = "nope", Partitions = { new() { PartitionIndex = 0 } } });
        var response = await new OffsetDeleteHandler(_groups).HandleAsync(request, FakeGroups.Context(ApiKey.OffsetDelete, 0));
        Assert.Equal([ErrorCode.GroupSubscribedToTopic, ErrorCode.UnknownTopicOrPartition, ErrorCode.UnknownTopicOrPartition],
            response.Topics.SelectMany(topic => topic.Partitions).Select(partition => partition.ErrorCode));
    }

    [Fact]
    public async Task A_group_that_cannot_be_asked_leaves_nothing_but_its_error()
    {
        _groups.Answer<DeleteOffsets>(_ => new DeleteOffsetsReply { Error = ErrorCode.GroupIdNotFound });
        var request = new OffsetDeleteRequest { GroupId = "g" };
        request.Topics.Add(new() { Name = "nope", Partitions = { new() { PartitionIndex = 0 } } });
        var response = await new OffsetDeleteHandler(_groups).HandleAsync(request, FakeGroups.Context(ApiKey.OffsetDelete, 0));
        Assert.Equal((ErrorCode.GroupIdNotFound, 0), (response.ErrorCode, response.Topics.Count));
    }

    private static OffsetCommitRequest Commit(params (string Topic, int Partition)[] partitions)
    {
        var request = new OffsetCommitRequest { GroupId = "g" };
        foreach (var topic in partitions.GroupBy(item => item.Topic))
        {
            request.Topics.Add(new()
            {
                Name = topic.Key,
                Partitions = [.. topic.Select(item => Partition(item.Partition))],
            });
        }

        return request;
    }

    private static OffsetCommitRequest.OffsetCommitRequestPartition Partition(int index) => new() { PartitionIndex = index };

    private static IEnumerable<ErrorCode> Errors(OffsetCommitResponse response) =>
        response.Topics.SelectMany(topic => topic.Partitions).Select(partition => partition.ErrorCode);

    private ValueTask<OffsetCommitResponse> CommitAsync(int version, OffsetCommitRequest request) =>
        new OffsetCommitHandler(_groups).HandleAsync(request, FakeGroups.Context(ApiKey.OffsetCommit, version));

    private ValueTask<OffsetFetchResponse> FetchAsync(int version, OffsetFetchRequest request) =>
        new OffsetFetchHandler(_groups).HandleAsync(request, FakeGroups.Context(ApiKey.OffsetFetch, version));
}
