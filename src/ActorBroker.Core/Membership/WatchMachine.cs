using System.Collections.Immutable;

namespace ActorBroker.Core.Membership;

/// <summary>
/// Decides which silent node is taken out of the cluster. Every voter runs one and watches all nodes, the other voters included.
///
/// A ping counts when its answer has come back, so a link that is broken in one direction only is broken. A node whose last answer is older
/// than <see cref="WatchSettings.SuspectAfterMs"/> is suspected; voters tell each other whom they suspect. A life of a node is given up
/// when a majority of the committed voter set, this voter among them, suspects it at the same time. Hence:
///
/// - A minority gives up nobody, itself included: cut off from the others it goes on serving what it leads, and what it must not do any more
///   the quorum journal and the epochs refuse.
/// - Two sides never give each other up: two majorities share a voter, and that voter suspects only one of them.
/// - On a bridge (1–2–3 without 1–3) voters 1 and 3 suspect each other, 2 suspects nobody: nobody is given up.
///
/// What is suspected is an incarnation. A node that came back with a new one starts with a clean slate, and a late word about the old life
/// does not touch it.
///
/// A voter that was itself stopped for a while (a pause of the process, a debugger, a suspended machine, one with too much to do) has heard
/// nobody in that time and learnt nothing from it: answers wait in its own mailbox as its ticks do. A tick that comes late counts as one
/// interval of silence, however late it is.
///
/// Caller: <c>DowningActor</c> of each voter, and the model tests. Time is the monotonic clock's, given with every input.
/// </summary>
public sealed class WatchMachine(int self, WatchSettings settings)
{
    private readonly Dictionary<int, Watched> _nodes = [];
    private readonly Dictionary<int, Vote> _votes = [];
    private ImmutableArray<int> _voters = [];
    private ImmutableArray<NodeIncarnation> _told = [];
    private long _lastTickMs = long.MinValue;

    /// <summary>The committed voter set: what a majority is counted of, whoever of them is up.</summary>
    public void VotersAre(ImmutableArray<int> voters) => _voters = voters;

    /// <summary>The members of the cluster but this one, as gossip has them. A new life is watched from now on.</summary>
    public void MembersAre(IReadOnlyCollection<NodeIncarnation> members, long nowMs)
    {
        foreach (var gone in _nodes.Keys.Except(members.Select(member => member.Node)).ToList()) _nodes.Remove(gone);
        foreach (var member in members)
        {
            if (member.Node == self) continue;
            if (!_nodes.TryGetValue(member.Node, out var watched) || watched.Uid != member.Uid)
                _nodes[member.Node] = new Watched(member.Uid, nowMs);
        }
    }

    /// <summary>A ping of this life was answered.</summary>
    public void Answered(NodeIncarnation from, long nowMs)
    {
        if (_nodes.TryGetValue(from.Node, out var watched) && watched.Uid == from.Uid) watched.LastAnswerMs = nowMs;
    }

    /// <summary>Another voter's word: whom it suspects now. Replaces what it said before.</summary>
    public void Voted(int voter, ImmutableArray<NodeIncarnation> suspects, long nowMs) => _votes[voter] = new Vote(suspects, nowMs);

    /// <summary>Time has passed: decides on what is known.</summary>
    public WatchDecision Tick(long nowMs)
    {
        var stalledMs = _lastTickMs == long.MinValue ? 0 : nowMs - _lastTickMs - settings.IntervalMs;
        if (stalledMs > settings.IntervalMs)
            foreach (var watched in _nodes.Values) watched.LastAnswerMs = Math.Min(nowMs, watched.LastAnswerMs + stalledMs);
        _lastTickMs = nowMs;
        var suspects = Suspects(nowMs);
        var tell = !suspects.IsEmpty || !_told.IsEmpty;
        _told = suspects;
        var down = suspects.Where(suspect => IsGivenUp(suspect, nowMs)).ToList();
        return new WatchDecision([.. _nodes.Select(node => new NodeIncarnation(node.Key, node.Value.Uid))], suspects, tell, down);
    }

    private ImmutableArray<NodeIncarnation> Suspects(long nowMs) =>
    [
        .. _nodes.Where(node => nowMs - node.Value.LastAnswerMs > settings.SuspectAfterMs)
            .Select(node => new NodeIncarnation(node.Key, node.Value.Uid)).OrderBy(node => node.Node),
    ];

    private bool IsGivenUp(NodeIncarnation suspect, long nowMs)
    {
        if (!_voters.Contains(self)) return false;
        var against = 1;
        foreach (var voter in _voters)
        {
            if (voter == self || voter == suspect.Node || !_votes.TryGetValue(voter, out var vote)) continue;
            if (nowMs - vote.AtMs <= settings.VoteValidMs && vote.Suspects.Contains(suspect)) against++;
        }

        return against > _voters.Length / 2;
    }

    private sealed class Watched(int uid, long lastAnswerMs)
    {
        public int Uid => uid;
        public long LastAnswerMs = lastAnswerMs;
    }

    private readonly record struct Vote(ImmutableArray<NodeIncarnation> Suspects, long AtMs);
}
