using ActorBroker.Core.Groups;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using static ActorBroker.Core.Tests.Groups.GroupHarness;

namespace ActorBroker.Core.Tests.Groups;

public sealed class StaticMemberTests
{
    [Fact]
    public void A_static_member_joins_in_one_step_under_an_id_with_its_instance()
    {
        var group = new GroupHarness();
        var join = group.Send(Join(instance: "i1"));
        group.AwaitGeneration(join);
        var reply = group.Answer<JoinGroupReply>(join);
        Assert.StartsWith("i1-", reply.MemberId, StringComparison.Ordinal);
        Assert.Equal("i1", Assert.Single(reply.Members).InstanceId);
    }

    [Fact]
    public void A_follower_that_comes_back_keeps_its_assignment_without_a_rebalance()
    {
        var group = new GroupHarness();
        var (_, follower) = StaticPair(group);
        var back = group.Ask<JoinGroupReply>(Join(instance: "follower"));
        Assert.Equal((ErrorCode.None, 1, false), (back.Error, back.GenerationId, back.SkipAssignment));
        Assert.NotEqual(follower.MemberId, back.MemberId);
        Assert.Empty(back.Members);
        Assert.Equal(GroupPhase.Stable, group.State.Phase);
        Assert.Equal("a-" + follower.MemberId, Text(group.Ask<SyncGroupReply>(Sync(back)).Assignment));
    }

    [Fact]
    public void The_new_id_is_in_the_log()
    {
        var group = new GroupHarness();
        var (_, follower) = StaticPair(group);
        var back = group.Ask<JoinGroupReply>(Join(instance: "follower"));
        group.Reload();
        Assert.Contains(back.MemberId, group.State.Members.Keys);
        Assert.DoesNotContain(follower.MemberId, group.State.Members.Keys);
        Assert.Equal("a-" + follower.MemberId, Text(group.Ask<SyncGroupReply>(Sync(back)).Assignment));
    }

    [Fact]
    public void A_leader_that_comes_back_is_told_to_skip_assigning()
    {
        var group = new GroupHarness();
        StaticPair(group);
        var back = group.Ask<JoinGroupReply>(Join(instance: "leader"));
        Assert.True(back.SkipAssignment);
        Assert.Equal((back.MemberId, 2), (back.LeaderId, back.Members.Length));
    }

    [Fact]
    public void A_leader_that_cannot_skip_is_told_that_its_former_self_leads()
    {
        var group = new GroupHarness();
        var (leader, _) = StaticPair(group);
        var back = group.Ask<JoinGroupReply>(Join(instance: "leader") with { SupportsSkippingAssignment = false });
        Assert.Equal((leader.MemberId, false, 0), (back.LeaderId, back.SkipAssignment, back.Members.Length));
        Assert.Equal(back.MemberId, group.State.LeaderId);
    }

    [Fact]
    public void The_former_id_is_fenced_everywhere()
    {
        var group = new GroupHarness();
        var (_, old) = StaticPair(group);
        group.Ask<JoinGroupReply>(Join(instance: "follower"));
        Assert.Equal(ErrorCode.FencedInstanceId, group.Ask<HeartbeatReply>(Beat(old, "follower")).Error);
        Assert.Equal(ErrorCode.FencedInstanceId, group.Ask<JoinGroupReply>(Join(old.MemberId, "follower")).Error);
        Assert.Equal(ErrorCode.FencedInstanceId, group.Ask<SyncGroupReply>(Sync(old) with { InstanceId = "follower" }).Error);
        var commit = Commit(old, ("t", 0, 1)) with { InstanceId = "follower" };
        Assert.Equal(ErrorCode.FencedInstanceId, group.Ask<CommitOffsetsReply>(commit).Error);
        Assert.Equal(ErrorCode.FencedInstanceId, group.Ask<LeaveGroupReply>(Leave(old.MemberId, "follower")).Members[0].Error);
        Assert.Equal(ErrorCode.UnknownMemberId, group.Ask<HeartbeatReply>(Beat(old, "nobody")).Error);
    }

    [Fact]
    public void The_parked_request_of_the_former_self_is_fenced()
    {
        var group = new GroupHarness();
        var (leader, follower) = StaticPair(group);
        var parked = group.Send(Join(leader.MemberId, "leader"));
        var back = group.Send(Join(instance: "leader"));
        Assert.Equal(ErrorCode.FencedInstanceId, group.Answer<JoinGroupReply>(parked).Error);
        group.Send(Join(follower.MemberId, "follower"));
        Assert.Equal(2, group.Answer<JoinGroupReply>(back).GenerationId);
    }

