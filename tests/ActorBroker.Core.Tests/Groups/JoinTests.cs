using ActorBroker.Core.Groups;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using static ActorBroker.Core.Tests.Groups.GroupHarness;

namespace ActorBroker.Core.Tests.Groups;

public sealed class JoinTests
{
    [Fact]
    public void A_new_dynamic_member_is_sent_back_with_an_id_and_parked_when_it_comes_again()
    {
        var group = new GroupHarness();
        var told = group.Ask<JoinGroupReply>(Join());
        Assert.Equal(ErrorCode.MemberIdRequired, told.Error);
        Assert.StartsWith("c-", told.MemberId, StringComparison.Ordinal);
        Assert.Equal(-1, told.GenerationId);

        Assert.False(group.IsAnswered(group.Send(Join(told.MemberId))));
        Assert.Equal(GroupPhase.PreparingRebalance, group.State.Phase);
    }

    [Fact]
    public void An_old_client_without_the_two_steps_is_parked_at_once()
    {
        var group = new GroupHarness();
        Assert.False(group.IsAnswered(group.Send(Join() with { RequiresKnownMemberId = false })));
        Assert.Single(group.State.Members);
    }

    [Fact]
    public void The_first_join_writes_the_group_before_anything_else()
    {
        var group = new GroupHarness();
        group.Ask<JoinGroupReply>(Join());
        var record = Assert.IsType<GroupMetadataWritten>(Assert.Single(group.Log));
        Assert.Equal((0, "", 0), (record.Generation, record.ProtocolType, record.Members.Length));
    }

    [Theory]
    [InlineData(5_999)]
    [InlineData(1_800_001)]
    public void A_session_timeout_out_of_bounds_is_refused(int sessionTimeoutMs)
    {
        var reply = new GroupHarness().Ask<JoinGroupReply>(Join() with { SessionTimeoutMs = sessionTimeoutMs });
        Assert.Equal(ErrorCode.InvalidSessionTimeout, reply.Error);
    }

    [Fact]
    public void An_empty_group_id_is_refused() =>
        Assert.Equal(ErrorCode.InvalidGroupId, new GroupHarness().Ask<JoinGroupReply>(Join() with { GroupId = "" }).Error);

    [Fact]
    public void A_member_id_that_nobody_gave_out_is_unknown()
    {
        var group = new GroupHarness();
        var unknownGroup = group.Ask<JoinGroupReply>(Join("x"));
        Assert.Equal((ErrorCode.UnknownMemberId, "x"), (unknownGroup.Error, unknownGroup.MemberId));
        Assert.False(group.State.Exists);

        group.Stable();
        Assert.Equal(ErrorCode.UnknownMemberId, group.Ask<JoinGroupReply>(Join("x")).Error);
    }

