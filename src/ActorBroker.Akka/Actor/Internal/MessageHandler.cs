namespace Akka.Actor;

/// <summary>One handler of a <see cref="ReceiveActor"/>; called only with messages of a type that it takes.</summary>
internal abstract class MessageHandler
{
    public abstract bool Takes(Type messageType);

    public abstract bool TryHandle(object message);
}

internal sealed class MessageHandler<T>(Predicate<T>? shouldHandle, Action<T> handler) : MessageHandler
{
    public bool Unconditional => shouldHandle is null;

    public override bool Takes(Type messageType) => typeof(T).IsAssignableFrom(messageType);

    public override bool TryHandle(object message)
    {
        var typed = (T)message;
        if (shouldHandle is not null && !shouldHandle(typed))
            return false;
        handler(typed);
        return true;
    }
}

internal sealed class DecidingMessageHandler<T>(Func<T, bool> handler) : MessageHandler
{
    public override bool Takes(Type messageType) => typeof(T).IsAssignableFrom(messageType);

    public override bool TryHandle(object message) => handler((T)message);
}

internal sealed class TypedMessageHandler(Type type, Predicate<object>? shouldHandle, Action<object> handler) : MessageHandler
{
    public override bool Takes(Type messageType) => type.IsAssignableFrom(messageType);

    public override bool TryHandle(object message)
    {
        if (shouldHandle is not null && !shouldHandle(message))
            return false;
        handler(message);
        return true;
    }
}
