namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>
/// Many producers, one taker, like <see cref="AppendQueue"/>: whoever finds it empty rings the taker, who takes everything in one exchange,
/// so no part is forgotten. After <see cref="Close"/> it takes nothing more; what is refused or left over is released by whoever gets it.
/// </summary>
internal sealed class PartQueue
{
    private static readonly ReplicaPart s_closed = new() { Kind = PartKind.Closed, Id = default, LeaderEpoch = -1 };

    private ReplicaPart? _top;

    public bool TryPush(ReplicaPart part, out bool wasEmpty)
    {
        var top = Volatile.Read(ref _top);
        while (true)
        {
            wasEmpty = top is null;
            if (ReferenceEquals(top, s_closed)) return false;
            part.Next = top;
            var seen = Interlocked.CompareExchange(ref _top, part, top);
            if (ReferenceEquals(seen, top)) return true;
            top = seen;
        }
    }

    /// <summary>Everything pushed so far, oldest first.</summary>
    public ReplicaPart? TakeAll()
    {
        var top = Volatile.Read(ref _top);
        while (top is not null && !ReferenceEquals(top, s_closed))
        {
            var seen = Interlocked.CompareExchange(ref _top, null, top);
            if (ReferenceEquals(seen, top)) return Reversed(top);
            top = seen;
        }

        return null;
    }

    /// <summary>Closes the queue and releases what was in it.</summary>
    public void Close()
    {
        var part = Interlocked.Exchange(ref _top, s_closed);
        while (part is not null && !ReferenceEquals(part, s_closed))
        {
            var next = part.Next;
            part.Release();
            part = next;
        }
    }

    private static ReplicaPart Reversed(ReplicaPart top)
    {
        ReplicaPart? turned = null;
        for (ReplicaPart? node = top; node is not null;)
        {
            var next = node.Next;
            node.Next = turned;
            turned = node;
            node = next;
        }

        return turned!;
    }
}
