using ActorBroker.Core.Groups;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Simulation.Tests.Cluster.Disks;
using ActorBroker.Simulation.Tests.Cluster.World;

namespace ActorBroker.Simulation.Tests.Cluster.Nodes;

/// <summary>
/// The groups of one led partition of <c>__consumer_offsets</c>: what <c>GroupPartitionActor</c>, <c>GroupActor</c> and <c>GroupWriter</c> do,
/// for one term of leadership. The machines, the pipeline and the records' bytes are the broker's.
/// </summary>
internal sealed class SimGroupPartition
{
    private readonly SimWorld _world;
    private readonly SimProcess _process;
    private readonly ISimPartition _partition;
    private readonly GroupSettings _settings;
    private readonly Func<long> _wallMs;
    private readonly SortedDictionary<string, SimGroup> _groups = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, (GroupCommand Command, Action<GroupReply?, ErrorCode> Then)> _waiting = [];
    private readonly Queue<Write> _writes = new();
    private readonly List<(long EndOffset, List<Write> Writes)> _overdue = [];
    private readonly int _epoch;
    private long _tickets;
    private long _values;
    private bool _isWriting;
    private bool _isServing;
    private bool _isClosed;

    public SimGroupPartition(SimWorld world, SimProcess process, ISimPartition partition, GroupSettings settings, Func<long> wallMs)
    {
        _world = world;
        _process = process;
        _partition = partition;
        _settings = settings;
        _wallMs = wallMs;
        _epoch = partition.LeaderEpoch;
        _world.After(_world.Random.Between(1, 60), _process, Load);
    }

    public bool IsClosed => _isClosed;

    public void Submit(GroupCommand command, Action<GroupReply?, ErrorCode> then)
    {
        if (_isClosed)
        {
            then(null, ErrorCode.NotCoordinator);
            return;
        }
        if (!_isServing)
        {
            then(null, ErrorCode.CoordinatorLoadInProgress);
            return;
        }
        var ticket = new Ticket(++_tickets);
        _waiting[ticket.Id] = (command, then);
        if (!_groups.TryGetValue(command.GroupId, out var group)) group = Add(new GroupMachine(command.GroupId, _settings));
        group.Submit(command, ticket);
    }

    /// <summary>Leadership has ended: all are told, nothing is kept.</summary>
    public void Close()
    {
        if (_isClosed) return;
        _isClosed = true;
        foreach (var (_, then) in _waiting.Values.ToList()) then(null, ErrorCode.NotCoordinator);
        _waiting.Clear();
        _groups.Clear();
    }

    /// <summary>The high watermark has moved: what was overdue may count now.</summary>
    public void WatermarkMoved()
    {
        if (_overdue.Count == 0) return;
        var committed = _partition.Log.HighWatermark;
        foreach (var (end, writes) in _overdue.ToList())
            if (end <= committed) Committed(writes);
        _overdue.RemoveAll(item => item.EndOffset <= committed);
    }

    private void Load()
    {
        if (_isClosed || !_partition.IsLeading) return;
        var replay = new GroupReplay(_settings);
        foreach (var batch in _partition.Log.Batches)
        {
            var offset = batch.BaseOffset;
            foreach (var record in (IReadOnlyList<SimRecord>)batch.Payload!)
                replay.Read(offset++, record.Key, record.Value, record.Value is null, -1);
        }
        _isServing = true;
        foreach (var machine in replay.Groups.OrderBy(machine => machine.State.Id, StringComparer.Ordinal)) Add(machine);
    }

    private SimGroup Add(GroupMachine machine)
    {
        var group = new SimGroup(this, machine);
        _groups[machine.State.Id] = group;
        group.Start();
        return group;
    }

    private void Answer(Ticket ticket, GroupReply reply)
    {
        if (!_waiting.Remove(ticket.Id, out var waiting)) _world.Violate("GroupAnswersOnce", $"request {ticket.Id} of {waiting.Command}");
        else waiting.Then(reply, reply.Error);
    }

    private void Enqueue(Write write)
    {
        _writes.Enqueue(write);
        WriteNext();
    }

