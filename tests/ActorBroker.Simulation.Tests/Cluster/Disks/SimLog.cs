using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions.Producers;
using ActorBroker.Simulation.Tests.Cluster.World;

namespace ActorBroker.Simulation.Tests.Cluster.Disks;

/// <summary>
/// A partition's log on one node, as far as the machines can tell it from <c>PartitionLog</c>: batches, leader epochs, producers, the high
/// watermark in memory and on disk, and how far it is synced. A crash of the process leaves what is in the page cache; one of the machine
/// leaves any prefix of what was not synced.
/// </summary>
internal sealed class SimLog(TopicIdPartition id)
{
    private const ulong HashStart = 0x9AE16A3B2F90404F;

    private readonly List<SimBatch> _batches = [];
    private readonly List<(int Epoch, long Start)> _epochs = [];
    private long _checkpointedHighWatermark;

    public TopicIdPartition Id => id;

    public ProducerStateTable Producers { get; private set; } = new();

    public long LogEndOffset => _batches.Count == 0 ? 0 : _batches[^1].EndOffset;

    public long HighWatermark { get; private set; }

    /// <summary>Everything below survives any crash.</summary>
    public long DurableEnd { get; private set; }

    public int LatestEpoch => _epochs.Count == 0 ? -1 : _epochs[^1].Epoch;

    public IReadOnlyList<SimBatch> Batches => _batches;

    public IReadOnlyList<(int Epoch, long Start)> Epochs => _epochs;

    public SimBatch Append(SimBatch batch, int leaderEpoch)
    {
        var end = LogEndOffset;
        var before = _batches.Count == 0 ? HashStart : _batches[^1].PrefixHash;
        var placed = batch.At(end, leaderEpoch, Mix(Mix(before, (ulong)batch.Value), (ulong)(uint)leaderEpoch << 32 | (uint)batch.Count));
        _batches.Add(placed);
        AssignEpoch(leaderEpoch, end);
        Producers.Apply(placed.Facts, end);
        return placed;
    }

    /// <summary>As <c>LeaderEpochCache.Assign</c>.</summary>
    public void AssignEpoch(int epoch, long start)
    {
        if (epoch < 0 || LatestEpoch >= epoch) return;
        while (_epochs.Count > 0 && _epochs[^1].Start >= start) _epochs.RemoveAt(_epochs.Count - 1);
        _epochs.Add((epoch, start));
    }

    /// <summary>As <c>LeaderEpochCache.FindEndOffset</c>.</summary>
    public (int Epoch, long EndOffset) FindEpochEnd(int epoch)
    {
        if (epoch < 0 || _epochs.Count == 0 || epoch > LatestEpoch) return (-1, -1);
        if (epoch == LatestEpoch) return (epoch, LogEndOffset);
        var next = 0;
        while (_epochs[next].Epoch <= epoch) next++;
        return next == 0 ? (epoch, _epochs[0].Start) : (_epochs[next - 1].Epoch, _epochs[next].Start);
    }

    public bool UpdateHighWatermark(long offset)
    {
        var next = Math.Min(offset, LogEndOffset);
        if (next <= HighWatermark) return false;
        HighWatermark = next;
        Producers.AdvanceHighWatermark(next);
        return true;
    }

    /// <summary>Cuts the log to the batch boundary at or below the offset.</summary>
    public void TruncateTo(long offset)
    {
        var keep = _batches.Count;
        while (keep > 0 && _batches[keep - 1].EndOffset > offset) keep--;
        if (keep < _batches.Count)
        {
            _batches.RemoveRange(keep, _batches.Count - keep);
            RebuildProducers();
        }
        var end = Math.Min(offset, LogEndOffset);
        while (_epochs.Count > 0 && _epochs[^1].Start >= end) _epochs.RemoveAt(_epochs.Count - 1);
        DurableEnd = Math.Min(DurableEnd, LogEndOffset);
        HighWatermark = Math.Min(HighWatermark, LogEndOffset);
        _checkpointedHighWatermark = Math.Min(_checkpointedHighWatermark, LogEndOffset);
    }

    public void Sync(long upTo) => DurableEnd = Math.Max(DurableEnd, Math.Min(upTo, LogEndOffset));

    public void CheckpointHighWatermark() => _checkpointedHighWatermark = HighWatermark;

    /// <summary>The process ends in order: all is synced and noted.</summary>
    public void Close()
    {
        Sync(LogEndOffset);
        CheckpointHighWatermark();
    }

    /// <summary>For a planted bug.</summary>
    public void ForgetProducers() => Producers = new ProducerStateTable();

    /// <summary>The process has ended in disorder: memory is gone, and with a power loss part of what was not synced.</summary>
    public void Crash(SimRandom? powerLoss)
    {
        if (powerLoss is not null)
        {
            var synced = _batches.Count;
            while (synced > 0 && _batches[synced - 1].EndOffset > DurableEnd) synced--;
            var kept = powerLoss.Between(synced, _batches.Count);
            TruncateTo(kept == 0 ? 0 : _batches[kept - 1].EndOffset);
        }
        HighWatermark = Math.Min(_checkpointedHighWatermark, LogEndOffset);
        _epochs.Clear();
        foreach (var batch in _batches) AssignEpoch(batch.LeaderEpoch, batch.BaseOffset);
        RebuildProducers();
    }

    /// <summary>The hash of everything below the offset, or null when no batch ends there.</summary>
    public ulong? HashAt(long offset)
    {
        if (offset == 0) return HashStart;
        var index = IndexOf(offset - 1);
        return index >= 0 && _batches[index].EndOffset == offset ? _batches[index].PrefixHash : null;
    }

    /// <summary>The batch that holds the offset, or null beyond the end.</summary>
    public SimBatch? Find(long offset) => IndexOf(offset) is >= 0 and var index ? _batches[index] : null;

    /// <summary>The batches from the one that holds the offset on, up to a number of them, those that end at or below the limit.</summary>
    public IReadOnlyList<SimBatch> Read(long from, long limit, int maxBatches)
    {
        var index = IndexOf(from);
        if (index < 0) return [];
        var read = new List<SimBatch>();
        for (; index < _batches.Count && read.Count < maxBatches && _batches[index].EndOffset <= limit; index++) read.Add(_batches[index]);
        return read;
    }

    private int IndexOf(long offset)
    {
        if (offset < 0 || offset >= LogEndOffset) return -1;
        var (low, high) = (0, _batches.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) >> 1;
            if (_batches[middle].BaseOffset <= offset) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    private void RebuildProducers()
    {
        Producers = new ProducerStateTable();
        foreach (var batch in _batches) Producers.Apply(batch.Facts, batch.BaseOffset);
    }

    private static ulong Mix(ulong hash, ulong value)
    {
        var mixed = (hash ^ value) * 0xD6E8FEB86659FD93;
        return mixed ^ (mixed >> 32);
    }
}
