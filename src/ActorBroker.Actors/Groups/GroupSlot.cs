using System.Collections.Concurrent;
using ActorBroker.Core.Groups;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using Akka.Actor;

namespace ActorBroker.Actors.Groups;

/// <summary>
/// One life of a led partition of <c>__consumer_offsets</c> as the gateway sees it: who to ask, who waits, which groups there are. It
/// outlives its actors by a moment, so that whoever asked is answered when they are gone: parked, stashed or still in a mailbox.
///
/// A request is entered before the state is looked at, and closing sets the state before it empties the list: so a request is either in the
/// list when it is emptied, or sees the end itself; both may happen, and the first answer counts.
/// </summary>
internal sealed class GroupSlot(int partition, int leaderEpoch)
{
    private const int Loading = 0;
    private const int Serving = 1;
    private const int Closed = 2;

    private readonly ConcurrentDictionary<long, Waiting> _waiting = new();
    private readonly ConcurrentDictionary<string, ListedGroup> _listings = new(StringComparer.Ordinal);
    private IActorRef _actor = ActorRefs.Nobody;
    private long _tickets;
    private int _state = Loading;

    public int Partition => partition;

    public int LeaderEpoch => leaderEpoch;

    public bool IsLoading => Volatile.Read(ref _state) == Loading;

    public bool IsServing => Volatile.Read(ref _state) == Serving;

    public bool IsClosed => Volatile.Read(ref _state) == Closed;

    public int WaitingCount => _waiting.Count;

    public ICollection<ListedGroup> Listings => _listings.Values;

    /// <summary>From here on requests are let in.</summary>
    public void Serve(IActorRef actor)
    {
        _actor = actor;
        Interlocked.CompareExchange(ref _state, Serving, Loading);
    }

    public Task<GroupReply> Ask(GroupCommand command)
    {
        if (IsLoading) return Task.FromResult(FailureRules.Refusal(command, ErrorCode.CoordinatorLoadInProgress));
        var waiting = new Waiting(command);
        var ticket = new Ticket(Interlocked.Increment(ref _tickets));
        _waiting[ticket.Id] = waiting;
        if (IsClosed)
        {
            _waiting.TryRemove(ticket.Id, out _);
            waiting.Refuse(ErrorCode.NotCoordinator);
        }
        else
        {
            _actor.Tell(new GroupRequest(command, ticket), ActorRefs.NoSender);
        }

        return waiting.Task;
    }

    public void Answer(Ticket ticket, GroupReply reply)
    {
        if (_waiting.TryRemove(ticket.Id, out var waiting)) waiting.Answer(reply);
    }

    /// <summary>What ListGroups shows of a group; null when it is gone.</summary>
    public void Publish(string groupId, ListedGroup? listing)
    {
        if (listing is null) _listings.TryRemove(groupId, out _);
        else _listings[groupId] = listing;
    }

    public void Close()
    {
        Volatile.Write(ref _state, Closed);
        Interlocked.MemoryBarrier();
        foreach (var (id, _) in _waiting)
            if (_waiting.TryRemove(id, out var waiting)) waiting.Refuse(ErrorCode.NotCoordinator);
    }

    private sealed class Waiting(GroupCommand command)
        : TaskCompletionSource<GroupReply>(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        public void Answer(GroupReply reply) => TrySetResult(reply);

        public void Refuse(ErrorCode error) => TrySetResult(FailureRules.Refusal(command, error));
    }
}
