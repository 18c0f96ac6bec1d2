using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster;

/// <summary>
/// One node's part in the membership protocol, from its welcome to its end. Pure: it gets messages, ticks, the time and a source of
/// random numbers, changes its <see cref="State"/>, and leaves in <see cref="TakeEffects"/> what is to be done.
/// <para>
/// Nodes gossip: each sends what it believes to others, which takes it if it is newer, answers if it is older, and merges if neither.
/// When all have seen the same version, which is convergence, the leader (the first reachable member in order: no election) moves
/// members on, and so makes the next version.
/// </para>
/// <para>
/// A change is told at once to some members, and they answer at once; the leader looks what there is to do whenever something has
/// changed. The periodic gossip is for what got lost and for clusters larger than <see cref="MembershipRules.PromptTargets"/>.
/// Called by <see cref="ClusterCoreDaemon"/> and, with a simulated network, by the model tests.
/// </para>
/// </summary>
internal sealed class MembershipMachine
{
    private readonly UniqueAddress _self;
    private readonly MembershipRules _rules;
    private readonly Func<long> _nowMs;
    private readonly MembershipEffects _out;
    private readonly Dictionary<UniqueAddress, int> _downTicks = [];
    private readonly HashSet<UniqueAddress> _exitingConfirmed = [];
    private readonly Dictionary<Address, Join> _heldJoins = [];
    private bool _leads;
    private bool _exiting;
    private bool _ended;
    private int _ticksWithoutConvergence;
    private int _ticksDown;

    /// <param name="self">This node.</param>
    /// <param name="rules">The configuration.</param>
    /// <param name="random">Chooses whom to gossip to.</param>
    /// <param name="nowMs">Unix time, for tombstones.</param>
    public MembershipMachine(UniqueAddress self, MembershipRules rules, Random random, Func<long> nowMs)
    {
        _self = self;
        _rules = rules;
        _nowMs = nowMs;
        _out = new MembershipEffects(self, rules, random);
        State = new MembershipState(Gossip.Empty, self);
    }

    public MembershipState State { get; private set; }

    /// <summary>It takes part: it has joined itself or was welcomed.</summary>
    public bool IsMember => !Gossip.Members.IsEmpty;

    /// <summary>Whether others may join through this node.</summary>
    public bool AcceptsJoins => IsMember && !MembershipState.IsOnItsWayOut(State.SelfMember.Status);

    /// <summary>Few have seen the latest, or somebody must learn that it is down: gossip more often.</summary>
    public bool NeedsSpeedup =>
        Gossip.Members.Any(m => m.Status == MemberStatus.Down) || Gossip.Seen.Count < Gossip.Members.Count / 2;

    private Gossip Gossip => State.Gossip;

    public IReadOnlyList<ClusterEffect> TakeEffects() => _out.Take();

    /// <summary>Founds a cluster.</summary>
    public void JoinSelf()
    {
        _out.Log($"Node [{_self.Address}] is JOINING itself (with roles [{string.Join(",", _rules.SelfRoles)}], version "
            + $"[{_rules.SelfVersion}]) and forming a new cluster");
        Update(Gossip with { Members = [Member.Joining(_self, _rules.SelfRoles, _rules.SelfVersion)] });
        Advance();
    }

    /// <summary>Another node wants to become a member through this one.</summary>
    public void Join(Join join)
    {
        var node = join.Node;
        if (node.Address.Protocol != _self.Address.Protocol || node.Address.System != _self.Address.System)
        {
            _out.Log($"Member with wrong protocol or actor system name tried to join, but was ignored: [{node.Address}]", LogLevel.WarningLevel);
        }
        else if (!AcceptsJoins)
        {
            _out.Log($"Trying to join [{node}] to [{State.SelfMember.Status}] member, ignoring. Use a member that is Up instead.");
        }
        else if (Gossip.HasMember(node))
        {
            _out.Log($"Existing member [{node}] is joining again.");
            if (node != _self)
                _out.Send(node, new Welcome(_self, Gossip));
        }
        else if (Gossip.Tombstones.ContainsKey(node))
        {
            _out.Log($"[{node}] was removed from the cluster, this incarnation cannot come back");
        }
        else if (Gossip.Members.FirstOrDefault(m => m.Address.Equals(node.Address)) is { } former)
        {
            HoldUntilRemoved(join, former);
        }
        else
        {
            Admit(join);
        }
    }

