using ActorBroker.Core.Groups;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Tests.Groups;

public sealed class GroupReplayTests
{
    private readonly GroupReplay _replay = new(new GroupSettings());
    private long _offset;

    [Fact]
    public void Offsets_of_a_transaction_count_from_its_commit_on()
    {
        Commit(1, transaction: 7);
        Assert.Equal(-1, Fetch());
        _replay.EndTransaction(7, isCommit: true);
        Assert.Equal(1, Fetch());
    }

    [Fact]
    public void Offsets_of_an_aborted_transaction_never_count()
    {
        Commit(1);
        Commit(2, transaction: 7);
        _replay.EndTransaction(7, isCommit: false);
        _replay.EndTransaction(7, isCommit: true);
        Assert.Equal(1, Fetch());
    }

    [Fact]
    public void A_plain_commit_that_came_later_overtakes_the_transaction()
    {
        Commit(1, transaction: 7);
        Commit(2);
        _replay.EndTransaction(7, isCommit: true);
        Assert.Equal(2, Fetch());
        Commit(3, transaction: 7);
        _replay.EndTransaction(7, isCommit: true);
        Assert.Equal(3, Fetch());
    }

    [Fact]
    public void A_tombstone_overtakes_the_transaction_too()
    {
        Commit(1, transaction: 7);
        Write(new OffsetRemoved { GroupId = "g", Topic = "t", Partition = 0 });
        _replay.EndTransaction(7, isCommit: true);
        Assert.Equal(-1, Fetch());
    }

    [Fact]
    public void Transactions_of_several_producers_end_on_their_own()
    {
        Commit(1, transaction: 7);
        Commit(2, transaction: 8);
        _replay.EndTransaction(8, isCommit: true);
        Assert.Equal(2, Fetch());
        _replay.EndTransaction(7, isCommit: false);
        Assert.Equal(2, Fetch());
    }

    [Fact]
    public void A_group_whose_tombstone_was_read_is_not_there()
    {
        Write(new GroupMetadataWritten { GroupId = "g" });
        Assert.Single(_replay.Groups);
        Write(new GroupRemoved { GroupId = "g" });
        Write(new OffsetRemoved { GroupId = "other", Topic = "t", Partition = 0 });
        Assert.Empty(_replay.Groups);
    }

    [Fact]
    public void Records_of_other_kinds_and_broken_ones_are_counted_and_left_out()
    {
        Commit(1);
        _replay.Read(10, new byte[] { 0, 3, 1 }, new byte[] { 0, 0 }, isTombstone: false, -1);
        _replay.Read(11, new byte[] { 0, 3, 1 }, default, isTombstone: true, -1);
        _replay.Read(12, new byte[] { 0, 2, 9 }, new byte[] { 0, 0 }, isTombstone: false, -1);
        Assert.Equal(2, _replay.Foreign[3]);
        Assert.Equal(1, _replay.Unreadable);
        Assert.StartsWith("offset 12:", _replay.FirstProblem, StringComparison.Ordinal);
        Assert.Equal(1, Fetch());
    }

    private void Commit(long value, long transaction = -1) =>
        Write(
            new OffsetCommitted { GroupId = "g", Topic = "t", Partition = 0, Value = new CommittedOffset(value, -1, "", 1, -1, default) },
            transaction);

    private void Write(GroupRecord record, long transaction = -1)
    {
        using var key = new WireWriter();
        using var value = new WireWriter();
        var hasValue = GroupRecordCodec.Write(record, key, value);
        _replay.Read(_offset++, key.WrittenSpan.ToArray(), value.WrittenSpan.ToArray(), !hasValue, transaction);
    }

    private long Fetch() =>
        _replay.Groups.SingleOrDefault() is { } group && group.TryGetOffset("t", 0, out var offset) ? offset.Offset : -1;
}
