using ActorBroker.Core.Controller;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Partitions.Replication;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Simulation.Tests.Cluster.Disks;
using ActorBroker.Simulation.Tests.Cluster.World;

namespace ActorBroker.Simulation.Tests.Cluster.Nodes;

/// <summary>
/// A leader: what <c>PartitionLeaderActor</c> and <c>PartitionAppender</c> do. Takes what waits in its queue, lets the machine decide, writes,
/// pushes to followers, asks the controller for in-sync replicas, answers when the watermark has passed.
/// </summary>
internal sealed class SimLeader : ISimPartition
{
    private const int BatchesAtOnce = 8;

    private readonly NodeProcess _node;
    private readonly SimReplica _replica;
    private readonly PartitionMachine _machine;
    private readonly Queue<SimAppend> _queue = new();
    private readonly Queue<Parked> _acks = new();
    private LeadershipGrant? _granted;
    private bool _isRung;
    private bool _isFlushing;
    private bool _isStopped;

    public SimLeader(NodeProcess node, SimReplica replica)
    {
        _node = node;
        _replica = replica;
        _machine = new PartitionMachine(node.Id, new ReplicationLimits { LagMaxMs = node.Cluster.LagMaxMs, WindowBytes = 4_000 });
    }

    public SimLog Log => _replica.Log;

    public PartitionMachine Machine => _machine;

    public int LeaderEpoch => _machine.LeaderEpoch;

    public bool IsLeading => _machine.IsLeading;

    public SimGroupPartition? Groups { get; private set; }

    private SimWorld World => _node.World;

    private PartitionSettings Settings => _replica.Settings;

    /// <summary>A grant: it is noted on the disk first.</summary>
    public void Lead(LeadershipGrant grant)
    {
        var known = _node.Machine.Grants.GetValueOrDefault(_replica.Id, -1);
        if (grant.LeaderEpoch < known || (_machine.IsLeading && grant.LeaderEpoch <= _machine.LeaderEpoch)) return;
        _granted = grant;
        World.After(World.Random.Between(1, 6), _node.Life, () =>
        {
            if (_isStopped || _granted is not { } noted || noted.LeaderEpoch != grant.LeaderEpoch) return;
            _granted = null;
            _node.Machine.Grants[_replica.Id] = noted.LeaderEpoch;
            Begin(noted);
        });
    }

    public void Append(SimAppend append)
    {
        _queue.Enqueue(append);
        if (_isRung) return;
        _isRung = true;
        World.After(0, _node.Life, Drain);
    }

    /// <summary>Other in-sync replicas under the same leadership; what comes while the grant is noted counts when that is done.</summary>
    public void Update(LeadershipGrant grant)
    {
        if (_granted is { } noted && noted.LeaderEpoch == grant.LeaderEpoch) _granted = grant;
        _machine.Reassigned(grant);
        Settle();
    }

    public void SettingsChanged() => Settle();

    public string Describe() =>
        $"node {_node.Id} image {_node.Image.Offset} epoch {LeaderEpoch}/{_machine.PartitionEpoch} isr [{string.Join(',', _machine.Isr)}]{(_machine.InSync.IsPending ? " pending" : "")} "
        + $"end {Log.LogEndOffset} durable {_machine.LocalDurableEnd} watermark {_machine.HighWatermark}: " + string.Join("; ", _machine.Replication.Followers.Select(follower =>
            $"{follower.Node}/{follower.Incarnation} session {follower.Session}{(follower.IsStreaming ? "" : " silent")} next {follower.NextOffset} end {follower.EndOffset} durable {follower.DurableEnd}"
            + $"{(follower.IsNear ? " near" : "")}{(follower.IsLost ? " lost" : "")}{(_machine.InSync.IsMaximal(follower.Node) ? " maximal" : "")}"));

    public void Receive(int from, ReplicationMessage message)
    {
        switch (message)
        {
            case OpenMessage open: OnOpen(open); break;
            case AckMessage ack: OnAck(ack); break;
        }
    }

    public void Tick()
    {
        if (!_machine.IsLeading) return;
        _machine.Tick(World.NowMs);
        foreach (var follower in _machine.Replication.ProbesDue(World.NowMs).ToList()) Send(follower, [], wantsAnswer: true);
        CallFollowers();
        ProposeIsr(World.NowMs);
        Expire();
        Settle();
        Push();
    }

