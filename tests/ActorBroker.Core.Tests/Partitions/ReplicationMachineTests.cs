using System.Collections.Immutable;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Partitions.Replication;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Tests.Partitions;

public sealed class ReplicationMachineTests
{
    private const int Window = 1000;
    private static readonly PartitionSettings s_settings = new();
    private static readonly PartitionSettings s_strict = new() { MinInSyncReplicas = 2 };

    [Theory]
    [InlineData(80, 4, 4, 100, OpenVerdict.Start, 80)]
    [InlineData(100, 4, 4, 100, OpenVerdict.Start, 100)]
    [InlineData(90, 4, 4, 85, OpenVerdict.Truncate, 85)]
    [InlineData(90, 4, 3, 70, OpenVerdict.Truncate, 70)]
    [InlineData(90, 4, -1, -1, OpenVerdict.StartOver, 10)]
    [InlineData(90, -1, -1, -1, OpenVerdict.StartOver, 10)]
    [InlineData(5, 2, 2, 20, OpenVerdict.StartOver, 10)]
    public void Logs_are_compared_by_the_end_of_the_followers_last_epoch(int end, int lastEpoch, int known, int knownEnd, OpenVerdict verdict, int offset)
    {
        var machine = Leading();
        var answer = machine.Replication.Open(new(2, 7, 1), new(0, end, end, lastEpoch), new EpochEndOffset(known, knownEnd), new(10, 0, 100), out _);
        Assert.Equal((verdict, (long)offset), (answer.Verdict, answer.Offset));
        Assert.Equal(verdict == OpenVerdict.Start, machine.Replication.Find(2)!.IsStreaming);
    }

    [Fact]
    public void An_empty_follower_starts_where_it_is_unless_the_leader_no_longer_has_it()
    {
        var machine = Leading();
        Assert.Equal(OpenAnswer.Start(10), machine.Replication.Open(new(2, 7, 1), new(10, 10, 10, -1), new(-1, -1), new(10, 0, 100), out _));
        Assert.Equal(OpenAnswer.StartOver(10), machine.Replication.Open(new(2, 7, 2), new(0, 0, 0, -1), new(-1, -1), new(10, 0, 100), out _));
    }

    [Fact]
    public void What_is_under_way_fills_the_window_and_acknowledgements_empty_it()
    {
        var machine = Opened(2, 0);
        var follower = machine.Replication.Find(2)!;
        machine.Replication.Sent(follower, 10, 600, 0, 0);
        machine.Replication.Sent(follower, 20, 400, 0, 0);
        Assert.Equal((0, 20L), (machine.Replication.WindowOf(follower), follower.NextOffset));
        Assert.True(machine.Replication.Acknowledge(new(2, 7, 1), 10, 10, 5, out var freed));
        Assert.Equal((600, 600), (freed, machine.Replication.WindowOf(follower)));
    }

