using Akka.Actor;

namespace Akka.Dispatch.MessageQueues;

/// <summary>Lowest priority number first, in order of arrival among equals. Unstashed messages precede all.</summary>
internal sealed class PriorityActorQueue(Func<object, int> priority, int initialCapacity)
    : IMessageQueue, IUnboundedDequeBasedMessageQueueSemantics
{
    private readonly PriorityQueue<Envelope, (int Priority, long Arrival)> _queue = new(initialCapacity);
    private readonly Stack<Envelope> _front = new();
    private readonly Lock _gate = new();
    private long _arrivals;

    public bool HasMessages => Count > 0;

    public int Count
    {
        get
        {
            lock (_gate)
                return _front.Count + _queue.Count;
        }
    }

    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        var rank = priority(envelope.Message);
        lock (_gate)
            _queue.Enqueue(envelope, (rank, _arrivals++));
    }

    public void EnqueueFirst(Envelope envelope)
    {
        lock (_gate)
            _front.Push(envelope);
    }

    public bool TryDequeue(out Envelope envelope)
    {
        lock (_gate)
            return _front.TryPop(out envelope) || _queue.TryDequeue(out envelope, out _);
    }

    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        while (TryDequeue(out var envelope))
            deadletters.Enqueue(owner, envelope);
    }
}
