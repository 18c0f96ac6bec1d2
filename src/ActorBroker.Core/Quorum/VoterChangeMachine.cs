namespace ActorBroker.Core.Quorum;

/// <summary>
/// Changes the voter set by one voter. A machine of messages like <see cref="OwnerMachine"/>.
///
/// Why it is more than a record in a log: every log counts its majorities in the voter set, so a change must hold for all of them at once.
/// The set of each epoch is one value, decided by Paxos among the voters of the epoch before; an acceptor that has accepted it refuses
/// requests of earlier epochs, so once it is decided no majority of the earlier set answers any more.
///
/// States
/// - <b>Looking</b>: asks everybody for their status. A later set than the one believed in starts it over. A voter to be added must answer
///   too, so that nobody adds a dead one. For each log it looks whether a majority holds the greatest last position that a majority shows:
///   then all that was committed in earlier epochs is on a majority of this one. Only voters that know this very epoch count, because the
///   others may still answer owners of the epoch before.
/// - <b>Settling</b>: for a log where that does not hold somebody takes the ballot (<see cref="TakeBallotOf"/>), which writes the whole log
///   to a majority; then it looks again. Not so when a later set was accepted already: its proposer had settled the logs, and who accepted
///   it would refuse.
/// - <b>Preparing</b>, <b>Accepting</b>: the two rounds of Paxos. A set that somebody else had accepted there is brought to its end first.
/// - <b>Telling</b>: until a majority of the new set knows; then Looking and Settling once more under the new set, so that a new voter has
///   the logs when the change is reported as done.
///
/// Invariant: epoch e + 1 is proposed only when all that was committed in the epochs before e is on a majority of the set of e. As
/// neighbouring sets differ by one voter, every majority of e + 1 then sees it.
///
/// Callers: <c>QuorumClientActor</c> and the simulation.
/// </summary>
public sealed class VoterChangeMachine
{
    private const int LooksBeforeSettling = 2;

    private readonly OwnerSettings _settings;
    private readonly VoterChange _change;
    private readonly string _clusterId;
    private readonly long _nonce;
    private readonly int _tag;
    private readonly Dictionary<long, Voter> _asked = [];
    private readonly Dictionary<int, QuorumStatus> _statuses = [];
    private readonly Dictionary<int, VotersPromised> _promises = [];
    private readonly HashSet<int> _agreed = [];
    private readonly HashSet<string> _settling = [];
    private List<QuorumOutput> _outputs = [];
    private Phase _phase;
    private VoterSet _voters;
    private VoterSet? _proposed;
    private Ballot _ballot;
    private long _deadlineMs;
    private long _askedAtMs;
    private uint _requests;
    private int _looks;
    private int _losses;

    public VoterChangeMachine(VoterChange change, OwnerSettings settings, VoterSet voters, long nonce, int tag)
    {
        _change = change;
        _settings = settings;
        _clusterId = settings.ClusterId;
        _voters = voters;
        _nonce = nonce;
        _tag = tag;
    }

    private enum Phase
    {
        Looking,
        Settling,
        Preparing,
        Accepting,
        Telling,
        Done,
    }

    public bool IsDone => _phase == Phase.Done;

    /// <summary>The newest set that is known to be decided.</summary>
    public VoterSet Voters => _voters;

    public IReadOnlyList<QuorumOutput> Start(long nowMs)
    {
        _deadlineMs = nowMs + _settings.TimeoutMs;
        Look(nowMs);
        return Take();
    }

    public IReadOnlyList<QuorumOutput> Receive(QuorumReply reply, long nowMs)
    {
        if (_phase == Phase.Done || !_asked.Remove(reply.Id, out var voter)) return [];
        switch (reply)
        {
            case QuorumStatus status when _phase == Phase.Looking:
                OnStatus(voter, status, nowMs);
                break;
            case VotersPromised promised when _phase == Phase.Preparing:
                _promises[voter.Id] = promised;
                if (_promises.Count >= _voters.Majority) Accept(nowMs);
                break;
            case VotersAccepted when _phase == Phase.Accepting:
                _agreed.Add(voter.Id);
                if (_agreed.Count >= _voters.Majority) Tell(nowMs);
                break;
            case VotersLearned when _phase == Phase.Looking:
                Send(voter, new AskStatus(NewId()));
                break;
            case VotersLearned learned when _phase == Phase.Telling:
                if (learned.Epoch == _voters.Epoch && _voters.Contains(voter.Id)) _agreed.Add(voter.Id);
                if (_agreed.Count >= _voters.Majority) Look(nowMs);
                break;
            case Refused refused:
                OnRefused(voter, refused, nowMs);
                break;
        }

        return Take();
    }

