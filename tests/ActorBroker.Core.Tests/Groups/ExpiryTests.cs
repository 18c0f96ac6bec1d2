using System.Collections.Immutable;
using ActorBroker.Core.Groups;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using static ActorBroker.Core.Tests.Groups.GroupHarness;

namespace ActorBroker.Core.Tests.Groups;

public sealed class ExpiryTests
{
    private const long RetentionMs = 100_000;

    private static readonly GroupSettings Settings = new() { OffsetsRetentionMs = RetentionMs };

    [Fact]
    public void Offsets_of_a_group_expire_from_when_it_became_empty()
    {
        var group = new GroupHarness(Settings);
        var member = group.Stable()[0];
        group.Ask<CommitOffsetsReply>(Commit(member, ("t", 0, 5)));
        group.Advance(9_000);
        group.Ask<LeaveGroupReply>(Leave(member.MemberId));
        group.Advance(RetentionMs - 1);
        Expire(group);
        Assert.Equal(1, group.Machine.OffsetCount);
        group.Advance(1);
        Expire(group);
        Assert.True(group.Machine.IsGone);
        Assert.IsType<GroupRemoved>(group.Log[^1]);
        Assert.IsType<OffsetRemoved>(group.Log[^2]);
    }

    [Fact]
    public void Offsets_of_a_group_with_members_stay_however_old()
    {
        var group = new GroupHarness(Settings);
        var members = group.Stable();
        group.Ask<CommitOffsetsReply>(Commit(members[0], ("t", 0, 5)));
        Live(group, members, RetentionMs * 3);
        Expire(group);
        Assert.Equal(1, group.Machine.OffsetCount);
    }

    [Fact]
    public void Offsets_of_topics_that_a_stable_group_no_longer_reads_expire_from_their_commit()
    {
        var group = new GroupHarness(Settings);
        var members = group.Stable();
        group.Ask<CommitOffsetsReply>(Commit(members[0], ("t", 0, 5), ("old", 0, 5)));
        Live(group, members, RetentionMs);
        Expire(group);
        Assert.True(group.Machine.TryGetOffset("t", 0, out _));
        Assert.False(group.Machine.TryGetOffset("old", 0, out _));
    }

    [Fact]
    public void A_group_whose_metadata_cannot_be_read_keeps_everything()
    {
        var group = new GroupHarness(Settings);
        var join = group.Send(Join() with { Protocols = [new GroupProtocol("range", [1, 2, 3])], RequiresKnownMemberId = false });
        group.AwaitGeneration(join);
        var joined = group.Answer<JoinGroupReply>(join);
        group.SyncAll([joined]);
        group.Ask<CommitOffsetsReply>(Commit(joined, ("old", 0, 5)));
        Live(group, [joined], RetentionMs);
        Expire(group);
        Assert.Equal(1, group.Machine.OffsetCount);
    }

    [Fact]
    public void A_group_that_rebalances_keeps_everything()
    {
        var group = new GroupHarness(Settings);
        var members = group.Stable();
        group.Ask<CommitOffsetsReply>(Commit(members[0], ("old", 0, 5)));
        Live(group, members, RetentionMs);
        group.JoinDynamic();
        Expire(group);
        Assert.Equal(1, group.Machine.OffsetCount);
    }

    [Fact]
    public void Offsets_without_a_group_expire_from_their_commit_one_by_one()
    {
        var group = new GroupHarness(Settings);
        group.Ask<CommitOffsetsReply>(Commit(null, ("t", 0, 5)));
        group.Advance(RetentionMs / 2);
        group.Ask<CommitOffsetsReply>(Commit(null, ("t", 1, 5)));
        group.Advance(RetentionMs / 2);
        Expire(group);
        Assert.True(group.Machine.TryGetOffset("t", 1, out _));
        Assert.False(group.Machine.TryGetOffset("t", 0, out _));
        group.Advance(RetentionMs / 2);
        Expire(group);
        Assert.True(group.Machine.IsGone);
    }

    [Fact]
    public void A_life_time_that_the_commit_asked_for_counts_instead()
    {
        var group = new GroupHarness(Settings);
        group.Ask<CommitOffsetsReply>(Commit(null, ("t", 0, 5)) with { RetentionTimeMs = 1_000 });
        group.Ask<CommitOffsetsReply>(Commit(null, ("t", 1, 5)) with { RetentionTimeMs = RetentionMs * 5 });
        group.Advance(1_000);
        Expire(group);
        Assert.False(group.Machine.TryGetOffset("t", 0, out _));
        group.Advance(RetentionMs * 2);
        Expire(group);
        Assert.True(group.Machine.TryGetOffset("t", 1, out _));
    }

