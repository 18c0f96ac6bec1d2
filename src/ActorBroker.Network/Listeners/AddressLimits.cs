using System.Net;

namespace ActorBroker.Network.Listeners;

/// <summary>
/// Counts connections per address, per listener and in all, and says who may come in. Who is counted and what is allowed are two things:
/// the limits may change while connections are open.
/// </summary>
internal sealed class AddressLimits
{
    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _counts = [];
    private readonly Dictionary<string, int> _ofListeners = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, AcceptRate> _rates = new(StringComparer.OrdinalIgnoreCase) { [""] = new AcceptRate() };
    private ConnectionLimits _limits;
    private Dictionary<IPAddress, int> _overrides;
    private int _total;

    public AddressLimits(ConnectionLimits limits)
    {
        _limits = limits;
        _overrides = Resolve(limits.Overrides);
    }

    public ConnectionLimits Limits => Volatile.Read(ref _limits);

    /// <summary>Host names among the overrides are looked up here, so this may take a while.</summary>
    public void Change(ConnectionLimits limits)
    {
        var overrides = Resolve(limits.Overrides);
        lock (_lock)
        {
            _overrides = overrides;
            Volatile.Write(ref _limits, limits);
        }
    }

    /// <summary>Whether the node, or this listener of it, has all the connections that it may have.</summary>
    public bool IsFull(string listener)
    {
        lock (_lock)
        {
            if (_total >= _limits.MaxConnections) return true;
            return _limits.Listeners.TryGetValue(listener, out var own) && _ofListeners.GetValueOrDefault(listener) >= own.MaxConnections;
        }
    }

    /// <summary>How many milliseconds a connection that has just come must wait before it is served (the rates).</summary>
    public int PaceMs(string listener, long nowMs)
    {
        lock (_lock)
        {
            var delayMs = _rates[""].Take(_limits.MaxCreationRate, nowMs);
            if (!_limits.Listeners.TryGetValue(listener, out var own)) return delayMs;
            if (!_rates.TryGetValue(listener, out var rate)) _rates[listener] = rate = new AcceptRate();
            return Math.Max(delayMs, rate.Take(own.MaxCreationRate, nowMs));
        }
    }

    /// <summary>Counts a connection, unless its address has as many as it may.</summary>
    public bool TryEnter(string listener, IPAddress address)
    {
        lock (_lock)
        {
            var count = _counts.GetValueOrDefault(address);
            if (count >= _overrides.GetValueOrDefault(address, _limits.MaxPerAddress)) return false;
            _counts[address] = count + 1;
            _ofListeners[listener] = _ofListeners.GetValueOrDefault(listener) + 1;
            _total++;
            return true;
        }
    }

    public void Leave(string listener, IPAddress address)
    {
        lock (_lock)
        {
            _total--;
            _ofListeners[listener]--;
            var count = _counts.GetValueOrDefault(address) - 1;
            if (count > 0) _counts[address] = count;
            else _counts.Remove(address);
        }
    }

    /// <summary>An IPv4 address that came in over an IPv6 socket is still that address.</summary>
    public static IPAddress Normalize(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static Dictionary<IPAddress, int> Resolve(IReadOnlyDictionary<string, int> overrides)
    {
        var resolved = new Dictionary<IPAddress, int>();
        foreach (var (host, limit) in overrides)
        {
            if (IPAddress.TryParse(host, out var address)) resolved[Normalize(address)] = limit;
            else
                foreach (var found in Dns.GetHostAddresses(host)) resolved[Normalize(found)] = limit;
        }

        return resolved;
    }
}
