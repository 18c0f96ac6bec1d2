using Akka.Configuration;

namespace Akka.Actor;

internal sealed record ShutdownPhase(string Name, IReadOnlyList<string> DependsOn, TimeSpan Timeout, bool Recover);

/// <summary>The configured phases in an order that respects what they depend on.</summary>
internal sealed class ShutdownPhases
{
    private readonly Dictionary<string, ShutdownPhase> _byName;
    private readonly List<ShutdownPhase> _ordered = [];

    private ShutdownPhases(Dictionary<string, ShutdownPhase> byName)
    {
        _byName = byName;
        var visiting = new HashSet<string>();
        foreach (var name in byName.Keys.ToArray())
            Visit(name, visiting);
    }

    public ShutdownPhase this[string name] => _byName.TryGetValue(name, out var phase)
        ? phase
        : throw new ConfigurationException(
            $"Unknown phase [{name}], known phases [{string.Join(',', _byName.Keys)}]. All phases must be defined in configuration.");

    public static ShutdownPhases From(Config config)
    {
        var defaultTimeout = config.GetTimeSpan("default-phase-timeout", TimeSpan.FromSeconds(5));
        var byName = new Dictionary<string, ShutdownPhase>();
        var sections = config.GetConfig("phases");
        foreach (var (name, _) in sections?.AsEnumerable() ?? [])
        {
            var phase = sections!.GetConfig(name)!;
            byName[name] = new ShutdownPhase(
                name,
                [.. phase.GetStringList("depends-on")],
                phase.GetTimeSpan("timeout", defaultTimeout, false),
                phase.GetBoolean("recover", true));
            foreach (var dependency in byName[name].DependsOn)
                byName.TryAdd(dependency, new ShutdownPhase(dependency, [], defaultTimeout, true));
        }
        return new ShutdownPhases(byName);
    }

    public IReadOnlyList<ShutdownPhase> From(string? name) => name is null ? _ordered : _ordered[_ordered.IndexOf(this[name])..];

    private void Visit(string name, HashSet<string> visiting)
    {
        var phase = _byName[name];
        if (_ordered.Contains(phase))
            return;
        if (!visiting.Add(name))
            throw new ArgumentException($"Cycle detected in graph of phases: phase [{name}] depends transitively on itself");
        foreach (var dependency in phase.DependsOn)
            Visit(dependency, visiting);
        visiting.Remove(name);
        _ordered.Add(phase);
    }
}
