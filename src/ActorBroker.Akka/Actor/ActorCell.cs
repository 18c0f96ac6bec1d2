using System.Runtime.CompilerServices;
using Akka.Dispatch;
using Akka.Dispatch.SysMsg;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// The life of one actor: its instance, behaviors, children and watches. Everything here runs on the thread that runs the
/// actor's mailbox, except <see cref="Post"/>, <see cref="PostSystem"/> and lookups of children. What most actors never
/// use (children, watches, tasks, stacked behaviors) is made on first use: an idle actor is small.
/// </summary>
internal sealed class ActorCell : IUntypedActorContext
{
    public const int UndefinedUid = 0;

    [ThreadStatic]
    private static ActorCell? _current;

    private readonly LocalActorRef _self;
    private readonly IInternalActorRef _parent;
    private Receive? _behavior;
    private Stack<Receive>? _behaviorsBelow;
    private IActorRef? _sender;
    private CellChildren? _children;
    private CellDeathWatch? _deathWatch;
    private CellReceiveTimeout? _receiveTimeout;
    private ActorTaskScheduler? _taskScheduler;
    private List<SystemMessage>? _deferred;

    public ActorCell(ActorSystemImpl system, LocalActorRef self, Props props, MessageDispatcher dispatcher, IInternalActorRef parent)
    {
        SystemImpl = system;
        _self = self;
        _parent = parent;
        Props = props;
        Dispatcher = dispatcher;
    }

    public static ActorCell? Current
    {
        get => _current;
        set => _current = value;
    }

    public ActorSystemImpl SystemImpl { get; }

    public ActorSystem System => SystemImpl;

    public Props Props { get; private set; }

    public IActorRef Self => _self;

    public IInternalActorRef InternalSelf => _self;

    public IActorRef Parent => _parent;

    public IInternalActorRef InternalParent => _parent;

    public MessageDispatcher Dispatcher { get; }

    /// <summary>Set once, before the actor is started.</summary>
    public Mailbox Mailbox { get; private set; } = null!;

    public ActorBase? Actor { get; set; }

    public bool ActorHasBeenCleared { get; set; }

    public object? CurrentMessage { get; set; }

    /// <summary>Number of the message in work, so that the stash can tell the same one from the next.</summary>
    public int EnvelopeId { get; private set; }

    public IActorRef Sender => _sender ?? SystemImpl.DeadLetters;

    /// <summary>Whose failure suspended this actor: itself or a child; null when it has not failed.</summary>
    public IActorRef? Perpetrator { get; set; }

    public bool IsTerminating { get; set; }

    public bool IsTerminated { get; set; }

    public TimeSpan? ReceiveTimeout => _receiveTimeout?.Timeout;

    public ActorTaskScheduler TaskScheduler => _taskScheduler ??= new ActorTaskScheduler(this);

    public CellDeathWatch DeathWatch => _deathWatch ??= new CellDeathWatch(this);

    public CellDeathWatch? DeathWatchOrNull => _deathWatch;

    public CellChildren? ChildrenOrNull => Volatile.Read(ref _children);

    public CellChildren Children => ChildrenOrNull ?? CreateChildren();

    public bool IsWaitingForChildren => ChildrenOrNull is { } children && children.Reason != WaitReason.None;

    public static IActorRef? CurrentSelfOrNoSender() => _current?._self;

    public static IActorRef? CurrentSenderOrNoSender() => _current?.Sender;

