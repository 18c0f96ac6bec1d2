using Akka.Actor;

namespace ActorBroker.Akka.Tests.Actor.Support;

/// <summary>Behavior and hooks as functions, so that a test shows them where it needs them.</summary>
internal sealed class FunctionActor(
    Action<IActorContext, object> receive, Action<IActorContext>? preStart, Action<string>? hook, SupervisorStrategy? strategy)
    : UntypedActor
{
    public static Props Props(
        Action<IActorContext, object> receive,
        Action<IActorContext>? preStart = null,
        Action<string>? hook = null,
        SupervisorStrategy? strategy = null) =>
        global::Akka.Actor.Props.Create(() => new FunctionActor(receive, preStart, hook, strategy));

    protected override SupervisorStrategy SupervisorStrategy() => strategy ?? base.SupervisorStrategy();

    protected override void PreStart()
    {
        hook?.Invoke("PreStart");
        preStart?.Invoke(Context);
    }

    protected override void PostStop() => hook?.Invoke("PostStop");

    protected override void PreRestart(Exception reason, object message)
    {
        hook?.Invoke($"PreRestart({message})");
        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason)
    {
        hook?.Invoke($"PostRestart({reason.Message})");
        base.PostRestart(reason);
    }

    protected override void OnReceive(object message) => receive(Context, message);
}
