using ActorBroker.Core.Partitions;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Records;
using ActorBroker.Storage;

namespace ActorBroker.Actors.Partitions;

/// <summary>
/// The produce path behind the mailbox: takes what waits in a partition's queue, lets the machine decide each batch, patches offsets in
/// place, writes
/// everything with one call and settles the requests. Runs on the leader actor's turn only; knows no actor.
///
/// Two batches of one idempotent producer may be in one drain (five are in flight as a rule): a decided batch is staged in the producer
/// table until the
/// write has ended, so that the next one is judged as if it had.
/// </summary>
internal sealed class PartitionAppender(PartitionMachine machine, PartitionLog log, PartitionHandle handle, TimeProvider clock)
{
    private readonly AckQueue _acks = new();
    private long _drainedAtMs;

    /// <summary>The first failure of the disk that is not about space; the leader's actor ends the leadership then.</summary>
    public LogIoException? Broken { get; private set; }

    public bool HasWaitingAcks => !_acks.IsEmpty;

    public static long DurableEndOf(PartitionLog log, PartitionSettings settings)
    {
        var end = log.LogEndOffset;
        var limit = settings.FlushMessages;
        return limit == long.MaxValue || end - log.RecoveryPoint < limit ? end : log.RecoveryPoint;
    }

    /// <summary>Decides, writes and answers everything that waits in the queue.</summary>
    public void Drain()
    {
        var scratch = AppendScratch.Current;
        var nowMs = NowMs;
        _drainedAtMs = MonotonicMs;
        for (var request = handle.TakeAppends(); request is not null;)
        {
            var next = request.Next;
            request.Next = null;
            Consider(request, scratch, nowMs);
            if (scratch.IsFull) Write(scratch, nowMs);
            request = next;
        }

        Write(scratch, nowMs);
    }

    /// <summary>What is durable has grown (a flush ended, a follower reported): settle what that commits.</summary>
    public void Settle(long durableEnd)
    {
        machine.Appended(log.LogEndOffset, durableEnd);
        if (!machine.AdvanceHighWatermark(handle.Settings)) return;
        log.UpdateHighWatermark(machine.HighWatermark);
        _acks.Committed(machine.HighWatermark);
        handle.WatermarkAdvanced();
    }

    public void ExpireAcks() => _acks.Expire(MonotonicMs, AppendResult.Failed(ErrorCode.RequestTimedOut));

    /// <summary>Leadership has ended: whoever waits is told so, appended or not.</summary>
    public void Abandon(AppendRequest? waiting)
    {
        _acks.FailAll(AppendResult.Failed(ErrorCode.NotLeaderOrFollower));
        while (waiting is not null)
        {
            var next = waiting.Next;
            waiting.Next = null;
            waiting.Complete(AppendResult.Failed(ErrorCode.NotLeaderOrFollower));
            waiting = next;
        }
    }

    /// <summary>How much of the log counts as kept under the topic's flush rule (<c>flush.messages</c>).</summary>
    public long DurableEnd => DurableEndOf(log, handle.Settings);

    /// <summary>The wall clock: what records are stamped with, nothing else.</summary>
    private long NowMs => clock.GetUtcNow().ToUnixTimeMilliseconds();

    private long MonotonicMs => clock.GetTimestamp() / (clock.TimestampFrequency / 1000);

    private void Consider(AppendRequest request, AppendScratch scratch, long nowMs)
    {
        var error = Broken is null ? machine.Admit(request.Acks, request.ExpectedLeaderEpoch, handle.Settings) : ErrorCode.KafkaStorageError;
        if (error != ErrorCode.None)
        {
            request.Complete(AppendResult.Failed(error));
            return;
        }

        var cursor = scratch.Count == 0 ? log.LogEndOffset : scratch.Batches[scratch.Count - 1].LastOffset + 1;
        var decision = machine.Decide(request.Facts, log.Producers, request.IsInternal, cursor);
        if (decision.Verdict != AppendVerdict.Append)
        {
            Answer(request, decision);
            return;
        }

        Prepare(request, scratch, cursor, nowMs);
    }

    private void Prepare(AppendRequest request, AppendScratch scratch, long baseOffset, long nowMs)
    {
        var bytes = request.Buffer.Span(request.Start, request.Length);
        var facts = request.Facts;
        if (handle.Settings.TimestampType == TimestampType.LogAppendTime && !request.IsInternal)
        {
            RecordBatchPatch.SetLogAppendTime(bytes, nowMs);
            facts = facts with { MaxTimestamp = nowMs, OffsetDeltaOfMaxTimestamp = facts.LastOffsetDelta };
        }

        RecordBatchPatch.SetOffsetAndEpoch(bytes, baseOffset, machine.LeaderEpoch);
        log.Producers.Stage(facts, baseOffset);
        scratch.Add(request, new LogBatch
        {
            Buffer = request.Buffer,
            Start = request.Start,
            Length = request.Length,
            BaseOffset = baseOffset,
            LeaderEpoch = machine.LeaderEpoch,
            Facts = facts,
        });
    }

    private void Answer(AppendRequest request, in AppendDecision decision)
    {
        if (decision.Verdict == AppendVerdict.Refuse)
        {
            request.Complete(AppendResult.Failed(decision.Error) with { LogStartOffset = log.LogStartOffset });
            return;
        }

        var result = new AppendResult(ErrorCode.None, null, decision.BaseOffset, decision.TimestampMs, log.LogStartOffset);
        var committedAt = decision.BaseOffset + request.Facts.LastOffsetDelta + 1;
        if (request.Acks == -1 && committedAt > machine.HighWatermark) _acks.Park(request, result, committedAt, _drainedAtMs + request.TimeoutMs);
        else request.Complete(result);
    }

    private void Write(AppendScratch scratch, long nowMs)
    {
        if (scratch.Count == 0) return;
        var outcome = log.Append(scratch.Batches.AsSpan(0, scratch.Count), nowMs);
        log.Producers.ClearStaged();
        if (outcome.Failure is { Kind: not LogIoErrorKind.NoSpace } failure) Broken ??= failure;
        if (outcome.Appended > 0)
        {
            machine.Appended(log.LogEndOffset, DurableEnd);
            if (machine.AdvanceHighWatermark(handle.Settings)) log.UpdateHighWatermark(machine.HighWatermark);
        }

        _acks.Committed(machine.HighWatermark);
        for (var i = 0; i < scratch.Count; i++) Settle(scratch.Requests[i]!, scratch.Batches[i], i < outcome.Appended);
        scratch.Clear();
        if (outcome.Appended > 0) handle.WatermarkAdvanced();
    }

    private void Settle(AppendRequest request, in LogBatch batch, bool appended)
    {
        if (!appended)
        {
            request.Complete(AppendResult.Failed(ErrorCode.KafkaStorageError));
            return;
        }

        var stampedMs = handle.Settings.TimestampType == TimestampType.LogAppendTime && !request.IsInternal ? batch.Facts.MaxTimestamp : -1;
        var result = new AppendResult(ErrorCode.None, null, batch.BaseOffset, stampedMs, log.LogStartOffset);
        var committedAt = batch.LastOffset + 1;
        if (request.Acks != -1 || committedAt <= machine.HighWatermark)
        {
            request.Complete(result);
            return;
        }

        request.Appended(batch.BaseOffset);
        var error = machine.StillEnough(handle.Settings);
        if (error != ErrorCode.None) request.Complete(AppendResult.Failed(error));
        else _acks.Park(request, result, committedAt, _drainedAtMs + request.TimeoutMs);
    }
}
