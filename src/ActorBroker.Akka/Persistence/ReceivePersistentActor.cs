namespace Akka.Persistence;

/// <summary>A persistent actor that declares a handler for each type of event and command in its constructor.</summary>
public abstract class ReceivePersistentActor : UntypedPersistentActor
{
    private readonly HandlerTable _events = new("Recover");
    private readonly HandlerTable _commands = new("Command");
    private HandlerTable _declared;

    protected ReceivePersistentActor()
    {
        _declared = _commands;
    }

    protected sealed override void OnCommand(object message) => Run(_commands, message);

    protected sealed override void OnRecover(object message)
    {
        _events.Close();
        _commands.Close();
        Run(_events, message);
    }

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

    protected void Recover<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => _events.Add(handler, shouldHandle);

    protected void Recover<T>(Predicate<T> shouldHandle, Action<T> handler) => _events.Add(handler, shouldHandle);

    protected void Recover<T>(Func<T, bool> handler) => _events.Add(typeof(T), m => handler((T)m));

    protected void Recover(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) =>
        AddTyped(_events, messageType, handler, shouldHandle);

    protected void Recover(Type messageType, Predicate<object> shouldHandle, Action<object> handler) =>
        AddTyped(_events, messageType, handler, shouldHandle);

    protected void Recover(Type messageType, Func<object, bool> handler) => _events.Add(messageType, handler);

    protected void RecoverAny(Action<object> handler) => _events.AddAny(handler);

    protected void Command<T>(Action<T> handler, Predicate<T>? shouldHandle = null) => _declared.Add(handler, shouldHandle);

    protected void Command<T>(Predicate<T> shouldHandle, Action<T> handler) => _declared.Add(handler, shouldHandle);

    /// <summary>The handler says itself whether it has handled the message.</summary>
    protected void Command<T>(Func<T, bool> handler) => _declared.Add(typeof(T), m => handler((T)m));

    protected void Command(Type messageType, Action<object> handler, Predicate<object>? shouldHandle = null) =>
        AddTyped(_declared, messageType, handler, shouldHandle);

    protected void Command(Type messageType, Predicate<object> shouldHandle, Action<object> handler) =>
        AddTyped(_declared, messageType, handler, shouldHandle);

    protected void Command(Type messageType, Func<object, bool> handler) => _declared.Add(messageType, handler);

    protected void Command(Action<object> handler) => _declared.AddAny(handler);

    protected void CommandAny(Action<object> handler) => _declared.AddAny(handler);

    /// <summary>No other message is handled until the task has completed.</summary>
    protected void CommandAsync<T>(Func<T, Task> handler, Predicate<T>? shouldHandle = null) =>
        _declared.Add(AsAction(handler), shouldHandle);

    protected void CommandAsync<T>(Predicate<T> shouldHandle, Func<T, Task> handler) => _declared.Add(AsAction(handler), shouldHandle);

    protected void CommandAsync(Type messageType, Func<object, Task> handler, Predicate<object>? shouldHandle = null) =>
        AddTyped(_declared, messageType, AsAction(handler), shouldHandle);

    protected void CommandAsync(Type messageType, Predicate<object> shouldHandle, Func<object, Task> handler) =>
        AddTyped(_declared, messageType, AsAction(handler), shouldHandle);

    protected void CommandAnyAsync(Func<object, Task> handler) => _declared.AddAny(AsAction(handler));

    private static void AddTyped(HandlerTable table, Type type, Action<object> handler, Predicate<object>? shouldHandle) =>
        table.Add(type, m =>
        {
            if (shouldHandle is not null && !shouldHandle(m))
                return false;
            handler(m);
            return true;
        });

    private Action<T> AsAction<T>(Func<T, Task> handler) => message => RunTask(() => handler(message));

    private HandlerTable Declare(Action configure)
    {
        var outer = _declared;
        var handlers = new HandlerTable("Command");
        _declared = handlers;
        try
        {
            configure();
        }
        finally
        {
            _declared = outer;
            handlers.Close();
        }
        return handlers;
    }

    private void Run(HandlerTable handlers, object message)
    {
        if (!handlers.Handle(message))
            Unhandled(message);
    }
}
