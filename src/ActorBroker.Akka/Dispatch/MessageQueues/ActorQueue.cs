using System.Runtime.CompilerServices;
using Akka.Actor;

namespace Akka.Dispatch.MessageQueues;

/// <summary>
/// The unbounded queue of ordinary actors: many producers, one consumer, no lock.
///
/// Producers push onto a shared stack with one compare-and-swap. The consumer takes the whole stack with one exchange when
/// its own list is empty, and reverses it: order per producer is kept, and the shared word is touched once per batch.
/// A swap that finds the same head again is right whatever happened in between: the new node's successor is that head.
/// Both operations are full fences, which the mailbox's wake-up relies on.
/// Messages put back at the front (unstash) go onto the consumer's own list; only the actor itself does that.
/// </summary>
internal sealed class ActorQueue : IMessageQueue, IUnboundedDequeBasedMessageQueueSemantics
{
    private EnvelopeNode? _pushed;
    private EnvelopeNode? _ready;

    public bool HasMessages => Volatile.Read(ref _pushed) is not null || _ready is not null;

    public int Count
    {
        get
        {
            var count = 0;
            for (var node = Volatile.Read(ref _pushed); node is not null; node = node.Next)
                count++;
            for (var node = _ready; node is not null; node = node.Next)
                count++;
            return count;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(object message, IActorRef? sender)
    {
        var node = EnvelopeNode.Rent();
        node.Message = message;
        node.Sender = sender;
        var head = _pushed;
        while (true)
        {
            node.Next = head;
            var seen = Interlocked.CompareExchange(ref _pushed, node, head);
            if (ReferenceEquals(seen, head))
                return;
            head = seen;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake(out object message, out IActorRef? sender)
    {
        var node = _ready ?? TakePushed();
        if (node is null)
        {
            message = null!;
            sender = null;
            return false;
        }
        _ready = node.Next;
        message = node.Message!;
        sender = node.Sender;
        EnvelopeNode.Return(node);
        return true;
    }

    public void Enqueue(IActorRef receiver, Envelope envelope) => Add(envelope.Message, envelope.Sender);

    public void EnqueueFirst(Envelope envelope)
    {
        var node = EnvelopeNode.Rent();
        node.Message = envelope.Message;
        node.Sender = envelope.Sender;
        node.Next = _ready;
        _ready = node;
    }

    public bool TryDequeue(out Envelope envelope)
    {
        if (TryTake(out var message, out var sender))
        {
            envelope = new Envelope(message, sender);
            return true;
        }
        envelope = default;
        return false;
    }

    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        while (TryDequeue(out var envelope))
            deadletters.Enqueue(owner, envelope);
    }

    private EnvelopeNode? TakePushed()
    {
        if (_pushed is null)
            return null;
        var node = Interlocked.Exchange(ref _pushed, null);
        EnvelopeNode? reversed = null;
        while (node is not null)
        {
            var next = node.Next;
            node.Next = reversed;
            reversed = node;
            node = next;
        }
        return reversed;
    }
}
