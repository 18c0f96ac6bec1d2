using ActorBroker.Core.Groups;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using static ActorBroker.Core.Tests.Groups.GroupHarness;

namespace ActorBroker.Core.Tests.Groups;

public sealed class SyncTests
{
    [Fact]
    public void Followers_wait_for_the_leader_and_all_get_their_own_assignment()
    {
        var group = new GroupHarness();
        var joined = Generation(group, 3);
        var followers = joined.Skip(1).Select(member => (member.MemberId, Ticket: group.Send(Sync(member)))).ToList();
        Assert.All(followers, item => Assert.False(group.IsAnswered(item.Ticket)));

        var assignments = joined.Select(member => (member.MemberId, "for " + member.MemberId)).ToArray();
        var leader = group.Ask<SyncGroupReply>(Sync(joined[0], assignments));
        Assert.Equal("for " + joined[0].MemberId, Text(leader.Assignment));
        Assert.Equal(("consumer", "range"), (leader.ProtocolType, leader.ProtocolName));
        Assert.All(followers, item => Assert.Equal("for " + item.MemberId, Text(group.Answer<SyncGroupReply>(item.Ticket).Assignment)));
        Assert.Equal(GroupPhase.Stable, group.State.Phase);
    }

    [Fact]
    public void The_generation_is_written_with_members_subscriptions_and_assignments()
    {
        var group = new GroupHarness();
        var joined = group.Stable(2);
        var record = Assert.IsType<GroupMetadataWritten>(group.Log[^1]);
        Assert.Equal((1, "range", "consumer"), (record.Generation, record.ProtocolName, record.ProtocolType));
        Assert.Equal(joined[0].MemberId, record.LeaderId);
        Assert.All(record.Members, member => Assert.Equal("a-" + member.Id, Text(member.Assignment)));
        Assert.All(record.Members, member => Assert.Equal(Subscription("t"), member.Subscription));
        Assert.All(record.Members, member => Assert.Equal((10_000, 30_000), (member.SessionTimeoutMs, member.RebalanceTimeoutMs)));
    }

    [Fact]
    public void A_member_that_the_leader_forgot_gets_an_empty_assignment()
    {
        var group = new GroupHarness();
        var joined = Generation(group, 2);
        var follower = group.Send(Sync(joined[1]));
        group.Send(Sync(joined[0], (joined[0].MemberId, "all")));
        Assert.Empty(group.Answer<SyncGroupReply>(follower).Assignment);
    }

    [Fact]
    public void A_sync_in_a_stable_group_is_answered_at_once()
    {
        var group = new GroupHarness();
        var joined = group.Stable(2);
        Assert.Equal("a-" + joined[1].MemberId, Text(group.Ask<SyncGroupReply>(Sync(joined[1])).Assignment));
    }

    [Fact]
    public void A_second_sync_of_a_parked_member_answers_the_first()
    {
        var group = new GroupHarness();
        var joined = Generation(group, 2);
        var first = group.Send(Sync(joined[1]));
        var second = group.Send(Sync(joined[1]));
        Assert.Equal(ErrorCode.RebalanceInProgress, group.Answer<SyncGroupReply>(first).Error);
        group.Send(Sync(joined[0]));
        Assert.Equal(ErrorCode.None, group.Answer<SyncGroupReply>(second).Error);
    }

