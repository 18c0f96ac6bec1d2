using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Groups;

/// <summary>
/// Keeps the order between a group's decisions and its log.
///
/// <para>A decision with records is <i>in flight</i> until the log has taken it; then it is applied, and its effects run. Commands that
/// come meanwhile are stashed, because they would be decided on a state that is about to change; commits alone may follow commits in
/// flight, since none of them looks at what another changes. So one group's commits share a batch, and a rebalance still sees its own
/// past.</para>
/// <para>An answer waits until everything that the group had written when it was decided is committed: nobody learns of a position, a
/// generation or an assignment that a failover could take back. Decisions without records wait for the same reason; heartbeats alone do
/// not, for they tell nothing that lasts.</para>
/// <para>Sequences count the decisions with records, from 1. The log settles them in their order.</para>
/// </summary>
public sealed class GroupPipeline(GroupMachine machine, IGroupShell shell, int maxStashed = GroupPipeline.DefaultMaxStashed)
{
    public const int DefaultMaxStashed = 100_000;

    private readonly Queue<Decided> _inFlight = new();
    private readonly Queue<Decided> _uncommitted = new();
    private readonly Queue<(GroupCommand Command, Ticket Ticket)> _stash = new();
    private long _decided;
    private long _appended;
    private long _committed;
    private long _overdue;

    public GroupMachine Machine => machine;

    /// <summary>Nothing is on its way and nobody waits for the log: the group may be put away when the machine says so too.</summary>
    public bool IsIdle => _inFlight.Count == 0 && _uncommitted.Count == 0 && _stash.Count == 0;

    /// <summary>Nothing is in flight: the machine's state is the log's.</summary>
    public bool IsSettled => _inFlight.Count == 0;

    public void Submit(GroupCommand command, Ticket ticket, long nowMs)
    {
        if (_stash.Count == 0 && MayDecide(command)) Decide(command, ticket, nowMs);
        else if (_stash.Count < maxStashed || ticket.IsNone) _stash.Enqueue((command, ticket));
        else shell.Answer(ticket, FailureRules.Refusal(command, ErrorCode.CoordinatorNotAvailable));
    }

    /// <summary>The log has the records.</summary>
    public void Appended(long sequence, long nowMs)
    {
        var decided = Take(sequence);
        _appended = sequence;
        Apply(decided);
        Unstash(nowMs);
    }

    /// <summary>The log does not have the records and will not get them.</summary>
    public void Refused(long sequence, ErrorCode error, long nowMs)
    {
        var refused = Take(sequence);
        var instead = machine.DecideFailed(refused.Command, refused.Ticket, refused.Decision, error, nowMs);
        Apply(refused with { Decision = instead, Sequence = _appended });
        Unstash(nowMs);
    }

    /// <summary>The records up to this sequence will stay.</summary>
    public void Committed(long sequence)
    {
        _committed = Math.Max(_committed, sequence);
        while (_uncommitted.TryPeek(out var next) && next.Sequence <= _committed)
        {
            _uncommitted.Dequeue();
            foreach (var (ticket, reply) in next.Decision.Answers) shell.Answer(ticket, reply);
        }
    }

    /// <summary>
    /// The log has the records, but they were not committed in time; they may be later. Until then whoever asks is told to try again.
    /// </summary>
    public void Uncommitted(long sequence, ErrorCode error)
    {
        _overdue = Math.Max(_overdue, sequence);
        while (_uncommitted.TryPeek(out var next) && next.Sequence <= sequence)
        {
            _uncommitted.Dequeue();
            AnswerOverdue(next.Decision, error);
        }
    }

    private bool MayDecide(GroupCommand command)
    {
        if (_inFlight.Count == 0) return true;
        if (command is not CommitOffsets) return false;
        foreach (var decided in _inFlight)
            if (!decided.Decision.OnlyCommits) return false;
        return true;
    }

    private void Decide(GroupCommand command, Ticket ticket, long nowMs)
    {
        var decision = machine.Decide(command, ticket, nowMs);
        var records = decision.Records.ToList();
        if (records.Count == 0)
        {
            Apply(new Decided(_appended, command, ticket, decision));
            return;
        }

        var decided = new Decided(++_decided, command, ticket, decision);
        _inFlight.Enqueue(decided);
        shell.Append(decided.Sequence, records);
    }

    private Decided Take(long sequence)
    {
        var decided = _inFlight.Dequeue();
        if (decided.Sequence == sequence) return decided;
        throw new InvalidOperationException($"The log settled decision {sequence} before {decided.Sequence}.");
    }

    private void Apply(Decided decided)
    {
        foreach (var change in decided.Decision.Events) machine.Apply(change);
        foreach (var effect in decided.Decision.Effects) shell.Run(effect);
        if (decided.Sequence <= _committed || decided.Command is Heartbeat)
            foreach (var (ticket, reply) in decided.Decision.Answers) shell.Answer(ticket, reply);
        else if (decided.Sequence <= _overdue)
            AnswerOverdue(decided.Decision, ErrorCode.RequestTimedOut);
        else
            _uncommitted.Enqueue(decided);
    }

    private void AnswerOverdue(GroupDecision decision, ErrorCode error)
    {
        foreach (var (ticket, reply) in GroupMachine.AnswersUncommitted(decision, error)) shell.Answer(ticket, reply);
    }

    private void Unstash(long nowMs)
    {
        while (_stash.TryPeek(out var next) && MayDecide(next.Command))
        {
            _stash.Dequeue();
            Decide(next.Command, next.Ticket, nowMs);
        }
    }

    private readonly record struct Decided(long Sequence, GroupCommand Command, Ticket Ticket, GroupDecision Decision);
}
