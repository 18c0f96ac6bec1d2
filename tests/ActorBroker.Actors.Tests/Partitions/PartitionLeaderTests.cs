using System.Collections.Immutable;
using ActorBroker.Actors.Partitions;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using Akka.Actor;

namespace ActorBroker.Actors.Tests.Partitions;

public sealed class PartitionLeaderTests : PartitionSpec
{
    [Fact]
    public async Task A_granted_leader_takes_records_and_commits_them()
    {
        var host = StartHost();
        host.Tell(new ImagePublished(Image(3)));
        var partition = await LedAsync(3);
        Assert.Equal((ErrorCode.None, 0L), Of(await AppendAsync(partition, 3)));
        Assert.Equal((ErrorCode.None, 3L), Of(await AppendAsync(partition, 2, acks: 1)));
        Assert.Equal((5L, 5L), (partition.View.HighWatermark, partition.View.LogEndOffset));
    }

    [Fact]
    public async Task What_was_granted_to_an_earlier_process_is_not_led()
    {
        var host = StartHost();
        host.Tell(new ImagePublished(Image(9, incarnation: Incarnation - 1)));
        // Had the first been taken up, a lower epoch would be refused.
        host.Tell(new ImagePublished(Image(5, offset: 2)));
        var partition = await LedAsync(5);
        Assert.Equal(ErrorCode.None, (await AppendAsync(partition, 1)).Error);
    }

    [Fact]
    public async Task A_process_that_was_replaced_leads_no_more()
    {
        var host = StartHost();
        host.Tell(new ImagePublished(Image(1)));
        await LedAsync(1);
        host.Tell(new ImagePublished(Image(2, offset: 2, incarnation: Incarnation + 1)));
        await AwaitConditionAsync(() => Task.FromResult(Table.Find("orders", 0) is null), Limit, TimeSpan.FromMilliseconds(10));
    }

    [Fact]
    public async Task Appends_of_many_threads_get_every_offset_once()
    {
        var host = StartHost();
        host.Tell(new ImagePublished(Image(1)));
        var partition = await LedAsync(1);
        var offsets = await Task.WhenAll(Enumerable.Range(0, 8).SelectMany(_ => Enumerable.Range(0, 100)).Select(_ => Task.Run(async () =>
            (await AppendAsync(partition, 1)).BaseOffset)));
        Assert.Equal(Enumerable.Range(0, 800).Select(i => (long)i), offsets.Order());
    }

