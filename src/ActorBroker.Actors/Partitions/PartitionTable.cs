using System.Collections.Concurrent;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Actors.Partitions;

/// <summary>
/// The partitions this node leads, as <see cref="IPartitionDirectory"/>: per topic one array indexed by partition, found by name, by the
/// name's
/// bytes or by topic id without a lock. Leaders enter and leave on the replica host's word.
/// </summary>
internal sealed class PartitionTable(Func<CancellationToken, Task<IReadOnlyList<LogDirectoryDescription>>> describeDirectories) : IPartitionDirectory
{
    private readonly ConcurrentDictionary<string, TopicSlots> _byName = new(TopicKeyComparer.Instance);
    private readonly ConcurrentDictionary<Uuid, TopicSlots> _byId = new();
    private readonly ConcurrentDictionary<TopicPartition, TaskCompletionSource> _waiting = new();
    private readonly ConcurrentDictionary<TopicPartition, bool> _refused = new();
    private readonly ConcurrentDictionary<Uuid, TopicTraffic> _traffic = new();
    private readonly ConcurrentDictionary<TopicPartition, IPartition> _followedByName = new();
    private readonly ConcurrentDictionary<TopicIdPartition, IPartition> _followedById = new();
    private readonly object _gate = new();

    /// <summary>All leaders at this moment.</summary>
    public IEnumerable<IPartition> All
    {
        get
        {
            foreach (var topic in _byName.Values)
                foreach (var partition in topic.Snapshot())
                    if (partition is not null) yield return partition;
        }
    }

    /// <summary>The counters of a topic, shared by its partitions here.</summary>
    public TopicTraffic TrafficOf(Uuid topicId) => _traffic.GetOrAdd(topicId, static _ => new TopicTraffic());

    /// <summary>Bytes that producers have brought and consumers have taken since the start.</summary>
    public (long Produced, long Served) Moved
    {
        get
        {
            (long Produced, long Served) moved = default;
            foreach (var (_, traffic) in _traffic) moved = (moved.Produced + traffic.BytesIn, moved.Served + traffic.BytesOut);
            return moved;
        }
    }

    public IPartition? Find(ReadOnlySpan<byte> topicUtf8, int partition) =>
        _byName.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(topicUtf8, out var slots) ? slots.At(partition) : null;

    public IPartition? Find(string topic, int partition) => _byName.TryGetValue(topic, out var slots) ? slots.At(partition) : null;

    public IPartition? Find(Uuid topicId, int partition) => _byId.TryGetValue(topicId, out var slots) ? slots.At(partition) : null;

    public IPartition? FindFollower(string topic, int partition) => _followedByName.GetValueOrDefault(new TopicPartition(topic, partition));

    public IPartition? FindFollower(Uuid topicId, int partition) => _followedById.GetValueOrDefault(new TopicIdPartition(topicId, partition));

    public void EnterFollower(IPartition partition)
    {
        _followedByName[new TopicPartition(partition.Topic, partition.Index)] = partition;
        _followedById[new TopicIdPartition(partition.TopicId, partition.Index)] = partition;
    }

    public void LeaveFollower(IPartition partition)
    {
        _followedByName.TryRemove(new(new TopicPartition(partition.Topic, partition.Index), partition));
        _followedById.TryRemove(new(new TopicIdPartition(partition.TopicId, partition.Index), partition));
    }

    public void Enter(IPartition partition)
    {
        var name = new TopicPartition(partition.Topic, partition.Index);
        lock (_gate)
        {
            if (!_byName.TryGetValue(partition.Topic, out var slots) || slots.TopicId != partition.TopicId)
            {
                slots = new TopicSlots(partition.TopicId);
                _byName[partition.Topic] = slots;
                _byId[partition.TopicId] = slots;
            }

            slots.Set(partition.Index, partition);
        }

        _refused.TryRemove(name, out _);
        Wake(name);
    }

    /// <summary>The partition's log cannot be opened: nobody needs to wait for its leader, until <see cref="Readmit"/>.</summary>
    public void Refuse(TopicPartition name)
    {
        _refused[name] = true;
        Wake(name);
    }

    /// <summary>The name is free again: the partition that was refused is gone.</summary>
    public void Readmit(TopicPartition name) => _refused.TryRemove(name, out _);

    private void Wake(TopicPartition name)
    {
        if (_waiting.TryRemove(name, out var waiting)) waiting.TrySetResult();
    }

    /// <summary>Takes the partition out, unless another one of the same name has entered since.</summary>
    public void Leave(IPartition partition)
    {
        lock (_gate)
        {
            if (!_byId.TryGetValue(partition.TopicId, out var slots) || !ReferenceEquals(slots.At(partition.Index), partition)) return;
            slots.Set(partition.Index, null);
            if (!slots.IsEmpty) return;
            _byId.TryRemove(partition.TopicId, out _);
            _traffic.TryRemove(partition.TopicId, out _);
            if (_byName.TryGetValue(partition.Topic, out var named) && ReferenceEquals(named, slots)) _byName.TryRemove(partition.Topic, out _);
        }
    }

    public async Task<IPartition?> WaitForLeaderAsync(string topic, int partition, TimeSpan limit, CancellationToken cancel)
    {
        var name = new TopicPartition(topic, partition);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        timeout.CancelAfter(limit);
        while (Find(topic, partition) is null && !_refused.ContainsKey(name))
        {
            var waiting = _waiting.GetOrAdd(name, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            if (Find(topic, partition) is not null || _refused.ContainsKey(name)) break;
            try
            {
                await waiting.Task.WaitAsync(timeout.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                cancel.ThrowIfCancellationRequested();
                return Find(topic, partition);
            }
        }

        return Find(topic, partition);
    }

    public Task<IReadOnlyList<LogDirectoryDescription>> DescribeLogDirectoriesAsync(CancellationToken cancel) => describeDirectories(cancel);

    private sealed class TopicSlots(Uuid topicId)
    {
        private IPartition?[] _slots = [];

        public Uuid TopicId => topicId;

        public bool IsEmpty => System.Array.TrueForAll(_slots, static slot => slot is null);

        public IPartition? At(int index)
        {
            var slots = Volatile.Read(ref _slots);
            return (uint)index < (uint)slots.Length ? Volatile.Read(ref slots[index]) : null;
        }

        public IPartition?[] Snapshot() => Volatile.Read(ref _slots);

        public void Set(int index, IPartition? partition)
        {
            if (index >= _slots.Length)
            {
                var larger = new IPartition?[Math.Max(index + 1, _slots.Length * 2)];
                _slots.CopyTo(larger, 0);
                Volatile.Write(ref _slots, larger);
            }

            Volatile.Write(ref _slots[index], partition);
        }
    }
}
