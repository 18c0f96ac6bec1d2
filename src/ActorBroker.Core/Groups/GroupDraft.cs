namespace ActorBroker.Core.Groups;

/// <summary>
/// A decision in the making. Rules read <see cref="State"/>, which runs ahead of the machine's by the events emitted so far, so that a rule
/// sees what an earlier one of the same command did; the machine itself stays untouched until the events are applied to it.
/// </summary>
internal sealed class GroupDraft(GroupState state, OffsetTable offsets, GroupSettings settings, long nowMs)
{
    private readonly List<GroupEvent> _events = [];
    private readonly List<GroupAnswer> _answers = [];
    private readonly List<GroupEffect> _effects = [];

    public GroupState State { get; private set; } = state;

    /// <summary>As it was when the decision began: no rule needs to see its own offsets.</summary>
    public OffsetTable Offsets => offsets;

    public GroupSettings Settings => settings;

    /// <summary>Wall clock.</summary>
    public long NowMs => nowMs;

    public void Emit(GroupEvent change)
    {
        State = GroupTransitions.Apply(State, change);
        _events.Add(change);
    }

    /// <summary>For records that leave the membership as it is.</summary>
    public void EmitOffset(GroupRecord record) => _events.Add(record);

    public void Answer(Ticket ticket, Ports.GroupReply reply) => _answers.Add(new GroupAnswer(ticket, reply));

    public void StartTimer(GroupTimer timer, long delayMs) => _effects.Add(new StartTimer(timer, delayMs));

    public void CancelTimer(GroupTimer timer) => _effects.Add(new CancelTimer(timer));

    public void Effect(GroupEffect effect) => _effects.Add(effect);

    /// <summary>Gives a member its session anew.</summary>
    public void RestartSession(GroupMember member) => StartTimer(GroupTimer.Session(member.Id), member.SessionTimeoutMs);

    public GroupDecision ToDecision() => new(_events, _answers, _effects);
}
