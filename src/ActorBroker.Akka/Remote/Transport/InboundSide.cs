namespace Akka.Remote.Transport;

/// <summary>
/// The direction in which the other node sends: its current connection, and the number of its last system message that was
/// delivered. A number counts within one incarnation of the sender; connections come and go. A few earlier incarnations are
/// remembered, so that two processes which claim one address by mistake cannot make each other's numbers begin anew.
/// </summary>
internal sealed class InboundSide
{
    private const int MaxRemembered = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<int, long> _lastDelivered = [];
    private readonly Queue<int> _byAge = new();
    private InboundConnection? _connection;

    public InboundConnection? Connection
    {
        get
        {
            lock (_lock)
                return _connection;
        }
    }

    /// <summary>
    /// The new connection takes the place of the one before, which must end first: what it still holds would arrive behind
    /// what comes now.
    /// </summary>
    public InboundConnection? Replace(InboundConnection connection)
    {
        lock (_lock)
        {
            var before = _connection;
            _connection = connection;
            if (!_lastDelivered.TryAdd(connection.Uid, 0))
                return before;
            _byAge.Enqueue(connection.Uid);
            if (_byAge.Count > MaxRemembered)
                _lastDelivered.Remove(_byAge.Dequeue());
            return before;
        }
    }

    public long LastDelivered(int uid)
    {
        lock (_lock)
            return _lastDelivered.GetValueOrDefault(uid);
    }

    public void Ended(InboundConnection connection)
    {
        lock (_lock)
        {
            if (ReferenceEquals(_connection, connection))
                _connection = null;
        }
    }

    /// <summary>The next in order is delivered; one that was, or that comes too early, is not.</summary>
    /// <returns>True when this is the next.</returns>
    public bool IsNext(InboundConnection connection, long number)
    {
        lock (_lock)
        {
            if (!ReferenceEquals(_connection, connection) || number != _lastDelivered.GetValueOrDefault(connection.Uid) + 1)
                return false;
            _lastDelivered[connection.Uid] = number;
            return true;
        }
    }
}
