using Akka.Dispatch;

namespace Akka.Actor;

internal sealed class ActorStash(ActorCell cell, IDequeBasedMessageQueueSemantics mailbox, int capacity) : IStash
{
    private LinkedList<Envelope> _messages = new();
    private int _lastStashed = -1;

    public int Count => _messages.Count;

    public bool IsEmpty => Count == 0;

    public bool NonEmpty => Count > 0;

    public bool IsFull => capacity > 0 && Count >= capacity;

    public int Capacity => capacity;

    public void Stash()
    {
        var message = cell.CurrentMessage!;
        if (_lastStashed == cell.EnvelopeId)
            throw new IllegalActorStateException($"Can't stash the same message {message} more than once");
        if (IsFull)
            throw new StashOverflowException($"Couldn't enqueue message {message} from {cell.Sender} to stash of {cell.Self}");
        _lastStashed = cell.EnvelopeId;
        _messages.AddLast(new Envelope(message, cell.Sender));
    }

    public void Unstash()
    {
        if (_messages.First is not { } first)
            return;
        _messages.RemoveFirst();
        EnqueueFirst(first.Value);
    }

    public void UnstashAll() => UnstashAll(static _ => true);

    public void UnstashAll(Func<Envelope, bool> predicate)
    {
        if (IsEmpty)
            return;
        var messages = _messages;
        _messages = new LinkedList<Envelope>();
        for (var node = messages.Last; node is not null; node = node.Previous)
        {
            if (predicate(node.Value))
                EnqueueFirst(node.Value);
        }
    }

    public IEnumerable<Envelope> ClearStash()
    {
        var messages = _messages;
        _messages = new LinkedList<Envelope>();
        return messages;
    }

    public void Prepend(IEnumerable<Envelope> envelopes)
    {
        foreach (var envelope in envelopes.Reverse())
            _messages.AddFirst(envelope);
    }

    private void EnqueueFirst(Envelope envelope)
    {
        mailbox.EnqueueFirst(envelope);
        if (envelope.Message is Terminated terminated)
            cell.DeathWatch.Requeued(terminated.ActorRef);
    }
}
