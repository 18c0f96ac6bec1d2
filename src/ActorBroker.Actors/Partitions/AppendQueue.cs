using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Actors.Partitions;

/// <summary>
/// Many producers, one taker, no locks, no allocation: the requests themselves are the nodes of a stack that the taker takes whole and
/// turns round.
///
/// <see cref="TryPush"/> says whether the queue was empty before: exactly then somebody has to ring the taker's bell. A push that finds
/// the queue not
/// empty needs none, because the bell of the push that found it empty is still to be answered: the taker empties the stack in one
/// exchange, so
/// each push lands either before that exchange (and is taken by it) or after it (and finds the queue empty).
///
/// <see cref="Close"/> puts a mark in place of the stack; pushes after it are refused.
/// </summary>
internal sealed class AppendQueue
{
    private static readonly AppendRequest s_closed = new ClosedMark();

    private AppendRequest? _top;

    public bool TryPush(AppendRequest request, out bool wasEmpty)
    {
        var top = Volatile.Read(ref _top);
        while (true)
        {
            wasEmpty = top is null;
            if (ReferenceEquals(top, s_closed)) return false;
            request.Next = top;
            var seen = Interlocked.CompareExchange(ref _top, request, top);
            if (ReferenceEquals(seen, top)) return true;
            top = seen;
        }
    }

    /// <summary>Everything pushed so far, oldest first; null when nothing waits or the queue is closed.</summary>
    public AppendRequest? TakeAll()
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

    /// <summary>Closes the queue and gives what was still in it, oldest first.</summary>
    public AppendRequest? Close()
    {
        var top = Interlocked.Exchange(ref _top, s_closed);
        return top is null || ReferenceEquals(top, s_closed) ? null : Reversed(top);
    }

    private static AppendRequest Reversed(AppendRequest top)
    {
        AppendRequest? turned = null;
        for (AppendRequest? node = top; node is not null;)
        {
            var next = node.Next;
            node.Next = turned;
            turned = node;
            node = next;
        }

        return turned!;
    }

    private sealed class ClosedMark : AppendRequest
    {
        public override void Complete(in AppendResult result) =>
            throw new InvalidOperationException("The mark of a closed queue was completed.");
    }
}