    [Fact]
    public async Task A_batch_sent_twice_is_appended_once_also_within_one_drain()
    {
        var host = StartHost();
        host.Tell(new ImagePublished(Image(1)));
        var partition = await LedAsync(1);
        var results = await Task.WhenAll(
            AppendAsync(partition, 2, producerId: 9, sequence: 0), AppendAsync(partition, 2, producerId: 9, sequence: 2),
            AppendAsync(partition, 2, producerId: 9, sequence: 0), AppendAsync(partition, 1, producerId: 9, sequence: 7));
        Assert.Equal([0L, 2L, 0L, -1L], results.Select(result => result.BaseOffset));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, results[3].Error);
        Assert.Equal(4, partition.View.LogEndOffset);
    }

    [Fact]
    public async Task An_append_decided_under_another_epoch_is_refused()
    {
        var host = StartHost();
        host.Tell(new ImagePublished(Image(4)));
        var partition = await LedAsync(4);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await AppendAsync(partition, 1, expectedEpoch: 3)).Error);
        Assert.Equal(ErrorCode.None, (await AppendAsync(partition, 1, expectedEpoch: 4)).Error);
    }

    [Fact]
    public async Task A_leader_that_does_not_give_its_log_back_is_stopped_without_its_consent()
    {
        var region = new RecordingRegion();
        var host = StartHost(region);
        var mute = CreateTestProbe();
        host.Tell(new ImagePublished(Image(3)));
        await AwaitConditionAsync(() => Task.FromResult(region.Started == 1), Limit, TimeSpan.FromMilliseconds(10));
        host.Tell(new BorrowLog(new TopicIdPartition(TopicId, 0), 3), mute.Ref);
        await mute.ExpectMsgAsync<Lead>(Limit);
        Watch(mute.Ref);
        await StopHostAsync(host);
        await ExpectTerminatedAsync(mute.Ref, Limit);
    }

    private sealed class RecordingRegion : ILeaderRegion
    {
        private int _started;

        public int Started => Volatile.Read(ref _started);

        public void Start(TopicIdPartition id, LeadershipGrant grant) => Interlocked.Increment(ref _started);

        public void End(IUntypedActorContext leader) => throw new InvalidOperationException("No leader runs here.");
    }

    /// <summary>
    /// The controller has raised the minimum and then taken the others out of the in-sync replicas: they stay eligible to lead, and nothing may
    /// be committed without them. A leader that learns both at once must not commit with the smaller set under the lower minimum.
    /// </summary>
    [Fact]
    public async Task In_sync_replicas_count_under_the_minimum_that_came_with_them()
    {
        var host = StartHost();
        host.Tell(new ImagePublished(Replicated(partitionEpoch: 3, 1, 2, 3)));
        var partition = await LedAsync(3);
        var append = AppendAsync(partition, 1);
        await AwaitConditionAsync(() => Task.FromResult(partition.View.LogEndOffset == 1), Limit, TimeSpan.FromMilliseconds(10));
        Settings = Settings with { MinInSyncReplicas = 2 };
        host.Tell(new ImagePublished(Replicated(partitionEpoch: 4, 1) with { Offset = 2, Configs = Image(3).Configs.SetItem(
            new ConfigResource(ConfigResourceType.Topic, "orders"), ImmutableSortedDictionary<string, string>.Empty) }));
        await AwaitConditionAsync(
            async () => (await AppendAsync(partition, 1, acks: -1)).Error == ErrorCode.NotEnoughReplicas, Limit, TimeSpan.FromMilliseconds(10));
        Assert.Equal(0, partition.View.HighWatermark);
        Assert.False(append.IsCompletedSuccessfully && (await append).Error == ErrorCode.None);
    }

    [Fact]
    public async Task A_new_grant_closes_the_old_leadership_and_keeps_the_records()
    {
        var host = StartHost();
        host.Tell(new ImagePublished(Image(1)));
        var old = await LedAsync(1);
        await AppendAsync(old, 3);
        host.Tell(new ImagePublished(Image(2, offset: 2)));
        var partition = await LedAsync(2);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await AppendAsync(old, 1)).Error);
        Assert.Equal((ErrorCode.None, 3L), Of(await AppendAsync(partition, 1)));
        Assert.Equal(new EpochEndOffset(1, 3), partition.FindEpochEndOffset(1));
    }

    [Fact]
    public async Task A_leader_that_moved_away_refuses_and_its_listeners_hear_of_it()
    {
        var host = StartHost();
        host.Tell(new ImagePublished(Image(1)));
        var partition = await LedAsync(1);
        var listener = new Listener();
        partition.Subscribe(listener, 5);
        host.Tell(new ImagePublished(Image(2, leader: 9, offset: 2)));
        Assert.Equal(5, await listener.Closed.Task.WaitAsync(Limit));
        Assert.Equal(ErrorCode.NotLeaderOrFollower, (await AppendAsync(partition, 1)).Error);
        Assert.Null(Table.Find("orders", 0));
    }

    [Fact]
    public async Task A_listener_hears_of_each_advance()
    {
        var host = StartHost();
        host.Tell(new ImagePublished(Image(1)));
        var partition = await LedAsync(1);
        var listener = new Listener();
        partition.Subscribe(listener, 1);
        await AppendAsync(partition, 1);
        await AwaitConditionAsync(() => Task.FromResult(listener.Advances > 0), Limit, TimeSpan.FromMilliseconds(10));
    }

    [Fact]
    public async Task Deleted_records_stay_deleted_after_a_restart()
    {
        var host = StartHost();
        host.Tell(new ImagePublished(Image(1)));
        var partition = await LedAsync(1);
        await AppendAsync(partition, 10);
        Assert.Equal(new DeleteRecordsResult(ErrorCode.None, 6), await partition.DeleteRecordsAsync(6, CancellationToken.None));
        Assert.Equal(ErrorCode.OffsetOutOfRange, (await partition.DeleteRecordsAsync(11, CancellationToken.None)).Error);
        await StopHostAsync(host);
        var again = StartHost();
        again.Tell(new ImagePublished(Image(2)));
        partition = await LedAsync(2);
        Assert.Equal((6L, 10L), (partition.View.LogStartOffset, partition.View.HighWatermark));
    }

    [Fact]
    public async Task A_grant_older_than_a_persisted_one_is_refused_after_a_restart()
    {
        var host = StartHost();
        host.Tell(new ImagePublished(Image(5)));
        await AppendAsync(await LedAsync(5), 1);
        await StopHostAsync(host);
        var again = StartHost();
        await EventFilter.Warning(contains: "grant was refused").ExpectOneAsync(() =>
        {
            again.Tell(new ImagePublished(Image(4)));
            return Task.CompletedTask;
        });
        Assert.Null(Table.Find("orders", 0));
        again.Tell(new ImagePublished(Image(6, offset: 2)));
        Assert.Equal((ErrorCode.None, 1L), Of(await AppendAsync(await LedAsync(6), 1)));
    }

    [Fact]
    public async Task A_leader_that_dies_is_started_again_with_its_log()
    {
        var host = StartHost();
        host.Tell(new ImagePublished(Image(1)));
        var old = await LedAsync(1);
        await AppendAsync(old, 2);
        Sys.ActorSelection(host.Path / "*").Tell(Kill.Instance);
        await AwaitConditionAsync(() => Task.FromResult(Table.Find("orders", 0) is { } led && !ReferenceEquals(led, old)), Limit, TimeSpan.FromMilliseconds(10));
        Assert.Equal((ErrorCode.None, 2L), Of(await AppendAsync(Table.Find("orders", 0)!, 1)));
    }

    [Fact]
    public async Task A_deleted_topic_takes_its_log_with_it()
    {
        var host = StartHost();
        host.Tell(new ImagePublished(Image(1)));
        await AppendAsync(await LedAsync(1), 2);
        host.Tell(new ImagePublished(MetadataImage.Empty with { Offset = 2 }));
        await AwaitConditionAsync(() => Task.FromResult(Table.Find("orders", 0) is null), Limit, TimeSpan.FromMilliseconds(10));
        host.Tell(new ImagePublished(Image(2, offset: 3)));
        Assert.Equal((ErrorCode.None, 0L), Of(await AppendAsync(await LedAsync(2), 1)));
    }

    [Fact]
    public async Task With_flush_after_each_record_an_answer_means_that_it_is_on_the_disk()
    {
        Settings = Settings with { FlushMessages = 1 };
        var host = StartHost();
        host.Tell(new ImagePublished(Image(1)));
        var partition = await LedAsync(1);
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal((ErrorCode.None, (long)i), Of(await AppendAsync(partition, 1)));
            Assert.True(((PartitionHandle)partition).Log.RecoveryPoint > i);
        }
    }

    private static (ErrorCode Error, long BaseOffset) Of(AppendResult result) => (result.Error, result.BaseOffset);

    private sealed class Listener : IWatermarkListener
    {
        private int _advances;

        public TaskCompletionSource<int> Closed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Advances => Volatile.Read(ref _advances);

        public void OnAdvanced(int tag) => Interlocked.Increment(ref _advances);

        public void OnClosed(int tag) => Closed.TrySetResult(tag);
    }
}
