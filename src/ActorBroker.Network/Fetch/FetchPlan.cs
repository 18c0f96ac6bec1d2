using System.Runtime.InteropServices;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Fetch;

/// <summary>
/// Decides what one fetch response holds: for each partition an error or its bounds and the slices to stream. Bytes are granted in the
/// order of the partitions until the response is full; only the first batch of the first partition with data may exceed the limits (R12,
/// R13). A plan may be made again while the request waits; the slices of the earlier one are released first.
/// </summary>
internal sealed class FetchPlan(GatewayServices services)
{
    private readonly List<FetchItem> _items = [];
    private readonly List<AbortedTransaction> _aborted = [];
    private List<ReadSlice> _slices = [];
    private List<ReadSlice> _handedOver = [];
    private MetadataImage _image = MetadataImage.Empty;
    private FetchRequestView _request = null!;
    private FetchSession _session = null!;
    private int _remaining;

    public ReadOnlySpan<FetchItem> Items => CollectionsMarshal.AsSpan(_items);

    public ReadOnlySpan<AbortedTransaction> Aborted => CollectionsMarshal.AsSpan(_aborted);

    public long TotalBytes { get; private set; }

    /// <summary>Something in it makes the response leave at once, whatever was asked for (R40).</summary>
    public bool IsUrgent { get; private set; }

    public void Make(FetchSession session, FetchRequestView request, List<FetchSlot> slots)
    {
        Release();
        _session = session;
        _request = request;
        _image = services.Metadata.Current;
        _remaining = Math.Min(request.MaxBytes, services.Settings.MaxFetchBytes);
        foreach (var slot in slots)
            if (!slot.IsRemoved) Add(slot);
    }

    /// <summary>Plans an error for every partition, for a request that cannot be understood as a whole.</summary>
    public void Refuse(List<FetchSlot> slots, ErrorCode error)
    {
        Release();
        IsUrgent = true;
        foreach (var slot in slots) _items.Add(new FetchItem(slot) { Error = error, AbortedCount = 0 });
    }

    /// <summary>Releases the slices that were not sent and forgets the plan.</summary>
    public void Release()
    {
        foreach (var slice in _slices) slice.Release();
        _slices.Clear();
        _items.Clear();
        _aborted.Clear();
        TotalBytes = 0;
        IsUrgent = false;
    }

    /// <summary>Gives the slices to the sender, which releases them; valid until the next hand-over.</summary>
    public List<ReadSlice> HandOverSlices()
    {
        (_slices, _handedOver) = (_handedOver, _slices);
        _slices.Clear();
        return _handedOver;
    }

    private void Add(FetchSlot slot)
    {
        var item = new FetchItem(slot);
        item.Error = TryFind(slot, ref item, out var partition);
        if (partition is not null && item.Error == ErrorCode.None)
            item.Error = _request.ReplicaId >= 0 ? RefuseReplica(slot, partition) : Check(slot, partition);
        if (partition is not null && item.Error == ErrorCode.None) Read(slot, partition, ref item);
        if (item.Error != ErrorCode.None || item.IsDiverging || item.PreferredReplica >= 0) IsUrgent = true;
        if (item.Error != ErrorCode.None)
        {
            services.Metrics.Api(ApiKey.Fetch).Fail();
            partition?.Traffic.FailedFetch();
        }

        _items.Add(item);
    }

    private ErrorCode TryFind(FetchSlot slot, ref FetchItem item, out IPartition? partition)
    {
        if (slot.Target is not null && (slot.IsClosed || slot.Target.LeaderEpoch < 0)) _session.Detach(slot);
        partition = slot.Target;
        if (partition is not null) return ErrorCode.None;
        partition = _session.UsesTopicIds
            ? services.Partitions.Find(slot.Topic.Id, slot.Partition)
            : services.Partitions.Find(slot.Topic.Name, slot.Partition);
        // A leader that has just ended may still be in the directory for a moment.
        if (partition is { LeaderEpoch: >= 0 })
        {
            _session.Attach(slot, partition);
            return ErrorCode.None;
        }

        if (_request is { KnowsReplicas: true, ReplicaId: < 0 } && FindFollower(slot) is { } follower)
        {
            partition = follower;
            _session.Attach(slot, partition);
            return ErrorCode.None;
        }

        partition = null;

        var topic = _session.UsesTopicIds
            ? _image.TopicsById.GetValueOrDefault(slot.Topic.Id)
            : _image.Topics.GetValueOrDefault(slot.Topic.Text);
        if (topic is null || (uint)slot.Partition >= (uint)topic.Partitions.Length)
        {
            // What is not known at all has an empty list in Kafka, whatever the isolation; all other errors have none.
            item.AbortedCount = 0;
            return topic is null && _session.UsesTopicIds ? ErrorCode.UnknownTopicId : ErrorCode.UnknownTopicOrPartition;
        }

        Hint(topic.Partitions[slot.Partition], ref item);
        return ErrorCode.NotLeaderOrFollower;
    }

