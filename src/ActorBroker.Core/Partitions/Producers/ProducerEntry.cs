using ActorBroker.Protocol.Records;

namespace ActorBroker.Core.Partitions.Producers;

/// <summary>
/// One producer's state on one partition (R14): its epoch, the last five batches of that epoch, the coordinator that ended its last
/// transaction and where its open transaction began. A new epoch forgets the batches of the old one.
/// </summary>
public sealed class ProducerEntry(long producerId)
{
    private ProducerBatches _batches;
    private int _count;

    public long ProducerId { get; } = producerId;
    public short Epoch { get; private set; } = RecordBatchLayout.NoProducerEpoch;
    public int CoordinatorEpoch { get; private set; } = -1;
    public long LastTimestampMs { get; private set; } = RecordBatchLayout.NoTimestamp;

    /// <summary>-1 when no transaction is open.</summary>
    public long TransactionFirstOffset { get; private set; } = -1;

    public bool HasBatches => _count > 0;
    public ProducerBatch LastBatch => _count > 0 ? _batches[_count - 1] : default;
    public int LastSequence => _count > 0 ? _batches[_count - 1].LastSequence : RecordBatchLayout.NoSequence;

    /// <summary>The offset of the last data batch, -1 when only markers are known.</summary>
    public long LastDataOffset => _count > 0 ? _batches[_count - 1].LastOffset : -1;

    internal bool TryFindDuplicate(short epoch, int firstSequence, int lastSequence, out ProducerBatch batch)
    {
        batch = default;
        if (epoch != Epoch) return false;
        for (var i = 0; i < _count; i++)
        {
            if (_batches[i].FirstSequence != firstSequence || _batches[i].LastSequence != lastSequence) continue;
            batch = _batches[i];
            return true;
        }
        return false;
    }

    internal void AddBatch(short epoch, in ProducerBatch batch, bool isTransactional)
    {
        MoveToEpoch(epoch);
        if (_count == ProducerBatches.Capacity)
        {
            for (var i = 1; i < _count; i++) _batches[i - 1] = _batches[i];
            _count--;
        }
        _batches[_count++] = batch;
        LastTimestampMs = batch.TimestampMs;
        if (isTransactional && TransactionFirstOffset < 0) TransactionFirstOffset = batch.FirstOffset;
    }

    internal void EndTransaction(short epoch, int coordinatorEpoch, long timestampMs)
    {
        MoveToEpoch(epoch);
        CoordinatorEpoch = coordinatorEpoch;
        LastTimestampMs = timestampMs;
        TransactionFirstOffset = -1;
    }

    internal void Restore(short epoch, int coordinatorEpoch, long lastTimestampMs, long transactionFirstOffset, ProducerBatch? last)
    {
        Epoch = epoch;
        CoordinatorEpoch = coordinatorEpoch;
        LastTimestampMs = lastTimestampMs;
        TransactionFirstOffset = transactionFirstOffset;
        _count = 0;
        if (last is { } batch) _batches[_count++] = batch;
    }

    internal ProducerEntry Clone() => new(ProducerId)
    {
        _batches = _batches,
        _count = _count,
        Epoch = Epoch,
        CoordinatorEpoch = CoordinatorEpoch,
        LastTimestampMs = LastTimestampMs,
        TransactionFirstOffset = TransactionFirstOffset,
    };

    private void MoveToEpoch(short epoch)
    {
        if (epoch == Epoch) return;
        Epoch = epoch;
        _count = 0;
    }
}
