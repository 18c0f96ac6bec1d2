using System.Collections.Immutable;
using ActorBroker.Core.Groups;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Actors.Groups;

/// <summary>
/// The group coordinator of this node: compares the partitions of <c>__consumer_offsets</c> that the node leads with those it serves, every
/// second and whenever somebody asks in vain, and starts or stops their actors. A partition whose actor failed starts again with the next
/// comparison. It also notices deleted topics and has their offsets removed.
/// </summary>
internal sealed class GroupCoordinatorActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly GroupServices _services;
    private readonly GroupSlots _slots;
    private readonly Dictionary<IActorRef, GroupSlot> _running = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ImmutableDictionary<string, TopicImage> _topics;

    public GroupCoordinatorActor(GroupServices services, GroupSlots slots)
    {
        _services = services;
        _slots = slots;
        _topics = services.Metadata.Current.Topics;
        Receive<Reconcile>(_ => OnReconcile());
        Receive<Terminated>(OnTerminated);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(GroupServices services, GroupSlots slots) =>
        Props.Create(() => new GroupCoordinatorActor(services, slots));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("reconcile", Reconcile.Instance, Interval);
        OnReconcile();
    }

    private void OnReconcile()
    {
        var image = _services.Metadata.Current;
        if (image.Topics.TryGetValue(InternalTopics.ConsumerOffsets, out var topic))
            for (var partition = 0; partition < topic.Partitions.Length; partition++) Compare(partition);
        RemoveDeletedTopics(image.Topics);
    }

    private void Compare(int partition)
    {
        var led = _services.Partitions.Find(InternalTopics.ConsumerOffsets, partition);
        var epoch = led?.LeaderEpoch ?? -1;
        foreach (var (actor, slot) in _running)
        {
            if (slot.Partition != partition) continue;

            // The new life begins when the old one has ended: two must not write under one epoch.
            if (slot.LeaderEpoch != epoch) Context.Stop(actor);
            return;
        }

        if (led is not null && epoch >= 0) Start(partition, led, epoch);
    }

    private void Start(int partition, IPartition led, int epoch)
    {
        var slot = new GroupSlot(partition, epoch);
        var actor = Context.ActorOf(GroupPartitionActor.PropsFor(slot, led, _services), $"{partition}-{epoch}-{Guid.NewGuid():N}");
        _running[Context.Watch(actor)] = slot;
        _slots.Set(partition, slot);
    }

    private void OnTerminated(Terminated terminated)
    {
        if (!_running.Remove(terminated.ActorRef, out var slot)) return;
        slot.Close();
        _slots.Set(slot.Partition, null);
        _log.Info("The groups of {0}-{1} are no longer served here under epoch {2}.",
            InternalTopics.ConsumerOffsets, slot.Partition, slot.LeaderEpoch);
    }

    private void RemoveDeletedTopics(ImmutableDictionary<string, TopicImage> topics)
    {
        if (ReferenceEquals(topics, _topics)) return;
        var gone = _topics.Values
            .Where(topic => !topics.TryGetValue(topic.Name, out var now) || now.Id != topic.Id)
            .Select(topic => topic.Name)
            .ToImmutableHashSet(StringComparer.Ordinal);
        _topics = topics;
        if (gone.IsEmpty) return;
        foreach (var actor in _running.Keys)
            actor.Tell(new ForAllGroups(id => new TopicsDeleted { GroupId = id, Topics = gone }), Self);
    }
}
