using ActorBroker.Protocol.Records;

namespace ActorBroker.Core.Partitions.Producers;

/// <summary>What the record of a control batch says (R26).</summary>
public readonly record struct EndTransactionMarker(bool IsAbort, int CoordinatorEpoch)
{
    /// <summary>Reads the marker of an uncompressed control batch; false for control records of another type.</summary>
    public static bool TryRead(ReadOnlySpan<byte> batch, out EndTransactionMarker marker)
    {
        marker = default;
        var view = new RecordBatchView(batch);
        if (view.RecordCount < 1) return false;
        var record = new RecordReader(view.RecordsSection, view.RecordCount);
        if (!record.MoveNext() || !ControlRecord.TryReadType(record.Key, out var type)) return false;
        if (type is not (ControlRecord.Abort or ControlRecord.Commit)) return false;
        if (!ControlRecord.TryReadCoordinatorEpoch(record.Value, out var coordinatorEpoch)) return false;
        marker = new EndTransactionMarker(type == ControlRecord.Abort, coordinatorEpoch);
        return true;
    }
}

/// <summary>
/// A transaction whose marker has been appended. <see cref="LastStableOffset"/> is where the log was stable right after it: the first
/// offset of the next transaction still open, else the offset behind the marker; the transaction index stores it.
/// </summary>
public readonly record struct CompletedTransaction(
    long ProducerId, long FirstOffset, long LastOffset, bool IsAborted, long LastStableOffset);
