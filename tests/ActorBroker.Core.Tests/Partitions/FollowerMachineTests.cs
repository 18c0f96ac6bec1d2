using ActorBroker.Core.Partitions.Replication;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Tests.Partitions;

public sealed class FollowerMachineTests
{
    [Fact]
    public void Nobody_is_followed_before_a_leader_is_named_and_an_older_epoch_changes_nothing()
    {
        var machine = new FollowerMachine();
        Assert.False(machine.Open(1));
        Assert.True(machine.Follow(2, 5));
        Assert.False(machine.Follow(3, 4));
        Assert.False(machine.Follow(2, 5));
        Assert.Equal((2, 5), (machine.Leader, machine.LeaderEpoch));
        Assert.True(machine.Follow(-1, 6));
        Assert.False(machine.Open(2));
    }

    [Fact]
    public void A_start_at_the_logs_end_lets_records_in()
    {
        var machine = Opening();
        Assert.Equal(FollowerStep.Take, machine.Answered(5, 1, OpenAnswer.Start(40), 0, new(-1, -1), Position(40)));
        Assert.Equal(RecordsVerdict.Take, machine.Admit(5, 1, 40, 50, 40));
    }

    [Fact]
    public void A_start_elsewhere_opens_again()
    {
        var machine = Opening();
        Assert.Equal(FollowerStep.OpenAgain, machine.Answered(5, 1, OpenAnswer.Start(39), 0, new(-1, -1), Position(40)));
        Assert.Equal(RecordsVerdict.Stale, machine.Admit(5, 1, 40, 50, 40));
    }

    [Theory]
    [InlineData(3, 30, 3, 35, 30)]
    [InlineData(3, 38, 3, 35, 35)]
    [InlineData(3, 30, 2, 20, 20)]
    public void The_log_is_cut_to_the_smaller_end_of_the_epoch_that_both_know(int epoch, int leaderEnd, int ownEpoch, int ownEnd, int cut)
    {
        var machine = Opening();
        Assert.Equal(FollowerStep.Truncate(cut), machine.Answered(5, 1, OpenAnswer.Truncate(epoch, leaderEnd), 0, new EpochEndOffset(ownEpoch, ownEnd), Position(40)));
    }

    [Fact]
    public void A_log_of_epochs_that_the_leader_does_not_know_starts_over_where_the_leaders_log_begins()
    {
        Assert.Equal(FollowerStep.StartOver(7), Opening().Answered(5, 1, OpenAnswer.Truncate(3, 30), 7, new(-1, -1), Position(40)));
        Assert.Equal(FollowerStep.StartOver(9), Opening().Answered(5, 1, OpenAnswer.StartOver(9), 9, new(-1, -1), Position(40)));
    }

    [Fact]
    public void A_refusal_is_asked_about_later_but_not_when_this_node_is_the_one_behind()
    {
        Assert.Equal(FollowerStep.OpenLater, Opening().Answered(5, 1, OpenAnswer.Refused(ErrorCode.NotLeaderOrFollower, -1), 0, default, Position(40)));
        Assert.Equal(FollowerStep.Ignore, Opening().Answered(5, 1, OpenAnswer.Refused(ErrorCode.FencedLeaderEpoch, 6), 0, default, Position(40)));
    }

    [Fact]
    public void Answers_and_records_of_another_conversation_or_epoch_are_stale()
    {
        var machine = Opening();
        Assert.Equal(FollowerStep.Ignore, machine.Answered(4, 1, OpenAnswer.Start(40), 0, default, Position(40)));
        Assert.Equal(FollowerStep.Ignore, machine.Answered(5, 0, OpenAnswer.Start(40), 0, default, Position(40)));
        machine.Answered(5, 1, OpenAnswer.Start(40), 0, default, Position(40));
        Assert.Equal(RecordsVerdict.Stale, machine.Admit(4, 1, 40, 50, 40));
        Assert.Equal(RecordsVerdict.Stale, machine.Admit(5, 2, 40, 50, 40));
        machine.Follow(3, 6);
        Assert.Equal(RecordsVerdict.Stale, machine.Admit(5, 1, 40, 50, 40));
    }

    [Theory]
    [InlineData(40, 50, RecordsVerdict.Take)]
    [InlineData(41, 50, RecordsVerdict.Gap)]
    [InlineData(30, 40, RecordsVerdict.Known)]
    [InlineData(30, 41, RecordsVerdict.Take)]
    [InlineData(40, 40, RecordsVerdict.Take)]
    public void Records_are_taken_at_the_logs_end_alone(int start, int end, RecordsVerdict verdict)
    {
        var machine = Opening();
        machine.Answered(5, 1, OpenAnswer.Start(40), 0, default, Position(40));
        Assert.Equal(verdict, machine.Admit(5, 1, start, end, 40));
    }

    [Theory]
    [InlineData(40, 44, 5, false, BatchVerdict.Take)]
    [InlineData(45, 49, 5, false, BatchVerdict.Take)]
    [InlineData(30, 39, 5, false, BatchVerdict.Known)]
    [InlineData(40, 44, 6, false, BatchVerdict.Drop)]
    [InlineData(35, 44, 5, true, BatchVerdict.TakeFromBase)]
    [InlineData(35, 44, 5, false, BatchVerdict.Corrupt)]
    [InlineData(40, 39, 5, false, BatchVerdict.Corrupt)]
    public void A_batch_goes_behind_the_log_and_nowhere_else(int first, int last, int epoch, bool isEmpty, BatchVerdict verdict) =>
        Assert.Equal(verdict, Opening().Judge(first, last, epoch, 40, isEmpty));

    [Theory]
    [InlineData(50, 20, 40, 40)]
    [InlineData(30, 20, 40, 30)]
    [InlineData(10, 20, 40, 20)]
    public void The_high_watermark_follows_the_leaders_within_the_log_and_never_falls(int leader, int own, int end, int expected) =>
        Assert.Equal(expected, FollowerMachine.HighWatermark(leader, own, end));

    private static FollowerMachine Opening()
    {
        var machine = new FollowerMachine();
        Assert.True(machine.Follow(2, 5));
        Assert.True(machine.Open(1));
        return machine;
    }

    private static ReplicaPosition Position(long end) => new(0, end, end, 4);
}
