using System.Collections.Immutable;
using ActorBroker.Core.Membership;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;

namespace ActorBroker.Actors.Membership;

/// <summary>
/// Carries heartbeats and time to <see cref="WatchMachine"/> and its verdicts to Akka.Cluster. Runs on every node under the cluster's
/// daemon, so that its peers are found under the same path at their addresses; only on voters does it watch.
/// </summary>
internal sealed class DowningActor : ReceiveActor, IWithTimers
{
    private readonly MembershipSetup _setup;
    private readonly WatchMachine _machine;
    private readonly FormationWatch _formation;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Dictionary<int, Member> _members = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ImmutableArray<int> _voters = [];
    private ImmutableArray<NodeIncarnation> _suspects = [];

    public DowningActor(MembershipSetup setup)
    {
        _setup = setup;
        _machine = new WatchMachine(setup.NodeId, setup.Settings);
        _formation = new FormationWatch(setup.NodeId, setup.Settings.AloneAfterMs);
        Receive<Ping>(_ => Sender.Tell(new Pong(setup.NodeId, _cluster.SelfUniqueAddress.Uid), Self));
        Receive<Pong>(pong => _machine.Answered(new NodeIncarnation(pong.Node, pong.Uid), NowMs));
        Receive<Suspicions>(word => _machine.Voted(word.Voter, word.Suspects, NowMs));
        Receive<Tick>(_ => OnTick());
        Receive<ClusterEvent.IMemberEvent>(OnMember);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static long NowMs => Environment.TickCount64;

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, [typeof(ClusterEvent.IMemberEvent)]);
        Timers.StartPeriodicTimer("tick", Tick.Instance, TimeSpan.FromMilliseconds(_setup.Settings.IntervalMs));
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    private void OnMember(ClusterEvent.IMemberEvent changed)
    {
        var member = changed.Member;
        var node = MembershipSetup.NodeOf(member.Roles);
        if (node < 0) return;
        if (member.Status is MemberStatus.Removed or MemberStatus.Down)
        {
            if (_members.TryGetValue(node, out var known) && known.UniqueAddress.Equals(member.UniqueAddress)) _members.Remove(node);
        }
        else
        {
            _members[node] = member;
        }

        _machine.MembersAre([.. _members.Select(known => new NodeIncarnation(known.Key, known.Value.UniqueAddress.Uid))], NowMs);
    }

    private void OnTick()
    {
        var voters = _setup.Voters();
        if (!voters.SequenceEqual(_voters)) _machine.VotersAre(_voters = voters);
        if (_setup.GiveUp is { } giveUp && _formation.Tick(_members.Keys, _voters, NowMs))
            giveUp($"it has formed a cluster by itself, and no majority of the voters has joined within {_setup.Settings.AloneAfterMs} ms");
        if (!_voters.Contains(_setup.NodeId)) return;
        var decision = _machine.Tick(NowMs);
        foreach (var node in decision.Pings) PeerOf(node.Node)?.Tell(new Ping(_setup.NodeId), Self);
        if (decision.TellVoters)
        {
            foreach (var voter in _voters)
                if (voter != _setup.NodeId) PeerOf(voter)?.Tell(new Suspicions(_setup.NodeId, decision.Suspects), Self);
        }

        LogChange(decision.Suspects);
        foreach (var life in decision.Down) Down(life);
    }

    private void Down(NodeIncarnation life)
    {
        if (!_members.TryGetValue(life.Node, out var member) || member.UniqueAddress.Uid != life.Uid) return;
        _log.Warning("Node {0} at {1} has not answered a majority of the voters for {2} ms; it is taken out of the cluster.",
            life.Node, member.Address, _setup.Settings.SuspectAfterMs);
        _cluster.Down(member.Address);
    }

    private void LogChange(ImmutableArray<NodeIncarnation> suspects)
    {
        foreach (var suspect in suspects)
            if (!_suspects.Contains(suspect)) _log.Warning("Node {0} does not answer the heartbeats of this voter.", suspect.Node);
        _suspects = suspects;
    }

    private ActorSelection? PeerOf(int node) => _members.TryGetValue(node, out var member)
        ? Context.ActorSelection(new RootActorPath(member.Address) / Self.Path.Elements)
        : null;

    private sealed class Tick : INoSerializationVerificationNeeded
    {
        public static readonly Tick Instance = new();
    }
}
