using System.Collections.Immutable;
using System.Net;
using ActorBroker.Core.Configuration;
using ActorBroker.Core.Metadata;
using ActorBroker.Network.Listeners;

namespace ActorBroker.Server.Start;

/// <summary>
/// What to bind and what to tell clients. A listener on all addresses needs an advertised one: clients cannot connect to 0.0.0.0, and
/// guessing a
/// host name is what sends them to the wrong place.
/// </summary>
internal sealed record ListenerPlan(IReadOnlyList<ListenerSettings> Bind, IReadOnlyList<ListenerSettings> Advertised)
{
    public static ListenerPlan From(BrokerConfig config)
    {
        try
        {
            var protocols = Protocols(config);
            var bind = ListenerSettings.Parse(string.Join(',', config.List("listeners")), protocols);
            var advertisedText = string.Join(',', config.List("advertised.listeners"));
            var advertised = advertisedText.Length > 0 ? ListenerSettings.Parse(advertisedText, protocols) : [];
            var plan = new ListenerPlan(bind, [.. bind.Select(listener => Advertise(listener, advertised))]);
            foreach (var extra in advertised)
                if (!bind.Any(listener => listener.Name == extra.Name))
                    throw new StartException($"advertised.listeners names {extra.Name}, which is not in listeners; add it there or remove it.");
            return plan;
        }
        catch (FormatException error)
        {
            throw new StartException(error.Message, error);
        }
    }

    /// <summary>The advertised endpoints, with the port that the system chose where none was given.</summary>
    public ImmutableArray<EndpointImage> Endpoints(IReadOnlyDictionary<string, IPEndPoint> bound) =>
        [.. Advertised.Select(listener => new EndpointImage(
            listener.Name, listener.Host, listener.Port != 0 ? listener.Port : bound[listener.Name].Port, ProtocolName(listener.Protocol)))];

    private static ListenerSettings Advertise(ListenerSettings bind, IReadOnlyList<ListenerSettings> advertised)
    {
        var told = advertised.FirstOrDefault(listener => listener.Name == bind.Name) ?? bind;
        if (told.Host.Length > 0 && !(IPAddress.TryParse(told.Host, out var address) && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))))
            return told;
        var example = $"{bind.Name}://{Dns.GetHostName()}:{bind.Port}";
        throw new StartException(
            $"Listener {bind.Name} binds all addresses ({bind.Host}:{bind.Port}), so clients have to be told one that they can reach: " +
            $"start with --advertise HOST:PORT (or advertised.listeners={example}), where HOST is the name or address that your clients use.");
    }

    private static Dictionary<string, SecurityProtocol> Protocols(BrokerConfig config)
    {
        var protocols = new Dictionary<string, SecurityProtocol>(StringComparer.OrdinalIgnoreCase);
        foreach (var entry in (config.Text("listener.security.protocol.map") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = entry.IndexOf(':');
            if (at > 0 && ListenerSettings.ProtocolOf(entry[(at + 1)..].Trim()) is { } protocol) protocols[entry[..at].Trim().ToUpperInvariant()] = protocol;
        }

        return protocols;
    }

    private static string ProtocolName(SecurityProtocol protocol) => protocol switch
    {
        SecurityProtocol.Ssl => "SSL",
        SecurityProtocol.SaslPlaintext => "SASL_PLAINTEXT",
        SecurityProtocol.SaslSsl => "SASL_SSL",
        _ => "PLAINTEXT",
    };
}