    /// <summary>Whoever waits is told that somebody else leads.</summary>
    public void Stop()
    {
        _isStopped = true;
        _machine.Resign();
        while (_acks.TryDequeue(out var parked)) parked.Answer(ErrorCode.NotLeaderOrFollower);
        while (_queue.TryDequeue(out var append)) append.Done(ErrorCode.NotLeaderOrFollower, -1);
        Groups?.Close();
        Groups = null;
    }

    private void Begin(LeadershipGrant grant)
    {
        EndTerm();
        if (!_machine.Lead(grant, Log.LogEndOffset, Log.HighWatermark, World.NowMs, DurableEnd)) return;
        World.Note(_node.Id, "lead", _replica.Number, grant.LeaderEpoch, Log.LogEndOffset);
        _node.Cluster.OracleOf(_replica.Id)?.LeaderStarted(_node.Id, _node.Incarnation, grant.LeaderEpoch, Log);
        Log.AssignEpoch(grant.LeaderEpoch, Log.LogEndOffset);
        if (World.Has(Mutation.ForgottenProducers)) Log.ForgetProducers();
        if (_replica.Name.Topic == Core.Metadata.InternalTopics.ConsumerOffsets)
            Groups = new SimGroupPartition(World, _node.Life, this, _node.Cluster.GroupSettings, () => _node.WallMs);
        if (Settings.FlushesAlways()) Flush();
        CallFollowers();
        Settle();
    }

    /// <summary>Another grant while leading: who waits for the old term is told so.</summary>
    private void EndTerm()
    {
        if (!_machine.IsLeading) return;
        while (_acks.TryDequeue(out var parked)) parked.Answer(ErrorCode.NotLeaderOrFollower);
        Groups?.Close();
        Groups = null;
    }

    private void Drain()
    {
        _isRung = false;
        var written = new List<(SimAppend Append, SimBatch Batch)>();
        while (_queue.TryDequeue(out var append))
        {
            var error = _machine.Admit(append.Acks, append.ExpectedLeaderEpoch, Settings);
            if (error != ErrorCode.None)
            {
                append.Done(error, -1);
                continue;
            }
            var decision = _machine.Decide(append.Batch.Facts, Log.Producers, append.IsInternal, Log.LogEndOffset);
            if (decision.Verdict == AppendVerdict.Append) written.Add((append, Log.Append(append.Batch, _machine.LeaderEpoch)));
            else Answer(append, decision);
        }
        if (written.Count == 0) return;
        World.Note(_node.Id, "append", _replica.Number, Log.LogEndOffset, _machine.LeaderEpoch);
        _machine.Appended(Log.LogEndOffset, DurableEnd);
        AdvanceWatermark();
        foreach (var (append, batch) in written) Park(append, batch);
        if (Settings.FlushesAlways()) Flush();
        Push();
    }

    private long DurableEnd => Settings.FlushesAlways() ? Log.DurableEnd : Log.LogEndOffset;

    private void Answer(SimAppend append, in AppendDecision decision)
    {
        if (decision.Verdict == AppendVerdict.Refuse)
        {
            append.Done(decision.Error, -1);
            return;
        }
        var committedAt = decision.BaseOffset + append.Batch.Count;
        var parked = new Parked(append, decision.BaseOffset, committedAt, World.NowMs + append.TimeoutMs, Acknowledged);
        if (append.Acks == -1 && committedAt > _machine.HighWatermark) _acks.Enqueue(parked);
        else parked.Answer(ErrorCode.None);
    }

    private void Park(SimAppend append, SimBatch batch)
    {
        var parked = new Parked(append, batch.BaseOffset, batch.EndOffset, World.NowMs + append.TimeoutMs, Acknowledged);
        if (append.Acks != -1 || batch.EndOffset <= _machine.HighWatermark || World.Has(Mutation.AckBeforeReplication))
        {
            parked.Answer(ErrorCode.None);
            return;
        }
        append.Appended?.Invoke(batch.BaseOffset);
        var error = _machine.StillEnough(Settings);
        if (error != ErrorCode.None) parked.Answer(error);
        else _acks.Enqueue(parked);
    }