    /// <summary>How a <see cref="TakeBallotOf"/> ended; one that failed is looked at again.</summary>
    public IReadOnlyList<QuorumOutput> BallotTaken(string log, long nowMs)
    {
        if (_phase == Phase.Settling && _settling.Remove(log) && _settling.Count == 0) Look(nowMs);
        return Take();
    }

    public IReadOnlyList<QuorumOutput> Tick(long nowMs)
    {
        if (_phase == Phase.Done) return [];
        if (nowMs >= _deadlineMs) Fail($"it did not come to an end in time; it was {_phase} with {Missing()}");
        else if (_phase == Phase.Looking && nowMs - _askedAtMs >= _settings.RetransmitMs && !Judge(nowMs)) Look(nowMs);
        else if (_phase is Phase.Preparing or Phase.Accepting or Phase.Telling && nowMs - _askedAtMs >= _settings.RetransmitMs) Ask(nowMs);
        return Take();
    }

    private void Look(long nowMs)
    {
        _phase = Phase.Looking;
        _statuses.Clear();
        Ask(nowMs);
    }

    private void OnStatus(Voter voter, QuorumStatus status, long nowMs)
    {
        if (status.Voters.Epoch > _voters.Epoch && status.ClusterId == _clusterId)
        {
            _voters = status.Voters;
            Look(nowMs);
            return;
        }

        var isMember = _voters.Contains(voter.Id);
        if (isMember && status.FileId != voter.FileId) return;
        if (isMember && status.Voters.Epoch < _voters.Epoch)
        {
            Send(voter, new LearnVoters(NewId(), _clusterId, _voters));
            return;
        }

        if (!isMember && (status.FileId != voter.FileId || (status.ClusterId.Length > 0 && status.ClusterId != _clusterId)))
        {
            Fail($"{voter} is not what it was said to be: node {status.NodeId} of cluster '{status.ClusterId}' with the file {status.FileId}");
            return;
        }

        _statuses[voter.Id] = status;
        var everybody = _voters.Voters.Length + (Addition() is null ? 0 : 1);
        if (_statuses.Count == everybody) Judge(nowMs);
    }

    /// <summary>Goes on when enough is known: with a majority once the time to answer has passed, or with everybody.</summary>
    private bool Judge(long nowMs)
    {
        var members = _voters.Voters.Where(voter => _statuses.ContainsKey(voter.Id)).Select(voter => _statuses[voter.Id]).ToList();
        if (members.Count < _voters.Majority) return false;
        if (Addition() is { } addition && !_statuses.ContainsKey(addition.Id)) return false;

        // Who has accepted a set refuses what would settle the logs of this one; but whoever proposed it had found them settled.
        var isInDoubt = members.Exists(status => status.Accepted is not null);
        var unsettled = isInDoubt ? [] : Unsettled(members);
        if (unsettled.Count > 0)
        {
            // Perhaps only an append is under way: an owner is not disturbed for that.
            if (++_looks <= LooksBeforeSettling) return false;
            _looks = 0;
            _phase = Phase.Settling;
            _settling.Clear();
            foreach (var (log, seen) in unsettled)
            {
                _settling.Add(log);
                _outputs.Add(new TakeBallotOf(log, _voters, seen));
            }

            return true;
        }

        var isWanted = _change switch
        {
            AddVoter add => _voters.Find(add.Voter.Id) is null,
            RemoveVoter remove => _voters.Contains(remove.Id),
            _ => false,
        };
        if (isWanted || isInDoubt) Propose(nowMs);
        else Finish();
        return true;
    }

    private List<(string Log, Ballot Seen)> Unsettled(List<QuorumStatus> members)
    {
        var unsettled = new List<(string, Ballot)>();
        foreach (var copies in members.SelectMany(status => status.Logs).GroupBy(log => log.Log))
        {
            var greatest = copies.Max(copy => copy.Last);
            if (greatest == LogPosition.Origin || copies.Count(copy => copy.Last == greatest) >= _voters.Majority) continue;
            unsettled.Add((copies.Key, copies.Max(copy => copy.Promised)));
        }

        return unsettled;
    }

    private void Propose(long nowMs)
    {
        var next = _change switch
        {
            AddVoter add when !_voters.Contains(add.Voter.Id) => _voters.With(add.Voter),
            RemoveVoter remove => _voters.Without(remove.Id),
            _ => _voters.Again(),
        };
        if (next.Voters.Length == 0)
        {
            Fail("the last voter cannot be removed");
            return;
        }

        var answering = next.Voters.Count(voter => _statuses.TryGetValue(voter.Id, out var status) && status.FileId == voter.FileId);
        if (answering < next.Majority && next.Voters.Length != _voters.Voters.Length)
        {
            Fail($"of the voters that would be left ({next}) no majority answers");
            return;
        }

        _proposed = next;
        Prepare(_ballot.NextFor(_settings.NodeId), nowMs);
    }

