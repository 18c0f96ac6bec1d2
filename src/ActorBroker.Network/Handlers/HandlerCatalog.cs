using ActorBroker.Protocol;

namespace ActorBroker.Network.Handlers;

/// <summary>The handlers by API key: the dispatch table of all connections, and what ApiVersions tells clients.</summary>
public sealed class HandlerCatalog
{
    private readonly IApiHandler?[] _table = new IApiHandler?[ApiCatalog.All.Count];

    public HandlerCatalog(IEnumerable<IApiHandler> handlers)
    {
        foreach (var handler in handlers)
        {
            ref var slot = ref _table[(short)handler.Key];
            if (slot is not null) throw new ArgumentException($"Two handlers for {handler.Key}.", nameof(handlers));
            slot = handler;
        }

        All = [.. _table.OfType<IApiHandler>()];
        (Find(ApiKey.ApiVersions) as ApiVersionsHandler)?.Bind(this);
    }

    /// <summary>All handlers in the order of their keys.</summary>
    public IReadOnlyList<IApiHandler> All { get; }

    /// <summary>The handler of an API, or null when this broker does not serve it.</summary>
    public IApiHandler? Find(ApiKey key) => (uint)(short)key < (uint)_table.Length ? _table[(short)key] : null;
}
