using ActorBroker.Core.Groups;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using static ActorBroker.Core.Tests.Groups.GroupHarness;

namespace ActorBroker.Core.Tests.Groups;

public sealed class OffsetTests
{
    [Fact]
    public void A_commit_is_written_and_fetched()
    {
        var group = new GroupHarness();
        var member = group.Stable()[0];
        var errors = group.Ask<CommitOffsetsReply>(Commit(member, ("t", 0, 5), ("t", 1, -5))).Errors;
        Assert.Equal([ErrorCode.None, ErrorCode.None], errors.ToArray());
        Assert.Equal([5L, -5L, -1L], Fetch(group, "t", 0, 1, 2).Select(offset => offset.Offset));
        Assert.All(Fetch(group, "t", 2), offset => Assert.Equal(FetchedOffset.None(2), offset));
        Assert.Equal(2, group.Log.OfType<OffsetCommitted>().Count());
    }

    [Fact]
    public void All_offsets_of_a_group_are_fetched_without_naming_them()
    {
        var group = new GroupHarness();
        group.Ask<CommitOffsetsReply>(Commit(null, ("t", 0, 5), ("u", 3, 7)));
        var topics = group.Ask<FetchOffsetsReply>(new FetchOffsets { GroupId = "g" }).Topics;
        Assert.Equal(["t", "u"], topics.Select(topic => topic.Topic).Order());
        Assert.Empty(new GroupHarness().Ask<FetchOffsetsReply>(new FetchOffsets { GroupId = "g" }).Topics);
    }

    [Fact]
    public void A_consumer_without_a_group_commits_into_an_unknown_or_empty_one()
    {
        var group = new GroupHarness();
        Assert.Equal(ErrorCode.None, group.Ask<CommitOffsetsReply>(Commit(null, ("t", 0, 5))).Error);
        Assert.Equal((GroupPhase.Empty, (string?)null), (group.State.Phase, group.State.ProtocolType));
        Assert.Equal(ErrorCode.None, group.Ask<CommitOffsetsReply>(Commit(null, ("t", 0, 6)) with { MemberId = "x" }).Error);
    }

    [Fact]
    public void A_consumer_without_a_group_may_not_commit_into_one_with_members()
    {
        var group = new GroupHarness();
        group.Stable();
        Assert.Equal(ErrorCode.UnknownMemberId, group.Ask<CommitOffsetsReply>(Commit(null, ("t", 0, 5))).Error);
    }

    [Fact]
    public void Commits_of_strangers_and_old_generations_are_refused()
    {
        var group = new GroupHarness();
        var member = group.Stable()[0];
        var stranger = Commit(member with { MemberId = "x" }, ("t", 0, 5));
        Assert.Equal(ErrorCode.UnknownMemberId, group.Ask<CommitOffsetsReply>(stranger).Error);
        var old = Commit(member with { GenerationId = 0 }, ("t", 0, 5));
        Assert.Equal(ErrorCode.IllegalGeneration, group.Ask<CommitOffsetsReply>(old).Error);
        Assert.Equal(0, group.Machine.OffsetCount);
    }

    [Theory]
    [InlineData(false, ErrorCode.IllegalGeneration)]
    [InlineData(true, ErrorCode.GroupIdNotFound)]
    public void A_members_commit_into_an_unknown_group_is_refused_as_its_version_understands(bool isNew, ErrorCode error)
    {
        var commit = Commit(new JoinGroupReply { GenerationId = 3, MemberId = "x" }, ("t", 0, 5)) with { KnowsGroupIdNotFound = isNew };
        Assert.Equal(error, new GroupHarness().Ask<CommitOffsetsReply>(commit).Error);
    }

    [Fact]
    public void Members_commit_while_a_rebalance_is_prepared_but_not_while_it_completes()
    {
        var group = new GroupHarness();
        var member = group.Stable()[0];
        var newcomer = group.JoinDynamic();
        Assert.Equal(ErrorCode.None, group.Ask<CommitOffsetsReply>(Commit(member, ("t", 0, 5))).Error);
        var again = group.Send(Join(member.MemberId));
        Assert.True(group.IsAnswered(newcomer));
        Assert.Equal(ErrorCode.IllegalGeneration, group.Ask<CommitOffsetsReply>(Commit(member, ("t", 0, 5))).Error);
        var rejoined = group.Answer<JoinGroupReply>(again);
        Assert.Equal(ErrorCode.RebalanceInProgress, group.Ask<CommitOffsetsReply>(Commit(rejoined, ("t", 0, 5))).Error);
    }

