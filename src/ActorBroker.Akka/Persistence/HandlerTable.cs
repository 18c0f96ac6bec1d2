namespace Akka.Persistence;

/// <summary>
/// Handlers by message type, asked in the order of their declaration. Which of them apply to a concrete type is remembered, so a
/// message costs one lookup.
/// </summary>
internal sealed class HandlerTable(string kind)
{
    private readonly List<(Type Type, Func<object, bool> Handle)> _handlers = [];
    private readonly Dictionary<Type, Func<object, bool>[]> _byType = [];
    private bool _closed;
    private bool _takesAny;

    public void Add<T>(Action<T> handler, Predicate<T>? shouldHandle) => Add(typeof(T), shouldHandle is null
        ? m =>
        {
            handler((T)m);
            return true;
        }
        : m =>
        {
            if (!shouldHandle((T)m))
                return false;
            handler((T)m);
            return true;
        });

    public void Add(Type type, Func<object, bool> handler)
    {
        if (_closed)
            throw new InvalidOperationException($"{kind} handlers are declared in the constructor or inside Become only");
        if (_takesAny)
            throw new InvalidOperationException($"A {kind} handler after one that takes every message would never run");
        _handlers.Add((type, handler));
    }

    public void AddAny(Action<object> handler)
    {
        Add(handler, null);
        _takesAny = true;
    }

    public void Close() => _closed = true;

    public bool Handle(object message)
    {
        var type = message.GetType();
        if (!_byType.TryGetValue(type, out var handlers))
            _byType[type] = handlers = _handlers.Where(h => h.Type.IsAssignableFrom(type)).Select(h => h.Handle).ToArray();
        foreach (var handler in handlers)
        {
            if (handler(message))
                return true;
        }
        return false;
    }
}
