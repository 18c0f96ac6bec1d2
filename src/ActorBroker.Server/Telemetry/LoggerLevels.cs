using System.Collections.Concurrent;
using System.Collections.Immutable;
using ActorBroker.Actors.Hosting;
using ActorBroker.Core.Ports;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorBroker.Server.Telemetry;

/// <summary>
/// The levels of the node's loggers. Their names: <c>node</c>, <c>gateway</c>, <c>storage</c> for what these log themselves, and the classes of
/// actors and of Akka's parts for what comes through Akka (<see cref="AkkaEvents"/>); <c>ActorBroker.Actors</c> and <c>Akka</c> stand for all of
/// either.
///
/// Readers ask for every line that might be logged: one comparison settles it while nobody has lowered a level.
/// </summary>
internal sealed class LoggerLevels(LogLevel root) : ILoggerLevels
{
    private static readonly ImmutableHashSet<string> s_direct = ["node", "gateway", "storage"];
    private static readonly string[] s_more = ["groups", "replication", "Akka", "ActorBroker.Actors"];
    private static readonly (LogLevel Level, string Name)[] s_names =
    [
        (LogLevel.Trace, "TRACE"), (LogLevel.Debug, "DEBUG"), (LogLevel.Information, "INFO"), (LogLevel.Warning, "WARN"), (LogLevel.Error, "ERROR"),
        (LogLevel.Critical, "FATAL"), (LogLevel.None, "OFF"),
    ];

    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);
    private readonly Lazy<ImmutableHashSet<string>> _known = new(Known);
    private volatile Table _table = new(ImmutableDictionary<string, LogLevel>.Empty.Add(ILoggerLevels.Root, root));

    /// <summary>Raised after every change, on the thread of who changed it; must not block.</summary>
    public event Action? Changed;

    /// <summary>The lowest level at which anything that comes through Akka is logged.</summary>
    public LogLevel LowestOfActors => _table.Set.Where(pair => !s_direct.Contains(pair.Key)).Min(pair => pair.Value);

    public bool IsEnabled(string logger, LogLevel level)
    {
        var table = _table;
        return level >= table.Lowest && level != LogLevel.None && level >= table.Of(logger);
    }

    /// <summary>Remembers a logger that is not known from the start.</summary>
    public void See(string logger) => _seen.TryAdd(logger, true);

    public bool Exists(string logger) => _known.Value.Contains(logger) || _seen.ContainsKey(logger) || _table.Set.ContainsKey(logger);

    public IReadOnlyList<KeyValuePair<string, string>> Describe()
    {
        var table = _table;
        var names = _known.Value.Union(_seen.Keys).Union(table.Set.Keys).Order(StringComparer.Ordinal);
        return [.. names.Select(name => KeyValuePair.Create(name, NameOf(table.Of(name))))];
    }

    public void Set(string logger, string? level)
    {
        lock (_gate)
        {
            var set = _table.Set;
            _table = new Table(level is null ? set.Remove(logger) : set.SetItem(logger, s_names.Single(pair => pair.Name == level).Level));
        }

        Changed?.Invoke();
    }

    private static string NameOf(LogLevel level) => s_names.Single(pair => pair.Level == level).Name;

    private static ImmutableHashSet<string> Known() =>
    [
        ILoggerLevels.Root, .. s_direct, .. s_more,
        .. typeof(NodeActors).Assembly.GetTypes().Where(type => type is { IsAbstract: false, IsGenericType: false } && type.IsAssignableTo(typeof(ActorBase)))
            .Select(AkkaEvents.NameOf),
    ];

    /// <summary>What was set, and what follows from it.</summary>
    private sealed class Table(ImmutableDictionary<string, LogLevel> set)
    {
        private readonly ConcurrentDictionary<string, LogLevel> _resolved = new(StringComparer.Ordinal);

        public ImmutableDictionary<string, LogLevel> Set => set;

        public LogLevel Lowest { get; } = set.Values.Min();

        public LogLevel Of(string logger) => _resolved.TryGetValue(logger, out var level) ? level : _resolved.GetOrAdd(logger, Resolve);

        private LogLevel Resolve(string logger)
        {
            for (var end = logger.Length; end > 0; end = logger.LastIndexOf('.', end - 1))
                if (set.TryGetValue(logger[..end], out var level)) return level;
            return set[ILoggerLevels.Root];
        }
    }
}
