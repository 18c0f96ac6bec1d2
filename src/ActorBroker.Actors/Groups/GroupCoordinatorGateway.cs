using System.Collections.Immutable;
using ActorBroker.Core.Groups;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using Akka.Actor;

namespace ActorBroker.Actors.Groups;

/// <summary>
/// The way from the handlers to the groups: finds the partition of a group, and the actor that serves it on this node. Knows the reasons
/// why there is none: the topic is not there yet, another node leads, the log is being read.
/// </summary>
public sealed class GroupCoordinatorGateway : IGroupCoordinator
{
    private readonly GroupServices _services;
    private readonly GroupSlots _slots = new();
    private volatile IActorRef _coordinator = ActorRefs.Nobody;
    private int _isCreating;

    public GroupCoordinatorGateway(GroupServices services) => _services = services;

    public GroupCoordinatorGateway(IActorRefFactory actors, GroupServices services)
        : this(services) => Start(actors);

    /// <summary>The actor under which all groups of the node live.</summary>
    public IActorRef Coordinator => _coordinator;

    /// <summary>Starts coordinating under <paramref name="actors"/>; after <see cref="StopAsync"/> once more, in another actor
    /// system.</summary>
    public void Start(IActorRefFactory actors) => _coordinator = actors.ActorOf(GroupCoordinatorActor.PropsFor(_services, _slots), "groups");

    /// <summary>Ends all groups; their state is in the log.</summary>
    public async Task StopAsync(TimeSpan limit)
    {
        var coordinator = _coordinator;
        _coordinator = ActorRefs.Nobody;
        try
        {
            if (!coordinator.IsNobody()) await coordinator.GracefulStop(limit).ConfigureAwait(false);
        }
        finally
        {
            _slots.CloseAll();
        }
    }

    public int PartitionOf(string groupId) =>
        GroupPartitioning.PartitionOf(groupId, OffsetsTopic?.Partitions.Length ?? _services.Settings.OffsetsTopicPartitions);

    public void RequestOffsetsTopic()
    {
        if (OffsetsTopic is null && Interlocked.Exchange(ref _isCreating, 1) == 0) _ = CreateOffsetsTopicAsync();
    }

    public ValueTask<JoinGroupReply> JoinAsync(JoinGroup command, CancellationToken cancel) => Ask<JoinGroupReply>(command, cancel);

    public ValueTask<SyncGroupReply> SyncAsync(SyncGroup command, CancellationToken cancel) => Ask<SyncGroupReply>(command, cancel);

    public ValueTask<HeartbeatReply> HeartbeatAsync(Heartbeat command, CancellationToken cancel) => Ask<HeartbeatReply>(command, cancel);

    public ValueTask<LeaveGroupReply> LeaveAsync(LeaveGroup command, CancellationToken cancel) => Ask<LeaveGroupReply>(command, cancel);

    public ValueTask<CommitOffsetsReply> CommitAsync(CommitOffsets command, CancellationToken cancel) =>
        Ask<CommitOffsetsReply>(command, cancel);

    public ValueTask<FetchOffsetsReply> FetchAsync(FetchOffsets command, CancellationToken cancel) =>
        Ask<FetchOffsetsReply>(command, cancel);

    public ValueTask<DeleteOffsetsReply> DeleteOffsetsAsync(DeleteOffsets command, CancellationToken cancel) =>
        Ask<DeleteOffsetsReply>(command, cancel);

    public ValueTask<DescribeGroupReply> DescribeAsync(DescribeGroup command, CancellationToken cancel) =>
        Ask<DescribeGroupReply>(command, cancel);

    public ValueTask<DeleteGroupReply> DeleteAsync(DeleteGroup command, CancellationToken cancel) => Ask<DeleteGroupReply>(command, cancel);

    public ValueTask<ListGroupsReply> ListAsync(ListGroups query, CancellationToken cancel)
    {
        var groups = ImmutableArray.CreateBuilder<ListedGroup>();
        foreach (var partition in LedPartitions())
        {
            // A partition that is led but not served yet may hold groups: an answer without them would be a wrong one.
            if (_slots.Find(partition) is not { IsServing: true } slot)
            {
                _coordinator.Tell(Reconcile.Instance, ActorRefs.NoSender);
                return new ValueTask<ListGroupsReply>(new ListGroupsReply { Error = ErrorCode.CoordinatorLoadInProgress });
            }

            groups.AddRange(slot.Listings.Where(group => ListingFilter.Matches(query, group)));
        }

        return new ValueTask<ListGroupsReply>(new ListGroupsReply { Groups = groups.ToImmutable() });
    }

    private TopicImage? OffsetsTopic => _services.Metadata.Current.Topics.GetValueOrDefault(InternalTopics.ConsumerOffsets);

    private IEnumerable<int> LedPartitions()
    {
        var count = OffsetsTopic?.Partitions.Length ?? 0;
        for (var partition = 0; partition < count; partition++)
            if (Leads(partition)) yield return partition;
    }

    private bool Leads(int partition) => _services.Partitions.Find(InternalTopics.ConsumerOffsets, partition) is { LeaderEpoch: >= 0 };

    private async ValueTask<TReply> Ask<TReply>(GroupCommand command, CancellationToken cancel)
        where TReply : GroupReply
    {
        var partition = PartitionOf(command.GroupId);
        if (_slots.Find(partition) is not { } slot) return (TReply)FailureRules.Refusal(command, WhyNot(partition));
        return (TReply)await slot.Ask(command).WaitAsync(cancel).ConfigureAwait(false);
    }

    private ErrorCode WhyNot(int partition)
    {
        if (OffsetsTopic is null)
        {
            RequestOffsetsTopic();
            return ErrorCode.CoordinatorNotAvailable;
        }

        // Led, and not yet or no longer coordinated: as in Kafka nobody is loading then, and a client that looks for the coordinator again
        // finds it here. kafkajs gives up on COORDINATOR_LOAD_IN_PROGRESS.
        if (Leads(partition)) _coordinator.Tell(Reconcile.Instance, ActorRefs.NoSender);
        return ErrorCode.NotCoordinator;
    }

    private async Task CreateOffsetsTopicAsync()
    {
        var configs = new Dictionary<string, string>
        {
            ["cleanup.policy"] = "compact",
            ["compression.type"] = "producer",
            ["segment.bytes"] = _services.Settings.OffsetsTopicSegmentBytes.ToString(System.Globalization.CultureInfo.InvariantCulture),
        };
        try
        {
            await _services.TopicCreator
                .EnsureAsync(InternalTopics.ConsumerOffsets, _services.Settings.OffsetsTopicPartitions, configs, CancellationToken.None)
                .ConfigureAwait(false);
        }
        finally
        {
            Volatile.Write(ref _isCreating, 0);
        }

        _coordinator.Tell(Reconcile.Instance, ActorRefs.NoSender);
    }
}