    [Fact]
    public void A_join_without_protocols_or_type_does_not_fit()
    {
        var group = new GroupHarness();
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, group.Ask<JoinGroupReply>(Join() with { Protocols = [] }).Error);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, group.Ask<JoinGroupReply>(Join() with { ProtocolType = "" }).Error);
    }

    [Fact]
    public void Another_type_or_no_common_protocol_does_not_fit_a_group_with_members()
    {
        var group = new GroupHarness();
        group.Stable();
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, group.Ask<JoinGroupReply>(Join() with { ProtocolType = "connect" }).Error);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, group.Ask<JoinGroupReply>(Join(protocols: "sticky")).Error);
    }

    [Fact]
    public void An_empty_group_takes_another_protocol_type()
    {
        var group = new GroupHarness();
        var member = group.Stable()[0];
        group.Ask<LeaveGroupReply>(Leave(member.MemberId));
        Assert.Equal(ErrorCode.MemberIdRequired, group.Ask<JoinGroupReply>(Join() with { ProtocolType = "connect" }).Error);
    }

    [Fact]
    public void The_protocol_with_most_votes_among_the_common_ones_is_chosen()
    {
        var group = new GroupHarness();
        var first = group.JoinDynamic("a", "b", "c");
        group.JoinDynamic("c", "b");
        group.JoinDynamic("b", "c", "a");
        group.AwaitGeneration(first);
        Assert.Equal("b", group.Answer<JoinGroupReply>(first).ProtocolName);
    }

    [Fact]
    public void Only_the_leader_learns_of_the_members_and_all_of_the_generation()
    {
        var group = new GroupHarness();
        var joins = new[] { group.JoinDynamic(), group.JoinDynamic(), group.JoinDynamic() };
        group.AwaitGeneration(joins[0]);
        var replies = joins.Select(group.Answer<JoinGroupReply>).ToList();
        Assert.All(replies, reply => Assert.Equal((ErrorCode.None, 1, "range"), (reply.Error, reply.GenerationId, reply.ProtocolName)));
        Assert.Single(replies.Select(reply => reply.LeaderId).Distinct());
        Assert.All(replies, reply => Assert.Equal(reply.MemberId == reply.LeaderId ? 3 : 0, reply.Members.Length));
        Assert.Equal(GroupPhase.CompletingRebalance, group.State.Phase);
    }

    [Fact]
    public void The_first_rebalance_waits_its_delay_and_longer_while_members_arrive()
    {
        var group = new GroupHarness();
        var first = group.JoinDynamic();
        group.Advance(2_999);
        group.JoinDynamic();
        group.Advance(1);
        Assert.False(group.IsAnswered(first));
        group.Advance(2_999);
        Assert.False(group.IsAnswered(first));
        group.Advance(1);
        Assert.True(group.IsAnswered(first));
    }

    [Fact]
    public void The_initial_delay_ends_with_the_rebalance_timeout_however_many_arrive()
    {
        var group = new GroupHarness();
        var first = group.JoinDynamic();
        for (var i = 0; i < 14; i++)
        {
            group.Advance(2_000);
            group.JoinDynamic();
        }

        Assert.False(group.IsAnswered(first));
        group.Advance(2_000);
        Assert.True(group.IsAnswered(first));
        Assert.Equal(GroupPhase.CompletingRebalance, group.State.Phase);
    }

    [Fact]
    public void Without_a_delay_configured_the_first_generation_still_needs_its_timer()
    {
        var group = new GroupHarness(new GroupSettings { InitialRebalanceDelayMs = 0 });
        var first = group.JoinDynamic();
        group.Advance(0);
        Assert.Equal(1, group.Answer<JoinGroupReply>(first).GenerationId);
    }

    [Fact]
    public void A_newcomer_makes_the_others_rejoin_and_the_join_phase_ends_with_the_last_of_them()
    {
        var group = new GroupHarness();
        var members = group.Stable(2);
        var newcomer = group.JoinDynamic();
        Assert.Equal(ErrorCode.RebalanceInProgress, group.Heartbeats(members));
        var again = group.Send(Join(members[0].MemberId));
        Assert.False(group.IsAnswered(newcomer));
        var last = group.Send(Join(members[1].MemberId));
        Assert.All(new[] { newcomer, again, last }, ticket => Assert.Equal(2, group.Answer<JoinGroupReply>(ticket).GenerationId));
    }

    [Fact]
    public void A_handed_out_id_delays_the_end_of_the_join_phase()
    {
        var group = new GroupHarness();
        var members = group.Stable();
        var told = group.Ask<JoinGroupReply>(Join());
        var again = group.Send(Join(members[0].MemberId));
        Assert.False(group.IsAnswered(again));
        group.Send(Join(told.MemberId));
        Assert.Equal(2, group.Answer<JoinGroupReply>(again).GenerationId);
    }

    [Fact]
    public void A_handed_out_id_that_nobody_uses_is_forgotten_after_its_session()
    {
        var group = new GroupHarness();
        var members = group.Stable();
        group.Ask<JoinGroupReply>(Join());
        var again = group.Send(Join(members[0].MemberId));
        group.Advance(10_000);
        Assert.Equal(2, group.Answer<JoinGroupReply>(again).GenerationId);
        Assert.Empty(group.State.PendingJoins);
    }

    [Fact]
    public void Members_that_do_not_rejoin_within_the_rebalance_timeout_are_removed()
    {
        var group = new GroupHarness();
        var members = group.Stable(2);
        var newcomer = group.JoinDynamic();
        for (var i = 0; i < 5; i++)
        {
            group.Advance(5_000);
            group.Heartbeats(members);
        }

        group.Advance(5_000);
        Assert.Equal(2, group.Answer<JoinGroupReply>(newcomer).GenerationId);
        Assert.Single(group.State.Members);
        Assert.Equal(ErrorCode.UnknownMemberId, group.Heartbeats(members));
    }

    [Fact]
    public void Another_member_leads_when_the_leader_does_not_rejoin()
    {
        var group = new GroupHarness();
        var members = group.Stable(2);
        group.JoinDynamic();
        group.Send(Join(members[1].MemberId));
        group.Advance(10_000);
        Assert.NotEqual(members[0].MemberId, group.State.LeaderId);
        Assert.Contains(group.State.LeaderId!, group.State.Members.Keys);
    }

    [Fact]
    public void A_follower_that_rejoins_unchanged_gets_the_generation_without_a_rebalance()
    {
        var group = new GroupHarness();
        var members = group.Stable(2);
        var reply = group.Ask<JoinGroupReply>(Join(members[1].MemberId));
        Assert.Equal((1, 0, members[0].MemberId), (reply.GenerationId, reply.Members.Length, reply.LeaderId));
        Assert.Equal(GroupPhase.Stable, group.State.Phase);
    }

    [Fact]
    public void A_follower_with_other_metadata_starts_a_rebalance()
    {
        var group = new GroupHarness();
        var members = group.Stable(2);
        var changed = Join(members[1].MemberId) with { Protocols = [new GroupProtocol("range", Subscription("t", "u"))] };
        Assert.False(group.IsAnswered(group.Send(changed)));
        Assert.Equal(GroupPhase.PreparingRebalance, group.State.Phase);
    }

    [Fact]
    public void A_leader_that_rejoins_starts_a_rebalance_even_unchanged()
    {
        var group = new GroupHarness();
        var members = group.Stable(2);
        Assert.False(group.IsAnswered(group.Send(Join(members[0].MemberId))));
        Assert.Equal(GroupPhase.PreparingRebalance, group.State.Phase);
    }

    [Fact]
    public void A_member_whose_join_answer_was_lost_gets_it_again_while_the_rebalance_completes()
    {
        var group = new GroupHarness();
        var first = group.JoinDynamic();
        group.Advance(3_000);
        var joined = group.Answer<JoinGroupReply>(first);
        var again = group.Ask<JoinGroupReply>(Join(joined.MemberId));
        Assert.Equal((1, 1), (again.GenerationId, again.Members.Length));
    }

    [Fact]
    public void A_second_join_of_a_parked_member_answers_the_first()
    {
        var group = new GroupHarness();
        var members = group.Stable(2);
        var first = group.Send(Join(members[0].MemberId));
        var second = group.Send(Join(members[0].MemberId));
        Assert.Equal(ErrorCode.RebalanceInProgress, group.Answer<JoinGroupReply>(first).Error);
        group.Send(Join(members[1].MemberId));
        Assert.Equal(2, group.Answer<JoinGroupReply>(second).GenerationId);
    }

    [Fact]
    public void A_full_group_refuses_another_member()
    {
        var group = new GroupHarness(new GroupSettings { MaxSize = 2 });
        group.Stable(2);
        var reply = group.Ask<JoinGroupReply>(Join());
        Assert.Equal((ErrorCode.GroupMaxSizeReached, ""), (reply.Error, reply.MemberId));
    }

    [Fact]
    public void A_full_join_phase_refuses_the_last_to_come()
    {
        var group = new GroupHarness(new GroupSettings { MaxSize = 2 });
        var told = Enumerable.Range(0, 3).Select(_ => group.Ask<JoinGroupReply>(Join()).MemberId).ToList();
        var first = group.Send(Join(told[0]));
        group.Send(Join(told[1]));
        Assert.Equal(ErrorCode.GroupMaxSizeReached, group.Ask<JoinGroupReply>(Join(told[2])).Error);
        group.AwaitGeneration(first);
        Assert.Equal(2, group.State.Members.Count);
    }

    [Fact]
    public void A_loaded_group_above_the_limit_rebalances_and_shrinks()
    {
        var large = new GroupHarness();
        var members = large.Stable(3);
        var group = new GroupHarness(new GroupSettings { MaxSize = 2 });
        group.Log.AddRange(large.Log);
        group.Reload();
        Assert.Equal(GroupPhase.PreparingRebalance, group.State.Phase);
        var replies = members.Select(member => group.Send(Join(member.MemberId))).ToList();
        group.Advance(30_000);
        var errors = replies.Select(ticket => group.Answer<JoinGroupReply>(ticket).Error);
        Assert.Equal([ErrorCode.None, ErrorCode.None, ErrorCode.GroupMaxSizeReached], errors);
        Assert.Equal(2, group.State.Members.Count);
    }

    [Fact]
    public void A_new_member_that_stays_away_is_given_up_after_five_minutes()
    {
        var group = new GroupHarness();
        var members = group.Stable();
        var patient = Join() with { RequiresKnownMemberId = false, RebalanceTimeoutMs = 1_000_000 };
        var newcomer = group.Send(patient);
        for (var i = 0; i < 59; i++)
        {
            group.Advance(5_000);
            group.Heartbeats(members);
        }

        Assert.False(group.IsAnswered(newcomer));
        group.Advance(5_000);
        Assert.Equal(ErrorCode.UnknownMemberId, group.Answer<JoinGroupReply>(newcomer).Error);
    }

    [Fact]
    public void A_group_that_could_not_be_written_does_not_exist()
    {
        var group = new GroupHarness { LogError = ErrorCode.NotEnoughReplicas };
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, group.Ask<JoinGroupReply>(Join()).Error);
        Assert.False(group.State.Exists);
    }

    [Fact]
    public void A_join_that_would_have_been_parked_hears_that_its_group_could_not_be_written()
    {
        var group = new GroupHarness { LogError = ErrorCode.NotEnoughReplicas };
        var reply = group.Ask<JoinGroupReply>(Join() with { RequiresKnownMemberId = false });
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, reply.Error);
    }
}
