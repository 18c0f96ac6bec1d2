using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>
/// Who watches this actor and whom it watches. A notification becomes a <see cref="Terminated"/> in the actor's own
/// mailbox, so that it comes after what the dead actor sent before; until it is handled an Unwatch can take it back, which
/// is what the queued set is for.
/// </summary>
internal sealed class CellDeathWatch(ActorCell cell)
{
    private readonly Dictionary<IActorRef, object?> _watching = [];
    private readonly Dictionary<IActorRef, object?> _queued = [];
    private HashSet<IInternalActorRef>? _watchedBy;

    public void Watch(IInternalActorRef subject, object? message)
    {
        if (subject.Equals(cell.Self))
            return;
        if (_watching.TryGetValue(subject, out var known))
        {
            if (!Equals(known, message))
            {
                throw new InvalidOperationException(
                    $"Watch({cell.Self}, {subject}) was already called with another message: unwatch it first");
            }
            return;
        }
        _watching.Add(subject, message);
        subject.SendSystemMessage(new Watch(subject, cell.InternalSelf));
    }

    public void Unwatch(IInternalActorRef subject)
    {
        if (!subject.Equals(cell.Self) && _watching.Remove(subject))
            subject.SendSystemMessage(new Unwatch(subject, cell.InternalSelf));
        _queued.Remove(subject);
    }

    public void AddWatcher(Watch watch)
    {
        if (watch.Watchee.Equals(cell.Self) && !watch.Watcher.Equals(cell.Self))
            (_watchedBy ??= []).Add(watch.Watcher);
    }

    public void RemoveWatcher(Unwatch unwatch)
    {
        if (unwatch.Watchee.Equals(cell.Self))
            _watchedBy?.Remove(unwatch.Watcher);
    }

    public void SubjectEnded(DeathWatchNotification notification)
    {
        if (!_watching.Remove(notification.Actor, out var message) || cell.IsTerminating)
            return;
        _queued.TryAdd(notification.Actor, message);
        var terminated = new Terminated(notification.Actor, notification.ExistenceConfirmed, notification.AddressTerminated);
        cell.Self.Tell(terminated, notification.Actor);
    }

    /// <summary>What the actor gets for a Terminated: it, the message that was asked for instead, or nothing.</summary>
    public object? Deliverable(Terminated terminated) =>
        _queued.Remove(terminated.ActorRef, out var message) ? message ?? terminated : null;

    /// <summary>A stashed Terminated is on its way again.</summary>
    public void Requeued(IActorRef subject) => _queued.TryAdd(subject, null);

    public void TellWatchers()
    {
        if (_watchedBy is null)
            return;
        foreach (var watcher in _watchedBy)
        {
            // The parent is told in any case.
            if (!watcher.Equals(cell.Parent))
                watcher.SendSystemMessage(new DeathWatchNotification(cell.Self, existenceConfirmed: true, addressTerminated: false));
        }
        _watchedBy = null;
    }

    public void UnwatchAll()
    {
        foreach (var subject in _watching.Keys)
            ((IInternalActorRef)subject).SendSystemMessage(new Unwatch((IInternalActorRef)subject, cell.InternalSelf));
        _watching.Clear();
        _queued.Clear();
    }
}
