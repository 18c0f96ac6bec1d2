using System.Runtime.CompilerServices;

namespace Akka.Actor;

/// <summary>
/// The handlers of one behavior. Which of them can take a message depends on its type alone, so that is worked out once
/// per type; a predicate is asked each time.
/// </summary>
internal sealed class MessageHandlers
{
    private const int MaxKnownTypes = 256;

    private readonly List<MessageHandler> _all = [];
    private Type? _lastType;
    private MessageHandler[] _lastHandlers = [];
    private Dictionary<Type, MessageHandler[]>? _known;
    private bool _takesAll;

    public void Add(MessageHandler handler)
    {
        if (_takesAll)
            throw new InvalidOperationException("A handler that catches all messages has been added. No handler can be added after that.");
        _takesAll = handler is MessageHandler<object> { Unconditional: true };
        _all.Add(handler);
    }

    public bool Handle(object message)
    {
        var type = message.GetType();
        var handlers = ReferenceEquals(type, _lastType) ? _lastHandlers : Find(type);
        foreach (var handler in handlers)
        {
            if (handler.TryHandle(message))
                return true;
        }
        return false;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private MessageHandler[] Find(Type type)
    {
        if (_known is null || !_known.TryGetValue(type, out var handlers))
        {
            handlers = _all.Where(h => h.Takes(type)).ToArray();
            _known ??= new Dictionary<Type, MessageHandler[]>(1);
            if (_known.Count < MaxKnownTypes)
                _known[type] = handlers;
        }
        _lastHandlers = handlers;
        _lastType = type;
        return handlers;
    }
}
