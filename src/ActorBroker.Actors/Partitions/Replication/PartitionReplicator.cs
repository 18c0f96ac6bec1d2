using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Partitions.Replication;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Records;
using ActorBroker.Storage;
using Akka.Actor;

namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>
/// The leader's side of replication behind the mailbox: carries the followers' words to the machine and records to the followers. Runs on
/// the leader actor's turn only; lives as long as one leadership.
///
/// Records go out as soon as they are appended, straight from the tail's memory, as far as the window of the follower and the room on the
/// link allow; an acknowledgement lets the next ones go. What is no longer in memory is read elsewhere (<see cref="ColdReader"/>), one read
/// per follower at a time. A high watermark travels with records; when none follow it goes alone a little later.
/// </summary>
internal sealed class PartitionReplicator
{
    private readonly PartitionMachine _machine;
    private readonly PartitionLog _log;
    private readonly TopicIdPartition _id;
    private readonly int _leaderEpoch;
    private readonly IActorRef _leader;
    private readonly ReplicationServices _services;
    private readonly ReplicaPort _port;
    private readonly List<ReadSlice> _slices = [];
    private readonly HashSet<int> _reading = [];
    private readonly HashSet<int> _waiting = [];
    private readonly CatchUpUnderWay _catchUp = new();

    public PartitionReplicator(PartitionMachine machine, PartitionLog log, TopicIdPartition id, IActorRef leader, ReplicationServices services)
    {
        _machine = machine;
        _log = log;
        _id = id;
        _leaderEpoch = machine.LeaderEpoch;
        _leader = leader;
        _services = services;
        _port = new ReplicaPort(leader);
        _services.Ports.Open(id, _port);
        CallFollowers();
    }

    /// <summary>True when a follower does not know the high watermark and no records are on their way to tell it.</summary>
    public bool OwesWatermark
    {
        get
        {
            foreach (var follower in _machine.Replication.Followers)
                if (follower.IsStreaming && follower.SentHighWatermark < _machine.HighWatermark) return true;
            return false;
        }
    }

    /// <summary>Before an append: somebody will read at the end, the tail is to keep it.</summary>
    public void Expect()
    {
        if (_machine.Replication.Followers.Count > 0) _log.ExpectTailReader();
    }

    /// <summary>
    /// Hears what the followers have said; true when that may have moved what is committed. What may be sent now is the next
    /// <see cref="Push(long)"/>'s, which then carries the watermark that has moved.
    /// </summary>
    public bool Hear(long nowMs)
    {
        var heard = false;
        for (var part = _port.TakeAll(); part is not null;)
        {
            var next = part.Next;
            part.Next = null;
            heard |= Hear(part, nowMs);
            part.Release();
            part = next;
        }

        return heard;
    }

    /// <summary>A link that was full has room again.</summary>
    public void OnRoom(int node, long nowMs)
    {
        _waiting.Remove(node);
        if (_machine.Replication.Find(node) is { } follower) Push(follower, nowMs);
        _services.Links.To(node).PassOn();
    }

    /// <summary>Sends what may be sent to everybody.</summary>
    public void Push(long nowMs)
    {
        foreach (var follower in _machine.Replication.Followers) Push(follower, nowMs);
    }

    /// <summary>Tells the high watermark to those who do not know it.</summary>
    public void SendWatermark(long nowMs)
    {
        foreach (var follower in _machine.Replication.Followers)
            if (follower.IsStreaming && follower.SentHighWatermark < _machine.HighWatermark) SendNews(follower, wantsAnswer: false, nowMs);
    }

    /// <summary>The log's start has moved by command: followers whose log begins before <paramref name="logStart"/> move theirs and say so.</summary>
    public void SendLogStart(long logStart, long nowMs)
    {
        foreach (var follower in _machine.Replication.Followers)
            if (follower.IsStreaming && follower.LogStart < logStart) SendNews(follower, wantsAnswer: true, nowMs);
    }

    /// <summary>The lowest log start of the replicas that are up.</summary>
    public long LowWatermark => _machine.Replication.LowWatermark(_log.LogStartOffset, IsUp);

    /// <summary>
    /// Other replicas are in sync. With one that is not, on a node that is gone, there is no conversation any more: the watermark must not wait
    /// for what it had a moment ago. It is called when its node comes up.
    /// </summary>
    public void Reassigned()
    {
        foreach (var follower in _machine.Replication.Followers)
            if (follower.IsStreaming && !_machine.Isr.Contains(follower.Node) && !IsUp(follower.Node)) Drop(follower);
    }

    /// <summary>
    /// True while some follower that is up or in sync, or that the watermark waits for, has not everything, is out of sync or does not speak: time
    /// matters then.
    /// </summary>
    public bool NeedsTicks
    {
        get
        {
            if (!_machine.InSync.IsSettled) return true;
            foreach (var follower in _machine.Replication.Followers)
            {
                var isInSync = _machine.Isr.Contains(follower.Node);
                if (isInSync && follower.IsStreaming && follower.DurableEnd >= _log.LogEndOffset) continue;
                // One that is out of sync and down opens by itself when it is back.
                var holdsWatermark = follower.IsNear && follower.DurableEnd < _log.LogEndOffset;
                if (isInSync || holdsWatermark || IsUp(follower.Node)) return true;
            }

            return false;
        }
    }

