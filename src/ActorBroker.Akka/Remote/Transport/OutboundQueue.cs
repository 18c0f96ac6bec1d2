namespace Akka.Remote.Transport;

/// <summary>
/// Many producers, one consumer. Producers push onto a shared stack, the consumer takes the whole stack at once and reverses
/// it, so the order of each producer is kept. Both are full fences, on which the consumer's wake-up relies.
/// </summary>
internal sealed class OutboundQueue
{
    private OutboundMessage? _pushed;
    private OutboundMessage? _ready;

    public bool HasMessages => _ready is not null || Volatile.Read(ref _pushed) is not null;

    public void Add(OutboundMessage message)
    {
        var head = _pushed;
        while (true)
        {
            message.Next = head;
            var seen = Interlocked.CompareExchange(ref _pushed, message, head);
            if (ReferenceEquals(seen, head))
                return;
            head = seen;
        }
    }

    public OutboundMessage? Take()
    {
        var message = _ready ?? TakePushed();
        _ready = message?.Next;
        return message;
    }

    private OutboundMessage? TakePushed()
    {
        if (Volatile.Read(ref _pushed) is null)
            return null;
        var message = Interlocked.Exchange(ref _pushed, null);
        OutboundMessage? reversed = null;
        while (message is not null)
        {
            var next = message.Next;
            message.Next = reversed;
            reversed = message;
            message = next;
        }
        return reversed;
    }
}