    [Fact]
    public void Commits_keep_a_session_alive()
    {
        var group = new GroupHarness();
        var member = group.Stable()[0];
        for (var i = 0; i < 5; i++)
        {
            group.Advance(9_000);
            group.Ask<CommitOffsetsReply>(Commit(member, ("t", 0, i)));
        }

        Assert.Equal(GroupPhase.Stable, group.State.Phase);
    }

    [Fact]
    public void Metadata_that_is_too_long_is_refused_for_its_partition_alone()
    {
        var group = new GroupHarness();
        var commit = Commit(null, ("t", 0, 1), ("t", 1, 2), ("t", 2, 3));
        var offsets = commit.Offsets
            .SetItem(1, commit.Offsets[1] with { Metadata = new string('x', 4_097) })
            .SetItem(2, commit.Offsets[2] with { Metadata = new string('x', 4_096) });
        var errors = group.Ask<CommitOffsetsReply>(commit with { Offsets = offsets }).Errors;
        Assert.Equal([ErrorCode.None, ErrorCode.OffsetMetadataTooLarge, ErrorCode.None], errors.ToArray());
        Assert.Equal(2, group.Machine.OffsetCount);
    }

    [Fact]
    public void A_commit_that_could_not_be_written_changes_nothing()
    {
        var group = new GroupHarness { LogError = ErrorCode.RequestTimedOut };
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, group.Ask<CommitOffsetsReply>(Commit(null, ("t", 0, 1))).Error);
        Assert.True(group.Machine.IsGone);
    }

    [Fact]
    public void Offsets_come_back_from_the_log()
    {
        var group = new GroupHarness();
        group.Ask<CommitOffsetsReply>(Commit(null, ("t", 0, 5), ("t", 1, 6)));
        group.Ask<CommitOffsetsReply>(Commit(null, ("t", 0, 8)));
        group.Ask<DeleteOffsetsReply>(Delete(("t", 1)));
        group.Reload();
        Assert.Equal([8L, -1L], Fetch(group, "t", 0, 1).Select(offset => offset.Offset));
    }

    [Fact]
    public void Offsets_are_deleted_unless_somebody_reads_their_topic()
    {
        var group = new GroupHarness();
        var member = group.Stable()[0];
        group.Ask<CommitOffsetsReply>(Commit(member, ("t", 0, 5), ("old", 0, 5)));
        var topics = group.Ask<DeleteOffsetsReply>(Delete(("t", 0), ("old", 0), ("old", 9))).Topics;
        Assert.Equal(ErrorCode.GroupSubscribedToTopic, topics[0].Partitions[0].Error);
        Assert.All(topics.Skip(1).SelectMany(topic => topic.Partitions), partition => Assert.Equal(ErrorCode.None, partition.Error));
        Assert.Equal(1, group.Machine.OffsetCount);
    }

    [Fact]
    public void Offsets_of_unknown_groups_and_of_active_ones_of_another_kind_are_not_deleted()
    {
        var group = new GroupHarness();
        Assert.Equal(ErrorCode.GroupIdNotFound, group.Ask<DeleteOffsetsReply>(Delete(("t", 0))).Error);
        var join = group.Send(Join() with { ProtocolType = "connect", RequiresKnownMemberId = false });
        group.AwaitGeneration(join);
        Assert.Equal(ErrorCode.NonEmptyGroup, group.Ask<DeleteOffsetsReply>(Delete(("t", 0))).Error);
        Assert.Equal(ErrorCode.InvalidGroupId, group.Ask<DeleteOffsetsReply>(Delete(("t", 0)) with { GroupId = "" }).Error);
    }

    [Fact]
    public void Commits_of_a_group_may_be_decided_while_others_are_on_their_way()
    {
        var group = new GroupHarness();
        Assert.True(group.Machine.Decide(Commit(null, ("t", 0, 1)), new Ticket(1), 0).OnlyCommits);
        Assert.False(group.Machine.Decide(Join(), new Ticket(1), 0).OnlyCommits);
    }

    private static DeleteOffsets Delete(params (string Topic, int Partition)[] offsets) =>
        new() { GroupId = "g", Topics = [.. offsets.Select(item => new OffsetQuery(item.Topic, [item.Partition]))] };

    private static IReadOnlyList<FetchedOffset> Fetch(GroupHarness group, string topic, params int[] partitions)
    {
        var fetch = new FetchOffsets { GroupId = "g", Topics = [new OffsetQuery(topic, [.. partitions])] };
        return Assert.Single(group.Ask<FetchOffsetsReply>(fetch).Topics).Partitions;
    }
}
