using ActorBroker.Core.Partitions.Producers;
using ActorBroker.Protocol.Records;
using ActorBroker.Storage.Segments;

namespace ActorBroker.Storage.Cleaning;

/// <summary>
/// Follows transactions through one pass of the cleaner: which batches belong to aborted ones (they go), and which markers have no data
/// left before them (they may go once their delete horizon is over). A marker whose data is still seen in this pass stays: readers need it
/// to tell the end of the transaction.
/// </summary>
internal sealed class CleanedTransactions
{
    private readonly PriorityQueue<AbortedEntry, long> _aborted = new();
    private readonly Dictionary<long, (AbortedEntry Entry, bool IsSeen)> _ongoingAborted = [];
    private readonly HashSet<long> _ongoingCommitted = [];

    /// <summary>Where markers that stay are indexed; null while the map of keys is built.</summary>
    public Action<AbortedEntry>? OnAbortedKept { get; set; }

    public void AddAborted(IEnumerable<AbortedEntry> entries)
    {
        foreach (var entry in entries) _aborted.Enqueue(entry, entry.FirstOffset);
    }

    /// <summary>True when the batch is of an aborted transaction, or a marker that no data is left of.</summary>
    public bool IsDiscardable(ReadOnlySpan<byte> batch)
    {
        var view = new RecordBatchView(batch);
        if (view.Attributes.IsControl) return IsDiscardableMarker(batch, view);
        if (!view.Attributes.IsTransactional) return false;
        StartUpTo(view.LastOffset);
        if (_ongoingAborted.TryGetValue(view.ProducerId, out var aborted))
        {
            _ongoingAborted[view.ProducerId] = (aborted.Entry, IsSeen: true);
            return true;
        }
        _ongoingCommitted.Add(view.ProducerId);
        return false;
    }

    private bool IsDiscardableMarker(ReadOnlySpan<byte> batch, RecordBatchView view)
    {
        StartUpTo(view.LastOffset);
        if (!EndTransactionMarker.TryRead(batch, out var marker)) return view.RecordCount == 0;
        if (!marker.IsAbort) return !_ongoingCommitted.Remove(view.ProducerId);
        if (!_ongoingAborted.Remove(view.ProducerId, out var aborted)) return true;
        if (!aborted.IsSeen) return true;
        OnAbortedKept?.Invoke(aborted.Entry);
        return false;
    }

    private void StartUpTo(long offset)
    {
        while (_aborted.TryPeek(out var entry, out var firstOffset) && firstOffset <= offset)
        {
            _aborted.Dequeue();
            // A transaction that was seen before (it reaches into two segments) goes on as it is.
            if (!_ongoingAborted.ContainsKey(entry.ProducerId)) _ongoingAborted.Add(entry.ProducerId, (entry, IsSeen: false));
        }
    }
}
