using Akka.Dispatch.SysMsg;

namespace Akka.Remote.Transport;

/// <summary>
/// System messages to one incarnation of a node until it has acknowledged them. They are numbered from 1 without a gap, and
/// acknowledged in order; what is unacknowledged is sent again as it was. Numbers begin anew only for a new incarnation:
/// to drop one otherwise would leave a hole that the other side waits for forever, hence quarantine.
/// </summary>
internal sealed class SystemOutbox(int capacity)
{
    private readonly Queue<OutboundMessage> _unacknowledged = new();
    private long _lastNumber;
    private long _oldestSince;
    private int _epoch;

    /// <summary>Changes when numbers begin anew.</summary>
    public int Epoch => Volatile.Read(ref _epoch);

    public bool IsEmpty => Count == 0;

    public int Count
    {
        get
        {
            lock (_unacknowledged)
                return _unacknowledged.Count;
        }
    }

    /// <summary>Numbers the message and puts it into the queue, both as one step: the queue's order is the numbers'.</summary>
    /// <returns>False when there are too many.</returns>
    public bool TryAdd(SystemMessage message, RemoteActorRef recipient, OutboundQueue queue)
    {
        lock (_unacknowledged)
        {
            if (_unacknowledged.Count >= capacity)
                return false;
            if (_unacknowledged.Count == 0)
                _oldestSince = Environment.TickCount64;
            var numbered = new OutboundMessage(message, null, recipient, ++_lastNumber, _epoch);
            _unacknowledged.Enqueue(numbered);
            queue.Add(numbered);
            return true;
        }
    }

    /// <returns>False when the number was never given out.</returns>
    public bool Acknowledge(long number)
    {
        lock (_unacknowledged)
        {
            if (number > _lastNumber)
                return false;
            while (_unacknowledged.TryPeek(out var first) && first.Number <= number)
            {
                _unacknowledged.Dequeue();
                _oldestSince = Environment.TickCount64;
            }
            return true;
        }
    }

    /// <summary>What is unacknowledged, up to a number and so many at most, in order.</summary>
    public OutboundMessage[] Unacknowledged(long upTo, int limit)
    {
        lock (_unacknowledged)
            return [.. _unacknowledged.TakeWhile(m => m.Number <= upTo).Take(limit)];
    }

    /// <summary>How long nothing was acknowledged although something waits, in milliseconds.</summary>
    public long WaitingMillis(long now)
    {
        lock (_unacknowledged)
            return _unacknowledged.Count == 0 ? 0 : now - _oldestSince;
    }

    public OutboundMessage[] Reset()
    {
        lock (_unacknowledged)
        {
            OutboundMessage[] dropped = [.. _unacknowledged];
            _unacknowledged.Clear();
            _lastNumber = 0;
            _epoch++;
            return dropped;
        }
    }
}
