namespace ActorBroker.Network.Listeners;

/// <summary>
/// One entry of <c>listeners</c>: <c>NAME://host:port</c>. An empty host binds all addresses. Port 0 lets the system choose; the bound
/// port is then known once the listener has started.
/// </summary>
public sealed record ListenerSettings(string Name, string Host, int Port, SecurityProtocol Protocol = SecurityProtocol.Plaintext)
{
    /// <summary>The name under which a protocol goes in <c>listener.security.protocol.map</c>, or null.</summary>
    public static SecurityProtocol? ProtocolOf(string name) => name.ToUpperInvariant() switch
    {
        "PLAINTEXT" => SecurityProtocol.Plaintext,
        "SSL" => SecurityProtocol.Ssl,
        "SASL_PLAINTEXT" => SecurityProtocol.SaslPlaintext,
        "SASL_SSL" => SecurityProtocol.SaslSsl,
        _ => null,
    };

    /// <summary>
    /// Parses Kafka's <c>listeners</c>. <paramref name="protocols"/> maps listener names to protocols; names that are protocols need no
    /// entry. Throws <see cref="FormatException"/> with words that name the entry.
    /// </summary>
    public static IReadOnlyList<ListenerSettings> Parse(string listeners, IReadOnlyDictionary<string, SecurityProtocol> protocols)
    {
        var parsed = new List<ListenerSettings>();
        foreach (var entry in listeners.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var listener = ParseEntry(entry, protocols);
            foreach (var other in parsed)
            {
                if (other.Name.Equals(listener.Name, StringComparison.OrdinalIgnoreCase))
                    throw new FormatException($"Each listener must have a different name, {listener.Name} stands twice in '{listeners}'.");
                if (other.Port == listener.Port && other.Port != 0 && other.Host == listener.Host)
                    throw new FormatException($"Each listener must have a different port, {listener.Port} stands twice in '{listeners}'.");
            }

            parsed.Add(listener);
        }

        return parsed.Count > 0 ? parsed : throw new FormatException("At least one listener must be set.");
    }

    private static ListenerSettings ParseEntry(string entry, IReadOnlyDictionary<string, SecurityProtocol> protocols)
    {
        var scheme = entry.IndexOf("://", StringComparison.Ordinal);
        var colon = entry.LastIndexOf(':');
        if (scheme <= 0 || colon < scheme + 3) throw new FormatException($"Listener '{entry}' is not of the form NAME://host:port.");
        var name = entry[..scheme].ToUpperInvariant();
        var host = entry[(scheme + 3)..colon].Trim('[', ']');
        if (!int.TryParse(entry[(colon + 1)..], out var port) || port is < 0 or > 65535)
            throw new FormatException($"Listener '{entry}' has no port between 0 and 65535.");
        var known = protocols.TryGetValue(name, out var protocol) ? protocol : ProtocolOf(name);
        return new ListenerSettings(name, host, port, known ?? throw new FormatException(
            $"No security protocol is defined for listener {name}; add it to listener.security.protocol.map."));
    }
}
