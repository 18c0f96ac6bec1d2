using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Storage;
using Akka.Actor;

namespace ActorBroker.Actors.Partitions;

/// <summary>
/// What the rest of the node holds of a leader: its queue, its published log, its listeners. Lives from a grant to the end of that
/// leadership; the
/// leader's actor is the only one that changes it.
/// </summary>
internal sealed class PartitionHandle(
    PartitionLog log, int leaderEpoch, PartitionSettings settings, IActorRef leader, TopicTraffic traffic) : IPartition
{
    private readonly HandoverQueue<AppendRequest> _queue = AppendQueues.New();
    private readonly WatermarkListeners _listeners = new();
    private PartitionSettings _settings = settings;
    private int _leaderEpoch = leaderEpoch;

    public string Topic => log.Partition.Topic;
    public Uuid TopicId => log.TopicId;
    public int Index => log.Partition.Partition;
    public int LeaderEpoch => Volatile.Read(ref _leaderEpoch);
    public ILogView View => log.View;
    public TopicTraffic Traffic => traffic;

    public PartitionSettings Settings
    {
        get => Volatile.Read(ref _settings);
        set => Volatile.Write(ref _settings, value);
    }

    internal PartitionLog Log => log;

    /// <summary>Where this leadership began. Below it the watermark may be older than what clients have seen (KIP-207, R35).</summary>
    internal long EpochStartOffset { get; init; }

    /// <summary>Finds a follower for a reader's rack and offset; null on a node without replication.</summary>
    internal Func<string, long, int>? ReplicaSelector { get; init; }

    public int PreferredReadReplica(string rack, long fetchOffset) => ReplicaSelector?.Invoke(rack, fetchOffset) ?? -1;

    public void Append(AppendRequest request)
    {
        if (!_queue.TryPush(request, out var wasEmpty)) request.Complete(AppendResult.Failed(ErrorCode.NotLeaderOrFollower));
        else if (wasEmpty) leader.Tell(AppendsWaiting.Instance, ActorRefs.NoSender);
    }

    internal AppendRequest? TakeAppends() => _queue.TakeAll();

    internal void WatermarkAdvanced() => _listeners.Advanced();

    /// <summary>Ends this leadership: later appends are refused, listeners hear of it; what still waited comes back for its
    /// answer.</summary>
    internal AppendRequest? Close()
    {
        Volatile.Write(ref _leaderEpoch, -1);
        var waiting = _queue.Close();
        _listeners.Close();
        return waiting;
    }

    public void Subscribe(IWatermarkListener listener, int tag) => _listeners.Add(listener, tag);

    public void Unsubscribe(IWatermarkListener listener, int tag) => _listeners.Remove(listener, tag);

    public EpochEndOffset FindEpochEndOffset(int leaderEpoch) => log.FindEpochEndOffset(leaderEpoch);

    public Task<OffsetLookup> FindOffsetAsync(long timestampMs, ReadIsolation isolation, CancellationToken cancel)
    {
        var view = log.View;
        var end = isolation == ReadIsolation.ReadCommitted ? view.LastStableOffset : view.HighWatermark;
        if (timestampMs is OffsetTimestamps.Latest or OffsetTimestamps.Max or >= 0 && view.HighWatermark < EpochStartOffset)
            return OffsetNotAvailableYet(timestampMs, view.HighWatermark, end, cancel);
        return timestampMs switch
        {
            OffsetTimestamps.Latest => Task.FromResult(new OffsetLookup(ErrorCode.None, end, -1, LeaderEpoch)),
            OffsetTimestamps.Earliest or OffsetTimestamps.EarliestLocal =>
                Task.FromResult(new OffsetLookup(ErrorCode.None, view.LogStartOffset, -1, log.EpochOf(view.LogStartOffset))),
            OffsetTimestamps.LatestTiered or OffsetTimestamps.EarliestPendingUpload =>
                Task.FromResult(new OffsetLookup(ErrorCode.None, -1, -1, -1)),
            OffsetTimestamps.Max => Task.Run(() => log.FindMaxTimestamp(end), cancel),
            >= 0 => Task.Run(() => log.FindOffsetByTimestamp(timestampMs, end), cancel),
            _ => Task.FromResult(new OffsetLookup(ErrorCode.UnsupportedVersion, -1, -1, -1)),
        };
    }

    /// <summary>After an election, until everything that was there is known to be committed: what is found below may be told, the rest not.</summary>
    private Task<OffsetLookup> OffsetNotAvailableYet(long timestampMs, long highWatermark, long end, CancellationToken cancel)
    {
        var notYet = new OffsetLookup(ErrorCode.OffsetNotAvailable, -1, -1, -1);
        if (timestampMs < 0) return Task.FromResult(notYet);
        return Task.Run(() => log.FindOffsetByTimestamp(timestampMs, end) is { Offset: >= 0 } found && found.Offset < highWatermark ? found : notYet, cancel);
    }

    public Task<DeleteRecordsResult> DeleteRecordsAsync(long offset, CancellationToken cancel)
    {
        var reply = new TaskCompletionSource<DeleteRecordsResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        leader.Tell(new DeleteRecords(offset, reply), ActorRefs.NoSender);
        // Who has gone is no longer waited for: the leader drops what is completed.
        var gone = cancel.Register(() => reply.TrySetCanceled(cancel));
        _ = reply.Task.ContinueWith(_ => gone.Dispose(), TaskScheduler.Default);
        return reply.Task;
    }

    public Task<IReadOnlyList<ProducerDescription>> DescribeProducersAsync(CancellationToken cancel)
    {
        var reply = new TaskCompletionSource<IReadOnlyList<ProducerDescription>>(TaskCreationOptions.RunContinuationsAsynchronously);
        leader.Tell(new DescribeProducers(reply), ActorRefs.NoSender);
        return reply.Task.WaitAsync(cancel);
    }
}
