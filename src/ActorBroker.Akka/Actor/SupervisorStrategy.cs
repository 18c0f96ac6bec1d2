using Akka.Event;
using Akka.Util;

namespace Akka.Actor;

/// <summary>
/// What a parent does when a child fails. The decider turns the exception into a <see cref="Directive"/>; the concrete
/// strategy says which children it concerns and how many restarts are allowed in which time.
/// </summary>
public abstract class SupervisorStrategy : ISurrogated
{
    // The order matters: DefaultStrategy is made of DefaultDecider.
    public static IDecider DefaultDecider = Actor.Decider.From(
        Directive.Restart,
        Directive.Stop.When<ActorInitializationException>(),
        Directive.Stop.When<ActorKilledException>(),
        Directive.Stop.When<DeathPactException>());

    public static readonly SupervisorStrategy DefaultStrategy = new OneForOneStrategy(DefaultDecider);

    public static readonly OneForOneStrategy StoppingStrategy = new((Exception _) => Directive.Stop);

    public abstract IDecider Decider { get; }

    protected bool LoggingEnabled { get; set; }

    protected abstract Directive Handle(IActorRef child, Exception exception);

    public virtual ISurrogate ToSurrogate(ActorSystem system) => new TextSurrogate(_ => this);

    /// <summary>False when the failure is to be escalated.</summary>
    internal bool HandleFailure(ActorCell cell, ChildStats child, Exception cause, IReadOnlyCollection<ChildStats> children)
    {
        var directive = Handle(child.Ref, cause);
        LogFailure(cell, child.Ref, cause, directive);
        switch (directive)
        {
            case Directive.Resume:
                child.Ref.Resume(cause);
                return true;
            case Directive.Restart or Directive.Stop:
                ProcessFailure(cell, directive == Directive.Restart, child, cause, children);
                return true;
            default:
                return false;
        }
    }

    internal abstract void ProcessFailure(
        ActorCell cell, bool restart, ChildStats child, Exception cause, IReadOnlyCollection<ChildStats> children);

    internal static void RestartChild(IInternalActorRef child, Exception cause, bool suspendFirst)
    {
        if (suspendFirst)
            child.Suspend();
        child.Restart(cause);
    }

    protected virtual void LogFailure(IActorContext context, IActorRef child, Exception cause, Directive directive)
    {
        if (!LoggingEnabled || directive == Directive.Escalate)
            return;
        var message = cause is ActorInitializationException { InnerException: { } inner } ? inner.Message : cause.Message;
        var source = child.Path.ToString();
        context.System.EventStream.Publish(directive == Directive.Resume
            ? new Warning(cause, source, GetType(), message)
            : new Error(cause, source, GetType(), message));
    }
}
