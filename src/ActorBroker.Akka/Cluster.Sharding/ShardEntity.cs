using Akka.Actor;

namespace Akka.Cluster.Sharding;

/// <summary>An entity of a shard that runs, or is about to stop.</summary>
internal sealed class ShardEntity(string id, IActorRef actor)
{
    private Queue<(object Message, IActorRef Sender)>? _waiting;

    public string Id => id;

    public IActorRef Actor { get; set; } = actor;

    /// <summary>It has been told to stop at its own wish or because it was idle: messages wait until it has.</summary>
    public bool IsPassivating { get; set; }

    /// <summary>When it got its last message, in the time of <see cref="Environment.TickCount64"/>.</summary>
    public long LastMessageMs { get; set; }

    public bool HasWaiting => _waiting is { Count: > 0 };

    public void Wait(object message, IActorRef sender) => (_waiting ??= new()).Enqueue((message, sender));

    public IEnumerable<(object Message, IActorRef Sender)> TakeWaiting()
    {
        var waiting = _waiting;
        _waiting = null;
        return waiting ?? [];
    }
}