    private void Acknowledged(Parked parked)
    {
        if (parked.Append.Acks != -1) return;
        _node.Cluster.OracleOf(_replica.Id)?.OnAcknowledged(_node.Id, _machine.LeaderEpoch, parked.Append.Batch.Value, parked.BaseOffset);
    }

    private void Expire()
    {
        foreach (var parked in _acks)
            if (parked.DeadlineMs <= World.NowMs) parked.Answer(ErrorCode.RequestTimedOut);
        while (_acks.TryPeek(out var parked) && parked.IsAnswered) _acks.Dequeue();
    }

    private void Flush()
    {
        if (_isFlushing) return;
        _isFlushing = true;
        var upTo = Log.LogEndOffset;
        World.After(World.Random.Between(1, 8), _node.Life, () =>
        {
            _isFlushing = false;
            if (_isStopped) return;
            Log.Sync(upTo);
            Settle();
            if (Log.DurableEnd < Log.LogEndOffset) Flush();
        });
    }

    /// <summary>What counts may have grown.</summary>
    private void Settle()
    {
        if (!_machine.IsLeading) return;
        _machine.Appended(Log.LogEndOffset, DurableEnd);
        if (AdvanceWatermark()) Push();
    }

    private bool AdvanceWatermark()
    {
        var before = _machine.HighWatermark;
        if (!_machine.AdvanceHighWatermark(Settings)) return false;
        var after = _machine.HighWatermark;
        _node.Cluster.WatermarkMoved(_node, _replica, _machine, before, after);
        Log.UpdateHighWatermark(after);
        while (_acks.TryPeek(out var parked) && parked.CommittedAt <= after)
        {
            _acks.Dequeue();
            parked.Answer(ErrorCode.None);
        }
        Groups?.WatermarkMoved();
        return true;
    }

    private void OnOpen(OpenMessage open)
    {
        if (!_machine.IsLeading || open.LeaderEpoch != _machine.LeaderEpoch)
        {
            var error = open.LeaderEpoch < _machine.LeaderEpoch ? ErrorCode.FencedLeaderEpoch : ErrorCode.UnknownLeaderEpoch;
            if (!_machine.IsLeading) error = ErrorCode.NotLeaderOrFollower;
            Answer(open, OpenAnswer.Refused(error, _machine.LeaderEpoch));
            return;
        }
        var (epoch, end) = Log.FindEpochEnd(open.Position.LastEpoch);
        var bounds = new LogBounds(0, _machine.HighWatermark, Log.LogEndOffset);
        var (earlier, acknowledged) = _machine.Replication.Find(open.From.Node) is { } known ? (known.Incarnation, known.DurableEnd) : (-1, 0);
        Answer(open, _machine.Replication.Open(open.From, open.Position, new EpochEndOffset(epoch, end), bounds, out _));
        if (World.Has(Mutation.StaleIncarnationInSync) && earlier >= 0 && earlier < open.From.Incarnation) CountEarlier(open.From.Node, acknowledged);
        AfterWord();
    }

    /// <summary>A planted bug: another process of the follower speaks, and is taken for the one of before.</summary>
    private void CountEarlier(int node, long acknowledged)
    {
        if (_machine.Replication.Find(node) is { IsStreaming: true } follower && follower.DurableEnd < acknowledged)
            _machine.FollowerReached(node, acknowledged);
    }

    private void Answer(OpenMessage open, in OpenAnswer answer) =>
        _node.Send(open.From.Node, new OpenAnswerMessage(_replica.Id, open.LeaderEpoch, open.Session, answer));

    private void OnAck(AckMessage ack)
    {
        if (!_machine.IsLeading || ack.LeaderEpoch != _machine.LeaderEpoch) return;
        if (_machine.Replication.Acknowledge(ack.From, ack.EndOffset, ack.DurableEnd, World.NowMs, out _)) AfterWord();
    }

    private void AfterWord()
    {
        if (World.Has(Mutation.WatermarkByCount)) CountReplicas();
        AdvanceWatermark();
        ProposeIsr(null);
        Push();
    }

