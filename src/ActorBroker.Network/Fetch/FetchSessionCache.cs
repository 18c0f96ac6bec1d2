using System.Security.Cryptography;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Fetch;

/// <summary>
/// The fetch sessions of the node (KIP-227): a bounded number of slots. A newcomer gets a slot of a full cache from the session unused the
/// longest if that has passed the eviction time, or else from the smallest one if the newcomer has more partitions and the victim was not
/// made just now. Otherwise the client gets session id 0 and sends full requests, which is always correct.
/// </summary>
internal sealed class FetchSessionCache(int maxSessions, long evictionMs, int maxPartitions = 1_000_000)
{
    private const int InitialEpoch = 0;
    private const int FinalEpoch = -1;

    private readonly Dictionary<int, FetchSession> _sessions = [];
    private long _evictions;

    public int Count
    {
        get
        {
            lock (_sessions) return _sessions.Count;
        }
    }

    public long Evictions => Volatile.Read(ref _evictions);

    /// <summary>
    /// What a request's session id and epoch ask for (R43). A session that comes back is entered and has its next epoch set. A request with
    /// epoch 0 or -1 closes the session that it names.
    /// </summary>
    public FetchSessionGrant Resolve(int id, int epoch, bool usesTopicIds, int partitions, long nowMs)
    {
        lock (_sessions)
        {
            if (epoch is InitialEpoch or FinalEpoch)
            {
                if (id != 0) Remove(id);
                return epoch == FinalEpoch ? default : Create(usesTopicIds, partitions, nowMs);
            }

            if (!_sessions.TryGetValue(id, out var session)) return new FetchSessionGrant(ErrorCode.FetchSessionIdNotFound, null, false);
            if (session.Epoch != epoch) return new FetchSessionGrant(ErrorCode.InvalidFetchSessionEpoch, null, false);
            if (session.UsesTopicIds != usesTopicIds) return new FetchSessionGrant(ErrorCode.FetchSessionTopicIdError, null, false);
            // Another connection's request still waits in it: as good as a wrong epoch, the client starts anew.
            if (!session.TryEnter()) return new FetchSessionGrant(ErrorCode.InvalidFetchSessionEpoch, null, false);
            session.LastUsedMs = nowMs;
            session.Epoch = NextEpoch(session.Epoch);
            return new FetchSessionGrant(ErrorCode.None, session, true);
        }
    }

    /// <summary>Closes a session, if it is still there.</summary>
    public void Close(FetchSession session)
    {
        lock (_sessions)
            if (_sessions.TryGetValue(session.Id, out var known) && ReferenceEquals(known, session)) Remove(session.Id);
    }

    /// <summary>The sweep's tick: lets sessions that nobody has used for the eviction time doze.</summary>
    public void DozeOff(long nowMs)
    {
        lock (_sessions)
            foreach (var session in _sessions.Values)
                if (nowMs - session.LastUsedMs > evictionMs) session.Doze();
    }

    internal static int NextEpoch(int epoch) => epoch == int.MaxValue ? 1 : epoch + 1;

    private FetchSessionGrant Create(bool usesTopicIds, int partitions, long nowMs)
    {
        if (_sessions.Count >= maxSessions && !TryEvict(partitions, nowMs)) return default;
        if (maxSessions <= 0 || TotalPartitions() + partitions > maxPartitions) return default;
        int id;
        do id = RandomNumberGenerator.GetInt32(1, int.MaxValue);
        while (_sessions.ContainsKey(id));
        var session = new FetchSession(usesTopicIds) { Id = id, LastUsedMs = nowMs, CreatedMs = nowMs };
        session.TryEnter();
        _sessions.Add(id, session);
        return new FetchSessionGrant(ErrorCode.None, session, false);
    }

    private bool TryEvict(int partitions, long nowMs)
    {
        FetchSession? oldest = null;
        FetchSession? smallest = null;
        foreach (var session in _sessions.Values)
        {
            if (oldest is null || session.LastUsedMs < oldest.LastUsedMs) oldest = session;
            if (nowMs - session.CreatedMs > evictionMs && (smallest is null || session.Count < smallest.Count)) smallest = session;
        }

        var victim = oldest is not null && nowMs - oldest.LastUsedMs > evictionMs ? oldest
            : smallest is not null && smallest.Count < partitions ? smallest
            : null;
        if (victim is null) return false;
        Interlocked.Increment(ref _evictions);
        Remove(victim.Id);
        return true;
    }

    private long TotalPartitions()
    {
        long total = 0;
        foreach (var session in _sessions.Values) total += session.Count;
        return total;
    }

    private void Remove(int id)
    {
        if (_sessions.Remove(id, out var session)) session.Drop();
    }
}
