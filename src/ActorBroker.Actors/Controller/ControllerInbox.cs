using System.Collections.Concurrent;
using Akka.Actor;

namespace ActorBroker.Actors.Controller;

/// <summary>
/// The commands that wait for the controller: a bounded queue and a doorbell. The actor takes all that wait at once, so that they share one
/// write of the journal. The queue outlives the actor: what was not taken when it failed is decided by the next one.
///
/// No command is forgotten: a sender enqueues and then rings; the actor first takes the bell back and then empties the queue. Either it
/// still finds the command, or the sender finds the bell untouched and rings again. Both sides go through Interlocked, which is a full
/// fence.
/// </summary>
public sealed class ControllerInbox(int capacity)
{
    private readonly ConcurrentQueue<PendingCommand> _queue = new();
    private UnsettledCommands? _unsettled;
    private int _count;
    private int _rung;
    private volatile IActorRef? _controller;

    /// <summary>False when the queue is full.</summary>
    public bool TryAdd(PendingCommand command)
    {
        if (Interlocked.Increment(ref _count) > capacity)
        {
            Interlocked.Decrement(ref _count);
            return false;
        }
        _queue.Enqueue(command);
        Ring();
        return true;
    }

    /// <summary>From now on the doorbell rings at this actor; it rings at once.</summary>
    internal void Attach(IActorRef controller)
    {
        _controller = controller;
        Interlocked.Exchange(ref _rung, 0);
        Ring();
    }

    internal void Detach() => _controller = null;

    /// <summary>Whether a command waits.</summary>
    internal bool HasWaiting => !_queue.IsEmpty;

    /// <summary>What a controller leaves to the next one.</summary>
    internal void Leave(UnsettledCommands unsettled) => Interlocked.Exchange(ref _unsettled, unsettled)?.Fail(UnsettledCommands.OutcomeUnknown);

    internal UnsettledCommands? TakeUnsettled() => Interlocked.Exchange(ref _unsettled, null);

    /// <summary>Everything that waits, but no more than <paramref name="max"/>; the bell rings again for what is left.</summary>
    internal List<PendingCommand> TakeAll(int max)
    {
        Interlocked.Exchange(ref _rung, 0);
        var taken = new List<PendingCommand>();
        while (taken.Count < max && _queue.TryDequeue(out var command))
        {
            Interlocked.Decrement(ref _count);
            if (!command.IsAbandoned) taken.Add(command);
        }
        if (!_queue.IsEmpty) Ring();
        return taken;
    }

    private void Ring()
    {
        if (Interlocked.Exchange(ref _rung, 1) == 0) _controller?.Tell(CommandsWaiting.Instance, ActorRefs.NoSender);
    }
}

/// <summary>The doorbell: the queue was empty and is not any more.</summary>
internal sealed class CommandsWaiting : INoSerializationVerificationNeeded
{
    public static readonly CommandsWaiting Instance = new();

    private CommandsWaiting()
    {
    }
}
