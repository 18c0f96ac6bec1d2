namespace Akka.Remote.Transport;

/// <summary>
/// Which incarnation lives at an address, and which ones are quarantined there. One lock: both directions of an association
/// ask here before they let anything through.
/// </summary>
internal sealed class PeerIncarnations(TimeSpan quarantineDuration)
{
    private const int MaxRemembered = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, long> _quarantined = [];
    private int? _current;

    /// <summary>The one that this node's system messages are numbered for; null before the first connection.</summary>
    public int? Current
    {
        get
        {
            lock (_lock)
                return _current;
        }
    }

    public bool IsQuarantined(int uid)
    {
        lock (_lock)
        {
            Prune();
            return _quarantined.ContainsKey(uid);
        }
    }

    /// <summary>The one to talk to is out: nothing is sent until another is there.</summary>
    public bool IsCurrentQuarantined
    {
        get
        {
            lock (_lock)
                return _current is { } uid && _quarantined.ContainsKey(uid);
        }
    }

    /// <returns>False when it was already.</returns>
    public bool Quarantine(int uid)
    {
        lock (_lock)
        {
            Prune();
            return _quarantined.TryAdd(uid, Environment.TickCount64 + (long)quarantineDuration.TotalMilliseconds);
        }
    }

    /// <returns>The one before, when it was another.</returns>
    public int? Replace(int uid)
    {
        lock (_lock)
        {
            var before = _current;
            _current = uid;
            return before == uid ? null : before;
        }
    }

    private void Prune()
    {
        var now = Environment.TickCount64;
        foreach (var uid in _quarantined.Where(q => q.Value < now && q.Key != _current).Select(static q => q.Key).ToArray())
            _quarantined.Remove(uid);
        while (_quarantined.Count > MaxRemembered)
            _quarantined.Remove(_quarantined.Where(q => q.Key != _current).MinBy(static q => q.Value).Key);
    }
}