    /// <summary>Answer to this node's own join.</summary>
    public void Welcome(Welcome welcome)
    {
        _out.Log($"Welcome from [{welcome.From.Address}]");
        State = State.With(welcome.Gossip.MarkSeen(_self));
        _out.Publish(State);
        _out.Gossip(State, welcome.From);
        Advance();
    }

    public void Leave(Address address)
    {
        if (Gossip.Members.FirstOrDefault(m => m.Address.Equals(address)) is { } member && Member.MayBecome(member.Status, MemberStatus.Leaving))
        {
            Update(Gossip.Replace(member.Copy(MemberStatus.Leaving)));
            _out.Log($"Marked address [{address}] as [{MemberStatus.Leaving}]");
            Advance();
        }
    }

    public void Down(Address address)
    {
        var member = Gossip.Members.FirstOrDefault(m => m.Address.Equals(address));
        if (member is null)
        {
            _out.Log($"Ignoring down of unknown node [{address}]");
        }
        else if (member.Status != MemberStatus.Down)
        {
            var reachable = Gossip.Reachability.IsReachable(member.UniqueAddress);
            _out.Log($"Marking {(reachable ? "" : "unreachable ")}node [{address}] as [{MemberStatus.Down}]");
            Update(Gossip.MarkDown(member), first: member.UniqueAddress);
            EndWhenDown(tick: false);
            Advance();
        }
    }

    /// <summary>This node's remoting will never talk to that incarnation again.</summary>
    public void Quarantined(UniqueAddress node)
    {
        if (!Gossip.HasMember(node))
            return;
        var reachability = Gossip.Reachability.Terminated(_self, node);
        if (ReferenceEquals(reachability, Gossip.Reachability))
            return;
        _out.Log($"Marking node as TERMINATED [{node.Address}], due to quarantine. It must still be marked as down before it's removed.",
            LogLevel.WarningLevel);
        Update(Gossip with { Reachability = reachability });
        Advance();
    }

    public void Receive(GossipStatus status)
    {
        if (!IsFromMember(status.From))
            return;
        var order = status.Version.CompareTo(Gossip.Version);
        if (order == ClockOrder.After)
            _out.Status(State, status.From);
        else if (order != ClockOrder.Same)
            _out.Gossip(State, status.From);
    }

    public void Receive(GossipEnvelope envelope)
    {
        var from = envelope.From;
        var theirs = envelope.Gossip;
        if (envelope.To != _self)
        {
            _out.Log($"Ignoring received gossip intended for someone else, from [{from.Address}] to [{envelope.To}]");
        }
        else if (theirs.Tombstones.ContainsKey(_self) && Gossip.HasMember(from))
        {
            _out.Log($"[{from.Address}] says that this node was removed from the cluster", LogLevel.WarningLevel);
            End();
        }
        else if (IsFromMember(from) && theirs.HasMember(_self))
        {
            Take(from, theirs);
        }
    }

    public void ExitingConfirmed(UniqueAddress node)
    {
        _out.Log($"Exiting confirmed [{node.Address}]");
        _exitingConfirmed.Add(node);
        Advance();
    }

    /// <summary>Everything that this node had to do before it goes is done.</summary>
    public void ExitingCompleted()
    {
        _out.Log("Exiting completed.");
        _exiting = false;
        if (IsMember && State.SelfMember.Status != MemberStatus.Removed)
        {
            // Best effort: without it the others wait until this node is unreachable.
            State = State.With(Gossip.MarkSeen(_self));
            _out.Publish(State);
            _out.Spread(State);
            var others = Gossip.Members.Where(m => m.UniqueAddress != _self).ToList();
            for (var i = 0; i < 2 && State.LeaderOf(others) is { } leader; i++)
            {
                _out.Send(leader, new ExitingConfirmed(_self));
                others.RemoveAll(m => m.UniqueAddress == leader);
            }
        }
        End();
    }

    public void GossipTick() => _out.Periodic(State);

    public void LeaderTick()
    {
        CountTicks();
        Lead(tick: true);
        _exitingConfirmed.RemoveWhere(n => !Gossip.HasMember(n));
        EndWhenDown(tick: true);
    }

