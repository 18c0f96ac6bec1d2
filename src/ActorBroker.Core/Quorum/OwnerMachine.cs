using System.Buffers.Binary;

namespace ActorBroker.Core.Quorum;

/// <summary>
/// The owner of one log: takes a ballot, adopts what was or may have been committed, and then appends. A machine of messages: every call
/// gives the requests to send and what has come about. It never waits and knows the time only from its caller.
///
/// States: <b>Preparing</b> collects promises from a majority under a new ballot; when a higher one is in the way it tries again above that,
/// after a pause (<b>Pausing</b>). → <b>Reading</b> fetches the log whose last accepted entry has the highest ballot, and is the longest
/// under that ballot. → <b>Establishing</b> writes this log and an entry <see cref="QuorumEntryKind.BallotWon"/> to a majority. →
/// <b>Owning</b> appends. → <b>Lost</b>, the end, from everywhere: a higher ballot, other voters, or a majority that did not answer in time.
///
/// Invariants
/// - Nothing counts as committed before an entry of this very ballot is on a majority, and then everything before it counts too: entries of
///   earlier ballots are committed by this only (a majority may hold one of those and yet lose it).
/// - The log only grows. An acceptor's log is replaced from the first entry on that differs; what it matches it keeps.
/// - A failed append ends the owner. Whether its entry comes to be is decided by the next owner's adoption; it is never rejected.
/// - An owner that has nothing to append asks every voter now and then, with an append of nothing, whether its ballot still stands: one that
///   was replaced finds out within that time, and not only when it fails at the next append.
/// - A snapshot covers committed entries only; the log is cut only where a majority has a snapshot.
///
/// Callers: <c>QuorumClientActor</c>, one owner for each recovery of a persistent actor, and the simulation.
/// </summary>
public sealed class OwnerMachine
{
    private readonly OwnerSettings _settings;
    private readonly long _nonce;
    private readonly OwnerReplication _replication;
    private readonly Queue<(long SequenceNr, long DeadlineMs)> _open = new();
    private Phase _phase;
    private VoterProgress? _source;
    private Ballot _seen;
    private long _deadlineMs;
    private long _retryAtMs;
    private int _attempts;
    private long _wonAt;

    /// <param name="log">The persistence id.</param>
    /// <param name="settings">Whose owner, and how patient.</param>
    /// <param name="voters">The newest voter set that is known to be decided.</param>
    /// <param name="seen">The highest ballot that is known to have been promised; a wrong one only costs a round.</param>
    /// <param name="nonce">Unlike that of any other owner of this log, ever.</param>
    /// <param name="tag">Upper half of the ids of this owner's requests.</param>
    public OwnerMachine(string log, OwnerSettings settings, VoterSet voters, Ballot seen, long nonce, int tag)
    {
        _settings = settings;
        _seen = seen;
        _nonce = nonce;
        _replication = new OwnerReplication(log, settings, tag) { Voters = voters };
    }

    private enum Phase
    {
        New,
        Preparing,
        Pausing,
        Reading,
        Establishing,
        Owning,
        Lost,
    }

    public Ballot Ballot => _replication.Ballot;

    public VoterSet Voters => _replication.Voters;

    public bool IsOwning => _phase == Phase.Owning;

    public bool IsLost => _phase == Phase.Lost;

    /// <summary>The adopted log and what was appended to it.</summary>
    public QuorumLog Log => _replication.Log;

    public long Committed => _replication.Committed;

    public IReadOnlyList<QuorumOutput> Start(long nowMs)
    {
        _deadlineMs = nowMs + _settings.TimeoutMs;
        Attempt(nowMs);
        return _replication.TakeOutputs();
    }

    public IReadOnlyList<QuorumOutput> Receive(int voter, QuorumReply reply, long nowMs)
    {
        if (_phase == Phase.Lost || _replication.Answered(voter, reply) is not { } peer) return [];
        if (reply is Refused refused) OnRefused(peer, refused, nowMs);
        else OnAnswer(peer, reply, nowMs);
        return _replication.TakeOutputs();
    }

