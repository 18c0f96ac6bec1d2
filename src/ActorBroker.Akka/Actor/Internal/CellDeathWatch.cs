using Akka.Dispatch.SysMsg;
using Akka.Event;

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
    private int _onOtherNodes;

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
        Joined(subject);
        subject.SendSystemMessage(new Watch(subject, cell.InternalSelf));
    }

    public void Unwatch(IInternalActorRef subject)
    {
        if (!subject.Equals(cell.Self) && _watching.Remove(subject))
        {
            subject.SendSystemMessage(new Unwatch(subject, cell.InternalSelf));
            Left(subject);
        }
        _queued.Remove(subject);
    }

    public void AddWatcher(Watch watch)
    {
        if (watch.Watchee.Equals(cell.Self) && !watch.Watcher.Equals(cell.Self) && (_watchedBy ??= []).Add(watch.Watcher))
            Joined(watch.Watcher);
    }

    public void RemoveWatcher(Unwatch unwatch)
    {
        if (unwatch.Watchee.Equals(cell.Self) && _watchedBy?.Remove(unwatch.Watcher) == true)
            Left(unwatch.Watcher);
    }

    public void SubjectEnded(DeathWatchNotification notification)
    {
        var watched = notification.Actor;
        if (!_watching.Remove(watched, out var message) && !RemoveWithoutUid(ref watched, out message))
            return;
        Left(watched);
        if (cell.IsTerminating)
            return;
        _queued.TryAdd(notification.Actor, message);
        var terminated = new Terminated(notification.Actor, notification.ExistenceConfirmed, notification.AddressTerminated);
        cell.Self.Tell(terminated, notification.Actor);
    }

    /// <summary>Its actors have ended for good; whom this actor watches there is announced to it as ended.</summary>
    public void AddressTerminated(Address address)
    {
        foreach (var watcher in (_watchedBy ?? []).Where(w => w.Path.Address.Equals(address)).ToArray())
        {
            _watchedBy!.Remove(watcher);
            Left(watcher);
        }
        foreach (var subject in _watching.Keys.Where(s => s.Path.Address.Equals(address)).ToArray())
            cell.InternalSelf.SendSystemMessage(new DeathWatchNotification(subject, existenceConfirmed: true, addressTerminated: true));
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
        // Other nodes first: a local watcher may end the system, and the transport with it.
        foreach (var watcher in _watchedBy.OrderBy(static w => w.IsLocal))
        {
            // The parent is told in any case.
            if (!watcher.Equals(cell.Parent))
                watcher.SendSystemMessage(new DeathWatchNotification(cell.Self, existenceConfirmed: true, addressTerminated: false));
            Left(watcher);
        }
        _watchedBy = null;
    }

    public void UnwatchAll()
    {
        foreach (var subject in _watching.Keys)
        {
            ((IInternalActorRef)subject).SendSystemMessage(new Unwatch((IInternalActorRef)subject, cell.InternalSelf));
            Left(subject);
        }
        _watching.Clear();
        _queued.Clear();
    }

    /// <summary>A reference from a path without uid is watched under that path; the notification knows the incarnation.</summary>
    private bool RemoveWithoutUid(ref IActorRef watched, out object? message)
    {
        message = null;
        if (_onOtherNodes == 0 || watched is IInternalActorRef { IsLocal: true })
            return false;
        var path = watched.Path;
        if (_watching.Keys.FirstOrDefault(w => w.Path.Uid == ActorCell.UndefinedUid && w.Path.Equals(path)) is not { } known)
            return false;
        watched = known;
        return _watching.Remove(known, out message);
    }

    private void Joined(IActorRef actor)
    {
        if (actor is IInternalActorRef { IsLocal: false } && ++_onOtherNodes == 1)
            AddressTerminatedTopic.Get(cell.System).Subscribe(cell.Self);
    }

    private void Left(IActorRef actor)
    {
        if (actor is IInternalActorRef { IsLocal: false } && --_onOtherNodes == 0)
            AddressTerminatedTopic.Get(cell.System).Unsubscribe(cell.Self);
    }
}
