using ActorBroker.Protocol;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Core.Partitions.Producers;

/// <summary>
/// The idempotent and transactional producers of one partition (KIP-98, KIP-360; R14–R18, R26, R27).
///
/// Purpose: a retried batch is found again and answered with its first offset; a gap, an overlap or an old epoch is refused; the first
/// open transaction bounds what read_committed may see. The table is a function of the log: live appends, recovery and followers go through
/// the same <see cref="Apply"/>, so any replica can take over.
///
/// Rules (<see cref="Check"/>, which never mutates):
/// <list type="number">
/// <item>same epoch and exactly the sequences of one of the last five batches: a duplicate, success with the original offset;</item>
/// <item>an epoch below the known one: INVALID_PRODUCER_EPOCH;</item>
/// <item>a new epoch starts at 0; otherwise the next sequence follows the last, and 0 follows Int32.MaxValue; else
/// OUT_OF_ORDER_SEQUENCE_NUMBER;</item>
/// <item>an unknown producer may start anywhere: its state may have expired;</item>
/// <item>a plain batch inside an open transaction of its producer: INVALID_TXN_STATE.</item>
/// </list>
/// One write takes many batches, so what has been checked and waits for the write is <em>staged</em>: a copy of the producer's entry that
/// later checks see first. The write's end clears the stage, whether it succeeded (then the log has applied the batches) or not.
///
/// Not thread-safe: it belongs to the owner of the log.
/// </summary>
public sealed class ProducerStateTable
{
    private readonly Dictionary<long, ProducerEntry> _entries = [];
    private Dictionary<long, ProducerEntry>? _staged;
    private OpenTransactions? _transactions;

    public int Count => _entries.Count;
    public IReadOnlyCollection<ProducerEntry> Entries => _entries.Values;

    /// <summary>
    /// First offset of the earliest transaction that is open, or complete with its marker not yet below the high watermark; -1: none.
    /// </summary>
    public long FirstUnstableOffset => _transactions?.FirstUnstable ?? -1;

    /// <summary>First offset of the earliest open transaction; -1: none. Compaction stops there.</summary>
    public long FirstOpenTransactionOffset => _transactions?.FirstOpen ?? -1;

    public ProducerEntry? Find(long producerId) => _entries.GetValueOrDefault(producerId);

    /// <summary>Judges a data batch. Batches without a producer id are always accepted.</summary>
    /// <param name="isFromClient">False for coordinators and replication, whose batches carry no sequence or were judged by their
    /// leader.</param>
    public ProducerCheck Check(in BatchFacts facts, bool isFromClient)
    {
        if (!facts.HasProducerId) return ProducerCheck.Accepted;
        ProducerEntry? entry = null;
        if (_staged is { Count: > 0 }) _staged.TryGetValue(facts.ProducerId, out entry);
        if (entry is null && !_entries.TryGetValue(facts.ProducerId, out entry)) return ProducerCheck.Accepted;
        if (isFromClient && entry.TryFindDuplicate(facts.ProducerEpoch, facts.BaseSequence, facts.LastSequence, out var duplicate))
            return new ProducerCheck(ErrorCode.None, duplicate.FirstOffset, duplicate.TimestampMs);
        if (facts.ProducerEpoch < entry.Epoch) return ProducerCheck.Refused(ErrorCode.InvalidProducerEpoch);
        if (isFromClient && !IsInSequence(entry, facts)) return ProducerCheck.Refused(ErrorCode.OutOfOrderSequenceNumber);
        return entry.TransactionFirstOffset >= 0 && !facts.IsTransactional
            ? ProducerCheck.Refused(ErrorCode.InvalidTxnState)
            : ProducerCheck.Accepted;
    }

    /// <summary>
    /// Judges an end-transaction marker (R26). Transaction version 2 demands an epoch above the known one, but for the retry of a marker
    /// that has been written (KIP-1228).
    /// </summary>
    public ErrorCode CheckMarker(in BatchFacts facts, in EndTransactionMarker marker, int transactionVersion)
    {
        if (!_entries.TryGetValue(facts.ProducerId, out var entry)) return ErrorCode.None;
        if (facts.ProducerEpoch < entry.Epoch) return ErrorCode.InvalidProducerEpoch;
        if (transactionVersion >= 2 && facts.ProducerEpoch == entry.Epoch && entry.TransactionFirstOffset >= 0)
            return ErrorCode.InvalidProducerEpoch;
        return marker.CoordinatorEpoch < entry.CoordinatorEpoch ? ErrorCode.TransactionCoordinatorFenced : ErrorCode.None;
    }

