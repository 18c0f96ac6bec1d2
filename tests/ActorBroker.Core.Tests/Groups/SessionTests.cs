using ActorBroker.Core.Groups;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using static ActorBroker.Core.Tests.Groups.GroupHarness;

namespace ActorBroker.Core.Tests.Groups;

public sealed class SessionTests
{
    [Fact]
    public void Heartbeats_keep_a_member_and_their_absence_removes_it()
    {
        var group = new GroupHarness();
        var members = group.Stable();
        for (var i = 0; i < 10; i++)
        {
            group.Advance(9_999);
            Assert.Equal(ErrorCode.None, group.Heartbeats(members));
        }

        group.Advance(10_000);
        Assert.Equal(GroupPhase.Empty, group.State.Phase);
        Assert.Equal(ErrorCode.UnknownMemberId, group.Heartbeats(members));
    }

    [Fact]
    public void The_last_member_to_go_leaves_an_empty_generation_in_the_log()
    {
        var group = new GroupHarness();
        group.Stable();
        group.Advance(10_000);
        var record = Assert.IsType<GroupMetadataWritten>(group.Log[^1]);
        Assert.Equal((2, "consumer", 0, group.NowMs), (record.Generation, record.ProtocolType, record.Members.Length, record.PhaseSinceMs));
        Assert.Null(record.ProtocolName);
        Assert.Null(record.LeaderId);
    }

    [Fact]
    public void A_group_becomes_empty_even_when_that_cannot_be_written()
    {
        var group = new GroupHarness();
        group.Stable();
        group.LogError = ErrorCode.NotEnoughReplicas;
        group.Advance(10_000);
        Assert.Equal(GroupPhase.Empty, group.State.Phase);
    }

    [Fact]
    public void Heartbeats_of_strangers_and_old_generations_are_refused()
    {
        var group = new GroupHarness();
        Assert.Equal(ErrorCode.UnknownMemberId, group.Heartbeats([new JoinGroupReply { MemberId = "x" }]));
        var member = group.Stable()[0];
        Assert.Equal(ErrorCode.UnknownMemberId, group.Heartbeats([member with { MemberId = "x" }]));
        Assert.Equal(ErrorCode.IllegalGeneration, group.Heartbeats([member with { GenerationId = 0 }]));
        Assert.Equal(ErrorCode.InvalidGroupId, group.Ask<HeartbeatReply>(Beat(member) with { GroupId = "" }).Error);
    }

    [Fact]
    public void A_heartbeat_between_join_and_sync_is_fine()
    {
        var group = new GroupHarness();
        var join = group.JoinDynamic();
        group.AwaitGeneration(join);
        Assert.Equal(ErrorCode.None, group.Heartbeats([group.Answer<JoinGroupReply>(join)]));
    }

    [Fact]
    public void A_heartbeat_in_a_rebalance_says_so_and_keeps_the_session()
    {
        var group = new GroupHarness();
        var members = group.Stable();
        group.JoinDynamic();
        for (var i = 0; i < 5; i++)
        {
            group.Advance(5_000);
            Assert.Equal(ErrorCode.RebalanceInProgress, group.Heartbeats(members));
        }

        Assert.Equal(2, group.State.Members.Count);
    }

    [Fact]
    public void The_end_of_a_session_in_a_rebalance_may_end_its_join_phase()
    {
        var group = new GroupHarness();
        group.Stable();
        var newcomer = group.JoinDynamic();
        group.Advance(10_000);
        Assert.Equal(2, group.Answer<JoinGroupReply>(newcomer).GenerationId);
    }

    [Fact]
    public void Sessions_of_loaded_members_start_at_the_load()
    {
        var group = new GroupHarness();
        var members = group.Stable(2);
        group.Advance(9_000);
        group.Reload();
        Assert.Equal(GroupPhase.Stable, group.State.Phase);
        group.Advance(9_000);
        Assert.Equal(ErrorCode.None, group.Heartbeats(members));
        group.Advance(10_000);
        Assert.Equal(GroupPhase.Empty, group.State.Phase);
    }

