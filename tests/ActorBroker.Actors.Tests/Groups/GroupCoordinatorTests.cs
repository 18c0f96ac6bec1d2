using ActorBroker.Core.Groups;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using Akka.TestKit.Xunit2;

namespace ActorBroker.Actors.Tests.Groups;

/// <summary>The runtime of groups end to end: gateway, partition and group actors, over partitions in memory.</summary>
public sealed class GroupCoordinatorTests : TestKit
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    private static readonly GroupSettings Quick = new() { InitialRebalanceDelayMs = 0, MinSessionTimeoutMs = 1 };

    [Fact]
    public async Task The_first_use_creates_the_topic_and_then_everything_works()
    {
        var node = new GroupNode(Sys, Quick, hasTopic: false);
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await node.CommitAsync("g", 5));
        await node.ServingAsync();
        Assert.Equal(1, node.CreationCount);
        Assert.Equal(ErrorCode.None, await node.CommitAsync("g", 5));
        Assert.Equal(5, await node.FetchAsync("g"));
    }

    [Fact]
    public async Task A_member_joins_syncs_commits_and_shows_in_the_list()
    {
        var node = await new GroupNode(Sys, Quick).ServingAsync();
        var member = await node.JoinAloneAsync("g");
        Assert.Equal(ErrorCode.None, await node.CommitAsync("g", 7, member));
        Assert.Equal(7, await node.FetchAsync("g"));
        Assert.Equal("Stable", await node.StateAsync("g"));
        Assert.Equal(new ListedGroup("g", "consumer", "Stable", "classic"), Assert.Single((await node.ListAsync()).Groups));
        var filtered = await node.Groups.ListAsync(new ListGroups(["empty"], []), default);
        Assert.Empty(filtered.Groups);
    }

    [Fact]
    public async Task An_answer_waits_until_its_records_are_committed()
    {
        var node = await new GroupNode(Sys, Quick).ServingAsync();
        node.Partition.IsSlowToCommit = true;
        var commit = node.StartCommit("g", 5);
        await GroupNode.UntilAsync(() => node.Partition.LogEndOffset == 1);
        var fetch = node.FetchAsync("g");
        Assert.False(commit.IsCompleted);
        Assert.False(fetch.IsCompleted);
        node.Partition.CommitHeld();
        Assert.Equal(ErrorCode.None, (await commit.WaitAsync(Limit)).Error);
        Assert.Equal(5, await fetch);
    }

    [Fact]
    public async Task Commits_of_many_groups_share_a_batch_while_one_is_on_its_way()
    {
        var node = await new GroupNode(Sys, Quick).ServingAsync();
        node.Partition.Holds = true;
        var commits = new List<Task<CommitOffsetsReply>> { node.StartCommit("first", 1) };
        await GroupNode.UntilAsync(() => node.Partition.HeldCount == 1);
        for (var i = 0; i < 40; i++) commits.Add(node.StartCommit($"group-{i % 20}", i));

        // A request that passes through the same actors after them shows that all have arrived.
        Assert.Equal(-1, await node.FetchAsync("other"));
        await GroupNode.UntilAsync(async () => await node.StateAsync("other") == "Dead");
        node.Partition.Release();
        foreach (var commit in commits) Assert.Equal(ErrorCode.None, (await commit.WaitAsync(Limit)).Error);
        Assert.Equal(41, node.Partition.LogEndOffset);
        Assert.InRange(node.Partition.BatchCount, 2, 10);
        Assert.Equal(20, await node.FetchAsync("group-0"));
    }

    [Fact]
    public async Task Decisions_that_do_not_fit_one_batch_are_written_one_after_the_other()
    {
        var node = await new GroupNode(Sys, Quick).ServingAsync();
        node.Partition.Settings = node.Partition.Settings with { MaxMessageBytes = 300 };
        node.Partition.Holds = true;
        var commits = Enumerable.Range(0, 20).Select(i => node.StartCommit($"group-{i}", i)).ToList();
        await GroupNode.UntilAsync(() => node.Partition.HeldCount == 1);
        node.Partition.Release();
        foreach (var commit in commits) Assert.Equal(ErrorCode.None, (await commit.WaitAsync(Limit)).Error);
        Assert.InRange(node.Partition.LargestBatch, 1, 3);
    }

    [Fact]
    public async Task A_decision_that_never_fits_is_refused_and_the_next_is_not()
    {
        var node = await new GroupNode(Sys, Quick).ServingAsync();
        node.Partition.Settings = node.Partition.Settings with { MaxMessageBytes = 200 };
        var large = new OffsetToCommit("t", default, 0, 1, -1, new string('x', 1_000));
        var commit = new CommitOffsets { GroupId = "g", Offsets = [large] };
        var reply = await node.Groups.CommitAsync(commit, default).AsTask().WaitAsync(Limit);
        Assert.Equal(ErrorCode.UnknownServerError, reply.Error);
        Assert.Equal(ErrorCode.None, await node.CommitAsync("g", 2));
    }

    [Fact]
    public async Task A_refused_write_is_told_and_forgotten()
    {
        var node = await new GroupNode(Sys, Quick).ServingAsync();
        node.Partition.NextError = ErrorCode.NotEnoughReplicas;
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await node.CommitAsync("g", 5));
        Assert.Equal(-1, await node.FetchAsync("g"));
        Assert.Equal(ErrorCode.None, await node.CommitAsync("g", 6));
    }

    [Fact]
    public async Task A_write_that_is_committed_too_late_counts_when_it_is()
    {
        var node = await new GroupNode(Sys, Quick).ServingAsync();
        node.Partition.NextError = ErrorCode.RequestTimedOut;
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, await node.CommitAsync("g", 5));
        var fetch = new FetchOffsets { GroupId = "g" };
        Assert.Equal(ErrorCode.CoordinatorNotAvailable, (await node.Groups.FetchAsync(fetch, default)).Error);
        node.Partition.Commit();
        await GroupNode.UntilAsync(async () => (await node.Groups.FetchAsync(fetch, default)).Error == ErrorCode.None);
        Assert.Equal(5, await node.FetchAsync("g"));
    }

    [Fact]
    public async Task While_the_log_is_read_everyone_is_told_to_wait()
    {
        using var gate = new ManualResetEventSlim();
        var node = await new GroupNode(Sys, Quick).ServingAsync();
        Assert.Equal(ErrorCode.None, await node.CommitAsync("g", 5));
        await node.LoseAsync();
        node.Partition.ReadGate = gate;
        node.Partition.Lead(2);
        await GroupNode.UntilAsync(async () => await node.CommitAsync("g", 6) == ErrorCode.CoordinatorLoadInProgress);
        Assert.Equal(ErrorCode.CoordinatorLoadInProgress, (await node.ListAsync()).Error);
        gate.Set();
        await node.ServingAsync();
        Assert.Equal(5, await node.FetchAsync("g"));
    }

    [Fact]
    public async Task A_session_that_has_ended_is_over_for_who_deletes_the_group_before_its_timer_comes()
    {
        var clock = new HurriedClock();
        var node = await new GroupNode(Sys, Quick, clock: clock).ServingAsync();
        await node.JoinAloneAsync("g", sessionTimeoutMs: 30_000);
        clock.Hurry(TimeSpan.FromSeconds(29));
        Assert.Equal(ErrorCode.NonEmptyGroup, (await node.Groups.DeleteAsync(new DeleteGroup { GroupId = "g" }, default)).Error);
        clock.Hurry(TimeSpan.FromSeconds(2));
        Assert.Equal(ErrorCode.None, (await node.Groups.DeleteAsync(new DeleteGroup { GroupId = "g" }, default)).Error);
    }

    [Fact]
    public async Task A_partition_that_nobody_coordinates_yet_is_not_said_to_be_loading()
    {
        var node = new GroupNode(Sys, Quick, starts: false);
        Assert.Equal(ErrorCode.NotCoordinator, await node.CommitAsync("g", 5));
        node.Groups.Start(Sys);
        await node.ServingAsync();
        Assert.Equal(ErrorCode.None, await node.CommitAsync("g", 5));
    }

    [Fact]
    public async Task A_log_that_cannot_be_read_is_read_again_later()
    {
        var node = await new GroupNode(Sys, Quick).ServingAsync();
        Assert.Equal(ErrorCode.None, await node.CommitAsync("g", 5));
        await node.LoseAsync();
        node.Partition.IsUnreadable = true;
        node.Partition.Lead(2);
        await GroupNode.UntilAsync(async () =>
        {
            var error = await node.CommitAsync("g", 6);
            Assert.True(error is ErrorCode.CoordinatorLoadInProgress or ErrorCode.NotCoordinator, $"{error}");
            return node.Partition.FailedReads > 2;
        });
        node.Partition.IsUnreadable = false;
        await node.ServingAsync();
        Assert.Equal(5, await node.FetchAsync("g"));
    }

    [Fact]
    public async Task Whoever_waits_when_leadership_ends_is_sent_away()
    {
        var node = await new GroupNode(Sys, Quick with { InitialRebalanceDelayMs = 60_000 }).ServingAsync();
        var parked = node.StartJoin("g");
        await GroupNode.UntilAsync(async () => await node.StateAsync("g") == "PreparingRebalance");
        node.Partition.Holds = true;
        var writing = node.StartCommit("h", 5);
        await GroupNode.UntilAsync(() => node.Partition.HeldCount == 1);
        node.Partition.Lose();
        Assert.Equal(ErrorCode.NotCoordinator, (await parked.WaitAsync(Limit)).Error);
        Assert.Equal(ErrorCode.NotCoordinator, (await writing.WaitAsync(Limit)).Error);
        Assert.Equal(ErrorCode.NotCoordinator, await node.CommitAsync("g", 1));
        Assert.Empty((await node.ListAsync()).Groups);
    }

    [Fact]
    public async Task A_group_survives_the_move_of_its_coordinator()
    {
        var node = await new GroupNode(Sys, Quick).ServingAsync();
        var member = await node.JoinAloneAsync("g");
        Assert.Equal(ErrorCode.None, await node.CommitAsync("g", 7, member));
        await node.LoseAsync();
        node.Partition.Lead(5);
        await node.ServingAsync();
        Assert.Equal("Stable", await node.StateAsync("g"));
        Assert.Equal(ErrorCode.None, await node.CommitAsync("g", 8, member));
        Assert.Equal(8, await node.FetchAsync("g"));
        var beat = new Heartbeat { GroupId = "g", GenerationId = member.GenerationId, MemberId = member.MemberId };
        Assert.Equal(ErrorCode.None, (await node.Groups.HeartbeatAsync(beat, default)).Error);
    }

    [Fact]
    public async Task A_silent_member_is_removed_when_its_session_ends()
    {
        var node = await new GroupNode(Sys, Quick).ServingAsync();
        await node.JoinAloneAsync("g", sessionTimeoutMs: 50);
        await GroupNode.UntilAsync(async () => await node.StateAsync("g") == "Empty");
    }

    [Fact]
    public async Task A_deleted_group_is_gone_and_may_begin_anew()
    {
        var node = await new GroupNode(Sys, Quick).ServingAsync();
        await node.CommitAsync("g", 5);
        Assert.Equal(ErrorCode.None, (await node.Groups.DeleteAsync(new DeleteGroup { GroupId = "g" }, default)).Error);
        Assert.Empty((await node.ListAsync()).Groups);
        for (var i = 0; i < 50; i++)
        {
            Assert.Equal(ErrorCode.None, await node.CommitAsync("g", i));
            Assert.Equal(i, await node.FetchAsync("g"));
            Assert.Equal(ErrorCode.None, (await node.Groups.DeleteAsync(new DeleteGroup { GroupId = "g" }, default)).Error);
        }

        Assert.Equal("Dead", await node.StateAsync("g"));
    }

    [Fact]
    public async Task Expired_offsets_go_with_the_sweep()
    {
        var node = await new GroupNode(Sys, Quick with { OffsetsRetentionMs = 0, OffsetsRetentionCheckIntervalMs = 20 }).ServingAsync();
        await node.CommitAsync("g", 5);
        await GroupNode.UntilAsync(async () => (await node.ListAsync()).Groups.IsEmpty);
        Assert.Equal(-1, await node.FetchAsync("g"));
    }

    [Fact]
    public async Task A_deleted_topic_takes_its_offsets_along()
    {
        var node = await new GroupNode(Sys, Quick).ServingAsync();
        node.AddTopic("u", 1);
        await node.CommitAsync("g", 5, topic: "t");
        await node.CommitAsync("g", 6, topic: "u");

        // The coordinator must have seen the topic to notice that it is gone: it looks every second.
        await GroupNode.UntilAsync(async () =>
        {
            node.DeleteTopic("t");
            if (await node.FetchAsync("g", "t") == -1) return true;
            node.AddTopic("t", 1);
            return false;
        });
        Assert.Equal(6, await node.FetchAsync("g", "u"));
    }

    [Fact]
    public async Task Groups_live_in_the_partition_that_their_name_hashes_to()
    {
        var node = await new GroupNode(Sys, Quick, partitions: 4).ServingAsync();
        for (var i = 0; i < 30; i++) await node.CommitAsync($"group-{i}", i);
        var expected = Enumerable.Range(0, 30).CountBy(i => node.Groups.PartitionOf($"group-{i}")).ToDictionary();
        for (var partition = 0; partition < 4; partition++)
            Assert.Equal(expected.GetValueOrDefault(partition), node.Partitions[partition].LogEndOffset);
        Assert.Equal(30, (await node.ListAsync()).Groups.Length);
    }

    [Fact]
    public async Task One_partition_may_move_away_while_the_others_serve()
    {
        var node = await new GroupNode(Sys, Quick, partitions: 2).ServingAsync();
        var here = Enumerable.Range(0, 100).Select(i => $"g{i}").First(id => node.Groups.PartitionOf(id) == 0);
        var there = Enumerable.Range(0, 100).Select(i => $"g{i}").First(id => node.Groups.PartitionOf(id) == 1);
        node.Partitions[1].Lose();
        await GroupNode.UntilAsync(async () => await node.CommitAsync(there, 1) == ErrorCode.NotCoordinator);
        Assert.Equal(ErrorCode.None, await node.CommitAsync(here, 1));
    }

    /// <summary>A monotonic clock that timers under way know nothing of.</summary>
    private sealed class HurriedClock : TimeProvider
    {
        private long _ahead;

        public override long GetTimestamp() => base.GetTimestamp() + Interlocked.Read(ref _ahead);

        public void Hurry(TimeSpan by) => Interlocked.Add(ref _ahead, (long)(by.TotalSeconds * TimestampFrequency));
    }
}
