using Akka.Actor;

namespace Akka.Remote.Transport;

/// <summary>
/// The direction in which the other node sends: its current connection, and the number of its last system message that was
/// delivered. A number counts within one incarnation of the sender; connections come and go.
/// </summary>
internal sealed class InboundSide
{
    private readonly Lock _lock = new();
    private InboundConnection? _connection;
    private int? _uid;
    private long _lastDelivered;

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
    /// <returns>The connection before, and the number to go on from.</returns>
    public (InboundConnection? Before, bool IsNewIncarnation) Replace(InboundConnection connection, int uid)
    {
        lock (_lock)
        {
            var before = _connection;
            _connection = connection;
            var isNew = _uid is { } known && known != uid;
            if (_uid != uid)
                _lastDelivered = 0;
            _uid = uid;
            return (before, isNew);
        }
    }

    public long LastDelivered
    {
        get
        {
            lock (_lock)
                return _lastDelivered;
        }
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
            if (!ReferenceEquals(_connection, connection) || number != _lastDelivered + 1)
                return false;
            _lastDelivered = number;
            return true;
        }
    }
}
