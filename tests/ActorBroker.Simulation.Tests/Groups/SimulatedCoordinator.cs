using ActorBroker.Core.Groups;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Simulation.Tests.Groups;

/// <summary>
/// One group's coordinator over a simulated log: takes commands, writes with delays and failures, and may fail over to a successor that
/// knows what was committed and perhaps some of what was only appended. Records go through their bytes.
/// </summary>
internal sealed class SimulatedCoordinator : IGroupShell
{
    private readonly GroupWorld _world;
    private readonly GroupSettings _settings;
    private readonly TimerTable _timers = new();
    private readonly List<(GroupRecord Record, long Sequence)> _log = [];
    private readonly Queue<(long Sequence, IReadOnlyList<GroupRecord> Records)> _writes = new();
    private readonly HashSet<long> _outstanding = [];
    private int _committed;
    private int _life;
    private bool _isWriting;

    public SimulatedCoordinator(GroupWorld world, GroupSettings settings)
    {
        _world = world;
        _settings = settings;
        Pipeline = Start();
    }

    public GroupPipeline Pipeline { get; private set; }

    public GroupState State => Pipeline.Machine.State;

    /// <summary>The log refused to note that the group is empty; until its next record the group is ahead of it.</summary>
    public bool IsAheadOfLog { get; private set; }

    public IReadOnlyCollection<long> Outstanding => _outstanding;

    public IEnumerable<GroupRecord> Committed => _log.Take(_committed).Select(entry => entry.Record);

    public void Receive(GroupCommand command, Ticket ticket)
    {
        _outstanding.Add(ticket.Id);
        Pipeline.Submit(command, ticket, _world.NowMs);
        _world.CheckState(this);
    }

    public void ExpireOffsets()
    {
        Pipeline.Submit(new ExpireOffsets { GroupId = GroupWorld.GroupId }, Ticket.None, _world.NowMs);
        _world.CheckState(this);
    }

    /// <summary>The coordinator moves: all who wait are told, what was not committed may be lost from some point on.</summary>
    public void FailOver()
    {
        _life++;
        IsAheadOfLog = false;
        _isWriting = false;
        _writes.Clear();
        _timers.Clear();
        var kept = _committed + _world.Random.Next(_log.Count - _committed + 1);
        _log.RemoveRange(kept, _log.Count - kept);
        _committed = kept;
        foreach (var ticket in _outstanding.ToList()) _world.Deliver(Take(new Ticket(ticket)), null, ErrorCode.NotCoordinator);
        Pipeline = Start();
        _world.CheckState(this);
    }

    public void Append(long sequence, IReadOnlyList<GroupRecord> records)
    {
        _writes.Enqueue((sequence, records));
        WriteNext();
    }

    public void Answer(Ticket ticket, GroupReply reply) => _world.Deliver(Take(ticket), reply, reply.Error);

    public void Run(GroupEffect effect)
    {
        switch (effect)
        {
            case StartTimer start: _timers.Start(start.Timer, _world.NowMs + start.DelayMs); break;
            case CancelTimer cancel: _timers.Cancel(cancel.Timer); break;
            case CancelAllTimers: _timers.Clear(); break;
            default: return;
        }

        Arm();
    }

    /// <summary>What the log alone says about the group now.</summary>
    public GroupMachine Replay()
    {
        var machine = new GroupMachine(GroupWorld.GroupId, _settings);
        foreach (var (record, _) in _log) machine.Apply(record);
        return machine;
    }

    private GroupPipeline Start()
    {
        var pipeline = new GroupPipeline(Replay(), this);
        Pipeline = pipeline;
        pipeline.Submit(new GroupLoaded { GroupId = GroupWorld.GroupId }, Ticket.None, _world.NowMs);
        return pipeline;
    }

    private Ticket Take(Ticket ticket)
    {
        _world.Require(_outstanding.Remove(ticket.Id), $"request {ticket.Id} was answered twice or never made");
        return ticket;
    }

    private void Arm()
    {
        if (_timers.NextDeadlineMs is not { } due) return;
        var life = _life;
        _world.At(due, () =>
        {
            if (life == _life) FireTimers();
        });
    }

    private void FireTimers()
    {
        while (_timers.TryTakeDue(_world.NowMs, out var timer))
            Pipeline.Submit(new TimerEnded { GroupId = GroupWorld.GroupId, Timer = timer }, Ticket.None, _world.NowMs);
        _world.CheckState(this);
        Arm();
    }

    /// <summary>
    /// One write at a time, of everything that waits; it may fail before it reaches the log, or never be acknowledged in time.
    /// </summary>
    private void WriteNext()
    {
        if (_isWriting || _writes.Count == 0) return;
        _isWriting = true;
        var batch = _writes.ToList();
        _writes.Clear();
        var life = _life;
        _world.After(_world.Random.Next(5), () =>
        {
            if (life != _life) return;
            _isWriting = false;
            if (_world.Random.Next(40) == 0)
            {
                foreach (var (sequence, _) in batch) Pipeline.Refused(sequence, ErrorCode.NotEnoughReplicas, _world.NowMs);
                IsAheadOfLog |= batch.Exists(write => write.Records.Any(record => record is GroupMetadataWritten { Members.Length: 0 }));
            }
            else
            {
                Appended(batch, life);
            }

            _world.CheckState(this);
            WriteNext();
        });
    }

    private void Appended(List<(long Sequence, IReadOnlyList<GroupRecord> Records)> batch, int life)
    {
        foreach (var (sequence, records) in batch)
            foreach (var record in records) _log.Add((ThroughBytes(record), sequence));
        if (batch.Exists(write => write.Records.Any(record => record is GroupMetadataWritten or GroupRemoved))) IsAheadOfLog = false;
        var end = _log.Count;
        foreach (var (sequence, _) in batch) Pipeline.Appended(sequence, _world.NowMs);
        var last = batch[^1].Sequence;
        var isLate = _world.Random.Next(40) == 0;
        if (isLate)
        {
            _world.After(20, () =>
            {
                if (life == _life && _committed < end) Pipeline.Uncommitted(last, ErrorCode.RequestTimedOut);
            });
        }

        _world.After(isLate ? 500 : _world.Random.Next(8), () =>
        {
            if (life != _life) return;
            _committed = Math.Max(_committed, end);
            Pipeline.Committed(last);
            _world.CheckState(this);
        });
    }

    private static GroupRecord ThroughBytes(GroupRecord record)
    {
        using var key = new WireWriter();
        using var value = new WireWriter();
        var hasValue = GroupRecordCodec.Write(record, key, value);
        var keyBytes = key.WrittenSpan.ToArray();
        return hasValue ? GroupRecordCodec.Read(keyBytes, value.WrittenSpan.ToArray())! : GroupRecordCodec.ReadTombstone(keyBytes)!;
    }
}
