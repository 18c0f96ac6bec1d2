using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Util;

namespace Akka.Persistence;

/// <summary>
/// Starts journals and snapshot stores by the path of their configuration, each once in an actor system and when it is first
/// asked for, and limits concurrent recoveries.
/// </summary>
public class PersistenceExtension : IExtension
{
    private const string JournalFallback = "akka.persistence.journal-plugin-fallback";
    private const string SnapshotStoreFallback = "akka.persistence.snapshot-store-plugin-fallback";
    private const string NoSnapshotStore = "akka.persistence.no-snapshot-store";

    private readonly ExtendedActorSystem _system;
    private readonly Config _config;
    private readonly ConcurrentDictionary<string, Plugin> _plugins = new();
    private readonly Lazy<string> _defaultSnapshotStore;
    private readonly Lazy<IStashOverflowStrategy> _overflowStrategy;
    private readonly Lazy<IActorRef> _permitter;

    public PersistenceExtension(ExtendedActorSystem system)
    {
        _system = system;
        system.Settings.InjectTopLevelFallback(Persistence.DefaultConfig());
        _config = system.Settings.Config.GetConfig("akka.persistence")
            ?? throw ConfigurationException.NullOrEmptyConfig<PersistenceExtension>("akka.persistence");
        _defaultSnapshotStore = new Lazy<string>(DefaultSnapshotStore);
        _overflowStrategy = new Lazy<IStashOverflowStrategy>(CreateOverflowStrategy);
        _permitter = new Lazy<IActorRef>(() =>
        {
            var permits = _config.GetInt("max-concurrent-recoveries", 50);
            return system.SystemActorOf(Props.Create(() => new RecoveryPermitter(permits)), "recoveryPermitter");
        });
        foreach (var id in _config.GetStringList("journal.auto-start-journals"))
            JournalFor(id);
        foreach (var id in _config.GetStringList("snapshot-store.auto-start-snapshot-stores"))
            SnapshotStoreFor(id);
    }

    public IStashOverflowStrategy DefaultInternalStashOverflowStrategy => _overflowStrategy.Value;

    internal IActorRef RecoveryPermitter => _permitter.Value;

    /// <summary>A persistence id for an actor that has no better name: its path.</summary>
    public string PersistenceId(IActorRef actor) => actor.Path.ToStringWithoutAddress();

    /// <param name="journalPluginId">Configuration path; null or empty is <c>akka.persistence.journal.plugin</c>.</param>
    public IActorRef JournalFor(string? journalPluginId) => PluginFor(JournalPath(journalPluginId), JournalFallback).Actor.Value;

    /// <param name="snapshotPluginId">Configuration path; null or empty is <c>akka.persistence.snapshot-store.plugin</c>.</param>
    public IActorRef SnapshotStoreFor(string? snapshotPluginId)
    {
        var path = string.IsNullOrEmpty(snapshotPluginId) ? _defaultSnapshotStore.Value : snapshotPluginId;
        return PluginFor(path, SnapshotStoreFallback).Actor.Value;
    }

    internal Config JournalConfigFor(string? journalPluginId) => PluginFor(JournalPath(journalPluginId), JournalFallback).Config;

    /// <summary>A plugin actor's name is the path of its configuration, so the actor finds its settings by its own name.</summary>
    internal Config ConfigFor(IActorRef plugin) => _plugins.TryGetValue(plugin.Path.Name, out var known)
        ? known.Config
        : throw new ArgumentException($"{plugin} is not a persistence plugin", nameof(plugin));

    private string JournalPath(string? id)
    {
        var path = string.IsNullOrEmpty(id) ? _config.GetString("journal.plugin") : id;
        return string.IsNullOrEmpty(path) ? throw new ConfigurationException("akka.persistence.journal.plugin is not set") : path;
    }

    private string DefaultSnapshotStore()
    {
        var path = _config.GetString("snapshot-store.plugin");
        if (!string.IsNullOrEmpty(path))
            return path;
        Logging.GetLogger(_system, this).Warning("akka.persistence.snapshot-store.plugin is not set: there are no snapshots");
        return NoSnapshotStore;
    }

    private IStashOverflowStrategy CreateOverflowStrategy()
    {
        var type = Resolve(_config.GetString("internal-stash-overflow-strategy", ""), "internal-stash-overflow-strategy");
        return ((IStashOverflowStrategyConfigurator)Activator.CreateInstance(type)!).Create(_system.Settings.Config);
    }

    private static Type Resolve(string name, string key) => string.IsNullOrWhiteSpace(name)
        ? throw new ArgumentException($"{key} names no class")
        : TypeNames.Find(name) ?? throw new ConfigurationException($"{key} names `{name}`, which is no class that can be loaded");

    private Plugin PluginFor(string path, string fallback) =>
        _plugins.GetOrAdd(path, static (p, state) => state.Self.Load(p, state.Fallback), (Self: this, Fallback: fallback));

    private Plugin Load(string path, string fallback)
    {
        var all = _system.Settings.Config;
        var own = all.GetConfig(path) ?? throw new ArgumentException($"The configuration has no persistence plugin at {path}");
        var config = own.WithFallback(all.GetConfig(fallback));
        if (config.HasPath("event-adapters"))
            throw new ConfigurationException($"{path}.event-adapters: event adapters are not supported");
        return new Plugin(config, new Lazy<IActorRef>(() => Start(path, config)));
    }

    private IActorRef Start(string path, Config config)
    {
        var type = Resolve(config.GetString("class", ""), $"{path}.class");
        object[] arguments = type.GetConstructor([typeof(Config)]) is null ? [] : [config];
        var props = Props.Create(type, arguments).WithDispatcher(config.GetString("plugin-dispatcher", ""));
        return _system.SystemActorOf(props, path);
    }

    /// <summary>The configuration is known before the actor runs, because its constructor asks for it.</summary>
    private sealed record Plugin(Config Config, Lazy<IActorRef> Actor);
}
