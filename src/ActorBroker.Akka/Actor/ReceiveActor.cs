using Akka.Dispatch;

namespace Akka.Actor;

/// <summary>An actor with a handler for each type of message; the first handler in order of declaration that matches runs.</summary>
public abstract class ReceiveActor : UntypedActor, IInitializableActor
{
    private MessageHandlers? _handlers;
    private MessageHandlers? _underConstruction;

    protected ReceiveActor() => _underConstruction = new MessageHandlers();

    void IInitializableActor.Init()
    {
        // The same instance may come back from its producer after a restart: its handlers are still valid then.
        if (_underConstruction is null)
            return;
        _handlers = _underConstruction;
        _underConstruction = null;
    }

    protected sealed override void OnReceive(object message) => Handle(_handlers!, message);

    protected void Become(Action configure)
    {
        var handlers = Configured(configure);
        Become((UntypedReceive)(message => Handle(handlers, message)));
    }

    protected void BecomeStacked(Action configure)
    {
        var handlers = Configured(configure);
        BecomeStacked((UntypedReceive)(message => Handle(handlers, message)));
    }

    protected void Receive<T>(Action<T> handler, Predicate<T>? shouldHandle = null) =>
        Open().Add(new MessageHandler<T>(shouldHandle, handler));

    protected void Receive<T>(Predicate<T> shouldHandle, Action<T> handler) => Receive(handler, shouldHandle);

    protected void Receive<T>(Func<T, bool> handler) => Open().Add(new DecidingMessageHandler<T>(handler));

    protected void Receive(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) =>
        Open().Add(new TypedMessageHandler(messageType, shouldHandle, handler));

    protected void Receive(Type messageType, Predicate<object> shouldHandle, Action<object> handler) =>
        Receive(messageType, handler, shouldHandle);

    protected void ReceiveAny(Action<object> handler) => Open().Add(new MessageHandler<object>(null, handler));

    protected void ReceiveAsync<T>(Func<T, Task> handler, Predicate<T>? shouldHandle = null) =>
        Receive(WrapAsync(handler), shouldHandle);

    protected void ReceiveAsync<T>(Predicate<T> shouldHandle, Func<T, Task> handler) => Receive(WrapAsync(handler), shouldHandle);

    protected void ReceiveAsync(Type messageType, Func<object, Task> handler, Predicate<object>? shouldHandle = null) =>
        Receive(messageType, WrapAsync(handler), shouldHandle);

    protected void ReceiveAsync(Type messageType, Predicate<object> shouldHandle, Func<object, Task> handler) =>
        Receive(messageType, WrapAsync(handler), shouldHandle);

    protected void ReceiveAnyAsync(Func<object, Task> handler) => ReceiveAny(WrapAsync(handler));

    private static Action<T> WrapAsync<T>(Func<T, Task> handler) => message => ActorTaskScheduler.RunTask(() => handler(message));

    private void Handle(MessageHandlers handlers, object message)
    {
        if (!handlers.Handle(message))
            Unhandled(message);
    }

    private MessageHandlers Configured(Action configure)
    {
        var outer = _underConstruction;
        var handlers = _underConstruction = new MessageHandlers();
        try
        {
            configure();
        }
        finally
        {
            _underConstruction = outer;
        }
        return handlers;
    }

    private MessageHandlers Open() => _underConstruction ?? throw new InvalidOperationException(
        "You may only call Receive-methods when constructing the actor and inside Become().");
}