    /// <summary>Asks the failure detector about everybody; it says true of nodes that it does not watch.</summary>
    public void Reap(Func<Address, bool> isAvailable)
    {
        var reachability = Gossip.Reachability;
        foreach (var member in Gossip.Members.Where(m => m.UniqueAddress != _self))
        {
            var node = member.UniqueAddress;
            var status = Gossip.Reachability.Status(_self, node);
            if (status == ReachabilityStatus.Reachable && !isAvailable(node.Address))
            {
                reachability = reachability.Unreachable(_self, node);
                var expected = member.Status == MemberStatus.Exiting;
                _out.Log($"Marking {(expected ? "exiting " : "")}node as UNREACHABLE [{member}]", expected ? LogLevel.InfoLevel : LogLevel.WarningLevel);
            }
            else if (status == ReachabilityStatus.Unreachable && isAvailable(node.Address))
            {
                reachability = reachability.Reachable(_self, node);
                _out.Log($"Marking node as REACHABLE [{member}]");
            }
        }
        if (!ReferenceEquals(reachability, Gossip.Reachability))
        {
            Update(Gossip with { Reachability = reachability });
            Advance();
        }
    }

    private void Admit(Join join)
    {
        _heldJoins.Remove(join.Node.Address);
        _out.Add(new ClusterEffect.ForgetHeartbeats(join.Node.Address));
        _out.Log($"Node [{join.Node.Address}] is JOINING, roles [{string.Join(",", join.Roles)}], version [{join.AppVersion}]");
        Update(Gossip with { Members = Gossip.Members.Add(Member.Joining(join.Node, join.Roles, join.AppVersion)) }, except: join.Node);
        _out.Send(join.Node, new Welcome(_self, Gossip));
        Advance();
    }

    /// <summary>The node has crashed and come back before anybody noticed: first the former incarnation must be removed.</summary>
    private void HoldUntilRemoved(Join join, Member former)
    {
        _out.Log($"New incarnation of existing member [{join.Node}] is trying to join. Existing will be removed from the cluster and then new "
            + "member will be allowed to join.");
        _heldJoins[join.Node.Address] = join;
        if (former.Status == MemberStatus.Down)
            return;
        Update(Gossip.MarkDown(former) with { Reachability = Gossip.Reachability.Terminated(_self, former.UniqueAddress) });
        Advance();
    }

    private bool IsFromMember(UniqueAddress from)
    {
        if (!Gossip.HasMember(from))
        {
            _out.Log($"Ignoring received gossip from unknown [{from}]", LogLevel.DebugLevel);
            // It does not know yet that it was removed.
            if (Gossip.Tombstones.ContainsKey(from) && !_exiting)
                _out.Send(from, new GossipEnvelope(_self, from, Gossip));
            return false;
        }
        if (Gossip.Reachability.IsReachable(_self, from))
            return true;
        _out.Log($"Ignoring received gossip from unreachable [{from}]", LogLevel.DebugLevel);
        return false;
    }

    private void Take(UniqueAddress from, Gossip theirs)
    {
        var mine = Gossip;
        var order = theirs.Version.CompareTo(mine.Version);
        var winner = order switch
        {
            ClockOrder.Same => theirs with { Seen = theirs.Seen.Union(mine.Seen) },
            ClockOrder.Before => mine,
            ClockOrder.After => theirs,
            _ => theirs.Merge(mine),
        };
        // While it is exiting this node has not seen anything: so it is not removed before it is through.
        State = State.With(_exiting ? winner : winner.MarkSeen(_self));
        foreach (var member in Gossip.Members.Where(m => !mine.HasMember(m.UniqueAddress)))
            _out.Add(new ClusterEffect.ForgetHeartbeats(member.Address));
        if (order != ClockOrder.Before)
            _out.Publish(State);
        NoticeOwnStatus(mine.Member(_self).Status);
        if (order is ClockOrder.Before or ClockOrder.Concurrent || (!_exiting && !theirs.SeenBy(_self)))
            _out.Gossip(State, from);
        // The sender knows now that it was seen; who has to know for convergence is the leader.
        if (order is ClockOrder.After or ClockOrder.Concurrent && !_exiting && State.Leader is { } leader && leader != from)
            _out.Gossip(State, leader);
        AdmitHeld(mine);
        Advance();
    }

    private void NoticeOwnStatus(MemberStatus before)
    {
        var status = State.SelfMember.Status;
        if (status == MemberStatus.Exiting && !_exiting)
        {
            BeginExiting();
        }
        else if (status == MemberStatus.Down && before != MemberStatus.Down)
        {
            _out.Log("Received gossip where this member has been downed", LogLevel.WarningLevel);
            EndWhenDown(tick: false);
        }
    }

    private void BeginExiting()
    {
        _exiting = true;
        _out.Log("Exiting, starting coordinated shutdown.");
        _out.Add(ClusterEffect.BeginExiting.Instance);
    }