    /// <summary>A planted bug: where enough replicas are, all in-sync replicas are taken to be.</summary>
    private void CountReplicas()
    {
        var ends = _machine.Replication.Followers.Select(follower => follower.DurableEnd).Append(Log.LogEndOffset).OrderDescending().ToList();
        var end = ends[Math.Clamp(Settings.MinInSyncReplicas, 1, ends.Count) - 1];
        foreach (var follower in _machine.Replication.Followers)
            if (follower.IsStreaming && follower.DurableEnd < end) _machine.FollowerReached(follower.Node, end);
    }

    private void Push()
    {
        if (!_machine.IsLeading) return;
        foreach (var follower in _machine.Replication.Followers)
        {
            while (_machine.Replication.WindowOf(follower) > 0)
            {
                var batches = Log.Read(follower.NextOffset, Log.LogEndOffset, BatchesAtOnce);
                if (batches.Count == 0 && follower.SentHighWatermark >= _machine.HighWatermark) break;
                Send(follower, batches, wantsAnswer: false);
            }
        }
    }

    private void Send(FollowerProgress follower, IReadOnlyList<SimBatch> batches, bool wantsAnswer)
    {
        var end = batches.Count == 0 ? follower.NextOffset : batches[^1].EndOffset;
        _node.Send(follower.Node, new RecordsMessage(
            _replica.Id, _machine.LeaderEpoch, follower.Session, follower.NextOffset, batches, _machine.HighWatermark, wantsAnswer));
        _machine.Replication.Sent(follower, end, batches.Sum(batch => batch.Facts.SizeInBytes), _machine.HighWatermark, World.NowMs);
        if (World.Has(Mutation.CountsSentAsWritten)) _machine.FollowerReached(follower.Node, end);
    }

    private void CallFollowers()
    {
        foreach (var follower in _machine.Replication.Followers)
        {
            if (follower.IsStreaming || _node.Image.Brokers.GetValueOrDefault(follower.Node) is not { IsFenced: false }) continue;
            _node.Send(follower.Node, new LeaderHereMessage(_replica.Id, _machine.LeaderEpoch));
        }
    }

    private void ProposeIsr(long? tickMs)
    {
        var isr = _machine.ProposeIsr(tickMs, _node.IsEligible);
        if (isr.IsDefault) return;
        _machine.InSync.Submit(isr);
        var epoch = _machine.LeaderEpoch;
        var command = new AlterPartition(
            _node.Id, _node.Incarnation, _replica.Id.TopicId, _replica.Id.Partition, epoch, _machine.PartitionEpoch,
            [.. isr.Select(member => new IsrMember(member, IncarnationOf(member)))]);
        _node.Submit(command, (error, reply) =>
        {
            if (_isStopped || !_machine.IsLeading || _machine.LeaderEpoch != epoch) return;
            // As IsrReporter: these two are said after the epochs were found right.
            var answer = reply as AlterPartitionReply;
            if (answer is { Error.IsNone: true, Partition: { } partition } && partition.LeaderEpoch == epoch)
                _machine.IsrChanged(partition.Isr, partition.PartitionEpoch);
            else if (answer?.Error.Code is ErrorCode.IneligibleReplica or ErrorCode.InvalidRequest) _machine.InSync.Refuse();
            else _machine.InSync.Unanswered();
            AfterWord();
        });
    }

    private long IncarnationOf(int member)
    {
        if (member == _node.Id) return _node.Incarnation;
        var heard = _machine.Replication.Find(member)?.Incarnation ?? -1;
        return heard >= 0 ? heard : _node.Image.Brokers.GetValueOrDefault(member)?.Incarnation ?? -1;
    }

    private sealed class Parked(SimAppend append, long baseOffset, long committedAt, long deadlineMs, Action<Parked> acknowledged)
    {
        public SimAppend Append => append;

        public long BaseOffset => baseOffset;

        public long CommittedAt => committedAt;

        public long DeadlineMs => deadlineMs;

        public bool IsAnswered { get; private set; }

        public void Answer(ErrorCode error)
        {
            if (IsAnswered) return;
            IsAnswered = true;
            if (error == ErrorCode.None) acknowledged(this);
            append.Done(error, baseOffset);
        }
    }
}
