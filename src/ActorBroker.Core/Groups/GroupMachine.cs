using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Groups;

/// <summary>
/// A classic consumer group (KIP-62, 345, 394, 429, 814) with its committed offsets: pure, deterministic, without clock or randomness.
///
/// <para><see cref="Decide"/> says what a command leads to and changes nothing. The shell writes the decision's records, applies all its
/// events in order with <see cref="Apply"/> as soon as they are in the log, runs the effects, and gives the answers once the records are
/// committed. While records are on their way nothing else is decided for the group, except that commits may follow commits.
/// The phases and their transitions are told at <see cref="GroupPhase"/>; what is durable at <see cref="GroupState"/>.</para>
///
/// <para>Invariants: a generation has at most one set of assignments, and nobody gets theirs before all are in the log; the generation
/// never falls; a ticket that comes in is answered exactly once; the log alone gives back phase, generation, members and offsets of an
/// Empty or Stable group.</para>
///
/// <para>Two kinds of time: the caller passes the wall clock, which goes into records and decides retention; timeouts are effects, and the
/// shell measures them on the monotonic clock.</para>
/// </summary>
public sealed class GroupMachine(string groupId, GroupSettings settings)
{
    private readonly OffsetTable _offsets = new();

    public GroupState State { get; private set; } = new() { Id = groupId };

    /// <summary>Offsets that the group has now.</summary>
    public int OffsetCount => _offsets.Count;

    /// <summary>Nothing is left to keep: the shell may forget the group.</summary>
    public bool IsGone => !State.Exists && _offsets.IsEmpty;

    /// <summary>What ListGroups shows; null for a group that does not exist.</summary>
    public ListedGroup? Listing =>
        State.Exists ? new ListedGroup(State.Id, State.ProtocolType ?? "", State.Phase.ToString(), "classic") : null;

    public bool TryGetOffset(string topic, int partition, out CommittedOffset offset) => _offsets.TryGet(topic, partition, out offset);

    /// <summary>All offsets, for tests and tools.</summary>
    public IEnumerable<(string Topic, int Partition, CommittedOffset Offset)> Offsets =>
        _offsets.Topics.SelectMany(topic => topic.Value.Select(entry => (topic.Key, entry.Key, entry.Value)));

    /// <summary>What the command leads to; the ticket names the request that waits, none for the group's own commands.</summary>
    public GroupDecision Decide(GroupCommand command, Ticket ticket, long nowMs)
    {
        var draft = new GroupDraft(State, _offsets, settings, nowMs);
        switch (command)
        {
            case Heartbeat heartbeat: SessionRules.Heartbeat(draft, heartbeat, ticket); break;
            case CommitOffsets commit: OffsetRules.Commit(draft, commit, ticket); break;
            case FetchOffsets fetch: OffsetRules.Fetch(draft, fetch, ticket); break;
            case JoinGroup join: JoinRules.Join(draft, join, ticket); break;
            case SyncGroup sync: SyncRules.Sync(draft, sync, ticket); break;
            case LeaveGroup leave: SessionRules.Leave(draft, leave, ticket); break;
            case DescribeGroup: draft.Answer(ticket, DescribeRules.Describe(State)); break;
            case DeleteOffsets delete: OffsetRules.Delete(draft, delete, ticket); break;
            case DeleteGroup: ExpiryRules.Delete(draft, ticket); break;
            case TimerEnded ended: TimerHasEnded(draft, ended.Timer); break;
            case ExpireOffsets: ExpiryRules.Expire(draft); break;
            case TopicsDeleted deleted: ExpiryRules.TopicsDeleted(draft, deleted); break;
            case GroupLoaded: Loaded(draft); break;
            default: throw new InvalidOperationException($"Unknown command {command.GetType().Name}.");
        }

        return draft.ToDecision();
    }

    /// <summary>
    /// The log refused the records of a decision: what happens instead. Nothing of the new decision is written; its events are applied.
    /// A rebalance that only had to write down that the group is empty goes on without: should the coordinator fail now, the old
    /// generation comes back and its sessions end again.
    /// </summary>
    public GroupDecision DecideFailed(GroupCommand command, Ticket ticket, GroupDecision refused, ErrorCode logError, long nowMs)
    {
        var error = FailureRules.ToCoordinatorError(logError);
        switch (command)
        {
            case SyncGroup sync:
                var draft = new GroupDraft(State, _offsets, settings, nowMs);
                SyncRules.Failed(draft, sync, ticket, error);
                return draft.ToDecision();
            case LeaveGroup or TimerEnded:
                return refused;
            case JoinGroup join:
                // It may have been meant to be parked: then the refused decision holds no answer for it.
                return new GroupDecision([], [new GroupAnswer(ticket, FailureRules.Refusal(join, error))], []);
            default:
                return new GroupDecision([], Refuse(refused, error), []);
        }
    }

    /// <summary>The answers of a decision whose records are in the log but were not committed in time.</summary>
    public static IReadOnlyList<GroupAnswer> AnswersUncommitted(GroupDecision decision, ErrorCode logError) =>
        Refuse(decision, FailureRules.ToCoordinatorError(logError));

    /// <summary>The only way in which the machine changes, live and on replay.</summary>
    public void Apply(GroupEvent change)
    {
        switch (change)
        {
            case OffsetCommitted committed:
                _offsets.Set(committed.Topic, committed.Partition, committed.Value);

                // Nobody has joined this group: it is one that only stores offsets.
                if (!State.Exists) State = State with { Phase = GroupPhase.Empty, PhaseSinceMs = committed.Value.CommitTimestampMs };
                break;
            case OffsetRemoved removed:
                _offsets.Remove(removed.Topic, removed.Partition);
                break;
            default:
                State = GroupTransitions.Apply(State, change);
                break;
        }
    }

    private static void TimerHasEnded(GroupDraft draft, GroupTimer timer)
    {
        switch (timer.Kind)
        {
            case GroupTimerKind.Session: SessionRules.SessionEnded(draft, timer.MemberId); break;
            case GroupTimerKind.Join: RebalanceRules.JoinTimerEnded(draft); break;
            default: RebalanceRules.SyncTimerEnded(draft); break;
        }
    }

    private static void Loaded(GroupDraft draft)
    {
        foreach (var member in draft.State.Members.Values) draft.RestartSession(member);
        if (draft.State.Members.Count > draft.Settings.MaxSize)
            RebalanceRules.Start(draft, $"{draft.State.Members.Count} members are more than the {draft.Settings.MaxSize} allowed");
    }

    private static IReadOnlyList<GroupAnswer> Refuse(GroupDecision decision, ErrorCode error) =>
        [.. decision.Answers.Select(answer => answer with { Reply = FailureRules.Refusal(answer.Reply, error) })];
}
