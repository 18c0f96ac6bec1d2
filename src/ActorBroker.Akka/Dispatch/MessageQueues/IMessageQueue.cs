using Akka.Actor;

namespace Akka.Dispatch.MessageQueues;

/// <summary>The user messages of one actor: any thread puts in, the actor takes out.</summary>
public interface IMessageQueue
{
    bool HasMessages { get; }

    int Count { get; }

    void Enqueue(IActorRef receiver, Envelope envelope);

    bool TryDequeue(out Envelope envelope);

    /// <summary>The actor has ended; what is left goes to the dead letters.</summary>
    void CleanUp(IActorRef owner, IMessageQueue deadletters);
}
