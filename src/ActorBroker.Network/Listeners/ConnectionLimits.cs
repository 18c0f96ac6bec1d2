namespace ActorBroker.Network.Listeners;

/// <summary>
/// How many connections may come in, by Kafka's dynamic broker configs: a new set of them takes effect at once, for connections that come
/// after it. Whoever is in stays in.
/// </summary>
public sealed record ConnectionLimits
{
    public static readonly ConnectionLimits None = new();

    /// <summary><c>max.connections</c>: no more are accepted until one closes.</summary>
    public int MaxConnections { get; init; } = int.MaxValue;

    /// <summary><c>max.connections.per.ip</c>: connections beyond it are closed at once.</summary>
    public int MaxPerAddress { get; init; } = int.MaxValue;

    /// <summary><c>max.connections.per.ip.overrides</c>: address or host name → limit.</summary>
    public IReadOnlyDictionary<string, int> Overrides { get; init; } = new Dictionary<string, int>();

    /// <summary><c>max.connection.creation.rate</c>: connections a second; the others wait in the system's backlog.</summary>
    public int MaxCreationRate { get; init; } = int.MaxValue;

    /// <summary>Bounds of single listeners (<c>listener.name.NAME.max.connections</c>), which count besides those of the broker.</summary>
    public IReadOnlyDictionary<string, ListenerLimits> Listeners { get; init; } =
        new Dictionary<string, ListenerLimits>(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Reads <c>host:count</c> pairs separated by commas; throws <see cref="FormatException"/> for anything else.
    /// </summary>
    public static IReadOnlyDictionary<string, int> ParseOverrides(string? text)
    {
        var overrides = new Dictionary<string, int>();
        foreach (var entry in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var at = entry.LastIndexOf(':');
            if (at <= 0 || !int.TryParse(entry[(at + 1)..], out var limit))
                throw new FormatException($"max.connections.per.ip.overrides: '{entry}' is not of the form address:count.");
            overrides[entry[..at].Trim()] = limit;
        }

        return overrides;
    }
}

/// <summary>What one listener may take.</summary>
public readonly record struct ListenerLimits(int MaxConnections, int MaxCreationRate);