    /// <summary>Asks the silent, calls those who do not speak, sends what a throttle held back.</summary>
    public void OnTick(long nowMs)
    {
        foreach (var follower in _machine.Replication.ProbesDue(nowMs).ToArray()) SendNews(follower, wantsAnswer: true, nowMs);
        CallFollowers();
        Push(nowMs);
    }

    /// <summary>Replicas have left the assignment.</summary>
    public void Freed(IReadOnlyList<(int Node, int Bytes)> freed)
    {
        foreach (var (node, bytes) in freed)
        {
            _services.Links.To(node).GiveBack(bytes);
            _services.Links.To(node).EndCatchUp(_catchUp.Forget(node));
        }

        CallFollowers();
    }

    public void Close()
    {
        _services.Ports.Close(_id, _port);
        foreach (var follower in _machine.Replication.Followers) Drop(follower);
    }

    private bool Hear(ReplicaPart part, long nowMs)
    {
        if (part.LeaderEpoch != _leaderEpoch)
        {
            if (part.Kind == PartKind.Open) Answer(part, Strange(part.LeaderEpoch));
            return false;
        }

        switch (part.Kind)
        {
            case PartKind.Open:
                OnOpen(part);
                return true;
            case PartKind.Acknowledge:
                if (!_machine.Replication.Acknowledge(part.From, part.EndOffset, part.DurableEnd, nowMs, out var freed)) return false;
                _machine.Replication.LogStartIs(part.From, part.LogStart);
                _services.Links.To(part.Node).GiveBack(freed);
                return true;
            case PartKind.Closed:
                _services.Links.To(part.Node).GiveBack(_machine.Replication.Close(part.From, part.Error == ErrorCode.KafkaStorageError));
                return true;
            case PartKind.ColdRead:
                OnColdRead(part, nowMs);
                return false;
            default:
                return false;
        }
    }

    private void OnColdRead(ReplicaPart read, long nowMs)
    {
        _reading.Remove(read.Node);
        var follower = _machine.Replication.Find(read.Node);
        if (read.Buffer is not { } buffer || follower is null || !follower.IsStreaming || follower.Session != read.Session) return;
        // Lease and reservation go over to what is sent.
        read.Buffer = null;
        read.ReservedOn = null;
        Send(follower, [new ReadSlice(buffer, 0, read.Bytes)], read.Bytes, nowMs);
        if (read.IsCatchUp) _catchUp.Sent(follower, read.Bytes);
        Push(follower, nowMs);
    }

    private OpenAnswer Strange(int epoch) =>
        OpenAnswer.Refused(epoch < _leaderEpoch ? ErrorCode.FencedLeaderEpoch : ErrorCode.UnknownLeaderEpoch, _leaderEpoch);

    private void OnOpen(ReplicaPart part)
    {
        var known = _log.FindEpochEndOffset(part.Position.LastEpoch);
        var bounds = new LogBounds(_log.LogStartOffset, _machine.HighWatermark, _log.LogEndOffset);
        var answer = _machine.Replication.Open(part.From, part.Position, known, bounds, out var freed);
        _services.Links.To(part.Node).GiveBack(freed);
        Answer(part, answer);
    }

    private void Answer(ReplicaPart open, in OpenAnswer answer) => _services.Links.To(open.Node).Send(new ReplicaPart
    {
        Kind = PartKind.Opened,
        Id = _id,
        LeaderEpoch = open.LeaderEpoch,
        Session = open.Session,
        Answer = answer,
        HighWatermark = _machine.HighWatermark,
        LogStart = _log.LogStartOffset,
    });

    private void Drop(FollowerProgress follower)
    {
        _services.Links.To(follower.Node).GiveBack(_machine.Replication.Drop(follower));
        SettleCatchUp(follower);
    }

    private void SettleCatchUp(FollowerProgress follower)
    {
        if (_catchUp.Settle(follower) is var bytes and > 0) _services.Links.To(follower.Node).EndCatchUp(bytes);
    }

    private void Push(FollowerProgress follower, long nowMs)
    {
        SettleCatchUp(follower);
        // A window that is nearly full is left to empty: single small batches would follow each acknowledgement.
        var worthwhile = Math.Min(_services.Settings.PartBytes, _machine.Replication.Limits.WindowBytes / 4);
        while (follower.IsStreaming && follower.NextOffset < _log.LogEndOffset && !_reading.Contains(follower.Node))
        {
            var window = _machine.Replication.WindowOf(follower);
            if (window <= 0 || (window < worthwhile && follower.OwesAcknowledgement)) return;
            if (!PushOnce(follower, window, nowMs)) return;
        }
    }

