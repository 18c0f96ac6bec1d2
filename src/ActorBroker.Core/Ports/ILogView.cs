namespace ActorBroker.Core.Ports;

/// <summary>What a leader publishes for readers: the bounds of the log and a planner of reads. Offsets are exclusive ends.</summary>
public interface ILogView
{
    long LogStartOffset { get; }
    long HighWatermark { get; }

    /// <summary>min(high watermark, first offset of the earliest open transaction) (R27).</summary>
    long LastStableOffset { get; }

    long LogEndOffset { get; }

    /// <summary>
    /// Plans a read of whole batches from the one that holds <paramref name="offset"/> up to <paramref name="upperBound"/> (exclusive:
    /// the high watermark or the last
    /// stable offset) and adds leased slices to <paramref name="slices"/>. At most <paramref name="maxBytes"/>, except that
    /// <paramref name="firstBatchWhole"/> lets the first batch exceed it (KIP-74). Returns the bytes planned: 0 when nothing lies in the
    /// range.
    /// The caller releases every slice. The offset must be within [log start, log end]; the caller has checked that (OFFSET_OUT_OF_RANGE).
    /// </summary>
    int Plan(long offset, long upperBound, int maxBytes, bool firstBatchWhole, List<ReadSlice> slices);

    /// <summary>
    /// For read_committed: adds the aborted transactions that overlap [<paramref name="offset"/>, <paramref name="upperBound"/>) (R27).
    /// </summary>
    void CollectAborted(long offset, long upperBound, List<AbortedTransaction> aborted);
}
