namespace ActorBroker.Core.Kernel;

/// <summary>What waits in a <see cref="HandoverQueue{T}"/>: its own queue node, so that queueing allocates nothing.</summary>
public abstract class HandoverNode<T>
    where T : HandoverNode<T>
{
    /// <summary>The next in the queue; belongs to the queue from the push on, and to the taker after that.</summary>
    public T? Next;
}

/// <summary>
/// Many producers, one taker, no locks, no allocation: the nodes are a stack that the taker takes whole and turns round.
///
/// <see cref="TryPush"/> says whether the queue was empty before: exactly then somebody has to ring the taker's bell. A push that finds the
/// queue not empty needs none, because the bell of the push that found it empty is still to be answered: the taker empties the stack in one
/// exchange, so each push lands either before that exchange (and is taken by it) or after it (and finds the queue empty).
///
/// <see cref="Close"/> puts a mark in place of the stack; pushes after it are refused.
/// </summary>
/// <param name="closedMark">A node that is never pushed: it stands for the end.</param>
public sealed class HandoverQueue<T>(T closedMark)
    where T : HandoverNode<T>
{
    private T? _top;

    public bool TryPush(T node, out bool wasEmpty)
    {
        var top = Volatile.Read(ref _top);
        while (true)
        {
            wasEmpty = top is null;
            if (ReferenceEquals(top, closedMark)) return false;
            node.Next = top;
            var seen = Interlocked.CompareExchange(ref _top, node, top);
            if (ReferenceEquals(seen, top)) return true;
            top = seen;
        }
    }

    /// <summary>Everything pushed so far, oldest first; null when nothing waits or the queue is closed.</summary>
    public T? TakeAll()
    {
        var top = Volatile.Read(ref _top);
        while (top is not null && !ReferenceEquals(top, closedMark))
        {
            var seen = Interlocked.CompareExchange(ref _top, null, top);
            if (ReferenceEquals(seen, top)) return Reversed(top);
            top = seen;
        }

        return null;
    }

    /// <summary>Closes the queue and gives what was still in it, oldest first.</summary>
    public T? Close()
    {
        var top = Interlocked.Exchange(ref _top, closedMark);
        return top is null || ReferenceEquals(top, closedMark) ? null : Reversed(top);
    }

    private static T Reversed(T top)
    {
        T? turned = null;
        for (T? node = top; node is not null;)
        {
            var next = node.Next;
            node.Next = turned;
            turned = node;
            node = next;
        }

        return turned!;
    }
}