    /// <summary>
    /// Appends atomic writes, which must follow the log's last sequence number; an owner that cannot is a broken invariant of the caller.
    /// </summary>
    public IReadOnlyList<QuorumOutput> Append(IReadOnlyList<(long First, long Last, ReadOnlyMemory<byte> Bytes)> writes, long nowMs)
    {
        if (_phase != Phase.Owning) throw new InvalidOperationException($"the owner of {_replication.Name} is {_phase} and cannot append");
        foreach (var (first, last, bytes) in writes)
        {
            if (first != Log.Last.SequenceNr + 1)
                throw new InvalidOperationException($"{_replication.Name}: {first} does not follow {Log.Last.SequenceNr}");
            Log.Append(new QuorumEntry(first, last, Ballot, QuorumEntryKind.Events, bytes));
        }

        _open.Enqueue((Log.Last.SequenceNr, nowMs + _settings.TimeoutMs));
        _replication.SendAll(nowMs);
        return _replication.TakeOutputs();
    }

    /// <summary>Keeps a snapshot of the state after a committed sequence number; <see cref="SnapshotKept"/> follows when a majority has
    /// it.</summary>
    public IReadOnlyList<QuorumOutput> KeepSnapshot(long sequenceNr, long ticks, ReadOnlyMemory<byte> bytes, long nowMs)
    {
        if (_phase != Phase.Owning) throw new InvalidOperationException($"the owner of {_replication.Name} is {_phase} and keeps no snapshot");
        if (sequenceNr > Committed) throw new InvalidOperationException($"{sequenceNr} is not committed; {Committed} is");
        if (sequenceNr >= Log.Start.SequenceNr) Log.Install(new QuorumSnapshot(Log.PositionOf(sequenceNr), ticks, bytes));
        _replication.SendAll(nowMs);
        _replication.Count();
        return _replication.TakeOutputs();
    }

    /// <summary>Cuts the log up to the sequence number, but not beyond the snapshot that a majority has; <see cref="LogWasCut"/>
    /// follows.</summary>
    public IReadOnlyList<QuorumOutput> Cut(long sequenceNr, long nowMs)
    {
        if (_phase != Phase.Owning) throw new InvalidOperationException($"the owner of {_replication.Name} is {_phase} and cuts nothing");
        _replication.Cut(sequenceNr, nowMs);
        _replication.Count();
        return _replication.TakeOutputs();
    }

    /// <summary>
    /// A later voter set is decided. Who owns a log of an earlier one is refused from now on, and ends here at once instead of at its next
    /// append; who is still taking the ballot begins anew in the later set.
    /// </summary>
    public IReadOnlyList<QuorumOutput> Learn(VoterSet voters, long nowMs)
    {
        if (_phase is Phase.Lost or Phase.New || voters.Epoch <= Voters.Epoch) return [];
        LearnVoters(voters, nowMs);
        return _replication.TakeOutputs();
    }

    public IReadOnlyList<QuorumOutput> Tick(long nowMs)
    {
        if (_phase is Phase.Lost or Phase.New) return [];
        if (_phase == Phase.Owning ? _open.Count > 0 && nowMs >= _open.Peek().DeadlineMs : nowMs >= _deadlineMs)
            Lose(_replication.AnyInDoubt ? OwnerLoss.VotersInDoubt : OwnerLoss.NoMajority, $"no majority of {_replication.Describe()} answered in time");
        else if (_phase == Phase.Pausing)
        {
            if (nowMs >= _retryAtMs) Attempt(nowMs);
        }
        else if (_phase == Phase.Reading && _source!.Silent >= 2) Attempt(nowMs);
        else
        {
            _replication.Resend(nowMs, isReplicating: _phase >= Phase.Establishing);
            if (_phase == Phase.Owning) _replication.Check(nowMs);
        }

        return _replication.TakeOutputs();
    }

    private void Attempt(long nowMs)
    {
        _attempts++;
        _phase = Phase.Preparing;
        _seen = _seen.NextFor(_settings.NodeId);
        _replication.Begin(_seen);
        foreach (var peer in _replication.Peers)
            _replication.Send(peer, new Prepare(_replication.NewId(), _replication.Name, Voters.Epoch, Ballot, _nonce), nowMs);
    }

    private void OnAnswer(VoterProgress peer, QuorumReply reply, long nowMs)
    {
        switch (reply)
        {
            case Promised promised when _phase is Phase.Preparing or Phase.Reading:
                (peer.Promise, peer.SnapshotSequenceNr, peer.Pending) = (promised, promised.SnapshotSequenceNr, null);
                if (_phase == Phase.Preparing && _replication.Peers.Count(other => other.Promise is not null) >= Voters.Majority) Choose(nowMs);
                break;
            case LogPage page when _phase == Phase.Reading && peer == _source:
                OnPage(page, nowMs);
                break;
            case Accepted or Mismatched or Installed when _phase >= Phase.Establishing:
                _replication.Learn(peer, reply, nowMs);
                CountMajority();
                break;
        }
    }

