using System.Collections.Immutable;
using ActorBroker.Core.Quorum;
using ActorBroker.Protocol;
using ActorBroker.Storage.Quorum;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Actors.Quorum;

/// <summary>
/// Brings a node to the point where it may join: asks the seeds and the voters on record who they are, lets
/// <see cref="BootstrapPlanner"/> choose, does what it says, and asks again, until it says to join or to refuse. Then it tells the
/// composition root, once, and ends. It works over the control lane before anybody has joined anything.
/// </summary>
internal sealed class BootstrapActor : ReceiveActor, IWithTimers
{
    /// <summary>
    /// What a node says of itself counts for so long from the moment at which it was asked, however long the answer takes: on a machine
    /// under load that is longer than a round. A vote for who forms the cluster holds ten times as long (<see cref="BootstrapFacts.FollowHoldMs"/>).
    /// </summary>
    private const int AnswerAgeMs = 1_000;

    private readonly QuorumAccess _access;
    private readonly QuorumSettings _settings;
    private readonly BootstrapRequest _request;
    private readonly TaskCompletionSource<BootstrapStep> _done;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<LaneAddress, (NodeStanding Standing, long AtMs)> _answers = [];
    private readonly Dictionary<long, (LaneAddress Address, long AtMs)> _asked = [];
    private readonly long _startedMs = NowMs;
    private readonly string _newClusterId = Uuid.NewRandom().ToString();
    private readonly IReadOnlyList<AcceptorRecord> _imported;
    private bool _isImported;
    private long _followedMs;
    private long _questions;
    private string _why = "";

    public BootstrapActor(QuorumAccess access, QuorumSettings settings, BootstrapRequest request, TaskCompletionSource<BootstrapStep> done)
    {
        _access = access;
        _settings = settings;
        _request = request;
        _done = done;
        _imported = request.Imported;
        Receive<IAm>(OnAnswer);
        Receive<QuorumAnswer>(OnKept);
        Receive<ImportDone>(_ =>
        {
            _isImported = true;
            Step();
        });
        Receive<Round>(_ => NextRound());
        _access.Stand(isJoined: false, follows: -1);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static long NowMs => Environment.TickCount64;

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("round", Round.Instance, TimeSpan.FromMilliseconds(_settings.BootstrapIntervalMs));
        NextRound();
    }

    protected override void PostStop()
    {
        _done.TrySetResult(new RefuseStart("The node is stopping."));
        base.PostStop();
    }

    private void NextRound()
    {
        Step();
        if (_done.Task.IsCompleted) return;
        var oldest = NowMs - AnswerAgeMs;
        foreach (var late in _asked.Where(asked => asked.Value.AtMs < oldest).Select(asked => asked.Key).ToList()) _asked.Remove(late);
        foreach (var address in Others())
        {
            var id = ++_questions;
            _asked[id] = (address, NowMs);
            _access.At(address, _request.Resolve).Tell(new WhoAreYou(id), Self);
        }
    }

    private void OnAnswer(IAm answer)
    {
        if (!_asked.Remove(answer.Id, out var asked)) return;
        // Two names of one address lead a node to itself.
        if (answer.Standing.FileId == _access.Standing.FileId) return;
        // Answers of several rounds may be under way: an older one must not replace a newer.
        if (_answers.TryGetValue(asked.Address, out var known) && known.AtMs > asked.AtMs) return;
        _answers[asked.Address] = (answer.Standing, asked.AtMs);
        Step();
    }

    private void Step()
    {
        if (_done.Task.IsCompleted) return;
        var facts = new BootstrapFacts(_access.Standing, _access.Address, _request.Seeds, Fresh())
        {
            LocalClusterId = _request.LocalClusterId,
            NewClusterId = _newClusterId,
            WaitedMs = NowMs - _startedMs,
            FollowedMs = NowMs - _followedMs,
            AllSeedsMs = _settings.BootstrapAllSeedsMs,
        };
        switch (BootstrapPlanner.Decide(facts))
        {
            case WaitForPeers wait when wait.Why != _why:
                _why = wait.Why;
                _log.Info("Waiting {0}.", wait.Why);
                break;
            case FoundCluster found:
                Keep(found.ClusterId, found.Voters, _imported);
                break;
            case AdoptCluster adopt:
                Keep(adopt.ClusterId, adopt.Voters, []);
                break;
            case FollowNode follow:
                _followedMs = NowMs;
                _access.Stand(isJoined: false, follow.NodeId);
                Step();
                break;
            case var step and (JoinSelf or JoinNodes or RefuseStart):
                _log.Info("Coming up: {0}.", Describe(step));
                _done.TrySetResult(step);
                Context.Stop(Self);
                break;
        }
    }

    /// <summary>
    /// A voter keeps it in its file first; <see cref="OnKept"/> goes on when it is there. A node that is no voter keeps it in
    /// <c>quorum.properties</c>.
    /// </summary>
    private void Keep(string clusterId, VoterSet voters, IReadOnlyList<AcceptorRecord> imported)
    {
        if (voters.Find(_access.NodeId)?.FileId != _access.Standing.FileId)
        {
            if (voters.Contains(_access.NodeId))
                _log.Warning("Node {0} is a voter on record, but with another file: its disk was wiped or swapped. It runs without a vote until it is " +
                    "removed from the voters and added anew.", _access.NodeId);
            new QuorumProperties(clusterId, _access.NodeId, voters).Write(_access.Directory);
            _access.Learn(clusterId, voters);
            return;
        }

        if (imported.Count > 0 && !_isImported)
        {
            _access.Acceptor.Tell(new ImportRecords(imported), Self);
            return;
        }

        _access.Acceptor.Tell(new QuorumCall(clusterId, _access.Standing.FileId, new LearnVoters(1, clusterId, voters)), Self);
        foreach (var voter in voters.Voters)
            if (voter.Id != _access.NodeId)
                _access.At(new LaneAddress(voter.Host, voter.Port), _request.Resolve)
                    .Tell(new QuorumCall(clusterId, voter.FileId, new LearnVoters(2, clusterId, voters)), Self);
    }

    private void OnKept(QuorumAnswer answer)
    {
        if (answer.Voter == _access.NodeId && answer.Reply is Refused refused)
            _done.TrySetResult(new RefuseStart($"The voter's file does not take the cluster's voters: {refused.Reason}."));
        else Step();
    }

    private ImmutableArray<PeerStanding> Fresh()
    {
        var since = NowMs - AnswerAgeMs;
        return [.. _answers.Where(answer => answer.Value.AtMs >= since).Select(answer => new PeerStanding(answer.Key, answer.Value.Standing))];
    }

    private IEnumerable<LaneAddress> Others()
    {
        var recorded = _access.Voters.Voters.Where(voter => voter.Id != _access.NodeId).Select(voter => new LaneAddress(voter.Host, voter.Port));
        return _request.Seeds.Concat(recorded).Where(address => address != _access.Address).Distinct();
    }

    private static string Describe(BootstrapStep step) => step switch
    {
        JoinSelf => "this node forms the cluster",
        JoinNodes join => $"joining {string.Join(", ", join.Nodes)}",
        RefuseStart refuse => $"refusing to start: {refuse.Reason}",
        _ => step.ToString(),
    };

    private sealed class Round : INoSerializationVerificationNeeded
    {
        public static readonly Round Instance = new();
    }
}
