using ActorBroker.Core.Ports;
using ActorBroker.Network.Connections;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Fetch;

/// <summary>
/// What one fetcher reads (KIP-227): its partitions with their positions. A session of the cache lives across requests and connections and
/// is told changes only; each connection also keeps one for the requests that want none, so that clients without sessions (librdkafka) do
/// not register anew with every request.
///
/// A session stays registered with its partitions between requests. An advance marks the slot dirty: pushed once onto a lock-free stack,
/// whatever thread it comes from. Only dirty and changed slots are active, and only active ones are planned: the cost of a poll goes with
/// what happened, not with the number of partitions. A slot leaves the active list when a response has told its news and nothing is left to
/// read; one that was served goes to the end of the list, so that the next response begins with others (R13).
///
/// No wake-up is lost: the slot's mark is cleared before its view is read; an advance after that marks it again. The waiter announces
/// itself
/// before it looks at the stack for the last time; a push looks for a waiter after it.
///
/// All members but the listener's are for the one request that has entered (<see cref="TryEnter"/>).
/// </summary>
internal sealed class FetchSession(bool usesTopicIds) : IWatermarkListener
{
    private readonly Dictionary<byte[], FetchTopic> _byName = new(Utf8Comparer.Instance);
    private readonly Dictionary<Uuid, FetchTopic> _byId = [];
    private readonly Stack<int> _freeTags = new();
    private readonly List<FetchSlot> _order = [];
    private List<FetchSlot> _active = [];
    private List<FetchSlot> _spare = [];
    private FetchSlot?[] _slots = new FetchSlot?[4];
    private FetchSlot? _dirty;
    private int _tagsUsed;
    private int _generation;
    private int _entered;
    private volatile bool _hasWaiter;
    private bool _isDropped;
    private bool _isDozing;

    /// <summary>0 for a connection's own session.</summary>
    public int Id { get; set; }

    /// <summary>What the next incremental request must say.</summary>
    public int Epoch { get; set; } = 1;

    public bool UsesTopicIds => usesTopicIds;

    public int Count { get; private set; }

    /// <summary>Owned by the cache.</summary>
    public long LastUsedMs { get; set; }

    public long CreatedMs { get; set; }

    /// <summary>Raised by advances and by whoever else wants the waiting request to look again.</summary>
    public WakeSignal Signal { get; } = new();

    /// <summary>The partitions of the last full request, in its order.</summary>
    public List<FetchSlot> Order => _order;

    /// <summary>The slots that may have something to say; removed ones among them are to be passed over.</summary>
    public List<FetchSlot> Active => _active;

    /// <summary>One request at a time.</summary>
    public bool TryEnter() => Interlocked.CompareExchange(ref _entered, 1, 0) == 0;

    /// <summary>Ends the request's use; a session dropped meanwhile is taken apart now.</summary>
    public void Leave()
    {
        _hasWaiter = false;
        Interlocked.Exchange(ref _entered, 0);
        if (Volatile.Read(ref _isDropped)) TakeApart();
    }

    /// <summary>The cache has given the session up: it unregisters everywhere, at once or when its request has ended.</summary>
    public void Drop()
    {
        Volatile.Write(ref _isDropped, true);
        Interlocked.MemoryBarrier();
        TakeApart();
    }

    /// <summary>
    /// Unregisters everywhere, for a session that nobody has used for long: its fetcher has most likely gone, and partitions should not
    /// call it at every advance. It stays valid; when it is used again all its slots are looked at.
    /// </summary>
    public void Doze()
    {
        if (_isDozing || !TryEnter()) return;
        foreach (var slot in _slots)
            if (slot is not null) Detach(slot);
        _isDozing = true;
        Leave();
    }

    /// <summary>Makes the session exactly what a full request names.</summary>
    public void ApplyFull(FetchRequestView request, ReadOnlySpan<byte> frame)
    {
        _generation++;
        _order.Clear();
        foreach (var entry in request.Entries)
        {
            var slot = Upsert(request, entry, frame);
            if (slot.Generation != _generation) _order.Add(slot);
            slot.Generation = _generation;
        }

        if (_order.Count != Count) RemoveOtherGenerations();
        _active.Clear();
        foreach (var slot in _order)
        {
            slot.IsActive = true;
            _active.Add(slot);
        }
    }

    /// <summary>Applies the changes of an incremental request.</summary>
    public void ApplyIncremental(FetchRequestView request, ReadOnlySpan<byte> frame)
    {
        if (_isDozing) WakeUp();
        foreach (var entry in request.Entries) Activate(Upsert(request, entry, frame));
        foreach (var entry in request.Forgotten)
        {
            var topic = FindTopic(request.Topics[entry.Topic], frame);
            if (topic is not null && topic.Partitions.TryGetValue(entry.Partition, out var slot)) Remove(slot);
        }

        _order.Clear();
    }

    /// <summary>Moves the slots that advanced since the last look to the active list.</summary>
    public void CollectDirty()
    {
        var slot = Interlocked.Exchange(ref _dirty, null);
        FetchSlot? reversed = null;
        while (slot is not null)
        {
            var next = slot.NextDirty;
            slot.NextDirty = reversed;
            reversed = slot;
            slot = next;
        }

        while (reversed is not null)
        {
            var next = reversed.NextDirty;
            reversed.NextDirty = null;
            // From here on an advance may push the slot again, so its link must not be touched any more.
            Interlocked.Exchange(ref reversed.Dirty, 0);
            Activate(reversed);
            reversed = next;
        }
    }