    private IPartition? FindFollower(FetchSlot slot)
    {
        var follower = _session.UsesTopicIds
            ? services.Partitions.FindFollower(slot.Topic.Id, slot.Partition)
            : services.Partitions.FindFollower(slot.Topic.Text, slot.Partition);
        return follower is { LeaderEpoch: >= 0 } ? follower : null;
    }

    /// <summary>KIP-951: whom to ask instead, if it is not this node.</summary>
    private void Hint(PartitionImage partition, ref FetchItem item)
    {
        if (partition.Leader < 0 || partition.Leader == services.Settings.NodeId) return;
        item.LeaderId = partition.Leader;
        item.LeaderEpoch = partition.LeaderEpoch;
    }

    private static ErrorCode Check(FetchSlot slot, IPartition partition)
    {
        if (slot.CurrentLeaderEpoch < 0) return ErrorCode.None;
        var epoch = partition.LeaderEpoch;
        if (epoch < 0) return ErrorCode.NotLeaderOrFollower;
        if (slot.CurrentLeaderEpoch == epoch) return ErrorCode.None;
        return slot.CurrentLeaderEpoch < epoch ? ErrorCode.FencedLeaderEpoch : ErrorCode.UnknownLeaderEpoch;
    }

    /// <summary>
    /// Replicas of this cluster have ways of their own, so whoever fetches as one is none, and must neither see what is not committed nor move
    /// a high watermark. It gets what Kafka gives to a replica that the leader does not know, or knows by a newer broker epoch.
    /// </summary>
    private ErrorCode RefuseReplica(FetchSlot slot, IPartition partition)
    {
        var error = Check(slot, partition);
        if (error != ErrorCode.None) return error;
        var replicas = _image.TopicsById.TryGetValue(partition.TopicId, out var topic) && partition.Index < topic.Partitions.Length
            ? topic.Partitions[partition.Index].Replicas
            : [];
        var isFollower = _request.ReplicaId != services.Settings.NodeId && replicas.Contains(_request.ReplicaId);
        return slot.CurrentLeaderEpoch >= 0 && !isFollower ? ErrorCode.UnknownLeaderEpoch : ErrorCode.NotLeaderOrFollower;
    }

    private void Read(FetchSlot slot, IPartition partition, ref FetchItem item)
    {
        var view = partition.View;
        if (services.Settings.SelectsReplicaByRack && _request.Rack.Length > 0)
        {
            item.PreferredReplica = partition.PreferredReadReplica(_request.Rack, slot.FetchOffset);
            if (item.PreferredReplica >= 0)
            {
                (item.HighWatermark, item.LastStableOffset, item.LogStartOffset) = (view.HighWatermark, view.LastStableOffset, view.LogStartOffset);
                return;
            }
        }

        var logStart = view.LogStartOffset;
        var highWatermark = view.HighWatermark;
        var stable = view.LastStableOffset;
        if (slot.LastFetchedEpoch >= 0 && Diverges(slot, partition, ref item))
        {
            if (!item.IsDiverging) return;
        }
        else if (slot.FetchOffset < logStart || slot.FetchOffset > view.LogEndOffset)
        {
            item.Error = ErrorCode.OffsetOutOfRange;
            return;
        }

        if (Math.Min(slot.MaxBytes, _remaining) < 0)
        {
            // Kafka trips over a negative size, once for that of the whole request.
            item.Error = ErrorCode.UnknownServerError;
            _remaining = Math.Max(0, _remaining);
            return;
        }

        item.HighWatermark = highWatermark;
        item.LastStableOffset = stable;
        item.LogStartOffset = logStart;
        var committed = _request.Isolation == ReadIsolation.ReadCommitted;
        if (committed) item.AbortedCount = 0;
        if (item.IsDiverging) return;
        var bound = committed ? stable : highWatermark;
        item.FirstSlice = _slices.Count;
        if (slot.FetchOffset < bound)
        {
            var limit = Math.Min(slot.MaxBytes, _remaining);
            item.Bytes = view.Plan(slot.FetchOffset, bound, limit, TotalBytes == 0, _slices);
            item.SliceCount = _slices.Count - item.FirstSlice;
        }

        item.IsExhausted = slot.FetchOffset >= bound;
        if (item.Bytes == 0) return;
        TotalBytes += item.Bytes;
        _remaining = Math.Max(0, _remaining - item.Bytes);
        if (!committed) return;
        item.FirstAborted = _aborted.Count;
        view.CollectAborted(slot.FetchOffset, bound, _aborted);
        item.AbortedCount = _aborted.Count - item.FirstAborted;
    }

    /// <summary>R34: the reader's log and this one may differ; true with the point where to truncate, or with an error.</summary>
    private static bool Diverges(FetchSlot slot, IPartition partition, ref FetchItem item)
    {
        var end = partition.FindEpochEndOffset(slot.LastFetchedEpoch);
        if (end.LeaderEpoch < 0 || end.EndOffset < 0)
        {
            item.Error = ErrorCode.OffsetOutOfRange;
            return true;
        }

        if (end.LeaderEpoch >= slot.LastFetchedEpoch && end.EndOffset >= slot.FetchOffset) return false;
        item.DivergingEpoch = end.LeaderEpoch;
        item.DivergingEndOffset = end.EndOffset;
        return true;
    }
}
