using ActorBroker.Core.Kernel;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Records;
using Akka.Actor;

namespace ActorBroker.Actors.Groups;

/// <summary>
/// Orders the appends of one partition: decisions wait in a queue, and as soon as the log has taken one batch the next takes all that
/// fits. So a quiet partition writes at once, and a busy one writes few large batches. Runs on the partition actor's turn.
/// </summary>
internal sealed class GroupWriter(IActorRef owner, IPartition partition, BufferPool pool, int timeoutMs, TimeProvider clock) : IDisposable
{
    /// <summary>What a record needs besides its key and value, at most; and the batch's header.</summary>
    private const int RecordOverhead = 32;

    private readonly Queue<WriteRecords> _waiting = new();
    private readonly RecordBatchBuilder _builder = new(new RecordBatchOptions());
    private readonly int _leaderEpoch = partition.LeaderEpoch;
    private bool _isWriting;

    public static int SizeOf(EncodedRecord record) => record.Key.Length + (record.Value?.Length ?? 0) + RecordOverhead;

    public void Write(WriteRecords write)
    {
        if (write.SizeInBytes + RecordBatchLayout.HeaderSize > partition.Settings.MaxMessageBytes)
        {
            // Would never fit. The group settles its decisions in their order, so the refusal takes its turn in the queue too.
            write = write with { Records = [] };
        }

        _waiting.Enqueue(write);
        WriteNext();
    }

    /// <summary>The log has taken (or refused) the last batch.</summary>
    public void Ready()
    {
        _isWriting = false;
        WriteNext();
    }

    public void Dispose() => _builder.Dispose();

    private void WriteNext()
    {
        while (!_isWriting && _waiting.Count > 0)
        {
            var writes = TakeFitting();
            if (writes.Count == 0)
            {
                var tooLarge = _waiting.Dequeue();
                tooLarge.Group.Tell(new WriteRefused(tooLarge.Sequence, ErrorCode.RecordListTooLarge), ActorRefs.NoSender);
                continue;
            }

            _isWriting = true;
            partition.Append(Build(writes));
        }
    }

    private List<WriteRecords> TakeFitting()
    {
        var writes = new List<WriteRecords>();
        var left = partition.Settings.MaxMessageBytes - RecordBatchLayout.HeaderSize;
        while (_waiting.TryPeek(out var next) && next.Records.Count > 0 && next.SizeInBytes <= left)
        {
            left -= next.SizeInBytes;
            writes.Add(_waiting.Dequeue());
        }

        return writes;
    }

    private GroupBatch Build(List<WriteRecords> writes)
    {
        var nowMs = clock.GetUtcNow().ToUnixTimeMilliseconds();
        _builder.Reset(new RecordBatchOptions());
        foreach (var write in writes)
            foreach (var record in write.Records) _builder.Append(nowMs, record.Key, record.Value);
        return new GroupBatch(owner, writes, _builder.Build().Span, pool)
        {
            ExpectedLeaderEpoch = _leaderEpoch,
            TimeoutMs = timeoutMs,
        };
    }
}
