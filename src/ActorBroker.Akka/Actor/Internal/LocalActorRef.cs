using Akka.Dispatch;
using Akka.Dispatch.SysMsg;

namespace Akka.Actor;

/// <summary>Reference to an actor of this process.</summary>
internal sealed class LocalActorRef : InternalActorRefBase
{
    private readonly ActorCell _cell;

    public LocalActorRef(
        ActorSystemImpl system,
        Props props,
        MessageDispatcher dispatcher,
        MailboxType mailboxType,
        IInternalActorRef parent,
        ActorPath path)
    {
        Path = path;
        _cell = new ActorCell(system, this, props, dispatcher, parent);
        _cell.Init(new Mailbox(mailboxType.Create(this, system), dispatcher));
    }

    public override ActorPath Path { get; }

    public ActorCell Cell => _cell;

    public override bool IsTerminated => _cell.IsTerminated;

    public override bool IsLocal => true;

    public override IActorRefProvider Provider => _cell.SystemImpl.Provider;

    internal override IInternalActorRef ParentRef => _cell.InternalParent;

    public override IActorRef GetChild(IReadOnlyList<string> name)
    {
        IInternalActorRef at = this;
        for (var i = 0; i < name.Count; i++)
        {
            if (name[i].Length == 0)
                continue;
            if (name[i] == "..")
                at = at.Parent;
            else if (at is LocalActorRef local)
                at = local.SingleChild(name[i]);
            else
                return at.GetChild(name.Skip(i).ToArray());
        }
        return at;
    }

    public override void Start() => _cell.Mailbox.Start();

    public override void Stop() => SendSystem(new Terminate());

    public override void Suspend() => SendSystem(new Suspend());

    public override void Resume(Exception? causedByFailure = null) => SendSystem(new Resume(causedByFailure));

    public override void Restart(Exception cause) => SendSystem(new Recreate(cause));

    protected override void TellInternal(object message, IActorRef sender) => _cell.Post(message, sender);

    internal override void SendSystem(SystemMessage message) => _cell.PostSystem(message);

    private IInternalActorRef SingleChild(string nameAndUid)
    {
        var hash = nameAndUid.IndexOf('#');
        var name = hash < 0 ? nameAndUid : nameAndUid[..hash];
        var child = _cell.ChildrenOrNull?.Find(name);
        if (child is null || (hash >= 0 && nameAndUid[(hash + 1)..] != child.Path.Uid.ToString()))
            return ActorRefs.Nobody;
        return child;
    }
}