    [Fact]
    public void Who_asks_in_vain_hears_why()
    {
        var group = new GroupHarness();
        Assert.Equal(ErrorCode.UnknownMemberId, group.Ask<SyncGroupReply>(Sync(new JoinGroupReply { MemberId = "x" })).Error);
        var joined = group.Stable();
        Assert.Equal(ErrorCode.UnknownMemberId, group.Ask<SyncGroupReply>(Sync(joined[0] with { MemberId = "x" })).Error);
        Assert.Equal(ErrorCode.IllegalGeneration, group.Ask<SyncGroupReply>(Sync(joined[0] with { GenerationId = 7 })).Error);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, group.Ask<SyncGroupReply>(Sync(joined[0]) with { ProtocolName = "x" }).Error);
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, group.Ask<SyncGroupReply>(Sync(joined[0]) with { ProtocolType = "x" }).Error);
        Assert.Equal(ErrorCode.InvalidGroupId, group.Ask<SyncGroupReply>(Sync(joined[0]) with { GroupId = "" }).Error);
        group.JoinDynamic();
        Assert.Equal(ErrorCode.RebalanceInProgress, group.Ask<SyncGroupReply>(Sync(joined[0])).Error);
    }

    [Fact]
    public void A_rebalance_sends_parked_syncs_away()
    {
        var group = new GroupHarness();
        var joined = Generation(group, 2);
        var parked = group.Send(Sync(joined[1]));
        group.JoinDynamic();
        var reply = group.Answer<SyncGroupReply>(parked);
        Assert.Equal((ErrorCode.RebalanceInProgress, 0), (reply.Error, reply.Assignment.Length));
    }

    [Fact]
    public void The_death_of_the_leader_before_its_sync_starts_another_rebalance()
    {
        var group = new GroupHarness();
        var joined = Generation(group, 2);
        var parked = group.Send(Sync(joined[1]));
        group.Advance(10_000);
        Assert.Equal(ErrorCode.RebalanceInProgress, group.Answer<SyncGroupReply>(parked).Error);
        Assert.DoesNotContain(joined[0].MemberId, group.State.Members.Keys);
        Assert.Equal(joined[1].MemberId, group.State.LeaderId);
    }

    [Fact]
    public void Members_that_never_sync_are_removed_after_the_rebalance_timeout_though_they_send_heartbeats()
    {
        var group = new GroupHarness();
        var joined = Generation(group, 2);
        group.Ask<SyncGroupReply>(Sync(joined[0]));
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(ErrorCode.None, group.Heartbeats(joined));
            group.Advance(5_000);
        }

        Assert.Equal(joined[0].MemberId, Assert.Single(group.State.Members).Key);
        Assert.Equal(GroupPhase.PreparingRebalance, group.State.Phase);
    }

    [Fact]
    public void Once_everyone_has_synced_nobody_is_removed_for_it()
    {
        var group = new GroupHarness();
        var joined = group.Stable(2);
        for (var i = 0; i < 20; i++)
        {
            group.Advance(5_000);
            Assert.Equal(ErrorCode.None, group.Heartbeats(joined));
        }
    }

    [Fact]
    public void Assignments_that_could_not_be_written_are_given_to_nobody()
    {
        var group = new GroupHarness();
        var joined = Generation(group, 2);
        var parked = group.Send(Sync(joined[1]));
        group.LogError = ErrorCode.NotEnoughReplicas;
        var leader = group.Ask<SyncGroupReply>(Sync(joined[0], (joined[0].MemberId, "a"), (joined[1].MemberId, "b")));
        Assert.All(new[] { leader, group.Answer<SyncGroupReply>(parked) },
            reply => Assert.Equal((ErrorCode.CoordinatorNotAvailable, 0), (reply.Error, reply.Assignment.Length)));
        Assert.Equal(GroupPhase.PreparingRebalance, group.State.Phase);
        Assert.DoesNotContain(group.Log, record => record is GroupMetadataWritten { Members.Length: > 0 });
    }

    [Fact]
    public void Sessions_start_anew_with_the_assignment()
    {
        var group = new GroupHarness();
        var joined = Generation(group, 2);
        group.Send(Sync(joined[1]));
        group.Advance(9_000);
        group.Heartbeats([joined[0]]);
        group.Advance(3_000);
        group.Send(Sync(joined[0]));
        group.Advance(9_999);
        Assert.Equal(2, group.State.Members.Count);
    }

    private static List<JoinGroupReply> Generation(GroupHarness group, int members)
    {
        var joins = Enumerable.Range(0, members).Select(_ => group.JoinDynamic()).ToList();
        group.AwaitGeneration(joins[0]);
        return joins.Select(group.Answer<JoinGroupReply>).OrderBy(reply => reply.MemberId != reply.LeaderId).ToList();
    }
}