    private bool PushOnce(FollowerProgress follower, int window, long nowMs)
    {
        var throttled = IsThrottled(follower);
        if (throttled && !_services.LeaderThrottle.IsOpen(nowMs)) return false;
        var link = _services.Links.To(follower.Node);
        if (!HasRoom(link, isCatchUp: false)) return false;
        var limit = Math.Min(_services.Settings.PartBytes, window);
        _slices.Clear();
        var planned = follower.NextOffset < _log.LogStartOffset
            ? 0
            : _log.View.Plan(follower.NextOffset, _log.LogEndOffset, limit, firstBatchWhole: true, _slices);
        if (planned == 0)
        {
            // What it needs is gone: it has to start over.
            Drop(follower);
            Call(follower);
            return false;
        }

        var slices = _slices.ToArray();
        var isCold = Array.Exists(slices, static slice => slice.File is not null);
        // One that is throttled is slow enough, and must not keep the place of those who are not; for one that is in sync producers wait.
        var isCatchUp = isCold && !throttled && !_machine.Isr.Contains(follower.Node);
        if (isCatchUp && !HasRoom(link, isCatchUp: true))
        {
            foreach (var slice in slices) slice.Release();
            return false;
        }

        if (throttled) _services.LeaderThrottle.Take(planned, nowMs);
        if (isCold)
        {
            ReadCold(follower, link, slices, planned, isCatchUp);
            return false;
        }

        link.Reserve(planned);
        Send(follower, slices, planned, nowMs);
        return true;
    }

    /// <summary>Room, or a place among those who are woken when there is some: one place, however often it is looked for.</summary>
    private bool HasRoom(PeerLink link, bool isCatchUp)
    {
        if (link.HasRoom(isCatchUp)) return true;
        if (_waiting.Add(link.Node)) link.WaitForRoom(_leader, isCatchUp);
        return false;
    }

    private void ReadCold(FollowerProgress follower, PeerLink link, ReadSlice[] slices, int planned, bool isCatchUp)
    {
        if (isCatchUp) link.ReserveCatchUp(planned);
        else link.Reserve(planned);
        var (node, session, port, id, epoch) = (follower.Node, follower.Session, _port, _id, _leaderEpoch);
        _reading.Add(node);
        _services.Reader.Submit(slices, planned, isCatchUp, buffer => port.Deliver(new ReplicaPart
        {
            Kind = PartKind.ColdRead, Id = id, LeaderEpoch = epoch, Session = session, Node = node, Bytes = planned, Buffer = buffer, ReservedOn = link,
            IsCatchUp = isCatchUp,
        }));
    }

    private void Send(FollowerProgress follower, ReadSlice[] slices, int bytes, long nowMs)
    {
        var start = follower.NextOffset;
        var end = EndOf(slices);
        _services.Links.To(follower.Node).Send(new ReplicaPart
        {
            Kind = PartKind.Records,
            Id = _id,
            LeaderEpoch = _leaderEpoch,
            Session = follower.Session,
            StartOffset = start,
            EndOffset = end,
            HighWatermark = _machine.HighWatermark,
            LogStart = _log.LogStartOffset,
            Bytes = bytes,
            Slices = slices,
        });
        _machine.Replication.Sent(follower, end, bytes, _machine.HighWatermark, nowMs);
    }

    private void SendNews(FollowerProgress follower, bool wantsAnswer, long nowMs)
    {
        _services.Links.To(follower.Node).Send(new ReplicaPart
        {
            Kind = PartKind.Records,
            Id = _id,
            LeaderEpoch = _leaderEpoch,
            Session = follower.Session,
            StartOffset = follower.NextOffset,
            EndOffset = follower.NextOffset,
            HighWatermark = _machine.HighWatermark,
            LogStart = _log.LogStartOffset,
            WantsAnswer = wantsAnswer,
        });
        _machine.Replication.Sent(follower, follower.NextOffset, 0, _machine.HighWatermark, nowMs);
    }

    private void CallFollowers()
    {
        foreach (var follower in _machine.Replication.Followers)
            if (!follower.IsStreaming && IsUp(follower.Node)) Call(follower);
    }

    private bool IsUp(int node) => _services.Metadata.Current.Brokers.TryGetValue(node, out var broker) && !broker.IsFenced;

    private void Call(FollowerProgress follower) =>
        _services.Links.To(follower.Node).Send(new ReplicaPart { Kind = PartKind.LeaderHere, Id = _id, LeaderEpoch = _leaderEpoch });

    /// <summary>Only replicas that are not in sync are ever throttled (KIP-73).</summary>
    private bool IsThrottled(FollowerProgress follower)
    {
        var settings = _log.Settings;
        if (settings.LeaderThrottledRate == long.MaxValue || _machine.Isr.Contains(follower.Node)) return false;
        if (!settings.LeaderThrottledReplicas.Covers(_id.Partition, follower.Node)) return false;
        _services.LeaderThrottle.RateBytes = settings.LeaderThrottledRate;
        return true;
    }

    /// <summary>The offset behind the last batch; batches are whole within their slice.</summary>
    private static long EndOf(ReadSlice[] slices)
    {
        ref readonly var last = ref slices[^1];
        var bytes = last.Buffer!.Span((int)last.Position, last.Length);
        while (true)
        {
            var view = new RecordBatchView(bytes);
            if (view.SizeInBytes >= bytes.Length) return view.LastOffset + 1;
            bytes = bytes[view.SizeInBytes..];
        }
    }
}
