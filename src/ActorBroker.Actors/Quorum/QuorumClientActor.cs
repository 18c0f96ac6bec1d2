using ActorBroker.Core.Quorum;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Actors.Quorum;

/// <summary>
/// Runs this node's owners of logs (<see cref="OwnerMachine"/>), one for each log that a persistent actor here has recovered, and changes of
/// the voters (<see cref="VoterChangeMachine"/>). It carries their messages to the acceptors and back, and the time. A recovery replaces the
/// log's owner before, so at most one owner of a log lives on a node; owners on other nodes are kept apart by their ballots.
///
/// The upper half of a request's id says which machine asked.
/// </summary>
internal sealed class QuorumClientActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan DescribeFor = TimeSpan.FromSeconds(1);

    private readonly QuorumAccess _access;
    private readonly QuorumSettings _settings;
    private readonly QuorumParts _parts = new();
    private readonly Dictionary<int, OwnerSession> _sessions = [];
    private readonly Dictionary<string, OwnerSession> _owners = new(StringComparer.Ordinal);
    private readonly Dictionary<int, (VoterChangeMachine Machine, TaskCompletionSource<VoterSet>? Done)> _changes = [];
    private readonly Dictionary<int, (List<QuorumStatus> Found, int Asked, TaskCompletionSource<IReadOnlyList<QuorumStatus>> Done)> _surveys = [];
    private readonly Dictionary<string, Ballot> _seen = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Tag, OwnerLoss Reason)> _losses = new(StringComparer.Ordinal);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private Action<VoterSet>? _moved;
    private int _tags;
    private bool _isTicking;

    public QuorumClientActor(QuorumAccess access, QuorumSettings settings)
    {
        _access = access;
        _settings = settings;
        Receive<QuorumAnswer>(OnAnswer);
        Receive<QuorumPart>(part =>
        {
            if (_parts.Add(Sender, part) is QuorumAnswer answer) OnAnswer(answer);
        });
        Receive<RecoverLog>(recover => Recover(recover.Log, recover.Done, NowMs + _settings.TimeoutMs));
        Receive<AppendToLog>(OnAppend);
        Receive<KeepSnapshotOf>(OnKeepSnapshot);
        Receive<CutLog>(OnCut);
        Receive<ChangeVoters>(change => Change(change.Change, change.Done));
        Receive<DescribeVoters>(describe => Survey(describe.Done));
        Receive<SurveyEnded>(ended => EndSurvey(ended.Tag));
        Receive<VotersMoved>(moved =>
        {
            foreach (var session in _owners.Values.ToList()) Carry(session, session.Machine.Learn(moved.Voters, NowMs));
        });
        Receive<Tick>(_ => OnTick());
        Receive<LookAround>(_ => Survey(QuorumAccess.NewCompletion<IReadOnlyList<QuorumStatus>>()));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static long NowMs => Environment.TickCount64;

    /// <summary>Nodes that are no voters are told nothing by those: they look whether the voters have changed.</summary>
    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("look", LookAround.Instance, LookEvery);
        var self = Self;
        _moved = voters => self.Tell(new VotersMoved(voters), ActorRefs.NoSender);
        _access.VotersChanged += _moved;
    }

    protected override void PostStop()
    {
        _access.VotersChanged -= _moved;
        var cause = new QuorumException("The node is stopping.");
        foreach (var session in _sessions.Values.ToList()) session.Fail(cause);
        foreach (var (_, done) in _changes.Values) done?.TrySetException(cause);
        base.PostStop();
    }

    private void Recover(string log, TaskCompletionSource<RecoveredLog> done, long giveUpAtMs)
    {
        if (_owners.Remove(log, out var before)) End(before, new QuorumException($"{log} was recovered anew on this node."));
        if (!HasVoters(done.TrySetException)) return;
        var session = Begin(log, _access.Voters, _seen.GetValueOrDefault(log), giveUpAtMs, null);
        session.Recovery = done;
        _owners[log] = session;
        Carry(session, session.Machine.Start(NowMs));
    }

    private OwnerSession Begin(string log, VoterSet voters, Ballot seen, long giveUpAtMs, Action? onSettled)
    {
        var tag = ++_tags;
        var machine = new OwnerMachine(log, _settings.ForOwner(_access), voters, seen, QuorumAccess.NewNonce(), tag);
        var session = new OwnerSession(log, tag, machine) { GiveUpAtMs = giveUpAtMs, OnSettled = onSettled };
        _sessions.Add(tag, session);
        StartTicking();
        return session;
    }

    private void OnAppend(AppendToLog append)
    {
        if (Owner(append.Log, append.Session, append.Done) is not { } session) return;
        if (append.Writes[0].First != session.Machine.Log.Last.SequenceNr + 1)
        {
            append.Done.TrySetException(new QuorumException(
                $"{append.Log}: a write of {append.Writes[0].First} does not follow {session.Machine.Log.Last.SequenceNr}; it is left from an earlier " +
                "life of the actor."));
            return;
        }

        session.AddWrite(append.Writes[^1].Last, append.Done);
        Carry(session, session.Machine.Append(append.Writes, NowMs));
    }

    private void OnKeepSnapshot(KeepSnapshotOf keep)
    {
        if (Owner(keep.Log, keep.Session, keep.Done) is not { } session) return;
        if (keep.SequenceNr > session.Machine.Committed || keep.SequenceNr < session.Machine.Log.Start.SequenceNr)
        {
            keep.Done.TrySetException(new QuorumException(
                $"{keep.Log}: a snapshot at {keep.SequenceNr} is not between {session.Machine.Log.Start.SequenceNr} and {session.Machine.Committed}."));
            return;
        }

        session.AddSnapshot(keep.SequenceNr, NowMs + _settings.TimeoutMs, keep.Done);
        Carry(session, session.Machine.KeepSnapshot(keep.SequenceNr, keep.Ticks, keep.Bytes, NowMs));
        if (session.KeptSnapshot >= keep.SequenceNr) session.Kept(session.KeptSnapshot);
    }

    private void OnCut(CutLog cut)
    {
        if (Owner(cut.Log, cut.Session, cut.Done) is not { } session) return;
        if (cut.ToSequenceNr > session.KeptSnapshot)
        {
            cut.Done.TrySetException(new QuorumException(
                $"{cut.Log} can be cut up to {session.KeptSnapshot}, where a majority has a snapshot, and not up to {cut.ToSequenceNr}."));
            return;
        }

        if (cut.ToSequenceNr <= session.Machine.Log.Start.SequenceNr)
        {
            cut.Done.TrySetResult(true);
            return;
        }

        session.AddCut(cut.ToSequenceNr, NowMs + _settings.TimeoutMs, cut.Done);
        Carry(session, session.Machine.Cut(cut.ToSequenceNr, NowMs));
    }

    private OwnerSession? Owner(string log, int tag, TaskCompletionSource<bool> done)
    {
        if (_owners.TryGetValue(log, out var session) && session.Tag == tag && session.Machine.IsOwning) return session;
        var loss = _losses.TryGetValue(log, out var last) && last.Tag == tag ? last.Reason : (OwnerLoss?)null;
        done.TrySetException(new QuorumException(
            $"{log} is not owned by this session any more; what was written under it is unknown until the next recovery.") { Loss = loss });
        return null;
    }

    private void Change(VoterChange change, TaskCompletionSource<VoterSet>? done)
    {
        if (!HasVoters(cause => done?.TrySetException(cause) ?? false)) return;
        if (_changes.Count > 0)
        {
            done?.TrySetException(new QuorumException("Another change of the voters is under way; try again when it has ended."));
            return;
        }

        var tag = ++_tags;
        var machine = new VoterChangeMachine(change, _settings.ForChange(_access), _access.Voters, QuorumAccess.NewNonce(), tag);
        _changes.Add(tag, (machine, done));
        StartTicking();
        Carry(tag, machine.Start(NowMs));
    }

    private bool HasVoters(Func<Exception, bool> fail)
    {
        if (_access.Voters.Epoch > 0) return true;
        fail(new QuorumException("This node does not know the voters yet: it has not found its cluster."));
        return false;
    }

    private void OnAnswer(QuorumAnswer answer)
    {
        var tag = (int)(answer.Reply.Id >> 32);
        if (_sessions.TryGetValue(tag, out var session)) Carry(session, session.Machine.Receive(answer.Voter, answer.Reply, NowMs));
        else if (_changes.TryGetValue(tag, out var change)) Carry(tag, change.Machine.Receive(answer.Reply, NowMs));
        else if (_surveys.TryGetValue(tag, out var survey) && answer.Reply is QuorumStatus status)
        {
            survey.Found.Add(status);
            if (survey.Found.Count >= survey.Asked) EndSurvey(tag);
        }
    }

    private void OnTick()
    {
        foreach (var session in _sessions.Values.ToList())
        {
            session.Expire(NowMs);
            Carry(session, session.Machine.Tick(NowMs));
        }

        foreach (var (tag, change) in _changes.ToList()) Carry(tag, change.Machine.Tick(NowMs));
        if (_sessions.Count > 0 || _changes.Count > 0) return;
        _isTicking = false;
        Timers.Cancel("tick");
    }

    private void StartTicking()
    {
        if (_isTicking) return;
        _isTicking = true;
        Timers.StartPeriodicTimer("tick", Tick.Instance, TickEvery);
    }

    private void Carry(OwnerSession session, IReadOnlyList<QuorumOutput> outputs)
    {
        foreach (var output in outputs)
        {
            switch (output)
            {
                case SendToVoter send:
                    Send(send);
                    break;
                case BallotTaken taken:
                    OnTaken(session, taken.Ballot);
                    break;
                case EntriesCommitted committed:
                    session.Committed(committed.SequenceNr);
                    break;
                case SnapshotKept kept:
                    session.Kept(kept.SequenceNr);
                    break;
                case LogWasCut cut:
                    session.WasCut(cut.SequenceNr);
                    break;
                case OwnershipLost lost:
                    OnLost(session, lost);
                    break;
            }
        }
    }

    private void OnTaken(OwnerSession session, Ballot ballot)
    {
        _seen[session.Log] = ballot;
        if (session.OnSettled is not null)
        {
            _sessions.Remove(session.Tag);
            session.OnSettled();
            return;
        }

        var recovery = session.Recovery!;
        session.Recovery = null;
        _log.Info("Ballot {0} of {1} is won; the log ends at {2}.", ballot, session.Log, session.Machine.Log.Last.SequenceNr);
        recovery.TrySetResult(new RecoveredLog(session.Tag, ballot, _access.Incarnation, session.Machine.Log.Copy()));
    }

    /// <summary>A recovery tries again, as long as its time lasts, when that can help; everything else has failed.</summary>
    private void OnLost(OwnerSession session, OwnershipLost lost)
    {
        _seen[session.Log] = lost.Seen;
        _access.Learn(_access.ClusterId, lost.Voters);
        if (lost.Reason == OwnerLoss.VotersInDoubt && _changes.Count == 0) Change(FinishVoterChange.Instance, null);
        var recovery = session.Recovery;
        session.Recovery = null;
        if (_owners.GetValueOrDefault(session.Log) == session) _owners.Remove(session.Log);
        if (recovery is not null && lost.Reason != OwnerLoss.NoMajority && NowMs < session.GiveUpAtMs)
        {
            _sessions.Remove(session.Tag);
            Recover(session.Log, recovery, session.GiveUpAtMs);
            return;
        }

        var cause = new QuorumException($"{session.Log}: {lost.Text}.") { Loss = lost.Reason };
        if (recovery is null && session.OnSettled is null)
        {
            _losses[session.Log] = (session.Tag, lost.Reason);
            _access.Lose(session.Log, lost.Reason);
        }

        recovery?.TrySetException(cause);
        _log.Warning("{0} is not owned by this node any more ({1}): {2}.", session.Log, lost.Reason, lost.Text);
        End(session, cause);
        session.OnSettled?.Invoke();
    }

    private void End(OwnerSession session, Exception cause)
    {
        _sessions.Remove(session.Tag);
        session.Fail(cause);
    }

    private void Carry(int tag, IReadOnlyList<QuorumOutput> outputs)
    {
        foreach (var output in outputs)
        {
            switch (output)
            {
                case SendToVoter send:
                    Send(send);
                    break;
                case TakeBallotOf take:
                    Settle(tag, take);
                    break;
                case VotersAre voters:
                    _access.Learn(_access.ClusterId, voters.Voters);
                    if (_changes.Remove(tag, out var done)) done.Done?.TrySetResult(voters.Voters);
                    _log.Info("The voters are {0}.", voters.Voters);
                    break;
                case VoterChangeFailed failed:
                    if (!_changes.Remove(tag, out var undone)) break;
                    _access.Learn(_access.ClusterId, undone.Machine.Voters);
                    undone.Done?.TrySetException(new QuorumException($"The voters were not changed: {failed.Text}."));
                    break;
            }
        }
    }

    private void Settle(int tag, TakeBallotOf take)
    {
        var session = Begin(take.Log, take.Voters, take.Seen, 0, () =>
        {
            if (_changes.TryGetValue(tag, out var change)) Carry(tag, change.Machine.BallotTaken(take.Log, NowMs));
        });
        Carry(session, session.Machine.Start(NowMs));
    }

    private void Send(SendToVoter send) => _parts.Send(
        _access.Resolve(send.Voter), new QuorumCall(_access.ClusterId, send.Voter.FileId, send.Request), Self, _access.IsOwn(send.Voter));

    private void Survey(TaskCompletionSource<IReadOnlyList<QuorumStatus>> done)
    {
        var voters = _access.Voters.Voters;
        var tag = ++_tags;
        _surveys.Add(tag, ([], voters.Length, done));
        foreach (var voter in voters) Send(new SendToVoter(voter, new AskStatus(((long)tag << 32) | 1)));
        Timers.StartSingleTimer(tag, new SurveyEnded(tag), DescribeFor);
    }

    private void EndSurvey(int tag)
    {
        if (!_surveys.Remove(tag, out var survey)) return;
        foreach (var status in survey.Found)
            if (status.ClusterId == _access.ClusterId && status.Voters.Epoch > _access.Voters.Epoch) _access.LearnAndKeep(status.Voters);
        survey.Done.TrySetResult(survey.Found);
    }

    private sealed class Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }

    private sealed class LookAround : INoSerializationVerificationNeeded
    {
        public static readonly LookAround Instance = new();
    }

    private sealed record VotersMoved(VoterSet Voters) : INoSerializationVerificationNeeded;

    private sealed record SurveyEnded(int Tag) : INoSerializationVerificationNeeded;
}