    private void WriteNext()
    {
        if (_isWriting || _isClosed || _writes.Count == 0) return;
        _isWriting = true;
        var writes = _writes.ToList();
        _writes.Clear();
        var records = writes.SelectMany(write => write.Records).ToList();
        var value = ((long)_process.Node << 48) | (_process.Incarnation << 32) | ((long)_epoch << 20) | ++_values;
        var end = -1L;
        _partition.Append(new SimAppend
        {
            Batch = SimBatch.New(value, records.Count, -1, -1, -1, records),
            Acks = -1,
            TimeoutMs = _settings.CommitTimeoutMs,
            IsInternal = true,
            ExpectedLeaderEpoch = _epoch,
            Appended = baseOffset =>
            {
                if (_isClosed || end >= 0) return;
                end = baseOffset + records.Count;
                foreach (var write in writes) write.Group.Appended(write.Sequence);
                if (_world.Has(Mutation.CommitAnsweredEarly)) Committed(writes);
                Ready();
            },
            Done = (error, _) => Ended(writes, error, ref end),
        });
    }

    private void Ready()
    {
        _isWriting = false;
        WriteNext();
    }

    private void Ended(List<Write> writes, ErrorCode error, ref long end)
    {
        if (_isClosed) return;
        var wasAppended = end >= 0;
        switch (error)
        {
            case ErrorCode.None:
                Committed(writes);
                break;
            case ErrorCode.RequestTimedOut or ErrorCode.NotEnoughReplicasAfterAppend:
                foreach (var write in writes) write.Group.Overdue(write.Sequence, error);
                if (!wasAppended) end = _partition.Log.LogEndOffset;
                _overdue.Add((end, writes));
                WatermarkMoved();
                break;
            case ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch:
                Close();
                return;
            default:
                foreach (var write in writes) write.Group.Refused(write.Sequence, error);
                break;
        }
        if (!wasAppended) Ready();
    }

    private void Committed(List<Write> writes)
    {
        foreach (var write in writes) write.Group.Committed(write.Sequence);
    }

    private sealed record Write(SimGroup Group, long Sequence, IReadOnlyList<SimRecord> Records);

    private sealed class SimGroup(SimGroupPartition owner, GroupMachine machine) : IGroupShell
    {
        private readonly TimerTable _timers = new();
        private GroupPipeline _pipeline = null!;
        private long _appended;
        private long _armedMs = long.MaxValue;

        public void Start()
        {
            _pipeline = new GroupPipeline(machine, this);
            if (machine.State.Exists) Submit(new GroupLoaded { GroupId = machine.State.Id }, Ticket.None);
        }

        public void Submit(GroupCommand command, Ticket ticket)
        {
            _pipeline.Submit(command, ticket, owner._wallMs());
            Arm();
        }

        public void Appended(long sequence)
        {
            if (sequence <= _appended) return;
            _appended = sequence;
            _pipeline.Appended(sequence, owner._wallMs());
            Arm();
        }

        public void Committed(long sequence)
        {
            Appended(sequence);
            _pipeline.Committed(sequence);
        }

        public void Overdue(long sequence, ErrorCode error)
        {
            Appended(sequence);
            _pipeline.Uncommitted(sequence, error);
        }

        public void Refused(long sequence, ErrorCode error)
        {
            _pipeline.Refused(sequence, error, owner._wallMs());
            Arm();
        }

        void IGroupShell.Append(long sequence, IReadOnlyList<GroupRecord> records) =>
            owner.Enqueue(new Write(this, sequence, [.. records.Select(SimRecord.Of)]));

        void IGroupShell.Answer(Ticket ticket, GroupReply reply) => owner.Answer(ticket, reply);

        void IGroupShell.Run(GroupEffect effect)
        {
            switch (effect)
            {
                case StartTimer start: _timers.Start(start.Timer, owner._world.NowMs + start.DelayMs); break;
                case CancelTimer cancel: _timers.Cancel(cancel.Timer); break;
                case CancelAllTimers: _timers.Clear(); break;
            }
        }

        private void Arm()
        {
            if (_timers.NextDeadlineMs is not { } next || _armedMs <= next) return;
            _armedMs = next;
            owner._world.After(Math.Max(next - owner._world.NowMs, 1), owner._process, Tick);
        }

        private void Tick()
        {
            if (owner._isClosed) return;
            _armedMs = long.MaxValue;
            while (_timers.TryTakeDue(owner._world.NowMs, out var timer))
                Submit(new TimerEnded { GroupId = machine.State.Id, Timer = timer }, Ticket.None);
            Arm();
        }
    }
}