    private void Prepare(Ballot ballot, long nowMs)
    {
        _phase = Phase.Preparing;
        _ballot = ballot;
        _promises.Clear();
        Ask(nowMs);
    }

    private void Accept(long nowMs)
    {
        var highest = Ballot.None;
        foreach (var promise in _promises.Values)
        {
            if (promise.Accepted is null || promise.AcceptedBallot <= highest) continue;
            highest = promise.AcceptedBallot;
            _proposed = promise.Accepted;
        }

        _phase = Phase.Accepting;
        _agreed.Clear();
        Ask(nowMs);
    }

    private void Tell(long nowMs)
    {
        _phase = Phase.Telling;
        _agreed.Clear();
        foreach (var leaving in _voters.Voters)
            if (!_proposed!.Contains(leaving.Id)) Send(leaving, new LearnVoters(NewId(), _clusterId, _proposed));
        _voters = _proposed!;
        _ballot = Ballot.None;
        Ask(nowMs);
    }

    private void OnRefused(Voter voter, Refused refused, long nowMs)
    {
        switch (refused.Reason)
        {
            case QuorumRefusal.LostBallot when _phase is Phase.Preparing or Phase.Accepting && refused.Promised >= _ballot:
                Outbid(refused.Promised, nowMs);
                break;
            case QuorumRefusal.StaleVoters when refused.Voters.Epoch > _voters.Epoch:
                _voters = refused.Voters;
                _ballot = Ballot.None;
                Look(nowMs);
                break;
            case QuorumRefusal.BehindVoters:
                Send(voter, new LearnVoters(NewId(), _clusterId, _voters));
                break;
        }
    }

    /// <summary>At once the first time, for it may be what somebody who is gone has left; then after a pause, for it is a rival.</summary>
    private void Outbid(Ballot rival, long nowMs)
    {
        if (++_losses == 1)
        {
            Prepare(rival.NextFor(_settings.NodeId), nowMs);
            return;
        }

        _phase = Phase.Preparing;
        _ballot = rival.NextFor(_settings.NodeId);
        _promises.Clear();
        _asked.Clear();
        _askedAtMs = nowMs + ((_nonce & 0x7FFF_FFFF) % _settings.RetransmitMs);
    }

    private void Finish()
    {
        _phase = Phase.Done;
        _outputs.Add(_change is AddVoter add && _voters.Find(add.Voter.Id) != add.Voter
            ? new VoterChangeFailed($"voter {add.Voter.Id} is there already as {_voters.Find(add.Voter.Id)}, with another file or address: remove it first")
            : new VotersAre(_voters));
    }

    private void Fail(string text)
    {
        _phase = Phase.Done;
        _outputs.Add(new VoterChangeFailed(text));
    }

    private void Ask(long nowMs)
    {
        _askedAtMs = nowMs;
        _asked.Clear();
        foreach (var voter in _voters.Voters) AskOne(voter);
        if (_phase == Phase.Looking && Addition() is { } addition) Send(addition, new AskStatus(NewId()));
    }

    private void AskOne(Voter voter)
    {
        switch (_phase)
        {
            case Phase.Looking:
                Send(voter, new AskStatus(NewId()));
                break;
            case Phase.Preparing when !_promises.ContainsKey(voter.Id):
                Send(voter, new PrepareVoters(NewId(), _voters.Epoch, _ballot, _nonce));
                break;
            case Phase.Accepting when !_agreed.Contains(voter.Id):
                Send(voter, new AcceptVoters(NewId(), _ballot, _proposed!));
                break;
            case Phase.Telling when !_agreed.Contains(voter.Id):
                Send(voter, new LearnVoters(NewId(), _clusterId, _voters));
                break;
        }
    }

    private Voter? Addition() => _change is AddVoter add && !_voters.Contains(add.Voter.Id) ? add.Voter : null;

    private string Missing() => $"{_voters}; answered: {string.Join(", ", _statuses.Keys.Order())}";

    private void Send(Voter voter, QuorumRequest request)
    {
        _asked[request.Id] = voter;
        _outputs.Add(new SendToVoter(voter, request));
    }

    private long NewId() => ((long)_tag << 32) | ++_requests;

    private List<QuorumOutput> Take()
    {
        var taken = _outputs;
        _outputs = [];
        return taken;
    }
}
