using ActorBroker.Core.Groups;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Actors.Groups;

/// <summary>
/// One consumer group: carries requests, the log's answers and time to its machine. All order between them is the pipeline's, all
/// decisions are the machine's. Child of the actor of its partition, which writes for it and forgets it when nothing is left of it. A
/// broken invariant takes the whole partition down: it is loaded again from the log.
/// </summary>
internal sealed class GroupActor : ReceiveActor, IGroupShell, IWithTimers
{
    private const int MaxReportLength = 1_000;

    private readonly string _groupId;
    private readonly GroupSlot _slot;
    private readonly TimeProvider _clock;
    private readonly GroupPipeline _pipeline;
    private readonly TimerTable _timers = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private ListedGroup? _published;
    private long? _armedMs;
    private long _appended;
    private long _handled;
    private bool _isLeaving;

    public GroupActor(GroupMachine machine, GroupSlot slot, TimeProvider clock)
    {
        _groupId = machine.State.Id;
        _slot = slot;
        _clock = clock;
        _pipeline = new GroupPipeline(machine, this);
        Receive<GroupRequest>(OnRequest);
        Receive<WriteAppended>(written => OnAppended(written.Sequence));
        Receive<WriteCommitted>(OnCommitted);
        Receive<WriteOverdue>(OnOverdue);
        Receive<WriteRefused>(OnRefused);
        Receive<GroupTick>(_ => OnTick());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(GroupMachine machine, GroupSlot slot, TimeProvider clock) =>
        Props.Create(() => new GroupActor(machine, slot, clock));

    void IGroupShell.Append(long sequence, IReadOnlyList<GroupRecord> records)
    {
        using var key = new WireWriter();
        using var value = new WireWriter();
        var encoded = new List<EncodedRecord>(records.Count);
        var size = 0;
        foreach (var record in records)
        {
            var hasValue = GroupRecordCodec.Write(record, key, value);
            encoded.Add(new EncodedRecord(key.WrittenSpan.ToArray(), hasValue ? value.WrittenSpan.ToArray() : null));
            size += GroupWriter.SizeOf(encoded[^1]);
        }

        Context.Parent.Tell(new WriteRecords(Self, sequence, encoded, size), Self);
    }

    void IGroupShell.Answer(Ticket ticket, GroupReply reply)
    {
        Publish();
        _slot.Answer(ticket, reply);
    }

    void IGroupShell.Run(GroupEffect effect)
    {
        switch (effect)
        {
            case StartTimer start: _timers.Start(start.Timer, MonotonicMs + start.DelayMs); break;
            case CancelTimer cancel: _timers.Cancel(cancel.Timer); break;
            case CancelAllTimers: _timers.Clear(); break;
            case Report report: _log.Info("{0}", OneLine(report.Message)); break;
        }
    }

    protected override void PreStart()
    {
        if (_pipeline.Machine.State.Exists) _pipeline.Submit(new GroupLoaded { GroupId = _groupId }, Ticket.None, NowMs);
        AfterTurn();
    }

    private long NowMs => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private long MonotonicMs => (long)_clock.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>Clients choose their names and reasons: what they say must not look like lines of our own, nor fill the log.</summary>
    private static string OneLine(string text)
    {
        var kept = text.Length <= MaxReportLength ? text : text[..MaxReportLength] + "…";
        return kept.Any(char.IsControl) ? string.Concat(kept.Select(unit => char.IsControl(unit) ? '?' : unit)) : kept;
    }

    private void OnRequest(GroupRequest request)
    {
        _handled++;
        _isLeaving = false;
        // A session that has ended is over for who deletes the group, though the timer comes some milliseconds late. Members are heard first:
        // after a pause of the process their heartbeats wait here.
        if (request.Command is DeleteGroup) TakeDue();
        _pipeline.Submit(request.Command, request.Ticket, NowMs);
        AfterTurn();
    }

    private void OnAppended(long sequence)
    {
        if (sequence <= _appended) return;
        _appended = sequence;
        _pipeline.Appended(sequence, NowMs);
        AfterTurn();
    }

    private void OnCommitted(WriteCommitted written)
    {
        OnAppended(written.Sequence);
        _pipeline.Committed(written.Sequence);
        AfterTurn();
    }

    private void OnOverdue(WriteOverdue written)
    {
        OnAppended(written.Sequence);
        _pipeline.Uncommitted(written.Sequence, written.Error);
        AfterTurn();
    }

    private void OnRefused(WriteRefused written)
    {
        _log.Warning("Group {0}: the log refused a decision with {1}.", _groupId, written.Error);
        _pipeline.Refused(written.Sequence, written.Error, NowMs);
        AfterTurn();
    }

    private void OnTick()
    {
        _armedMs = null;
        TakeDue();
        AfterTurn();
    }

    private void TakeDue()
    {
        while (_timers.TryTakeDue(MonotonicMs, out var timer))
            _pipeline.Submit(new TimerEnded { GroupId = _groupId, Timer = timer }, Ticket.None, NowMs);
    }

    private void AfterTurn()
    {
        Publish();
        Arm();
        if (_isLeaving || !_pipeline.IsIdle || !_pipeline.Machine.IsGone) return;
        _isLeaving = true;
        Context.Parent.Tell(new GroupIsGone(_groupId, _handled), Self);
    }

    private void Publish()
    {
        var listing = _pipeline.Machine.Listing;
        if (listing == _published) return;
        _published = listing;
        _slot.Publish(_groupId, listing);
    }

    /// <summary>One timer for all of the group's: heartbeats only move deadlines, they start no timers.</summary>
    private void Arm()
    {
        var next = _timers.NextDeadlineMs;
        if (next is null || _armedMs <= next) return;
        _armedMs = next;
        Timers.StartSingleTimer("due", GroupTick.Instance, TimeSpan.FromMilliseconds(Math.Max(next.Value - MonotonicMs + 1, 1)));
    }
}