    [Fact]
    public void An_empty_group_without_offsets_disappears_but_not_while_somebody_is_about_to_join()
    {
        var group = new GroupHarness(Settings);
        var told = group.Ask<JoinGroupReply>(Join());
        Expire(group);
        Assert.False(group.IsAnswered(group.Send(Join(told.MemberId))));

        var other = new GroupHarness(Settings);
        var member = other.Stable()[0];
        other.Ask<LeaveGroupReply>(Leave(member.MemberId));
        Expire(other);
        Assert.True(other.Machine.IsGone);
    }

    [Fact]
    public void The_retention_of_a_loaded_group_goes_on_from_its_record()
    {
        var group = new GroupHarness(Settings);
        var member = group.Stable()[0];
        group.Ask<CommitOffsetsReply>(Commit(member, ("t", 0, 5)));
        group.Ask<LeaveGroupReply>(Leave(member.MemberId));
        group.Advance(RetentionMs - 1);
        group.Reload();
        Expire(group);
        Assert.Equal(1, group.Machine.OffsetCount);
        group.Advance(1);
        Expire(group);
        Assert.True(group.Machine.IsGone);
    }

    [Fact]
    public void A_deleted_topic_takes_its_offsets_along()
    {
        var group = new GroupHarness(Settings);
        group.Ask<CommitOffsetsReply>(Commit(null, ("t", 0, 5), ("t", 1, 5), ("u", 0, 5)));
        group.Send(new TopicsDeleted { GroupId = "g", Topics = ImmutableHashSet.Create("t", "x") });
        Assert.Equal([("u", 0)], group.Machine.Offsets.Select(item => (item.Topic, item.Partition)));
        Assert.Equal(2, group.Log.OfType<OffsetRemoved>().Count());
    }

    [Fact]
    public void An_operator_deletes_a_group_without_members_and_its_offsets()
    {
        var group = new GroupHarness(Settings);
        Assert.Equal(ErrorCode.GroupIdNotFound, DeleteGroup(group));
        var member = group.Stable()[0];
        group.Ask<CommitOffsetsReply>(Commit(member, ("t", 0, 5), ("u", 0, 5)));
        Assert.Equal(ErrorCode.NonEmptyGroup, DeleteGroup(group));
        group.Ask<LeaveGroupReply>(Leave(member.MemberId));
        Assert.Equal(ErrorCode.None, DeleteGroup(group));
        Assert.True(group.Machine.IsGone);
        Assert.Equal(ErrorCode.GroupIdNotFound, DeleteGroup(group));
        group.Reload();
        Assert.True(group.Machine.IsGone);
    }

    [Fact]
    public void A_group_is_described_with_metadata_only_when_it_is_stable()
    {
        var group = new GroupHarness(Settings);
        Assert.Equal("Dead", Describe(group).State);
        var join = group.JoinDynamic();
        group.AwaitGeneration(join);
        var completing = Describe(group);
        Assert.Equal(("CompletingRebalance", "consumer", ""), (completing.State, completing.ProtocolType, completing.ProtocolName));
        Assert.Empty(Assert.Single(completing.Members).Metadata);
        group.SyncAll([group.Answer<JoinGroupReply>(join)]);
        var stable = Describe(group);
        var member = Assert.Single(stable.Members);
        Assert.Equal(("Stable", "range", "c", "/127.0.0.1"), (stable.State, stable.ProtocolName, member.ClientId, member.ClientHost));
        Assert.Equal(Subscription("t"), member.Metadata);
        Assert.Equal("a-" + member.MemberId, Text(member.Assignment));
        Assert.Equal(new ListedGroup("g", "consumer", "Stable", "classic"), group.Machine.Listing);
    }

    private static void Expire(GroupHarness group) => group.Send(new ExpireOffsets { GroupId = "g" });

    private static ErrorCode DeleteGroup(GroupHarness group) => group.Ask<DeleteGroupReply>(new DeleteGroup { GroupId = "g" }).Error;

    private static DescribeGroupReply Describe(GroupHarness group) => group.Ask<DescribeGroupReply>(new DescribeGroup { GroupId = "g" });

    private static void Live(GroupHarness group, IReadOnlyList<JoinGroupReply> members, long ms)
    {
        for (var passed = 0L; passed < ms; passed += 5_000)
        {
            group.Advance(5_000);
            Assert.Equal(ErrorCode.None, group.Heartbeats(members));
        }
    }
}