    private void OnRefused(VoterProgress peer, Refused refused, long nowMs)
    {
        switch (refused.Reason)
        {
            case QuorumRefusal.LostBallot:
                if (refused.Promised > _seen) _seen = refused.Promised;
                if (_phase == Phase.Preparing) Pause(nowMs);
                else if (_phase != Phase.Pausing) Lose(OwnerLoss.LostBallot, $"{Ballot} has lost {_replication.Name} to {refused.Promised}");
                break;
            case QuorumRefusal.StaleVoters when refused.Voters.Epoch > Voters.Epoch:
                LearnVoters(refused.Voters, nowMs);
                break;
            default:
                // A voter that was down when it became one does not know of it.
                if (refused.Reason == QuorumRefusal.WrongCluster) _replication.Teach(peer);
                _replication.Refuse(peer, refused.Reason, nowMs);
                if (_replication.Peers.Count(other => !other.IsInDoubt) < Voters.Majority)
                    Lose(OwnerLoss.VotersInDoubt, "a change of the voters was not brought to its end");
                break;
        }
    }

    private void LearnVoters(VoterSet voters, long nowMs)
    {
        _replication.Voters = voters;
        if (_phase == Phase.Preparing) Attempt(nowMs);
        else if (_phase != Phase.Pausing) Lose(OwnerLoss.VotersChanged, $"the voters have changed: {voters}");
    }

    private void Pause(long nowMs)
    {
        _phase = Phase.Pausing;
        _retryAtMs = _attempts == 1 ? nowMs : nowMs + _settings.BackoffMs + (_nonce & 0x7FFF_FFFF) * _attempts % (_settings.BackoffMs + 1);
        if (_retryAtMs == nowMs) Attempt(nowMs);
    }

    /// <summary>The log to adopt: the greatest last position; this node's own copy where that is one of them.</summary>
    private void Choose(long nowMs)
    {
        _source = null;
        foreach (var peer in _replication.Peers)
        {
            if (peer.Promise is not { } promise) continue;
            var order = _source is null ? 1 : promise.Last.CompareTo(_source.Promise!.Last);
            if (order > 0 || (order == 0 && peer.Voter.Id == _settings.NodeId)) _source = peer;
        }

        if (_source!.Promise!.Last == LogPosition.Origin)
        {
            Establish(nowMs);
            return;
        }

        _phase = Phase.Reading;
        Read(0, nowMs);
    }

    private void Read(long after, long nowMs) => _replication.Send(
        _source!, new ReadLog(_replication.NewId(), _replication.Name, Voters.Epoch, Ballot, after, _settings.PageBytes), nowMs);

    private void OnPage(LogPage page, long nowMs)
    {
        if (Log.IsEmpty && page.Start != LogPosition.Origin) Log.Restart(page.Start);
        if (page.Snapshot is not null) Log.Install(page.Snapshot);
        foreach (var entry in page.Entries)
            if (entry.Last > Log.Last.SequenceNr) Log.Append(entry);
        if (page.IsLast) Establish(nowMs);
        else Read(page.Entries[^1].Last, nowMs);
    }

    private void Establish(long nowMs)
    {
        _phase = Phase.Establishing;
        _replication.StartFrom(Log.Last);
        _wonAt = Log.Last.SequenceNr + 1;
        var incarnation = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(incarnation, _settings.Incarnation);
        Log.Append(new QuorumEntry(_wonAt, _wonAt, Ballot, QuorumEntryKind.BallotWon, incarnation));
        _replication.SendAll(nowMs);
    }

    private void CountMajority()
    {
        var reached = _replication.MajorityMatch();
        if (reached >= _wonAt && reached > Committed)
        {
            _replication.Commit(reached);
            while (_open.Count > 0 && _open.Peek().SequenceNr <= reached) _open.Dequeue();
            if (_phase == Phase.Establishing)
            {
                _phase = Phase.Owning;
                _replication.Tell(new BallotTaken(Ballot));
                foreach (var peer in _replication.Peers) _replication.Teach(peer);
            }
            else
            {
                _replication.Tell(new EntriesCommitted(reached));
            }
        }

        if (_phase == Phase.Owning) _replication.Count();
    }

    private void Lose(OwnerLoss reason, string text)
    {
        _phase = Phase.Lost;
        _replication.Tell(new OwnershipLost(reason, text, Voters, _seen));
    }
}
