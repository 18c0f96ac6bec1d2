using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Storage.Checkpoints;
using ActorBroker.Storage.Segments;

namespace ActorBroker.Storage;

/// <summary>
/// Which leader epoch wrote from which offset on (KIP-101, KIP-279; R34). An immutable array, replaced as a whole: the owner changes it,
/// anybody asks.
///
/// It is loaded from <c>leader-epoch-checkpoint</c> when it is first asked for; after a crash recovery adds what the batches behind the
/// recovery point say. An epoch without records is only in memory: the next leader starts one of its own at the same offset. So the file is
/// written only when an epoch got its first record, and never on the append's way: the flush does it before it moves the recovery point.
/// </summary>
internal sealed class LeaderEpochCache(PartitionFiles files)
{
    private readonly Lock _gate = new();
    private LeaderEpochEntry[]? _entries;
    private bool _isDirty;

    public int LatestEpoch => Entries is { Length: > 0 } entries ? entries[^1].Epoch : -1;

    public LeaderEpochEntry[] Entries
    {
        get
        {
            if (Volatile.Read(ref _entries) is { } known) return known;
            lock (_gate)
            {
                if (_entries is null) Volatile.Write(ref _entries, Load());
                return _entries!;
            }
        }
    }

    /// <summary>True when epochs with records are not in the file yet.</summary>
    public bool IsDirty => Volatile.Read(ref _isDirty);

    /// <summary>An epoch starts. What an older leader had beyond the offset was never written, or has been cut.</summary>
    public void Assign(int epoch, long startOffset, bool hasRecords)
    {
        var entries = Entries;
        if (epoch < 0) return;
        if (entries.Length > 0 && entries[^1].Epoch >= epoch)
        {
            if (hasRecords && entries[^1].Epoch == epoch && !_isDirty && entries[^1].StartOffset == startOffset) Volatile.Write(ref _isDirty, true);
            return;
        }
        var keep = entries.Length;
        while (keep > 0 && entries[keep - 1].StartOffset >= startOffset) keep--;
        var next = new LeaderEpochEntry[keep + 1];
        Array.Copy(entries, next, keep);
        next[keep] = new LeaderEpochEntry(epoch, startOffset);
        Publish(next, hasRecords || keep < entries.Length);
    }

    /// <summary>
    /// The largest epoch at most the asked one and the offset behind its last record; -1/-1 when there is none (KIP-279).
    /// </summary>
    public EpochEndOffset FindEndOffset(int epoch, long logEndOffset)
    {
        var entries = Entries;
        if (epoch < 0 || entries.Length == 0) return new EpochEndOffset(-1, -1);
        if (epoch == entries[^1].Epoch) return new EpochEndOffset(epoch, logEndOffset);
        if (epoch > entries[^1].Epoch) return new EpochEndOffset(-1, -1);
        var next = 0;
        while (entries[next].Epoch <= epoch) next++;
        return next == 0
            ? new EpochEndOffset(epoch, entries[0].StartOffset)
            : new EpochEndOffset(entries[next - 1].Epoch, entries[next].StartOffset);
    }

    /// <summary>The epoch under which the offset was written, -1 when unknown.</summary>
    public int EpochOf(long offset)
    {
        var entries = Entries;
        for (var i = entries.Length - 1; i >= 0; i--)
            if (entries[i].StartOffset <= offset) return entries[i].Epoch;
        return -1;
    }

    /// <summary>The log ends earlier. Also when it only seems to (KAFKA-10706): epochs at or beyond the end have no records.</summary>
    public void TruncateFromEnd(long endOffset)
    {
        var entries = Entries;
        var keep = entries.Length;
        while (keep > 0 && entries[keep - 1].StartOffset >= endOffset) keep--;
        if (keep < entries.Length) Publish(entries[..keep], isDirty: true);
    }

    /// <summary>The log starts later: of the epochs that began before, the last one now begins there.</summary>
    public void TruncateFromStart(long startOffset)
    {
        var entries = Entries;
        var covering = -1;
        while (covering + 1 < entries.Length && entries[covering + 1].StartOffset <= startOffset) covering++;
        if (covering < 0 || (covering == 0 && entries[0].StartOffset == startOffset)) return;
        var next = entries[covering..];
        next[0] = next[0] with { StartOffset = startOffset };
        Publish(next, isDirty: true);
    }

    public void Clear()
    {
        if (Entries.Length > 0) Publish([], isDirty: true);
    }

    /// <summary>
    /// The bytes of the file as it should be now, or null when it is so already. The owner takes them, a flush thread may write them.
    /// </summary>
    public byte[]? TakeDirty()
    {
        if (!_isDirty) return null;
        Volatile.Write(ref _isDirty, false);
        return LeaderEpochCheckpoint.Write(Entries);
    }

    public void MarkDirty() => Volatile.Write(ref _isDirty, true);

    private void Publish(LeaderEpochEntry[] entries, bool isDirty)
    {
        Volatile.Write(ref _entries, entries);
        if (isDirty) Volatile.Write(ref _isDirty, true);
    }

    private LeaderEpochEntry[] Load()
    {
        var path = files.Of(LeaderEpochCheckpoint.FileName);
        if (!files.Files.FileExists(path)) return [];
        try
        {
            return [.. LeaderEpochCheckpoint.Read(files.Files, path)];
        }
        catch (WireFormatException error)
        {
            files.Warn("the leader epoch checkpoint is damaged: epochs start from the log's records", error);
            return [];
        }
    }
}
