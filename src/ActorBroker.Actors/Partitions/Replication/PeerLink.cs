using System.Collections.Concurrent;
using ActorBroker.Core.Kernel;
using Akka.Actor;

namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>
/// The way to the replicas of one other node: what waits to be sent, and how many bytes of records are under way. Any thread sends; the
/// link's actor (<see cref="ReplicationLinkActor"/>) is rung when the queue was empty and takes everything at once, so that the words of
/// many partitions travel together when there are many and none waits when there are few.
///
/// Back-pressure: a leader looks for room before it reads records, reserves what it has read and gives it back when it is acknowledged, or
/// when it ends the conversation; leaders that look at the same moment may each exceed the budget by one read. What is read from cold segments
/// has a smaller budget besides, because all that is under way stands before the next record of a replica that is in sync: catching up takes
/// no more than keeps the link busy. It is counted apart, so that a busy tail does not keep a replica from catching up, and those who wait for
/// it are woken one after the other, for there may be thousands. Whoever finds no room adds itself to the waiting ones and looks once
/// more; whoever makes room wakes them after it has: one of the two sees the other.
/// </summary>
internal sealed class PeerLink(int node, int budgetBytes, int catchUpBytes, Func<PeerLink, IActorRef> start)
{
    private readonly HandoverQueue<ReplicaPart> _queue = ReplicaPart.NewQueue();
    private readonly ConcurrentQueue<IActorRef> _waiting = new();
    private readonly ConcurrentQueue<IActorRef> _catchUpWaiting = new();
    private readonly RoomOnLink _room = new(node);
    private readonly Lock _gate = new();
    private IActorRef? _actor;
    private long _underWay;
    private long _catchingUp;

    public int Node => node;

    public long UnderWayBytes => Volatile.Read(ref _underWay);

    /// <summary>Of those under way what comes from cold segments, reads that have begun included.</summary>
    public long CatchingUpBytes => Volatile.Read(ref _catchingUp);

    public void Send(ReplicaPart part)
    {
        if (!_queue.TryPush(part, out var wasEmpty)) part.Release();
        else if (wasEmpty) Actor.Tell(LinkHasWork.Instance, ActorRefs.NoSender);
    }

    public bool HasRoom(bool isCatchUp) => UnderWayBytes < budgetBytes && (!isCatchUp || CatchingUpBytes < catchUpBytes);

    public void Reserve(int bytes) => Interlocked.Add(ref _underWay, bytes);

    public void ReserveCatchUp(int bytes)
    {
        Interlocked.Add(ref _catchingUp, bytes);
        Reserve(bytes);
    }

    /// <summary>The bytes are under way no more, or no more as those of one who catches up; <see cref="GiveBack"/> is called apart.</summary>
    public void EndCatchUp(int bytes)
    {
        if (bytes == 0) return;
        Interlocked.Add(ref _catchingUp, -bytes);
        PassOn();
    }

    public void GiveBack(int bytes)
    {
        if (bytes == 0) return;
        Interlocked.Add(ref _underWay, -bytes);
        if (!_waiting.IsEmpty) Wake();
        PassOn();
    }

    /// <summary>Whoever waits longest for room to catch up is woken if there is some; who was and did not need it passes it on.</summary>
    public void PassOn()
    {
        if (!_catchUpWaiting.IsEmpty && HasRoom(isCatchUp: true) && _catchUpWaiting.TryDequeue(out var leader)) leader.Tell(_room, ActorRefs.NoSender);
    }

    /// <summary>The leader is rung with <see cref="RoomOnLink"/> when there is room again.</summary>
    public void WaitForRoom(IActorRef leader, bool isCatchUp)
    {
        (isCatchUp ? _catchUpWaiting : _waiting).Enqueue(leader);
        Interlocked.MemoryBarrier();
        if (!HasRoom(isCatchUp)) return;
        if (isCatchUp) PassOn();
        else Wake();
    }

    public void Close() => ReplicaPart.Close(_queue);

    internal ReplicaPart? TakeAll() => _queue.TakeAll();

    private IActorRef Actor
    {
        get
        {
            if (Volatile.Read(ref _actor) is { } known) return known;
            lock (_gate)
            {
                if (_actor is null) Volatile.Write(ref _actor, start(this));
                return _actor!;
            }
        }
    }

    private void Wake()
    {
        for (var left = _waiting.Count; left > 0 && _waiting.TryDequeue(out var leader); left--)
            leader.Tell(_room, ActorRefs.NoSender);
    }
}