    [Fact]
    public void Words_of_another_session_or_process_change_nothing()
    {
        var machine = Opened(2, 0);
        machine.Replication.Sent(machine.Replication.Find(2)!, 10, 100, 0, 0);
        Assert.False(machine.Replication.Acknowledge(new(2, 7, 0), 10, 10, 0, out _));
        Assert.False(machine.Replication.Acknowledge(new(2, 6, 1), 10, 10, 0, out _));
        Assert.False(machine.Replication.Acknowledge(new(2, 7, 1), 11, 11, 0, out _));
        Assert.Equal(ErrorCode.StaleBrokerEpoch, machine.Replication.Open(new(2, 6, 9), default, default, default, out _).Error);
        Assert.Equal(ErrorCode.InvalidFetchSessionEpoch, machine.Replication.Open(new(2, 7, 0), default, default, default, out _).Error);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, machine.Replication.Open(new(9, 7, 0), default, default, default, out _).Error);
        Assert.Equal(0, machine.Replication.DurableEndOf(2));
    }

    [Fact]
    public void A_new_conversation_gives_back_what_was_under_way()
    {
        var machine = Opened(2, 0);
        machine.Replication.Sent(machine.Replication.Find(2)!, 10, 100, 0, 0);
        machine.Replication.Open(new(2, 8, 1), new(0, 4, 4, 1), new(1, 100), new(0, 0, 100), out var freed);
        Assert.Equal((100, 4L, Window), (freed, machine.Replication.Find(2)!.NextOffset, machine.Replication.WindowOf(machine.Replication.Find(2)!)));
    }

    [Fact]
    public void Silence_is_asked_about_once_in_a_while_and_only_when_something_is_owed()
    {
        var machine = Opened(2, 0);
        Assert.Empty(machine.Replication.ProbesDue(10_000));
        machine.Replication.Sent(machine.Replication.Find(2)!, 10, 100, 0, 10_000);
        Assert.Empty(machine.Replication.ProbesDue(10_100));
        Assert.Single(machine.Replication.ProbesDue(10_600));
        Assert.Empty(machine.Replication.ProbesDue(10_700));
        Assert.Single(machine.Replication.ProbesDue(11_200));
    }

    [Fact]
    public void An_idle_follower_that_has_everything_never_lags()
    {
        var machine = Opened(2, 0);
        machine.Tick(1_000_000);
        machine.Tick(9_000_000);
        Assert.False(machine.Replication.IsLagging(machine.Replication.Find(2)!, 9_000_000));
    }

    [Fact]
    public void A_follower_that_always_reaches_what_was_there_a_tick_ago_does_not_lag_and_one_that_stands_does()
    {
        var machine = Opened(2, 0);
        var follower = machine.Replication.Find(2)!;
        machine.Replication.Sent(follower, 1000, 500, 0, 0);
        for (var i = 1; i <= 100; i++)
        {
            machine.Appended(i * 10, i * 10);
            machine.Replication.Acknowledge(new(2, 7, 1), (i - 1) * 10, (i - 1) * 10, i, out _);
            machine.Tick(i * 10_000);
        }

        Assert.False(machine.Replication.IsLagging(follower, 1_000_000));
        machine.Tick(1_020_000);
        machine.Tick(1_040_000);
        Assert.True(machine.Replication.IsLagging(follower, 1_040_000));
        Assert.Equal<IEnumerable<int>>([1], machine.ProposeIsr(1_040_000, Anyone));
    }

    [Fact]
    public void A_silent_follower_that_left_does_not_come_back_while_the_watermark_stands_and_one_that_speaks_does()
    {
        var machine = Opened(2, 0);
        machine.Appended(10, 10);
        machine.Replication.Sent(machine.Replication.Find(2)!, 10, 100, 0, 0);
        machine.Replication.Acknowledge(new(2, 7, 1), 10, 10, 0, out _);
        Assert.True(machine.AdvanceHighWatermark(s_strict));
        machine.Appended(20, 20);
        foreach (var now in new[] { 10, 40_000, 80_000 }) machine.Tick(now);
        Assert.Equal<IEnumerable<int>>([1], machine.ProposeIsr(80_000, Anyone));
        machine.IsrChanged([1], 2);
        Assert.True(machine.ProposeIsr(null, Anyone).IsDefault);
        machine.Tick(90_000);
        Assert.True(machine.ProposeIsr(90_000, Anyone).IsDefault);
        machine.Replication.Acknowledge(new(2, 7, 1), 10, 10, 90_001, out _);
        Assert.Equal<IEnumerable<int>>([1, 2], machine.ProposeIsr(null, Anyone));
    }

    [Fact]
    public void A_shrink_counts_only_once_it_is_confirmed()
    {
        var machine = Opened(2, 0);
        machine.Appended(10, 10);
        machine.InSync.Submit([1]);
        Assert.False(machine.AdvanceHighWatermark(s_settings));
        machine.IsrChanged([1], 2);
        Assert.True(machine.AdvanceHighWatermark(s_settings));
        Assert.Equal(10, machine.HighWatermark);
    }

    [Fact]
    public void A_follower_that_joins_counts_as_soon_as_it_was_asked_for()
    {
        var machine = Leading([1]);
        machine.Appended(10, 10);
        machine.AdvanceHighWatermark(s_settings);
        Open(machine, 2, 10);
        Assert.Equal<IEnumerable<int>>([1, 2], machine.ProposeIsr(null, Anyone));
        machine.InSync.Submit([1, 2]);
        machine.Appended(20, 20);
        Assert.False(machine.AdvanceHighWatermark(s_settings));
        Assert.True(machine.ProposeIsr(null, Anyone).IsDefault);
        // The rule of the minimum goes by what is confirmed.
        Assert.Equal(ErrorCode.NotEnoughReplicas, machine.Admit(-1, -1, s_strict));
        machine.IsrChanged([1, 2], 2);
        Assert.Equal(ErrorCode.None, machine.Admit(-1, -1, s_strict));
    }

    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    public void A_follower_joins_with_the_high_watermark_and_the_start_of_this_epoch(int end, bool joins)
    {
        var machine = new PartitionMachine(1);
        machine.Lead(new LeadershipGrant(1, 1, 1, 1, [1, 2], [1]), 10, 4);
        Open(machine, 2, end);
        Assert.Equal(joins, !machine.ProposeIsr(null, Anyone).IsDefault);
        Assert.True(machine.ProposeIsr(null, (_, _) => false).IsDefault);
    }

    [Fact]
    public void An_in_sync_replica_that_comes_back_with_less_than_was_committed_leaves_at_once()
    {
        var machine = Opened(2, 0);
        machine.Appended(10, 10);
        machine.Replication.Sent(machine.Replication.Find(2)!, 10, 100, 0, 0);
        machine.Replication.Acknowledge(new(2, 7, 1), 10, 10, 0, out _);
        Assert.True(machine.AdvanceHighWatermark(s_settings));
        machine.Replication.Open(new(2, 8, 1), new(0, 6, 6, 1), new(1, 10), new(0, 10, 10), out _);
        Assert.Equal<IEnumerable<int>>([1], machine.ProposeIsr(null, Anyone));
    }

    [Fact]
    public void A_follower_whose_disk_failed_leaves_at_once()
    {
        var machine = Opened(2, 0);
        machine.Replication.Close(new(2, 7, 1), isLost: true);
        Assert.Equal<IEnumerable<int>>([1], machine.ProposeIsr(null, Anyone));
    }

    [Fact]
    public void A_refused_change_is_asked_for_again_after_a_tick_an_unanswered_one_stays_pending()
    {
        var machine = Leading([1]);
        Open(machine, 2, 0);
        machine.InSync.Submit(machine.ProposeIsr(null, Anyone));
        machine.InSync.Refuse();
        Assert.True(machine.ProposeIsr(null, Anyone).IsDefault);
        machine.Tick(1);
        machine.InSync.Submit(machine.ProposeIsr(1, Anyone));
        machine.InSync.Unanswered();
        Assert.True(machine.InSync.IsMaximal(2));
        machine.Tick(2);
        Assert.Equal<IEnumerable<int>>([1, 2], machine.ProposeIsr(2, Anyone));
    }

    [Fact]
    public void The_high_watermark_waits_for_a_follower_that_is_near()
    {
        var machine = Leading([1]);
        Open(machine, 2, 0);
        machine.Tick(10);
        machine.Appended(10, 10);
        Assert.False(machine.AdvanceHighWatermark(s_settings));
        machine.Tick(20);
        machine.Appended(20, 20);
        machine.Tick(30);
        Assert.True(machine.AdvanceHighWatermark(s_settings));
        Assert.Equal(20, machine.HighWatermark);
    }

    [Fact]
    public void Another_assignment_under_the_same_leadership_keeps_who_stays()
    {
        var machine = Opened(2, 0);
        machine.Replication.Sent(machine.Replication.Find(2)!, 10, 100, 0, 0);
        Assert.Empty(machine.Reassigned(new LeadershipGrant(1, 2, 1, 1, [1, 2, 3], [1, 2])));
        Assert.Equal([2, 3], machine.Replication.Followers.Select(follower => follower.Node));
        Assert.Equal(100, machine.Replication.Find(2)!.InFlightBytes);
        Assert.Equal([(2, 100)], machine.Reassigned(new LeadershipGrant(1, 3, 1, 1, [1, 3], [1])));
    }

    private static bool Anyone(int node, long incarnation) => true;

    private static PartitionMachine Leading(int[]? isr = null)
    {
        var machine = new PartitionMachine(1, new ReplicationLimits { WindowBytes = Window });
        Assert.True(machine.Lead(new LeadershipGrant(1, 1, 1, 1, [1, 2], [.. isr ?? [1, 2]]), 0, 0));
        return machine;
    }

    private static PartitionMachine Opened(int node, long end)
    {
        var machine = Leading();
        Open(machine, node, end);
        return machine;
    }

    private static void Open(PartitionMachine machine, int node, long end) =>
        Assert.Equal(OpenVerdict.Start, machine.Replication.Open(
            new(node, 7, 1), new(0, end, end, 1), new(1, machine.LogEndOffset), new(0, machine.HighWatermark, machine.LogEndOffset), out _).Verdict);
}