    /// <summary>
    /// Remembers a checked batch until the write that carries it has ended, so that the next check of the same producer follows it.
    /// </summary>
    public void Stage(in BatchFacts facts, long baseOffset)
    {
        if (!facts.HasProducerId) return;
        _staged ??= [];
        if (!_staged.TryGetValue(facts.ProducerId, out var entry))
        {
            entry = _entries.TryGetValue(facts.ProducerId, out var known) ? known.Clone() : new ProducerEntry(facts.ProducerId);
            _staged.Add(facts.ProducerId, entry);
        }
        entry.AddBatch(facts.ProducerEpoch, BatchOf(facts, baseOffset), facts.IsTransactional);
    }

    /// <summary>The write has ended, one way or the other.</summary>
    public void ClearStaged() => _staged?.Clear();

    /// <summary>A data batch is in the log. Control batches go through <see cref="ApplyMarker"/>.</summary>
    public void Apply(in BatchFacts facts, long baseOffset)
    {
        if (!facts.HasProducerId) return;
        var entry = GetOrAdd(facts.ProducerId);
        var wasOpen = entry.TransactionFirstOffset >= 0;
        entry.AddBatch(facts.ProducerEpoch, BatchOf(facts, baseOffset), facts.IsTransactional);
        if (!wasOpen && entry.TransactionFirstOffset >= 0) (_transactions ??= new OpenTransactions()).Open(entry.TransactionFirstOffset);
    }

    /// <summary>A marker is in the log. Null when its transaction had no data here: such a marker changes nothing for readers.</summary>
    public CompletedTransaction? ApplyMarker(in BatchFacts facts, long offset, in EndTransactionMarker marker)
    {
        var entry = GetOrAdd(facts.ProducerId);
        var firstOffset = entry.TransactionFirstOffset;
        entry.EndTransaction(facts.ProducerEpoch, marker.CoordinatorEpoch, facts.MaxTimestamp);
        if (firstOffset < 0) return null;
        _transactions!.Complete(firstOffset, offset);
        var nextOpen = _transactions.FirstOpen;
        return new CompletedTransaction(facts.ProducerId, firstOffset, offset, marker.IsAbort, nextOpen >= 0 ? nextOpen : offset + 1);
    }

    /// <summary>Completed transactions whose marker lies below the high watermark hold the last stable offset back no more.</summary>
    public void AdvanceHighWatermark(long highWatermark) => _transactions?.ReleaseBelow(highWatermark);

    /// <summary>R18: forgets producers that have been silent for long and have no open transaction; the number forgotten.</summary>
    public int RemoveExpired(long nowMs, long expirationMs)
    {
        var before = _entries.Count;
        foreach (var (producerId, entry) in _entries)
            if (IsExpired(entry, nowMs, expirationMs)) _entries.Remove(producerId);
        return before - _entries.Count;
    }

    internal static bool IsExpired(ProducerEntry entry, long nowMs, long expirationMs) =>
        entry.TransactionFirstOffset < 0 && nowMs - entry.LastTimestampMs >= expirationMs;

    internal void Restore(ProducerEntry entry)
    {
        _entries[entry.ProducerId] = entry;
        if (entry.TransactionFirstOffset >= 0) (_transactions ??= new OpenTransactions()).Open(entry.TransactionFirstOffset);
    }

    private static bool IsInSequence(ProducerEntry entry, in BatchFacts facts)
    {
        if (facts.ProducerEpoch != entry.Epoch) return facts.BaseSequence == 0 || entry.Epoch == RecordBatchLayout.NoProducerEpoch;
        return facts.BaseSequence == Sequences.Increment(entry.LastSequence, 1);
    }

    private static ProducerBatch BatchOf(in BatchFacts facts, long baseOffset) =>
        new(facts.LastSequence, baseOffset + facts.LastOffsetDelta, facts.LastOffsetDelta, facts.MaxTimestamp);

    private ProducerEntry GetOrAdd(long producerId)
    {
        if (_entries.TryGetValue(producerId, out var entry)) return entry;
        entry = new ProducerEntry(producerId);
        _entries.Add(producerId, entry);
        return entry;
    }
}
