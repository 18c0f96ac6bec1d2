using ActorBroker.Core.Partitions.Replication;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Actors.Tests.Partitions.Replication;

public sealed class ReplicationTests : IAsyncLifetime
{
    private readonly ReplicaCluster _cluster = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _cluster.DisposeAsync();

    [Fact]
    public async Task What_is_acknowledged_by_all_is_on_all_replicas()
    {
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        for (var i = 0; i < 50; i++) Assert.Equal((ErrorCode.None, i * 3L), Of(await leader.AppendAsync(3)));
        Assert.Equal(150, leader.Led!.View.HighWatermark);
        await _cluster.Agree(1, 2, 3);
    }

    [Fact]
    public async Task Appends_of_many_at_once_are_acknowledged_in_order_and_replicated()
    {
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        var results = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => leader.AppendAsync(2, valueBytes: 2000)));
        Assert.All(results, result => Assert.Equal(ErrorCode.None, result.Error));
        Assert.Equal(Enumerable.Range(0, 500).Select(i => i * 2L), results.Select(result => result.BaseOffset).Order());
        await _cluster.Agree(1, 2, 3);
    }

    [Fact]
    public async Task What_replicas_in_sync_write_counts_as_service_to_producers()
    {
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        for (var i = 0; i < 10; i++) await leader.AppendAsync(1, valueBytes: 1000);
        await _cluster.Agree(1, 2, 3);
        foreach (var follower in new[] { 2, 3 })
            await _cluster.Until(() => _cluster[follower].InSyncBytes >= 10_000, $"node {follower} has counted what it wrote");
        Assert.Equal(0, leader.InSyncBytes);
    }

    [Fact]
    public async Task Without_its_followers_a_leader_acknowledges_nothing_to_all_and_commits_nothing()
    {
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        await leader.AppendAsync(1);
        _cluster.CutOff(1);
        Assert.Equal(ErrorCode.None, (await leader.AppendAsync(1, acks: 1)).Error);
        Assert.Equal(ErrorCode.RequestTimedOut, (await leader.AppendAsync(1, timeoutMs: 200)).Error);
        Assert.Equal((1L, 3L), (leader.Led!.View.HighWatermark, leader.Led.View.LogEndOffset));
        _cluster.Heal();
        await _cluster.Agree(1, 2, 3);
    }

    [Fact]
    public async Task A_follower_that_does_not_keep_up_leaves_and_comes_back_when_it_has_caught_up()
    {
        _cluster.LagMaxMs = 1_500;
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        await leader.AppendAsync(1);
        _cluster.CutOff(3);
        Assert.Equal(ErrorCode.None, (await leader.AppendAsync(1)).Error);
        await _cluster.Until(() => !_cluster.Controller.Partition.Isr.Contains(3), "node 3 is out of sync");
        Assert.Equal(ErrorCode.None, (await leader.AppendAsync(5)).Error);
        _cluster.Heal();
        await _cluster.Until(() => _cluster.Controller.Partition.Isr.Contains(3), "node 3 is in sync again");
        await _cluster.Agree(1, 2, 3);
    }

    [Fact]
    public async Task Below_the_minimum_of_in_sync_replicas_writes_to_all_are_refused()
    {
        _cluster.LagMaxMs = 1_500;
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        await leader.AppendAsync(1);
        _cluster.CutOff(1);
        await leader.AppendAsync(1, acks: 1);
        await _cluster.Until(() => _cluster.Controller.Partition.Isr.Length == 1, "the leader is alone in sync");
        await _cluster.Until(() => leader.AppendAsync(1).Result.Error == ErrorCode.NotEnoughReplicas, "the leader knows");
        Assert.Equal(1, leader.Led!.View.HighWatermark);
        _cluster.Heal();
        await _cluster.Until(() => _cluster.Controller.Partition.Isr.Length == 3, "all are in sync again");
        Assert.Equal(ErrorCode.None, (await leader.AppendAsync(1)).Error);
        await _cluster.Agree(1, 2, 3);
    }

    [Fact]
    public async Task An_old_leaders_unacknowledged_tail_is_cut_by_epoch()
    {
        _cluster.StartAll();
        var old = await _cluster.ElectAsync(1);
        for (var i = 0; i < 10; i++) await old.AppendAsync(2);
        await _cluster.Agree(1, 2, 3);
        _cluster.CutOff(1);
        for (var i = 0; i < 5; i++) await old.AppendAsync(3, acks: 1);
        Assert.Equal(35, old.Led!.View.LogEndOffset);
        var leader = await _cluster.ElectAsync(2, 2, 3);
        for (var i = 0; i < 4; i++) Assert.Equal((ErrorCode.None, 20L + i), Of(await leader.AppendAsync(1)));
        _cluster.Heal();
        await _cluster.Agree(1, 2, 3);
        await _cluster.Until(() => _cluster.Controller.Partition.Isr.Length == 3, "the old leader is in sync again");
    }

    [Fact]
    public async Task A_follower_that_was_away_for_several_leaders_finds_where_the_logs_agree()
    {
        _cluster.StartAll();
        var first = await _cluster.ElectAsync(1);
        for (var i = 0; i < 5; i++) await first.AppendAsync(2);
        await _cluster.Agree(1, 2, 3);
        await _cluster.StopAsync(3);
        _cluster.CutOff(1);
        await first.AppendAsync(4, acks: 1);
        var second = await _cluster.ElectAsync(2, 2);
        _cluster.Settings = _cluster.Settings with { MinInSyncReplicas = 1 };
        await second.AppendAsync(7, acks: 1);
        var third = await _cluster.ElectAsync(1, 1);
        await third.AppendAsync(2, acks: 1);
        _cluster.Heal();
        _cluster.Start(3);
        await _cluster.Agree(1, 2, 3);
        Assert.Equal(16, third.Led!.View.LogEndOffset);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Leadership_that_moves_while_it_is_written_to_loses_nothing_that_was_acknowledged(int producers)
    {
        _cluster.StartAll();
        var epoch = (await _cluster.ElectAsync(1)).Led!.LeaderEpoch;
        using var stop = new CancellationTokenSource();
        var acknowledged = new System.Collections.Concurrent.ConcurrentBag<long>();
        var writers = Enumerable.Range(0, producers).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var leader = _cluster[_cluster.Controller.Partition.Leader];
                var result = await leader.AppendAsync(1);
                if (result.Error == ErrorCode.None) acknowledged.Add(result.BaseOffset);
                else Assert.Equal(ErrorCode.NotLeaderOrFollower, result.Error);
            }
        })).ToArray();
        for (var round = 0; round < 12; round++)
        {
            var before = acknowledged.Count;
            await _cluster.Until(() => acknowledged.Count > before + 20, $"round {round} gets records acknowledged");
            var inSync = _cluster.Controller.Partition.Isr;
            var next = inSync.First(id => id != _cluster.Controller.Partition.Leader);
            await _cluster.ElectAsync(next);
        }

        await stop.CancelAsync();
        await Task.WhenAll(writers);
        await _cluster.Agree(1, 2, 3);
        Assert.Equal(acknowledged.Count, acknowledged.Distinct().Count());
        Assert.True(acknowledged.Max() < _cluster[1].Any!.View.HighWatermark);
        Assert.True(_cluster.Controller.Partition.LeaderEpoch >= epoch + 12);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(200)]
    public async Task A_wire_that_loses_messages_delays_and_loses_no_record(int perMille)
    {
        _cluster.LossPerMille = perMille;
        _cluster.Replication = _cluster.Replication with { Limits = _cluster.Replication.Limits with { LagMaxMs = 600_000 } };
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        for (var round = 0; round < 20; round++)
        {
            var results = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => leader.AppendAsync(2, valueBytes: 3000)));
            Assert.All(results, result => Assert.Equal(ErrorCode.None, result.Error));
        }

        _cluster.LossPerMille = 0;
        await _cluster.Agree(1, 2, 3);
    }

    [Fact]
    public async Task A_batch_larger_than_an_envelope_travels_in_pieces()
    {
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        Assert.Equal(ErrorCode.None, (await leader.AppendAsync(2, valueBytes: 900_000)).Error);
        Assert.Equal(ErrorCode.None, (await leader.AppendAsync(1, valueBytes: 3_000_000)).Error);
        await _cluster.Agree(1, 2, 3);
    }

    [Fact]
    public async Task A_follower_that_stands_still_takes_no_more_than_its_window_and_holds_nobody_else_up()
    {
        _cluster.Replication = _cluster.Replication with
        {
            PartBytes = 16_384, Limits = _cluster.Replication.Limits with { WindowBytes = 65_536, LagMaxMs = 600_000 },
        };
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1, 1, 2);
        await leader.AppendAsync(1);
        await _cluster.Agree(1, 2, 3);
        await _cluster.Until(() => _cluster.Controller.Partition.Isr.Contains(3), "node 3 is in sync");
        _cluster.Cut(3, 1);
        for (var i = 0; i < 100; i++) await leader.AppendAsync(1, acks: 1, valueBytes: 10_000);
        Assert.InRange(leader.LinkTo(3).UnderWayBytes, 1, 65_536 + 16_384);
        await _cluster.Until(() => _cluster[2].Any!.View.LogEndOffset == 101, "node 2 has everything");
        Assert.Equal(0, leader.LinkTo(2).UnderWayBytes);
        _cluster.Heal();
        await _cluster.Agree(1, 2, 3);
        await _cluster.Until(() => leader.LinkTo(3).UnderWayBytes == 0, "nothing is under way");
    }

    [Fact]
    public async Task A_link_without_room_is_taken_up_again_when_there_is_some()
    {
        _cluster.Replication = _cluster.Replication with { LinkBytes = 32_768, PartBytes = 16_384 };
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        var results = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => leader.AppendAsync(1, valueBytes: 20_000)));
        Assert.All(results, result => Assert.Equal(ErrorCode.None, result.Error));
        await _cluster.Agree(1, 2, 3);
        await _cluster.Until(() => leader.LinkTo(2).UnderWayBytes == 0 && leader.LinkTo(3).UnderWayBytes == 0, "nothing is under way");
    }

    [Fact]
    public async Task A_follower_catches_up_from_segments_that_are_no_longer_in_memory()
    {
        _cluster.TailBytes = 0;
        _cluster.Settings = _cluster.Settings with { SegmentBytes = 1 << 20 };
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1, 1, 2);
        await _cluster.StopAsync(3);
        for (var i = 0; i < 60; i++) Assert.Equal(ErrorCode.None, (await leader.AppendAsync(4, valueBytes: 25_000)).Error);
        _cluster.Start(3);
        await _cluster.Agree(1, 2, 3);
        await _cluster.Until(() => _cluster.Controller.Partition.Isr.Contains(3), "node 3 is in sync");
    }

    [Fact]
    public async Task A_follower_below_the_leaders_log_start_starts_over_there()
    {
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1, 1, 2);
        await leader.AppendAsync(2);
        await _cluster.Until(() => _cluster.Controller.Partition.Isr.Contains(3), "node 3 is in sync");
        await _cluster.StopAsync(3);
        _cluster.Controller.Change(partition => partition with { Isr = [1, 2] });
        _cluster.Controller.ChangeBroker(3, broker => broker with { IsFenced = true });
        for (var i = 0; i < 10; i++) await leader.AppendAsync(10);
        Assert.Equal(45, (await leader.Led!.DeleteRecordsAsync(45, CancellationToken.None)).LowWatermark);
        _cluster.Controller.ChangeBroker(3, broker => broker with { IsFenced = false });
        var third = _cluster.Start(3);
        await _cluster.Until(() => third.Any?.View.HighWatermark == 102, $"node 3 has the log");
        await _cluster.Until(() => third.Any!.View.LogStartOffset == 45, $"node 3 begins where its leader does");
        Assert.Equal(leader.ReadLog(), third.ReadLog());
    }

    [Fact]
    public async Task Deleted_records_are_deleted_on_all_replicas()
    {
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        for (var i = 0; i < 10; i++) await leader.AppendAsync(2);
        await _cluster.Agree(1, 2, 3);
        Assert.Equal(12, (await leader.Led!.DeleteRecordsAsync(12, CancellationToken.None)).LowWatermark);
        // Whoever is answered may count on it everywhere.
        Assert.Equal((12, 12), (_cluster[2].Any!.View.LogStartOffset, _cluster[3].Any!.View.LogStartOffset));
        Assert.Equal(12, (await leader.Led!.DeleteRecordsAsync(5, CancellationToken.None)).LowWatermark);
    }

    [Fact]
    public async Task Deleting_waits_for_a_replica_that_is_up_and_does_not_hear_but_not_for_one_that_is_down()
    {
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        for (var i = 0; i < 10; i++) await leader.AppendAsync(2);
        await _cluster.Agree(1, 2, 3);
        Assert.Equal(4, (await leader.Led!.DeleteRecordsAsync(4, CancellationToken.None)).LowWatermark);
        _cluster.CutOff(3);
        var waiting = leader.Led!.DeleteRecordsAsync(12, CancellationToken.None);
        await _cluster.Until(() => _cluster[1].Any!.View.LogStartOffset == 12 && _cluster[2].Any!.View.LogStartOffset == 12, "1 and 2 begin at 12");
        Assert.Equal(4, _cluster[3].Any!.View.LogStartOffset);
        Assert.False(waiting.IsCompleted);
        _cluster.Heal();
        Assert.Equal(new DeleteRecordsResult(ErrorCode.None, 12), await waiting.WaitAsync(ReplicaCluster.Limit));
        Assert.Equal(12, _cluster[3].Any!.View.LogStartOffset);
        _cluster.CutOff(3);
        _cluster.Controller.ChangeBroker(3, broker => broker with { IsFenced = true });
        Assert.Equal(14, (await leader.Led!.DeleteRecordsAsync(14, CancellationToken.None).WaitAsync(ReplicaCluster.Limit)).LowWatermark);
    }

    [Fact]
    public async Task Deleting_that_waits_ends_with_the_leadership_or_with_the_patience_of_who_asked()
    {
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        for (var i = 0; i < 10; i++) await leader.AppendAsync(2);
        await _cluster.Agree(1, 2, 3);
        _cluster.CutOff(3);
        using var patience = new CancellationTokenSource();
        var impatient = leader.Led!.DeleteRecordsAsync(6, patience.Token);
        var waiting = leader.Led!.DeleteRecordsAsync(8, CancellationToken.None);
        await _cluster.Until(() => leader.Any!.View.LogStartOffset == 8, "the leader's log begins at 8");
        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        await _cluster.ElectAsync(2, 1, 2);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await waiting.WaitAsync(ReplicaCluster.Limit)).Error);
    }

    [Fact]
    public async Task A_replica_that_is_damaged_in_the_middle_is_filled_from_the_leader()
    {
        _cluster.Settings = _cluster.Settings with { SegmentBytes = 1 << 20 };
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        for (var i = 0; i < 30; i++) await leader.AppendAsync(2, valueBytes: 5000);
        await _cluster.Agree(1, 2, 3);
        await _cluster.StopAsync(3);
        File.Delete(Path.Combine(_cluster.DirectoryOf(3), "..", ".kafka_cleanshutdown"));
        File.WriteAllText(Path.Combine(_cluster.DirectoryOf(3), "..", "recovery-point-offset-checkpoint"), "0\n0\n");
        var file = Path.Combine(_cluster.DirectoryOf(3), "00000000000000000000.log");
        using (var handle = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.Write(handle, "damage"u8, 40_000);
        var third = _cluster.Start(3);
        Assert.Equal(1, third.Logs.DamagedCount);
        await _cluster.Agree(1, 2, 3);
    }

    [Fact]
    public async Task A_follower_whose_disk_refuses_leaves_the_in_sync_replicas_at_once_and_nobody_waits_for_it()
    {
        BlockDirectory(3);
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        Assert.Equal(ErrorCode.None, (await leader.AppendAsync(1)).Error);
        Assert.DoesNotContain(3, _cluster.Controller.Partition.Isr);
        await _cluster.Agree(1, 2);
    }

    [Fact]
    public async Task A_leader_whose_disk_refuses_hands_leadership_over()
    {
        BlockDirectory(1);
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        Assert.Equal(ErrorCode.KafkaStorageError, (await leader.AppendAsync(1)).Error);
        var next = await _cluster.LeaderAsync(2, 2);
        Assert.Equal((ErrorCode.None, 0L), Of(await next.AppendAsync(1)));
        await _cluster.Agree(2, 3);
    }

    [Fact]
    public async Task An_idle_leader_whose_directory_goes_offline_hands_leadership_over()
    {
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        Assert.Equal(ErrorCode.None, (await leader.AppendAsync(1)).Error);
        await _cluster.Agree(1, 2, 3);
        leader.TakeDirectoryOffline();
        var next = await _cluster.LeaderAsync(2, 2);
        Assert.Equal((ErrorCode.None, 1L), Of(await next.AppendAsync(1)));
        await _cluster.Agree(2, 3);
    }

    [Fact]
    public async Task The_last_in_sync_replica_goes_on_leading_on_an_offline_directory_until_another_one_can()
    {
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        Assert.Equal(ErrorCode.None, (await leader.AppendAsync(1)).Error);
        await _cluster.Agree(1, 2, 3);
        _cluster.CutOff(1);
        await _cluster.LeaderAsync(1, _cluster.Controller.Elect(1, 1));
        leader.TakeDirectoryOffline();
        _cluster.Heal();
        var next = await _cluster.LeaderAsync(2, 3);
        Assert.Equal(1, next.Led!.View.LogEndOffset);
        await _cluster.Agree(2);
    }

    [Fact]
    public async Task An_idle_follower_whose_directory_goes_offline_leaves_the_in_sync_replicas()
    {
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        Assert.Equal(ErrorCode.None, (await leader.AppendAsync(1)).Error);
        await _cluster.Agree(1, 2, 3);
        _cluster[3].TakeDirectoryOffline();
        await _cluster.Until(() => !_cluster.Controller.Partition.Isr.Contains(3), "node 3 is out of sync");
    }

    [Fact]
    public async Task An_in_sync_replica_that_comes_back_without_its_log_leaves_until_it_has_it()
    {
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        for (var i = 0; i < 5; i++) await leader.AppendAsync(2);
        await _cluster.Agree(1, 2, 3);
        await _cluster.StopAsync(3);
        Directory.Delete(Path.Combine(_cluster.DirectoryOf(3), ".."), recursive: true);
        var reports = _cluster.Controller.Reports;
        _cluster.Start(3);
        await _cluster.Agree(1, 2, 3);
        await _cluster.Until(() => _cluster.Controller.Reports >= reports + 2 && _cluster.Controller.Partition.Isr.Contains(3), "it left and came back");
    }

    [Fact]
    public async Task A_controller_that_does_not_answer_is_asked_again_and_nothing_is_committed_in_between_without_the_newcomer()
    {
        _cluster.LagMaxMs = 1_500;
        _cluster.StartAll();
        _cluster.Controller.IsMute = true;
        var leader = await _cluster.ElectAsync(1, 1, 2);
        Assert.Equal(ErrorCode.None, (await leader.AppendAsync(1)).Error);
        await _cluster.Until(() => _cluster.Controller.Partition.Isr.Contains(3), "node 3 is in sync");
        _cluster.CutOff(3);
        Assert.Equal(ErrorCode.RequestTimedOut, (await leader.AppendAsync(1, timeoutMs: 300)).Error);
        _cluster.Controller.IsMute = false;
        Assert.Equal(ErrorCode.None, (await leader.AppendAsync(1)).Error);
        Assert.DoesNotContain(3, _cluster.Controller.Partition.Isr);
    }

    [Fact]
    public async Task With_flush_after_each_record_an_acknowledgement_means_every_replicas_disk()
    {
        _cluster.Settings = _cluster.Settings with { FlushMessages = 1 };
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        for (var i = 0; i < 5; i++) Assert.Equal((ErrorCode.None, (long)i), Of(await leader.AppendAsync(1)));
        await _cluster.Agree(1, 2, 3);
    }

    [Fact]
    public async Task A_leader_that_dies_is_started_again_and_its_followers_follow_it_on()
    {
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        await leader.AppendAsync(2);
        var old = leader.Led;
        leader.System.ActorSelection("/user/replicas/*").Tell(Akka.Actor.Kill.Instance);
        await _cluster.Until(() => leader.Led is { } led && !ReferenceEquals(led, old), "the leader is back");
        Assert.Equal((ErrorCode.None, 2L), Of(await leader.AppendAsync(1)));
        await _cluster.Agree(1, 2, 3);
    }

    [Fact]
    public async Task Readers_of_a_follower_see_what_is_committed_and_are_told_when_there_is_more()
    {
        _cluster.StartAll();
        var leader = await _cluster.ElectAsync(1);
        await leader.AppendAsync(2);
        await _cluster.Agree(1, 2, 3);
        var follower = _cluster[2].Followed!;
        var listener = new CountingListener();
        follower.Subscribe(listener, 1);
        await leader.AppendAsync(1);
        await _cluster.Until(() => listener.Advances > 0 && follower.View.HighWatermark == 3, "the follower's readers hear of it");
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await follower.FindOffsetAsync(-1, default, CancellationToken.None)).Error);
        Assert.Equal(_cluster.Controller.Partition.LeaderEpoch, follower.LeaderEpoch);
        await _cluster.ElectAsync(2);
        await _cluster.Until(() => listener.IsClosed, "they hear that it follows no more");
    }

    /// <summary>Where the partition's directory would be stands a file: the first append fails.</summary>
    private void BlockDirectory(int node)
    {
        Directory.CreateDirectory(Path.Combine(_cluster.DirectoryOf(node), ".."));
        File.WriteAllText(_cluster.DirectoryOf(node), "in the way");
    }

    private static (ErrorCode Error, long BaseOffset) Of(Core.Ports.AppendResult result) => (result.Error, result.BaseOffset);

    private sealed class CountingListener : Core.Ports.IWatermarkListener
    {
        private int _advances;

        public int Advances => Volatile.Read(ref _advances);

        public volatile bool IsClosed;

        public void OnAdvanced(int tag) => Interlocked.Increment(ref _advances);

        public void OnClosed(int tag) => IsClosed = true;
    }
}
