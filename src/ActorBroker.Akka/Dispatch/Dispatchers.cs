using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;

namespace Akka.Dispatch;

/// <summary>
/// Dispatchers by id, which is the path of their configuration. <c>type</c> is <c>Dispatcher</c> (the process's thread pool),
/// <c>ForkJoinDispatcher</c> (threads of its own) or <c>PinnedDispatcher</c> (a thread per actor).
/// </summary>
public sealed class Dispatchers
{
    public static readonly string DefaultDispatcherId = "akka.actor.default-dispatcher";

    internal const string InternalDispatcherId = "akka.actor.internal-dispatcher";

    private readonly ActorSystemImpl _system;
    private readonly ConcurrentDictionary<string, Lazy<Func<MessageDispatcher>>> _byId = new();

    internal Dispatchers(ActorSystemImpl system) => _system = system;

    public MessageDispatcher DefaultGlobalDispatcher => Lookup(DefaultDispatcherId);

    public Config DefaultDispatcherConfig => _system.Settings.Config.GetConfig(DefaultDispatcherId)!;

    public bool HasDispatcher(string id) => _byId.ContainsKey(id) || _system.Settings.Config.HasPath(id);

    public MessageDispatcher Lookup(string dispatcherName) =>
        _byId.GetOrAdd(dispatcherName, static (id, self) => new(() => self.Factory(id)), this).Value();

    internal void Register(string id, MessageDispatcher dispatcher) => _byId[id] = new(() => () => dispatcher);

    internal void Stop()
    {
        foreach (var entry in _byId.Values.Where(e => e.IsValueCreated))
        {
            if (entry.Value.Target is MessageDispatcher dispatcher)
                dispatcher.Stop();
        }
    }

    private Func<MessageDispatcher> Factory(string id)
    {
        var config = _system.Settings.Config.GetConfig(id)
            ?? throw new ConfigurationException($"Dispatcher {id} not configured.");
        var settings = DispatcherSettings.From(id, config.WithFallback(DefaultDispatcherConfig));
        var type = config.GetString("type", "Dispatcher");
        switch (type)
        {
            case "Dispatcher" when config.GetString("executor", "default-executor") is not ("fork-join-executor" or "affinity-executor"):
            case "TaskDispatcher":
                return new ThreadPoolDispatcher(settings).Itself;
            case "Dispatcher" or "ForkJoinDispatcher":
                return new DedicatedThreadsDispatcher(settings, config, _system.EventStream).Itself;
            case "PinnedDispatcher":
                var number = 0;
                return () => new PinnedThreadDispatcher(
                    settings with { Id = $"{id}-{Interlocked.Increment(ref number)}" }, _system.EventStream);
            default:
                throw new ConfigurationException($"Could not resolve dispatcher type {type} for path {id}");
        }
    }
}