    /// <summary>Completes after an advance, or when <see cref="Signal"/> is raised otherwise; may be spurious.</summary>
    public ValueTask WaitAsync()
    {
        _hasWaiter = true;
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref _dirty) is null ? Signal.WaitAsync() : ValueTask.CompletedTask;
    }

    public void EndWait() => _hasWaiter = false;

    /// <summary>After a response: the slots that have nothing more to give become inactive, the served ones go to the end.</summary>
    public void Retire()
    {
        _spare.Clear();
        foreach (var slot in _active)
        {
            if (slot.IsRemoved) continue;
            if (!slot.HasMore) slot.IsActive = false;
            else if (!slot.WasServed) _spare.Add(slot);
        }

        foreach (var slot in _active)
            if (slot is { IsRemoved: false, IsActive: true, WasServed: true }) _spare.Add(slot);
        (_active, _spare) = (_spare, _active);
        _spare.Clear();
    }

    /// <summary>Registers the slot with its partition, before the partition's view is read.</summary>
    public void Attach(FetchSlot slot, IPartition partition)
    {
        slot.IsClosed = false;
        slot.Target = partition;
        partition.Subscribe(this, slot.Tag);
    }

    /// <summary>Forgets a partition that has closed.</summary>
    public void Detach(FetchSlot slot)
    {
        slot.Target?.Unsubscribe(this, slot.Tag);
        slot.Target = null;
    }

    void IWatermarkListener.OnAdvanced(int tag) => Mark(tag, closed: false);

    void IWatermarkListener.OnClosed(int tag) => Mark(tag, closed: true);

    private void Mark(int tag, bool closed)
    {
        var slots = Volatile.Read(ref _slots);
        var slot = (uint)tag < (uint)slots.Length ? slots[tag] : null;
        if (slot is null) return;
        if (closed) slot.IsClosed = true;
        if (Volatile.Read(ref slot.Dirty) != 0 || Interlocked.Exchange(ref slot.Dirty, 1) != 0) return;
        FetchSlot? head;
        do
        {
            head = Volatile.Read(ref _dirty);
            slot.NextDirty = head;
        }
        while (Interlocked.CompareExchange(ref _dirty, slot, head) != head);
        if (_hasWaiter) Signal.Set(inline: false);
    }

    private void WakeUp()
    {
        _isDozing = false;
        foreach (var slot in _slots)
            if (slot is not null) Activate(slot);
    }

    private void Activate(FetchSlot slot)
    {
        if (slot.IsActive || slot.IsRemoved) return;
        slot.IsActive = true;
        _active.Add(slot);
    }

    private FetchSlot Upsert(FetchRequestView request, in FetchEntry entry, ReadOnlySpan<byte> frame)
    {
        var topic = FindTopic(request.Topics[entry.Topic], frame) ?? AddTopic(request.Topics[entry.Topic], frame);
        if (!topic.Partitions.TryGetValue(entry.Partition, out var slot))
        {
            slot = new FetchSlot(topic, entry.Partition, TakeTag());
            topic.Partitions.Add(entry.Partition, slot);
            Volatile.Write(ref _slots[slot.Tag], slot);
            Count++;
        }

        slot.Want(entry);
        return slot;
    }

    private FetchTopic? FindTopic(in FetchTopicEntry entry, ReadOnlySpan<byte> frame)
    {
        if (usesTopicIds) return _byId.GetValueOrDefault(entry.Id);
        var names = _byName.GetAlternateLookup<ReadOnlySpan<byte>>();
        return names.TryGetValue(frame.Slice(entry.NameStart, entry.NameLength), out var topic) ? topic : null;
    }

    private FetchTopic AddTopic(in FetchTopicEntry entry, ReadOnlySpan<byte> frame)
    {
        var topic = new FetchTopic(usesTopicIds ? [] : frame.Slice(entry.NameStart, entry.NameLength).ToArray(), entry.Id);
        if (usesTopicIds) _byId.Add(topic.Id, topic);
        else _byName.Add(topic.Name, topic);
        return topic;
    }

    private int TakeTag()
    {
        if (_freeTags.TryPop(out var tag)) return tag;
        if (_tagsUsed == _slots.Length)
        {
            var grown = new FetchSlot?[2 * _slots.Length];
            _slots.CopyTo(grown, 0);
            Volatile.Write(ref _slots, grown);
        }

        return _tagsUsed++;
    }

    private void Remove(FetchSlot slot)
    {
        Detach(slot);
        slot.IsRemoved = true;
        slot.Topic.Partitions.Remove(slot.Partition);
        // A late advance under this number may still come; it then marks the number's next owner, which only costs it a look.
        Volatile.Write(ref _slots[slot.Tag], null);
        _freeTags.Push(slot.Tag);
        Count--;
        if (slot.Topic.Partitions.Count > 0) return;
        if (usesTopicIds) _byId.Remove(slot.Topic.Id);
        else _byName.Remove(slot.Topic.Name);
    }

    private void RemoveOtherGenerations()
    {
        var stale = new List<FetchSlot>();
        foreach (var slot in _slots)
            if (slot is not null && slot.Generation != _generation) stale.Add(slot);
        _active.Clear();
        foreach (var slot in stale) Remove(slot);
    }

    private void TakeApart()
    {
        // Whoever enters first takes it apart, once: nobody else can enter afterwards.
        if (!TryEnter()) return;
        foreach (var slot in _slots)
            if (slot is not null) Detach(slot);
    }
}
