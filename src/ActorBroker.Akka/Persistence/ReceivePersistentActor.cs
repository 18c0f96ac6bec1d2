using Akka.Actor;

namespace Akka.Persistence;

/// <summary>A persistent actor that declares a handler for each type of event and command in its constructor.</summary>
public abstract class ReceivePersistentActor : UntypedPersistentActor, IInitializableActor
{
    private readonly MessageHandlers _events = new();
    private readonly MessageHandlers _commands = new();
    private MessageHandlers? _declared;
    private bool _initialized;

    protected ReceivePersistentActor()
    {
        _declared = _commands;
    }

    void IInitializableActor.Init()
    {
        _declared = null;
        _initialized = true;
    }

    protected sealed override void OnCommand(object message) => Run(_commands, message);

    protected sealed override void OnRecover(object message) => Run(_events, message);

    /// <summary>Replaces the command handlers by those that <paramref name="configure"/> declares.</summary>
    protected void Become(Action configure)
    {
        var handlers = Declare(configure);
        Become((object message) => Run(handlers, message));
    }

    /// <summary>As <see cref="Become(Action)"/>; the former handlers come back by <c>UnbecomeStacked</c>.</summary>
    protected void BecomeStacked(Action configure)
    {
        var handlers = Declare(configure);
        BecomeStacked((object message) => Run(handlers, message));
    }

    protected void Recover<T>(Action<T> handler, Predicate<T>? shouldHandle = null) =>
        Events().Add(new MessageHandler<T>(shouldHandle, handler));

    protected void Recover<T>(Predicate<T> shouldHandle, Action<T> handler) => Recover(handler, shouldHandle);

    protected void Recover<T>(Func<T, bool> handler) => Events().Add(new DecidingMessageHandler<T>(handler));

    protected void Recover(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) =>
        Events().Add(new TypedMessageHandler(messageType, shouldHandle, handler));

    protected void Recover(Type messageType, Predicate<object> shouldHandle, Action<object> handler) =>
        Recover(messageType, handler, shouldHandle);

    protected void RecoverAny(Action<object> handler) => Recover(handler, null);

    protected void Command<T>(Action<T> handler, Predicate<T>? shouldHandle = null) =>
        Commands().Add(new MessageHandler<T>(shouldHandle, handler));

    protected void Command<T>(Predicate<T> shouldHandle, Action<T> handler) => Command(handler, shouldHandle);

    /// <summary>The handler says itself whether it has handled the message.</summary>
    protected void Command<T>(Func<T, bool> handler) => Commands().Add(new DecidingMessageHandler<T>(handler));

    protected void Command(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) =>
        Commands().Add(new TypedMessageHandler(messageType, shouldHandle, handler));

    protected void Command(Type messageType, Predicate<object> shouldHandle, Action<object> handler) =>
        Command(messageType, handler, shouldHandle);

    protected void Command(Action<object> handler) => CommandAny(handler);

    protected void CommandAny(Action<object> handler) => Commands().Add(new MessageHandler<object>(null, handler));

    /// <summary>No other message is handled until the task has completed.</summary>
    protected void CommandAsync<T>(Func<T, Task> handler, Predicate<T>? shouldHandle = null) => Command(AsAction(handler), shouldHandle);

    protected void CommandAsync<T>(Predicate<T> shouldHandle, Func<T, Task> handler) => Command(AsAction(handler), shouldHandle);

    protected void CommandAsync(Type messageType, Func<object, Task> handler, Predicate<object>? shouldHandle = null) =>
        Command(messageType, AsAction(handler), shouldHandle);

    protected void CommandAsync(Type messageType, Predicate<object> shouldHandle, Func<object, Task> handler) =>
        Command(messageType, AsAction(handler), shouldHandle);

    protected void CommandAnyAsync(Func<object, Task> handler) => CommandAny(AsAction(handler));

    private Action<T> AsAction<T>(Func<T, Task> handler) => message => RunTask(() => handler(message));

    private MessageHandlers Events() => _initialized
        ? throw new InvalidOperationException("Recover handlers are declared in the constructor only")
        : _events;

    private MessageHandlers Commands() =>
        _declared ?? throw new InvalidOperationException("Command handlers are declared in the constructor and inside Become only");

    private MessageHandlers Declare(Action configure)
    {
        var outer = _declared;
        var handlers = _declared = new MessageHandlers();
        try
        {
            configure();
        }
        finally
        {
            _declared = outer;
        }
        return handlers;
    }

    private void Run(MessageHandlers handlers, object message)
    {
        if (!handlers.Handle(message))
            Unhandled(message);
    }
}
