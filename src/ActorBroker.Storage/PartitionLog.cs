using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Partitions.Producers;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Storage.Cleaning;
using ActorBroker.Storage.Flushing;

namespace ActorBroker.Storage;

/// <summary>One partition's log: signatures that others code against; the bodies follow in the next commits of this branch.</summary>
public sealed class PartitionLog
{
    private const string Pending = "not in this commit yet";

    public static PartitionLog Open(
        LogDirectory directory, TopicPartition partition, Uuid topicId, PartitionSettings settings, LogOpenMode mode) => throw new NotSupportedException(Pending);

    public TopicPartition Partition => throw new NotSupportedException(Pending);
    public Uuid TopicId => throw new NotSupportedException(Pending);
    public LogDirectory Directory => throw new NotSupportedException(Pending);

    /// <summary>Replaceable at run time by the owner.</summary>
    public PartitionSettings Settings { get => throw new NotSupportedException(Pending); set => throw new NotSupportedException(Pending); }

    /// <summary>For readers on any thread.</summary>
    public ILogView View => throw new NotSupportedException(Pending);

    public long LogStartOffset => throw new NotSupportedException(Pending);
    public long LogEndOffset => throw new NotSupportedException(Pending);
    public long HighWatermark => throw new NotSupportedException(Pending);
    public long LastStableOffset => throw new NotSupportedException(Pending);

    /// <summary>Everything below is on the disk for good.</summary>
    public long RecoveryPoint => throw new NotSupportedException(Pending);

    public long SizeInBytes => throw new NotSupportedException(Pending);

    /// <summary>Loaded from snapshot and log when first asked for. Owner only: Check before an append; the log itself applies what it appended.</summary>
    public ProducerStateTable Producers => throw new NotSupportedException(Pending);

    /// <summary>The epoch of the last entry of the epoch cache, -1 when it is empty. Any thread.</summary>
    public int LatestEpoch => throw new NotSupportedException(Pending);

    /// <summary>Writes the batches behind the log's end with one vectored write per segment they fall into. Owner only, as all mutators below.</summary>
    public AppendOutcome Append(ReadOnlySpan<LogBatch> batches, long nowMs) => throw new NotSupportedException(Pending);

    /// <summary>Moves the high watermark, clamped to the log's bounds; true when it or the last stable offset moved.</summary>
    public bool UpdateHighWatermark(long offset) => throw new NotSupportedException(Pending);

    /// <summary>A leader's epoch starts here (R34), also when it never writes.</summary>
    public void AssignEpoch(int epoch, long startOffset) => throw new NotSupportedException(Pending);

    /// <summary>The largest epoch ≤ the asked one with its end offset, or -1/-1. Any thread.</summary>
    public EpochEndOffset FindEpochEndOffset(int epoch) => throw new NotSupportedException(Pending);

    /// <summary>Cuts the log so that it ends at <paramref name="offset"/> (or at the batch boundary below it).</summary>
    public void TruncateTo(long offset) => throw new NotSupportedException(Pending);

    /// <summary>Drops everything; the log goes on at <paramref name="offset"/>.</summary>
    public void TruncateFullyAndStartAt(long offset) => throw new NotSupportedException(Pending);

    /// <summary>DeleteRecords or a leader's log start (R46); never beyond the high watermark. True when it moved.</summary>
    public bool IncrementLogStart(long offset) => throw new NotSupportedException(Pending);

    /// <summary>R49, timestamp ≥ 0: the first record at or after it below <paramref name="upperBound"/>. Reads files: an I/O thread, any.</summary>
    public OffsetLookup FindOffsetByTimestamp(long timestampMs, long upperBound) => throw new NotSupportedException(Pending);

    /// <summary>R49, -3: the earliest record that has the largest timestamp below <paramref name="upperBound"/>. An I/O thread, any.</summary>
    public OffsetLookup FindMaxTimestamp(long upperBound) => throw new NotSupportedException(Pending);

    /// <summary>True when enough bytes or time have gathered that the owner should flush.</summary>
    public bool NeedsFlush(long nowMs) => throw new NotSupportedException(Pending);

    /// <summary>
    /// Work for a flush thread that puts everything up to the log's end on the disk; null when nothing is to do or a flush is under way.
    /// The owner hands its result to <see cref="CompleteFlush"/>.
    /// </summary>
    public FlushWork? BeginFlush(long nowMs) => throw new NotSupportedException(Pending);

    public void CompleteFlush(in FlushResult result) => throw new NotSupportedException(Pending);

    /// <summary>R44 and R46: rolls and deletes what retention no longer keeps; the number of segments deleted.</summary>
    public int ApplyRetention(long nowMs) => throw new NotSupportedException(Pending);

    /// <summary>R47: what the cleaner should rewrite, or null.</summary>
    public CleaningPlan? PlanCleaning(long nowMs) => throw new NotSupportedException(Pending);

    /// <summary>Swaps the cleaned segments in; false (and the result is thrown away) when the log has changed under it.</summary>
    public bool ApplyCleaning(CleaningResult result) => throw new NotSupportedException(Pending);

    /// <summary>Clean: everything is flushed and snapshots and checkpoints written, so that the next open reads no data.</summary>
    public void Close(bool clean) => throw new NotSupportedException(Pending);

    /// <summary>Closes and renames the directory to Kafka's <c>-delete</c> form; files go in the background.</summary>
    public void Delete() => throw new NotSupportedException(Pending);
}
