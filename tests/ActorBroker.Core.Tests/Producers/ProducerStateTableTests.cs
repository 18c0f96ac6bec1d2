using ActorBroker.Core.Partitions.Producers;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Core.Tests.Producers;

public sealed class ProducerStateTableTests
{
    private readonly ProducerStateTable _table = new();

    [Fact]
    public void A_batch_without_producer_id_is_none_of_the_tables_business()
    {
        var batch = Batch(-1, -1, -1, 5);
        Assert.True(_table.Check(batch, isFromClient: true).IsAccepted);
        _table.Apply(batch, 0);
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public void An_unknown_producer_may_start_anywhere() => Assert.True(_table.Check(Batch(1, 0, 17, 3), isFromClient: true).IsAccepted);

    [Fact]
    public void Sequences_follow_each_other()
    {
        _table.Apply(Batch(1, 0, 0, 3), 100);
        Assert.True(_table.Check(Batch(1, 0, 3, 2), isFromClient: true).IsAccepted);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _table.Check(Batch(1, 0, 4, 2), isFromClient: true).Error);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _table.Check(Batch(1, 0, 1, 2), isFromClient: true).Error);
    }

    [Fact]
    public void Zero_follows_the_largest_sequence()
    {
        _table.Apply(Batch(1, 0, int.MaxValue - 1, 2), 100);
        Assert.True(_table.Check(Batch(1, 0, 0, 1), isFromClient: true).IsAccepted);
        _table.Apply(Batch(1, 0, 0, 1), 102);
        Assert.True(_table.Check(Batch(1, 0, 1, 1), isFromClient: true).IsAccepted);
    }

    [Fact]
    public void A_batch_may_wrap_around_the_largest_sequence_and_is_known_again()
    {
        _table.Apply(Batch(1, 0, int.MaxValue, 3), 100);
        var again = _table.Check(Batch(1, 0, int.MaxValue, 3), isFromClient: true);
        Assert.Equal(100, again.DuplicateBaseOffset);
        Assert.True(_table.Check(Batch(1, 0, 2, 1), isFromClient: true).IsAccepted);
    }

    [Fact]
    public void The_last_five_batches_are_known_as_duplicates_and_older_ones_are_not()
    {
        for (var i = 0; i < 6; i++) _table.Apply(Batch(1, 0, i * 2, 2, timestampMs: 1000 + i), 100 + (i * 2));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _table.Check(Batch(1, 0, 0, 2), isFromClient: true).Error);
        for (var i = 1; i < 6; i++)
            Assert.Equal(new ProducerCheck(ErrorCode.None, 100 + (i * 2), 1000 + i), _table.Check(Batch(1, 0, i * 2, 2), isFromClient: true));
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _table.Check(Batch(1, 0, 10, 1), isFromClient: true).Error);
    }

    [Fact]
    public void An_old_epoch_is_fenced_and_a_new_one_starts_at_zero()
    {
        _table.Apply(Batch(1, 5, 0, 3), 100);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, _table.Check(Batch(1, 4, 3, 1), isFromClient: true).Error);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, _table.Check(Batch(1, 4, -1, 1), isFromClient: false).Error);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, _table.Check(Batch(1, 6, 3, 1), isFromClient: true).Error);
        Assert.True(_table.Check(Batch(1, 6, 0, 1), isFromClient: true).IsAccepted);
    }

    [Fact]
    public void Staged_batches_count_until_the_write_has_ended()
    {
        _table.Apply(Batch(1, 0, 0, 3), 100);
        _table.Stage(Batch(1, 0, 3, 2), 103);
        Assert.True(_table.Check(Batch(1, 0, 5, 1), isFromClient: true).IsAccepted);
        Assert.Equal(103, _table.Check(Batch(1, 0, 3, 2), isFromClient: true).DuplicateBaseOffset);
        _table.ClearStaged();
        Assert.True(_table.Check(Batch(1, 0, 3, 2), isFromClient: true).IsAccepted);
        Assert.Equal(2, _table.Find(1)!.LastSequence);
    }

    [Fact]
    public void The_earliest_open_transaction_holds_the_stable_offset_until_its_marker_is_replicated()
    {
        _table.Apply(Batch(1, 0, 0, 1, transactional: true), 10);
        _table.Apply(Batch(2, 0, 0, 1, transactional: true), 11);
        Assert.Equal(10, _table.FirstUnstableOffset);
        var aborted = _table.ApplyMarker(Batch(1, 0, -1, 1, transactional: true), 12, new EndTransactionMarker(IsAbort: true, CoordinatorEpoch: 0));
        Assert.Equal(new CompletedTransaction(1, 10, 12, IsAborted: true, LastStableOffset: 11), aborted);
        Assert.Equal((10, 11), (_table.FirstUnstableOffset, _table.FirstOpenTransactionOffset));
        _table.AdvanceHighWatermark(12);
        Assert.Equal(10, _table.FirstUnstableOffset);
        _table.AdvanceHighWatermark(13);
        Assert.Equal(11, _table.FirstUnstableOffset);
        var committed = _table.ApplyMarker(Batch(2, 0, -1, 1, transactional: true), 13, new EndTransactionMarker(IsAbort: false, CoordinatorEpoch: 0));
        Assert.Equal(14, committed!.Value.LastStableOffset);
        _table.AdvanceHighWatermark(14);
        Assert.Equal(-1, _table.FirstUnstableOffset);
    }

    [Fact]
    public void A_marker_without_data_ends_nothing()
    {
        Assert.Null(_table.ApplyMarker(Batch(1, 3, -1, 1, transactional: true), 5, new EndTransactionMarker(false, 2)));
        Assert.Equal((3, 2), (_table.Find(1)!.Epoch, _table.Find(1)!.CoordinatorEpoch));
        Assert.True(_table.Check(Batch(1, 3, 0, 1), isFromClient: true).IsAccepted);
    }

    [Fact]
    public void A_plain_batch_inside_an_open_transaction_is_refused()
    {
        _table.Apply(Batch(1, 0, 0, 1, transactional: true), 10);
        Assert.Equal(ErrorCode.InvalidTxnState, _table.Check(Batch(1, 0, 1, 1), isFromClient: true).Error);
    }

    [Fact]
    public void Markers_of_old_epochs_and_old_coordinators_are_fenced()
    {
        _table.Apply(Batch(1, 5, 0, 1, transactional: true), 10);
        Assert.Equal(ErrorCode.InvalidProducerEpoch, _table.CheckMarker(Batch(1, 4, -1, 1), new EndTransactionMarker(true, 0), 1));
        Assert.Equal(ErrorCode.None, _table.CheckMarker(Batch(1, 5, -1, 1), new EndTransactionMarker(true, 7), 1));
        Assert.Equal(ErrorCode.InvalidProducerEpoch, _table.CheckMarker(Batch(1, 5, -1, 1), new EndTransactionMarker(true, 7), 2));
        Assert.Equal(ErrorCode.None, _table.CheckMarker(Batch(1, 6, -1, 1), new EndTransactionMarker(true, 7), 2));
        _table.ApplyMarker(Batch(1, 6, -1, 1), 11, new EndTransactionMarker(true, 7));
        Assert.Equal(ErrorCode.TransactionCoordinatorFenced, _table.CheckMarker(Batch(1, 6, -1, 1), new EndTransactionMarker(true, 6), 1));
        Assert.Equal(ErrorCode.None, _table.CheckMarker(Batch(1, 6, -1, 1), new EndTransactionMarker(true, 7), 2));
    }

    [Fact]
    public void Silent_producers_are_forgotten_unless_a_transaction_is_open()
    {
        _table.Apply(Batch(1, 0, 0, 1, timestampMs: 1000), 10);
        _table.Apply(Batch(2, 0, 0, 1, timestampMs: 1000, transactional: true), 11);
        _table.Apply(Batch(3, 0, 0, 1, timestampMs: 5000), 12);
        Assert.Equal(0, _table.RemoveExpired(1999, 1000));
        Assert.Equal(1, _table.RemoveExpired(2000, 1000));
        Assert.Null(_table.Find(1));
        Assert.NotNull(_table.Find(2));
        Assert.True(_table.Check(Batch(1, 0, 99, 1), isFromClient: true).IsAccepted);
    }

    [Fact]
    public void A_snapshot_brings_back_the_last_batch_and_open_transactions()
    {
        for (var i = 0; i < 3; i++) _table.Apply(Batch(1, 7, i * 2, 2, timestampMs: 1000 + i), 100 + (i * 2));
        _table.Apply(Batch(2, 1, 0, 1, timestampMs: 1000, transactional: true), 106);
        _table.ApplyMarker(Batch(3, 4, -1, 1, timestampMs: 1000), 107, new EndTransactionMarker(true, 9));
        var read = ProducerSnapshot.Read(ProducerSnapshot.Write(_table), nowMs: 1500, expirationMs: 1000);
        Assert.Equal(3, read.Count);
        Assert.Equal(104, read.Check(Batch(1, 7, 4, 2), isFromClient: true).DuplicateBaseOffset);
        Assert.Equal(ErrorCode.OutOfOrderSequenceNumber, read.Check(Batch(1, 7, 2, 2), isFromClient: true).Error);
        Assert.Equal(106, read.FirstUnstableOffset);
        Assert.Equal((4, 9, false), (read.Find(3)!.Epoch, read.Find(3)!.CoordinatorEpoch, read.Find(3)!.HasBatches));
        Assert.Equal(1, ProducerSnapshot.Read(ProducerSnapshot.Write(_table), nowMs: 5000, expirationMs: 1000).Count);
    }

    [Fact]
    public void Every_damaged_byte_of_a_snapshot_is_noticed()
    {
        _table.Apply(Batch(1, 7, 0, 2), 100);
        var good = ProducerSnapshot.Write(_table);
        for (var i = 0; i < good.Length; i++)
        {
            var bad = (byte[])good.Clone();
            bad[i] ^= 1;
            Assert.Throws<WireFormatException>(() => ProducerSnapshot.Read(bad, 0, long.MaxValue));
            Assert.Throws<WireFormatException>(() => ProducerSnapshot.Read(good.AsSpan(0, i), 0, long.MaxValue));
        }
    }

    private static BatchFacts Batch(long producerId, short epoch, int sequence, int records, long timestampMs = 0, bool transactional = false) => new()
    {
        RecordCount = records,
        LastOffsetDelta = records - 1,
        MaxTimestamp = timestampMs,
        ProducerId = producerId,
        ProducerEpoch = epoch,
        BaseSequence = sequence,
        Attributes = new BatchAttributes(0).WithTransactional(transactional),
    };
}
