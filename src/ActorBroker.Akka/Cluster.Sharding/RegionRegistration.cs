using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster.Sharding;

/// <summary>
/// Keeps a region registered with the coordinator, which is on the oldest member of the role or, while that one leaves, on one of the
/// next. A region registers at each change of the oldest and when the coordinator has ended; while nobody answers it repeats that,
/// soon at first and then with the retry interval.
/// </summary>
internal sealed class RegionRegistration(
    IActorContext context, ITimerScheduler timers, ClusterShardingSettings settings, string coordinatorPath, Func<object> registration)
{
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(100);

    private readonly ILoggingAdapter _log = context.GetLogger();
    private SortedSet<Member> _byAge = new(Member.AgeOrdering);
    private TimeSpan _delay;

    /// <summary>Null while it is not known.</summary>
    public IActorRef? Coordinator { get; private set; }

    public void MembersAre(IEnumerable<Member> members) =>
        Change(() => _byAge = new SortedSet<Member>(members.Where(Counts), Member.AgeOrdering));

    public void MemberIs(Member member)
    {
        if (!Counts(member))
            return;
        Change(() =>
        {
            _byAge.RemoveWhere(m => m.UniqueAddress.Equals(member.UniqueAddress));
            _byAge.Add(member);
        });
    }

    public void MemberIsGone(Member member) => Change(() => _byAge.RemoveWhere(m => m.UniqueAddress.Equals(member.UniqueAddress)));

    public void Begin()
    {
        Coordinator = null;
        _delay = settings.TuningParameters.RetryInterval / 8;
        if (_delay < ShortestDelay)
            _delay = ShortestDelay;
        Register();
        ScheduleNext();
    }

    /// <summary>The short delay of the first repetitions has passed.</summary>
    public void Again()
    {
        if (Coordinator is not null)
            return;
        Register();
        ScheduleNext();
    }

    public void Register()
    {
        var message = registration();
        TellCoordinators(message);
    }

    public void Acknowledged(IActorRef coordinator)
    {
        if (Coordinator is not null && !Coordinator.Equals(coordinator))
            context.Unwatch(Coordinator);
        Coordinator = context.Watch(coordinator);
        timers.Cancel(RegisterAgain.Instance);
    }

    /// <summary>To wherever the coordinator can be.</summary>
    public void TellCoordinators(object message)
    {
        foreach (var member in _byAge)
        {
            context.ActorSelection(new RootActorPath(member.Address) / coordinatorPath.Split('/')).Tell(message, context.Self);
            if (member.Status == MemberStatus.Up)
                break;
        }
    }

    private void Change(Action change)
    {
        var before = _byAge.Min;
        change();
        var after = _byAge.Min;
        if (Equals(before?.UniqueAddress, after?.UniqueAddress))
            return;
        _log.Debug("The shard coordinator of [{0}] moves from [{1}] to [{2}]", context.Self.Path.Name, before?.Address!, after?.Address!);
        if (Coordinator is not null)
            context.Unwatch(Coordinator);
        Begin();
    }

    private void ScheduleNext()
    {
        if (_delay >= settings.TuningParameters.RetryInterval)
            return;
        timers.StartSingleTimer(RegisterAgain.Instance, RegisterAgain.Instance, _delay);
        _delay *= 2;
    }

    private bool Counts(Member member) => member.Status is MemberStatus.Up or MemberStatus.Leaving or MemberStatus.Exiting
        && (settings.Role is not { } role || member.HasRole(role));

    internal sealed record RegisterAgain : INoSerializationVerificationNeeded
    {
        public static readonly RegisterAgain Instance = new();
    }
}
