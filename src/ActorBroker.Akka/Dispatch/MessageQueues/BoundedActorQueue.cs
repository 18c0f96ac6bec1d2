using Akka.Actor;
using Akka.Event;

namespace Akka.Dispatch.MessageQueues;

/// <summary>An <see cref="ActorQueue"/> with a place count in front. What is put back at the front needs no place.</summary>
internal sealed class BoundedActorQueue(int capacity, TimeSpan pushTimeout) : IMessageQueue, IBoundedDequeBasedMessageQueueSemantics
{
    private readonly ActorQueue _queue = new();
    private readonly Stack<Envelope> _front = new();
    private readonly SemaphoreSlim _places = new(capacity);

    public TimeSpan PushTimeOut { get; set; } = pushTimeout;

    public bool HasMessages => _front.Count > 0 || _queue.HasMessages;

    public int Count => _front.Count + _queue.Count;

    public void Enqueue(IActorRef receiver, Envelope envelope)
    {
        if (_places.Wait(PushTimeOut))
        {
            _queue.Enqueue(receiver, envelope);
            return;
        }
        var letter = new DeadLetter(envelope.Message, envelope.Sender, receiver);
        ((IInternalActorRef)receiver).Provider.DeadLetters.Tell(letter, envelope.Sender);
    }

    public void EnqueueFirst(Envelope envelope) => _front.Push(envelope);

    public bool TryDequeue(out Envelope envelope)
    {
        if (_front.TryPop(out envelope))
            return true;
        if (!_queue.TryDequeue(out envelope))
            return false;
        _places.Release();
        return true;
    }

    public void CleanUp(IActorRef owner, IMessageQueue deadletters)
    {
        while (TryDequeue(out var envelope))
            deadletters.Enqueue(owner, envelope);
    }
}