    private void CountTicks()
    {
        var down = Gossip.Members.Where(m => m.Status == MemberStatus.Down).Select(m => m.UniqueAddress).ToHashSet();
        foreach (var node in _downTicks.Keys.Where(n => !down.Contains(n)).ToArray())
            _downTicks.Remove(node);
        foreach (var node in down.Where(n => n != _self))
            _downTicks[node] = _downTicks.GetValueOrDefault(node) + 1;
    }

    /// <summary>Something has changed: if this node leads and all agree, go on. Alone it agrees with itself at once.</summary>
    private void Advance()
    {
        for (var changed = true; changed && !_ended;)
            changed = Lead(tick: false);
    }

    private bool Lead(bool tick)
    {
        if (!IsMember || _ended)
            return false;
        if (State.IsLeader != _leads)
        {
            _leads = !_leads;
            _out.Log(_leads ? "is the new leader among reachable nodes (more leaders may exist)" : "is no longer leader");
        }
        if (!_leads)
            return false;
        if (State.Convergence(_exitingConfirmed))
        {
            _ticksWithoutConvergence = 0;
            var gone = _exitingConfirmed.Where(n => Gossip.Member(n).Status == MemberStatus.Exiting)
                .Concat(_downTicks.Where(d => d.Value >= MembershipRules.TicksToRemoveDowned).Select(d => d.Key));
            return Carry(LeaderPlanner.OnConvergence(State, _rules, gone.ToHashSet()));
        }
        if (!tick)
            return false;
        _ticksWithoutConvergence++;
        LogWithoutConvergence();
        return _rules.WeaklyUpAfterTicks > 0 && _ticksWithoutConvergence >= _rules.WeaklyUpAfterTicks
            && Carry(LeaderPlanner.ToWeaklyUp(State, _rules));
    }

    private bool Carry(LeaderPlan plan)
    {
        var pruned = Gossip.PruneTombstones(_nowMs() - MembershipRules.TombstoneMs);
        if (plan.IsEmpty && ReferenceEquals(pruned, Gossip))
            return false;
        var mine = Gossip;
        var removed = plan.Removed.Select(m => m.UniqueAddress).ToHashSet();
        var next = plan.Changed.Aggregate(pruned, (gossip, member) => gossip.Replace(member)).Remove(removed, _nowMs());
        foreach (var member in plan.Changed)
            _out.Log($"Leader is moving node [{member.Address}] to [{member.Status}]");
        foreach (var member in plan.Removed)
            _out.Log($"Leader is removing {(member.Status == MemberStatus.Exiting ? "exiting" : "downed")} node [{member.Address}]");
        if (!_exiting && next.Member(_self).Status == MemberStatus.Exiting)
            BeginExiting();
        Update(next);
        AdmitHeld(mine);
        return true;
    }

    /// <summary>An address whose former incarnation has gone is free for the one that waits.</summary>
    private void AdmitHeld(Gossip before)
    {
        if (_heldJoins.Count == 0)
            return;
        foreach (var gone in before.Members.Where(m => !Gossip.HasMember(m.UniqueAddress)))
        {
            if (_heldJoins.Remove(gone.Address, out var join))
                Join(join);
        }
    }

    private void LogWithoutConvergence()
    {
        if (_ticksWithoutConvergence == 20 || _ticksWithoutConvergence % 60 == 0)
            _out.Log($"Leader can currently not perform its duties: {Gossip}");
    }

    private void EndWhenDown(bool tick)
    {
        if (_ended || !IsMember || State.SelfMember.Status != MemberStatus.Down)
            return;
        if (tick)
            _ticksDown++;
        var all = Gossip.Members.Where(m => m.Status == MemberStatus.Down).Select(m => m.UniqueAddress)
            .All(n => Gossip.SeenBy(n) || !Gossip.Reachability.IsReachable(n));
        if (!all && _ticksDown < MembershipRules.TicksToEndDowned)
            return;
        _out.Log("Node has been marked as DOWN. Shutting down myself");
        _out.Spread(State);
        End();
    }

    private void End()
    {
        if (_ended)
            return;
        _ended = true;
        _out.Add(ClusterEffect.ShutDown.Instance);
    }

    /// <summary>The next version: seen by nobody else yet, and told to some.</summary>
    private void Update(Gossip next, UniqueAddress? first = null, UniqueAddress? except = null)
    {
        State = State.With(next with { Version = next.Version.Increment(_self), Seen = _exiting ? [] : [_self] });
        _out.Publish(State);
        _out.Spread(State, first, except);
    }
}
