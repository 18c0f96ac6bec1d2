using System.Globalization;

namespace ActorBroker.Server.Cli.Client;

/// <summary>A host and a port, as <c>--bootstrap</c> and metadata name them.</summary>
internal readonly record struct BrokerAddress(string Host, int Port)
{
    public const int DefaultPort = 9092;

    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>Parses <c>host:port,host:port</c>; IPv6 addresses stand in brackets, a missing port is Kafka's usual one.</summary>
    public static bool TryParseList(string text, out IReadOnlyList<BrokerAddress> addresses, out string error)
    {
        var list = new List<BrokerAddress>();
        addresses = list;
        error = "";
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!TryParse(part, out var address, out error)) return false;
            list.Add(address);
        }

        if (list.Count > 0) return true;
        error = "no address given; expected host:port";
        return false;
    }

    public static bool TryParse(string text, out BrokerAddress address, out string error)
    {
        address = default;
        error = "";
        if (text.Contains("://", StringComparison.Ordinal))
        {
            error = $"'{text}' has a scheme; write host:port alone";
            return false;
        }

        var colon = text.LastIndexOf(':');
        var bracket = text.LastIndexOf(']');
        var bareAddress6 = colon >= 0 && bracket < 0 && text.IndexOf(':') != colon;
        var host = colon > bracket && !bareAddress6 ? text[..colon] : text;
        var port = DefaultPort;
        if (host.Length != text.Length && !int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port)
            || port is < 1 or > 65535)
        {
            error = $"'{text}' has no valid port; expected host:port with a port of 1 to 65535";
            return false;
        }

        host = host.Trim('[', ']');
        if (host.Length == 0 || host.Any(char.IsWhiteSpace))
        {
            error = $"'{text}' has no valid host; expected host:port";
            return false;
        }

        address = new BrokerAddress(host, port);
        return true;
    }
}
