using ActorBroker.Core.Partitions;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Storage;

namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>
/// A followed partition as readers of this node see it (KIP-392): its log up to the watermark that the follower knows. Everything that only
/// a leader may do is refused. The follower's actor alone changes it.
/// </summary>
internal sealed class FollowerHandle(PartitionLog log, TopicTraffic traffic) : IPartition
{
    private readonly WatermarkListeners _listeners = new();
    private int _leaderEpoch = -1;

    public string Topic => log.Partition.Topic;
    public Uuid TopicId => log.TopicId;
    public int Index => log.Partition.Partition;

    /// <summary>The epoch of the leader that is followed; -1 when nobody is.</summary>
    public int LeaderEpoch
    {
        get => Volatile.Read(ref _leaderEpoch);
        set => Volatile.Write(ref _leaderEpoch, value);
    }

    public PartitionSettings Settings => log.Settings;
    public ILogView View => log.View;
    public TopicTraffic Traffic => traffic;

    public void Append(AppendRequest request) => request.Complete(AppendResult.Failed(ErrorCode.NotLeaderOrFollower));

    public void Subscribe(IWatermarkListener listener, int tag) => _listeners.Add(listener, tag);

    public void Unsubscribe(IWatermarkListener listener, int tag) => _listeners.Remove(listener, tag);

    public Task<OffsetLookup> FindOffsetAsync(long timestampMs, ReadIsolation isolation, CancellationToken cancel) =>
        Task.FromResult(new OffsetLookup(ErrorCode.NotLeaderOrFollower, -1, -1, -1));

    public EpochEndOffset FindEpochEndOffset(int leaderEpoch) => log.FindEpochEndOffset(leaderEpoch);

    public Task<DeleteRecordsResult> DeleteRecordsAsync(long offset, CancellationToken cancel) =>
        Task.FromResult(new DeleteRecordsResult(ErrorCode.NotLeaderOrFollower, -1));

    public Task<IReadOnlyList<ProducerDescription>> DescribeProducersAsync(CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<ProducerDescription>>([]);

    internal void WatermarkAdvanced() => _listeners.Advanced();

    internal void Close()
    {
        LeaderEpoch = -1;
        _listeners.Close();
    }
}
