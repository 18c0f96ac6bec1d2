using ActorBroker.Core.Partitions;
using ActorBroker.Core.Partitions.Producers;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Core.Tests.Partitions;

public sealed class PartitionMachineTests
{
    private static readonly PartitionSettings s_settings = new();

    [Fact]
    public void Nobody_leads_without_a_grant()
    {
        var machine = new PartitionMachine(1);
        Assert.Equal(-1, machine.LeaderEpoch);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, machine.Admit(1, -1, s_settings));
    }

    [Theory]
    [InlineData(5, 1, false)]
    [InlineData(4, 1, false)]
    [InlineData(6, 1, true)]
    [InlineData(6, 2, false)]
    public void A_grant_counts_only_when_it_is_newer_and_for_this_node(int epoch, int node, bool taken)
    {
        var machine = Leading(5);
        Assert.Equal(taken, machine.Lead(Grant(epoch, node, [1, 2], [1, 2]), 10, 0));
        Assert.Equal(taken ? epoch : 5, machine.LeaderEpoch);
    }

    [Fact]
    public void A_grant_that_leaves_the_node_out_of_the_isr_is_refused()
    {
        var machine = new PartitionMachine(1);
        Assert.False(machine.Lead(Grant(1, 1, [1, 2], [2]), 0, 0));
    }

    [Fact]
    public void A_resigned_leader_is_not_revived_by_the_grant_it_had()
    {
        var machine = Leading(5);
        machine.Resign();
        Assert.False(machine.Lead(Grant(5, 1, [1], [1]), 0, 0));
        Assert.Equal(ErrorCode.NotLeaderOrFollower, machine.Admit(1, -1, s_settings));
    }

    [Fact]
    public void Alone_in_the_isr_what_is_appended_is_committed()
    {
        var machine = Leading(1);
        machine.Appended(7, 7);
        Assert.True(machine.AdvanceHighWatermark(s_settings));
        Assert.Equal(7, machine.HighWatermark);
        Assert.False(machine.AdvanceHighWatermark(s_settings));
    }

    [Fact]
    public void The_high_watermark_is_the_smallest_end_of_the_isr()
    {
        var machine = Leading(1, [1, 2, 3], [1, 2, 3]);
        machine.Appended(10, 10);
        machine.FollowerReached(2, 8);
        Assert.False(machine.AdvanceHighWatermark(s_settings));
        machine.FollowerReached(3, 5);
        Assert.True(machine.AdvanceHighWatermark(s_settings));
        Assert.Equal(5, machine.HighWatermark);
    }

    [Fact]
    public void Unflushed_records_do_not_count_under_a_flush_rule()
    {
        var machine = Leading(1);
        machine.Appended(10, 4);
        machine.AdvanceHighWatermark(s_settings);
        Assert.Equal(4, machine.HighWatermark);
    }

    [Fact]
    public void The_high_watermark_stands_while_the_isr_is_below_the_minimum()
    {
        var strict = s_settings with { MinInSyncReplicas = 2 };
        var machine = Leading(1, [1, 2, 3], [1]);
        machine.Appended(10, 10);
        Assert.False(machine.AdvanceHighWatermark(strict));
        Assert.Equal(ErrorCode.NotEnoughReplicas, machine.Admit(-1, -1, strict));
        Assert.Equal(ErrorCode.None, machine.Admit(1, -1, strict));
        Assert.Equal(ErrorCode.NotEnoughReplicasAfterAppend, machine.StillEnough(strict));
    }

    [Fact]
    public void The_minimum_is_never_more_than_the_replicas_there_are()
    {
        var machine = Leading(1);
        Assert.Equal(ErrorCode.None, machine.Admit(-1, -1, s_settings with { MinInSyncReplicas = 3 }));
    }

    [Fact]
    public void An_append_decided_under_another_epoch_is_refused()
    {
        var machine = Leading(5);
        Assert.Equal(ErrorCode.NotLeaderOrFollower, machine.Admit(-1, 4, s_settings));
        Assert.Equal(ErrorCode.None, machine.Admit(-1, 5, s_settings));
    }

    [Fact]
    public void A_retried_batch_is_answered_with_the_offset_of_its_first_copy()
    {
        var machine = Leading(1);
        var producers = new ProducerStateTable();
        var batch = Batch(sequence: 0, count: 3);
        Assert.Equal(new AppendDecision(AppendVerdict.Append, ErrorCode.None, 40, -1), machine.Decide(batch, producers, false, 40));
        producers.Apply(batch, 40);
        var again = machine.Decide(batch, producers, false, 43);
        Assert.Equal((AppendVerdict.Duplicate, 40L), (again.Verdict, again.BaseOffset));
    }

    [Fact]
    public void A_gap_in_the_sequence_is_refused()
    {
        var machine = Leading(1);
        var producers = new ProducerStateTable();
        producers.Apply(Batch(sequence: 0, count: 3), 0);
        Assert.Equal(AppendDecision.Refused(ErrorCode.OutOfOrderSequenceNumber), machine.Decide(Batch(sequence: 4, count: 1), producers, false, 3));
    }

    private static PartitionMachine Leading(int epoch, int[]? replicas = null, int[]? isr = null)
    {
        var machine = new PartitionMachine(1);
        Assert.True(machine.Lead(Grant(epoch, 1, replicas ?? [1], isr ?? [1]), 0, 0));
        return machine;
    }

    private static LeadershipGrant Grant(int epoch, int node, int[] replicas, int[] isr) => new(epoch, epoch, 1, node, [.. replicas], [.. isr]);

    private static BatchFacts Batch(int sequence, int count) => new()
    {
        ProducerId = 9,
        ProducerEpoch = 0,
        BaseSequence = sequence,
        RecordCount = count,
        LastOffsetDelta = count - 1,
        MaxTimestamp = 1000,
    };
}
