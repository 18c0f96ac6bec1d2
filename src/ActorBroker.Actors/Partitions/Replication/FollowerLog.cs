using ActorBroker.Core.Partitions.Replication;
using ActorBroker.Protocol.Records;
using ActorBroker.Storage;

namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>
/// A follower's log as replication writes it: batches keep the offsets and epochs that their leader gave them, whatever arrives in one turn
/// is one write, and the watermark and the log's start follow the leader's. Runs on the follower actor's turn; knows no actor.
/// </summary>
internal sealed class FollowerLog(FollowerMachine machine, PartitionLog log)
{
    private long _leaderHighWatermark;
    private long _leaderLogStart;

    public PartitionLog Log => log;

    /// <summary>What went wrong with the last write; space excepted, it ends this replica's service.</summary>
    public LogIoException? Failure { get; private set; }

    /// <summary>Where the log will end when what was taken is written.</summary>
    public long End { get; private set; } = log.LogEndOffset;

    public ReplicaPosition Position => new(log.LogStartOffset, log.LogEndOffset, DurableEnd, log.LatestEpoch);

    /// <summary>Whether the log has all that the leader knows to be on every replica in sync: so has one that is among them, and none that
    /// catches up.</summary>
    public bool IsLevel => log.LogEndOffset >= _leaderHighWatermark;

    /// <summary>How much of the log counts as kept under the topic's flush rule (<c>flush.messages</c>).</summary>
    public long DurableEnd
    {
        get
        {
            var end = log.LogEndOffset;
            var limit = log.Settings.FlushMessages;
            return limit == long.MaxValue || end - log.RecoveryPoint < limit ? end : log.RecoveryPoint;
        }
    }

    /// <summary>Takes the batches of an admitted part into the scratch; false when it cannot be what the leader sent.</summary>
    public bool TryTake(ReplicaPart part, FollowerScratch scratch)
    {
        scratch.Hold(part);
        var buffer = part.Buffer!;
        for (var at = 0; at < part.Bytes;)
        {
            if (!RecordBatchView.TryRead(buffer.Span(at, part.Bytes - at), out var view) || !view.IsCrcValid) return false;
            var isEmpty = End == log.LogStartOffset && scratch.Count == 0;
            switch (machine.Judge(view.BaseOffset, view.LastOffset, view.PartitionLeaderEpoch, End, isEmpty))
            {
                case BatchVerdict.TakeFromBase:
                    log.TruncateFullyAndStartAt(view.BaseOffset);
                    goto case BatchVerdict.Take;
                case BatchVerdict.Take:
                    scratch.Add(LogBatch.Replicated(buffer, at, view));
                    End = view.LastOffset + 1;
                    break;
                case BatchVerdict.Drop:
                    return true;
                case BatchVerdict.Corrupt:
                    return false;
            }

            at += view.SizeInBytes;
        }

        return true;
    }

    /// <summary>Writes what was taken; the bytes that are in the log now.</summary>
    public int Write(FollowerScratch scratch, long nowMs)
    {
        // A full disk is so until the next write: what failed before says nothing about now.
        Failure = null;
        if (scratch.Count == 0)
        {
            scratch.Clear();
            return 0;
        }

        try
        {
            var outcome = log.Append(scratch.Batches, nowMs);
            Failure = outcome.Failure;
            return outcome.IsComplete ? scratch.Bytes : 0;
        }
        finally
        {
            scratch.Clear();
            End = log.LogEndOffset;
        }
    }

    public void Heard(long highWatermark, long logStart)
    {
        _leaderHighWatermark = highWatermark;
        _leaderLogStart = Math.Max(_leaderLogStart, logStart);
    }

    /// <summary>Moves watermark and log start as far as the leader's; true when readers have something new.</summary>
    public bool Advance()
    {
        var moved = log.UpdateHighWatermark(FollowerMachine.HighWatermark(_leaderHighWatermark, log.HighWatermark, log.LogEndOffset));
        if (_leaderLogStart > log.LogStartOffset) log.IncrementLogStart(Math.Min(_leaderLogStart, log.HighWatermark));
        return moved;
    }

    public void Truncate(long offset)
    {
        log.TruncateTo(offset);
        End = log.LogEndOffset;
    }

    public void StartOver(long offset)
    {
        log.TruncateFullyAndStartAt(offset);
        End = log.LogEndOffset;
        _leaderLogStart = 0;
    }
}
