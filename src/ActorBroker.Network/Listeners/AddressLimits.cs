using System.Net;

namespace ActorBroker.Network.Listeners;

/// <summary>
/// Counts connections per address and in all, and says who may come in (<c>max.connections.per.ip</c> and its overrides).
/// </summary>
internal sealed class AddressLimits(GatewaySettings settings)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _counts = [];
    private readonly Dictionary<IPAddress, int> _overrides = Parse(settings.MaxConnectionsOverrides);
    private int _total;

    public bool IsFull
    {
        get
        {
            lock (_lock) return _total >= settings.MaxConnections;
        }
    }

    /// <summary>Counts a connection, unless its address has as many as it may.</summary>
    public bool TryEnter(IPAddress address)
    {
        lock (_lock)
        {
            var count = _counts.GetValueOrDefault(address);
            if (count >= _overrides.GetValueOrDefault(address, settings.MaxConnectionsPerAddress)) return false;
            _counts[address] = count + 1;
            _total++;
            return true;
        }
    }

    public void Leave(IPAddress address)
    {
        lock (_lock)
        {
            _total--;
            var count = _counts.GetValueOrDefault(address) - 1;
            if (count > 0) _counts[address] = count;
            else _counts.Remove(address);
        }
    }

    /// <summary>An IPv4 address that came in over an IPv6 socket is still that address.</summary>
    public static IPAddress Normalize(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static Dictionary<IPAddress, int> Parse(IReadOnlyDictionary<string, int> overrides)
    {
        var parsed = new Dictionary<IPAddress, int>();
        foreach (var (host, limit) in overrides)
        {
            if (IPAddress.TryParse(host, out var address)) parsed[Normalize(address)] = limit;
            else
                foreach (var resolved in Dns.GetHostAddresses(host)) parsed[Normalize(resolved)] = limit;
        }

        return parsed;
    }
}
