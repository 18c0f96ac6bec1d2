using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Remote.Transport;

namespace Akka.Remote;

/// <summary>Reference to an actor of another node. It knows its association, so that a Tell looks nothing up.</summary>
internal sealed class RemoteActorRef(RemoteActorRefProvider provider, Association association, ActorPath path) : InternalActorRefBase
{
    private const byte Ordinary = 1;
    private const byte Urgent = 2;

    private string? _nameOnItsNode;
    private byte _urgency;

    public override ActorPath Path => path;

    public override IActorRefProvider Provider => provider;

    public override bool IsLocal => false;

    public override bool IsTerminated => false;

    public Association Association => association;

    /// <summary>What watches over the cluster is not to wait behind what the cluster carries; see <see cref="Urgency"/>.</summary>
    public bool IsUrgent
    {
        get
        {
            if (_urgency == 0) _urgency = Urgency.IsOf(path.Elements) ? Urgent : Ordinary;
            return _urgency == Urgent;
        }
    }

    /// <summary>How its own node finds it: the path without the address, and the uid.</summary>
    public string NameOnItsNode => _nameOnItsNode ??=
        path.Uid == ActorCell.UndefinedUid ? path.ToStringWithoutAddress() : $"{path.ToStringWithoutAddress()}#{path.Uid}";

    internal override IInternalActorRef ParentRef => path.ParentOrNull is { } parent
        ? new RemoteActorRef(provider, association, parent)
        : ActorRefs.Nobody;

    public override IActorRef GetChild(IReadOnlyList<string> name)
    {
        var at = path;
        foreach (var element in name)
        {
            if (element == "..")
                at = at.Parent;
            else if (element.Length > 0)
                at /= element;
        }
        return ReferenceEquals(at, path) ? this : new RemoteActorRef(provider, association, at);
    }

    public override void Start()
    {
    }

    public override void Stop() => SendSystem(new Terminate());

    public override void Suspend() => SendSystem(new Suspend());

    public override void Resume(Exception? causedByFailure = null) => SendSystem(new Resume(causedByFailure));

    public override void Restart(Exception cause) => SendSystem(new Recreate(cause));

    protected override void TellInternal(object message, IActorRef sender) =>
        association.Send(message ?? throw new InvalidMessageException("Message is null"), sender, this);

    internal override void SendSystem(SystemMessage message)
    {
        switch (message)
        {
            case Watch watch when IsForWatcher(watch.Watchee, watch.Watcher):
                provider.RemoteWatcher.Tell(new RemoteWatcher.WatchRemote(watch.Watchee, watch.Watcher), ActorRefs.NoSender);
                break;
            case Unwatch unwatch when IsForWatcher(unwatch.Watchee, unwatch.Watcher):
                provider.RemoteWatcher.Tell(new RemoteWatcher.UnwatchRemote(unwatch.Watchee, unwatch.Watcher), ActorRefs.NoSender);
                break;
            default:
                association.SendSystem(message, this);
                break;
        }
    }

    /// <summary>One actor of this node watches for all the others, and watches the other node's heartbeats as well.</summary>
    private bool IsForWatcher(IActorRef watchee, IActorRef watcher) => !watcher.Equals(provider.RemoteWatcher) && watchee.Equals(this);
}