    [Fact]
    public void A_return_while_the_leader_assigns_starts_another_rebalance()
    {
        var group = new GroupHarness();
        var first = group.Send(Join(instance: "a"));
        group.Send(Join(instance: "b"));
        group.AwaitGeneration(first);
        var parked = group.Send(Sync(group.Answer<JoinGroupReply>(first)) with { MemberId = Follower(group) });
        Assert.False(group.IsAnswered(group.Send(Join(instance: group.State.Members[Follower(group)].InstanceId))));
        Assert.Equal(ErrorCode.FencedInstanceId, group.Answer<SyncGroupReply>(parked).Error);
        Assert.Equal(GroupPhase.PreparingRebalance, group.State.Phase);
    }

    [Fact]
    public void A_return_that_changes_the_chosen_protocol_rebalances()
    {
        var group = new GroupHarness();
        var join = group.Send(Join(instance: "a", protocols: ["x", "y"]));
        group.AwaitGeneration(join);
        group.SyncAll([group.Answer<JoinGroupReply>(join)]);
        var back = group.Send(Join(instance: "a", protocols: ["y", "x"]));
        Assert.Equal((2, "y"), (group.Answer<JoinGroupReply>(back).GenerationId, group.Answer<JoinGroupReply>(back).ProtocolName));
    }

    [Fact]
    public void A_return_that_could_not_be_written_leaves_the_former_self_in_place()
    {
        var group = new GroupHarness();
        var (_, follower) = StaticPair(group);
        group.LogError = ErrorCode.KafkaStorageError;
        Assert.Equal(ErrorCode.NotCoordinator, group.Ask<JoinGroupReply>(Join(instance: "follower")).Error);
        Assert.Equal(ErrorCode.None, group.Ask<HeartbeatReply>(Beat(follower, "follower")).Error);
    }

    [Fact]
    public void Static_members_survive_a_join_phase_without_rejoining_until_their_session_ends()
    {
        var group = new GroupHarness();
        var join = group.Send(Join(instance: "i") with { SessionTimeoutMs = 60_000 });
        group.AwaitGeneration(join);
        group.SyncAll([group.Answer<JoinGroupReply>(join)]);
        var newcomer = group.JoinDynamic();
        group.Advance(30_000);
        Assert.Equal(2, group.Answer<JoinGroupReply>(newcomer).GenerationId);
        Assert.Equal(group.Answer<JoinGroupReply>(newcomer).MemberId, group.State.LeaderId);
        Assert.Equal(2, group.State.Members.Count);
    }

    [Fact]
    public void A_join_phase_that_nobody_came_to_is_prolonged_for_static_members()
    {
        var group = new GroupHarness();
        var (leader, _) = StaticPair(group, sessionTimeoutMs: 80_000);
        group.Ask<LeaveGroupReply>(Leave(leader.MemberId));
        group.Advance(31_000);
        Assert.Equal((GroupPhase.PreparingRebalance, 1), (group.State.Phase, group.State.Generation));
        group.Advance(60_000);
        Assert.Equal((GroupPhase.Empty, 2), (group.State.Phase, group.State.Generation));
    }

    [Fact]
    public void An_operator_removes_a_static_member_by_its_instance()
    {
        var group = new GroupHarness();
        StaticPair(group);
        Assert.Equal(ErrorCode.None, group.Ask<LeaveGroupReply>(Leave("", "follower")).Members[0].Error);
        Assert.Equal(ErrorCode.UnknownMemberId, group.Ask<LeaveGroupReply>(Leave("", "follower")).Members[0].Error);
        Assert.Equal(ErrorCode.UnknownMemberId, group.Ask<LeaveGroupReply>(Leave("")).Members[0].Error);
        Assert.Single(group.State.Members);
    }

    [Fact]
    public void A_handed_out_id_cannot_take_an_instance()
    {
        var group = new GroupHarness();
        var told = group.Ask<JoinGroupReply>(Join());
        Assert.Equal(ErrorCode.UnknownMemberId, group.Ask<JoinGroupReply>(Join(told.MemberId, "i")).Error);
    }

    private static string Follower(GroupHarness group) => group.State.Members.Keys.First(id => id != group.State.LeaderId);

    private static (JoinGroupReply Leader, JoinGroupReply Follower) StaticPair(GroupHarness group, int sessionTimeoutMs = 10_000)
    {
        var leader = group.Send(Join(instance: "leader") with { SessionTimeoutMs = sessionTimeoutMs });
        var follower = group.Send(Join(instance: "follower") with { SessionTimeoutMs = sessionTimeoutMs });
        group.AwaitGeneration(leader);
        var both = new[] { group.Answer<JoinGroupReply>(leader), group.Answer<JoinGroupReply>(follower) };
        group.SyncAll(both);
        return (both[0], both[1]);
    }
}