    [Fact]
    public void A_loaded_group_goes_on_where_it_was()
    {
        var group = new GroupHarness();
        var members = group.Stable(2);
        group.Reload();
        Assert.Equal("a-" + members[1].MemberId, Text(group.Ask<SyncGroupReply>(Sync(members[1])).Assignment));
        Assert.Equal(ErrorCode.None, group.Heartbeats(members));
        var join = group.JoinDynamic();
        foreach (var member in members) group.Send(Join(member.MemberId));
        Assert.Equal(2, group.Answer<JoinGroupReply>(join).GenerationId);
    }

    [Fact]
    public void A_member_that_leaves_starts_a_rebalance_of_the_rest()
    {
        var group = new GroupHarness();
        var members = group.Stable(2);
        var left = Assert.Single(group.Ask<LeaveGroupReply>(Leave(members[0].MemberId)).Members);
        Assert.Equal((members[0].MemberId, ErrorCode.None), (left.MemberId, left.Error));
        Assert.Equal(ErrorCode.RebalanceInProgress, group.Heartbeats([members[1]]));
        Assert.Equal(members[1].MemberId, group.State.LeaderId);
    }

    [Fact]
    public void The_last_member_that_leaves_empties_the_group()
    {
        var group = new GroupHarness();
        var members = group.Stable();
        group.Ask<LeaveGroupReply>(Leave(members[0].MemberId));
        Assert.Equal((GroupPhase.Empty, 2), (group.State.Phase, group.State.Generation));
    }

    [Fact]
    public void A_leaver_may_be_the_last_that_a_join_phase_waited_for()
    {
        var group = new GroupHarness();
        var members = group.Stable();
        var newcomer = group.JoinDynamic();
        group.Ask<LeaveGroupReply>(Leave(members[0].MemberId));
        Assert.Equal(2, group.Answer<JoinGroupReply>(newcomer).GenerationId);
    }

    [Fact]
    public void Leaving_answers_the_parked_requests_of_the_leaver()
    {
        var group = new GroupHarness();
        var members = group.Stable(2);
        var join = group.Send(Join(members[0].MemberId));
        group.Ask<LeaveGroupReply>(Leave(members[0].MemberId));
        Assert.Equal(ErrorCode.UnknownMemberId, group.Answer<JoinGroupReply>(join).Error);

        var again = new GroupHarness();
        var first = again.JoinDynamic();
        again.JoinDynamic();
        again.AwaitGeneration(first);
        var follower = again.State.Members.Keys.First(id => id != again.State.LeaderId);
        var sync = again.Send(Sync(new JoinGroupReply { MemberId = follower, GenerationId = 1 }));
        again.Ask<LeaveGroupReply>(Leave(follower));
        Assert.Equal(ErrorCode.UnknownMemberId, again.Answer<SyncGroupReply>(sync).Error);
    }

    [Fact]
    public void Many_leave_at_once_each_with_an_answer_of_its_own()
    {
        var group = new GroupHarness();
        var members = group.Stable(3);
        var pending = group.Ask<JoinGroupReply>(Join()).MemberId;
        var leave = new LeaveGroup
        {
            GroupId = "g",
            Members = [.. new[] { members[0].MemberId, "x", pending, members[1].MemberId }.Select(id => new LeavingMember(id, null, null))],
        };
        var errors = group.Ask<LeaveGroupReply>(leave).Members.Select(member => member.Error);
        Assert.Equal([ErrorCode.None, ErrorCode.UnknownMemberId, ErrorCode.None, ErrorCode.None], errors);
        Assert.Single(group.State.Members);
        Assert.Empty(group.State.PendingJoins);
        Assert.Equal(GroupPhase.PreparingRebalance, group.State.Phase);
    }

    [Fact]
    public void Leaving_a_group_that_is_unknown_is_a_members_error()
    {
        var group = new GroupHarness();
        var reply = group.Ask<LeaveGroupReply>(Leave("x"));
        Assert.Equal((ErrorCode.None, ErrorCode.UnknownMemberId), (reply.Error, Assert.Single(reply.Members).Error));
        Assert.Equal(ErrorCode.InvalidGroupId, group.Ask<LeaveGroupReply>(Leave("x") with { GroupId = "" }).Error);
    }

    [Fact]
    public void A_stranger_that_leaves_disturbs_nobody()
    {
        var group = new GroupHarness();
        var members = group.Stable();
        group.Ask<LeaveGroupReply>(Leave("x"));
        Assert.Equal(ErrorCode.None, group.Heartbeats(members));
    }
}
