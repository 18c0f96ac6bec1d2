namespace ActorBroker.Core.Groups;

/// <summary>
/// What a command leads to: events to apply in order (the records among them go into the log first), answers to give once those
/// records are committed, effects to run once the events are applied.
/// </summary>
public sealed record GroupDecision(
    IReadOnlyList<GroupEvent> Events, IReadOnlyList<GroupAnswer> Answers, IReadOnlyList<GroupEffect> Effects)
{
    /// <summary>The part that must be written, in order.</summary>
    public IEnumerable<GroupRecord> Records => Events.OfType<GroupRecord>();

    public bool HasRecords => Events.Any(change => change is GroupRecord);

    /// <summary>Nothing but offsets changes: more commits may be decided before this one is written, for none looks at another's.</summary>
    public bool OnlyCommits => Events.All(change => change is OffsetCommitted);
}