    public void Init(Mailbox mailbox)
    {
        Mailbox = mailbox;
        mailbox.Attach(this);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Post(object message, IActorRef? sender)
    {
        if (SystemImpl.VerifiesMessages)
            PostVerified(message, sender);
        else
            Mailbox.Post(message ?? throw new InvalidMessageException("Message is null"), sender);
    }

    public void PostSystem(SystemMessage message) => Mailbox.PostSystem(message);

    /// <summary>Runs one message of the user queue; a failure goes to the supervisor.</summary>
    public void Invoke(object message, IActorRef? sender)
    {
        var timeout = _receiveTimeout;
        try
        {
            CurrentMessage = message;
            _sender = sender;
            EnvelopeId++;
            if (timeout is not null && message is not INotInfluenceReceiveTimeout)
                timeout.Cancel();
            if (message is IAutoReceivedMessage)
                AutoReceive(message, sender);
            else
                Actor!.AroundReceive(_behavior!, message);
            CurrentMessage = null;
        }
        catch (Exception cause)
        {
            CellFaults.HandleInvokeFailure(this, cause);
        }
        finally
        {
            _receiveTimeout?.Arm();
        }
    }

    /// <summary>Runs as if it were in the handling of the message that started an asynchronous handler.</summary>
    public void Resume(object? message, IActorRef? sender)
    {
        CurrentMessage = message;
        _sender = sender;
    }

    public IActorRef? RawSender => _sender;

    public void AutoReceive(object message, IActorRef? sender)
    {
        switch (message)
        {
            case Terminated terminated:
                if (_deathWatch?.Deliverable(terminated) is { } deliverable)
                {
                    CurrentMessage = deliverable;
                    Actor!.AroundReceive(_behavior!, deliverable);
                }
                break;
            case Kill:
                throw new ActorKilledException("Kill");
            case PoisonPill:
                _self.Stop();
                break;
            case ActorSelectionMessage selection:
                ActorSelectionDelivery.Deliver(_self, selection, Sender);
                break;
            case AddressTerminated ended:
                _deathWatch?.AddressTerminated(ended.Address);
                break;
            case Identify identify:
                Sender.Tell(new ActorIdentity(identify.MessageId, _self), _self);
                break;
        }
    }

    /// <summary>Runs one system message, or puts it off while the actor's state does not allow it.</summary>
    public void InvokeSystem(SystemMessage message)
    {
        if (MustWait(message))
        {
            (_deferred ??= []).Add(message);
            return;
        }
        Run(message);
        while (_deferred is { Count: > 0 } && !IsTerminated)
        {
            var ready = _deferred.FindIndex(m => !MustWait(m));
            if (ready < 0)
                break;
            var next = _deferred[ready];
            _deferred.RemoveAt(ready);
            Run(next);
        }
    }

    public ActorBase NewActor()
    {
        _behavior = null;
        _behaviorsBelow = null;
        ActorHasBeenCleared = false;
        var actor = Props.NewActor() ?? throw new ActorInitializationException(_self, "Props produced no actor");
        StashPlugin.Attach(actor, this);
        (actor as IInitializableActor)?.Init();
        actor.UseStrategy(Props.SupervisorStrategy);
        if (_behavior is null)
            throw new ActorInitializationException(_self, "The producer must make a new actor each time");
        return actor;
    }

    public void ClearActor()
    {
        if (Actor is { } actor)
        {
            if (actor is IDisposable disposable)
            {
                try
                {
                    disposable.Dispose();
                }
                catch (Exception e)
                {
                    PublishError(e, $"An error occurred while disposing {actor.GetType()} actor. Reason: {e.Message}");
                }
            }
            Props.Release(actor);
            actor.Clear(SystemImpl.DeadLetters);
        }
        ActorHasBeenCleared = true;
        CurrentMessage = null;
    }

    public void PublishError(Exception? cause, string message) =>
        SystemImpl.EventStream.Publish(new Error(cause, _self.Path.ToString(), Props.Type, message));

    public void PublishDebug(string message) => SystemImpl.EventStream.Publish(new Debug(_self.Path.ToString(), Props.Type, message));

    public void CancelReceiveTimeout()
    {
        _receiveTimeout?.Cancel();
        _receiveTimeout = null;
    }

    public void ArmReceiveTimeout() => _receiveTimeout?.Arm();

    public void SetReceiveTimeout(TimeSpan? timeout)
    {
        _receiveTimeout?.Cancel();
        _receiveTimeout = timeout is { } time && time > TimeSpan.Zero ? new CellReceiveTimeout(this, time) : null;
    }

    public void Become(Receive receive)
    {
        // The initial behavior stays at the bottom of the stack.
        if (_behavior is not null && _behaviorsBelow is not { Count: > 0 })
            BecomeStacked(receive);
        else
            _behavior = receive;
    }

    public void BecomeStacked(Receive receive)
    {
        if (_behavior is not null)
            (_behaviorsBelow ??= new Stack<Receive>(1)).Push(_behavior);
        _behavior = receive;
    }

    public void UnbecomeStacked()
    {
        if (_behaviorsBelow is { Count: > 0 })
            _behavior = _behaviorsBelow.Pop();
    }

    public void Become(UntypedReceive receive) => Become(Wrap(receive));

    public void BecomeStacked(UntypedReceive receive) => BecomeStacked(Wrap(receive));

    public IActorRef ActorOf(Props props, string? name = null)
    {
        if (name is not null)
            ChildNames.Check(name);
        return CellFaults.MakeChild(this, props, name);
    }

    public ActorSelection ActorSelection(ActorPath actorPath) => ActorSelectionDelivery.Select(actorPath, SystemImpl);

    public ActorSelection ActorSelection(string actorPath) => ActorSelectionDelivery.Select(actorPath, SystemImpl, _self);

    public IActorRef Child(string name) => (IActorRef?)ChildrenOrNull?.Find(name) ?? ActorRefs.Nobody;

    public IEnumerable<IActorRef> GetChildren() =>
        ChildrenOrNull is { } children ? Array.ConvertAll(children.Snapshot(), c => (IActorRef)c.Ref) : [];

    public void Stop(IActorRef child)
    {
        ChildrenOrNull?.WillDie(child);
        ((IInternalActorRef)child).Stop();
    }

    public IActorRef Watch(IActorRef subject)
    {
        DeathWatch.Watch((IInternalActorRef)subject, null);
        return subject;
    }

    public IActorRef WatchWith(IActorRef subject, object message)
    {
        DeathWatch.Watch((IInternalActorRef)subject, message ?? throw new ArgumentNullException(nameof(message)));
        return subject;
    }

    public IActorRef Unwatch(IActorRef subject)
    {
        _deathWatch?.Unwatch((IInternalActorRef)subject);
        return subject;
    }

    private static Receive Wrap(UntypedReceive receive) => message =>
    {
        receive(message);
        return true;
    };

    private CellChildren CreateChildren() => Interlocked.CompareExchange(ref _children, new CellChildren(), null) ?? _children!;

    private bool MustWait(SystemMessage message) =>
        (message.WaitsForChildren && IsWaitingForChildren) || (message.WaitsForResume && Mailbox.IsSuspended);

    private void Run(SystemMessage message)
    {
        try
        {
            CellFaults.Run(this, message);
        }
        catch (Exception cause)
        {
            CellFaults.HandleInvokeFailure(this, cause);
        }
    }

    private void PostVerified(object message, IActorRef? sender)
    {
        if (message is null)
            throw new InvalidMessageException("Message is null");
        try
        {
            Mailbox.Post(Serialization.MessageVerification.RoundTrip(SystemImpl, message), sender);
        }
        catch (Exception e)
        {
            PublishError(e, "Swallowing exception during message send");
        }
    }
}
