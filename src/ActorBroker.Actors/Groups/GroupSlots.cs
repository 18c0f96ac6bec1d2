namespace ActorBroker.Actors.Groups;

/// <summary>The slots of the partitions that this node coordinates now; written by the coordinator's actor, read by everyone.</summary>
internal sealed class GroupSlots
{
    private GroupSlot?[] _slots = [];

    /// <summary>The slot of a partition, or null when this node does not coordinate it.</summary>
    public GroupSlot? Find(int partition)
    {
        var slots = Volatile.Read(ref _slots);
        return (uint)partition < (uint)slots.Length && Volatile.Read(ref slots[partition]) is { IsClosed: false } slot ? slot : null;
    }

    public IEnumerable<GroupSlot> All => Volatile.Read(ref _slots).OfType<GroupSlot>().Where(slot => !slot.IsClosed);

    public void Set(int partition, GroupSlot? slot)
    {
        var slots = _slots;
        if (partition >= slots.Length)
        {
            Array.Resize(ref slots, partition + 1);
            slots[partition] = slot;
            Volatile.Write(ref _slots, slots);
            return;
        }

        Volatile.Write(ref slots[partition], slot);
    }

    /// <summary>Nobody coordinates any more: whoever waits is told so.</summary>
    public void CloseAll()
    {
        foreach (var slot in All) slot.Close();
        Volatile.Write(ref _slots, []);
    }
}
