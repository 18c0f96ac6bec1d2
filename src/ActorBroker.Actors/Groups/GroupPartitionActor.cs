using ActorBroker.Core.Groups;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Actors.Groups;

/// <summary>
/// The groups of one led partition of <c>__consumer_offsets</c>.
///
/// Loading (the log is read on another thread; nobody is let in; skipped when the log is empty) → serving → stopped, when leadership ends
/// or anything breaks. It starts the groups, passes them their requests, orders their appends, and forgets them when nothing is left.
/// With its end all of them end, and the slot tells everyone who waits to look for the coordinator again.
/// </summary>
internal sealed class GroupPartitionActor : ReceiveActor, IWithTimers, IWatermarkListener
{
    private readonly GroupSlot _slot;
    private readonly IPartition _partition;
    private readonly GroupServices _services;
    private readonly Dictionary<string, Child> _groups = new(StringComparer.Ordinal);
    private readonly List<GroupBatch> _overdue = [];
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly IActorRef _self;
    private readonly GroupWriter _writer;
    private int _watchesWatermark;

    public GroupPartitionActor(GroupSlot slot, IPartition partition, GroupServices services)
    {
        _slot = slot;
        _partition = partition;
        _services = services;
        _self = Self;
        _writer = new GroupWriter(Self, partition, services.Buffers, services.Settings.CommitTimeoutMs, services.Clock);
        Receive<GroupRequest>(request => Pass(request));
        Receive<WriteRecords>(_writer.Write);
        Receive<BatchAppended>(appended => OnAppended(appended.Batch, appended.BaseOffset));
        Receive<BatchEnded>(OnEnded);
        Receive<WatermarkMoved>(_ => OnWatermark());
        Receive<GroupIsGone>(OnGone);
        Receive<ForAllGroups>(OnForAll);
        Receive<ExpiryDue>(_ => OnForAll(new ForAllGroups(id => new ExpireOffsets { GroupId = id })));
        Receive<PartitionLoaded>(OnLoaded);
        Receive<PartitionLost>(_ => Context.Stop(Self));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(GroupSlot slot, IPartition partition, GroupServices services) =>
        Props.Create(() => new GroupPartitionActor(slot, partition, services));

    void IWatermarkListener.OnAdvanced(int tag)
    {
        if (Volatile.Read(ref _watchesWatermark) != 0) _self.Tell(WatermarkMoved.Instance, ActorRefs.NoSender);
    }

    void IWatermarkListener.OnClosed(int tag) => _self.Tell(PartitionLost.Instance, ActorRefs.NoSender);

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Escalate);

    protected override void PreStart()
    {
        _partition.Subscribe(this, _slot.Partition);
        if (_partition.View is { } view && view.LogEndOffset == view.LogStartOffset)
        {
            // Nothing to read: a partition that was just made serves without another thread's turn, for its first client is on its way.
            OnLoaded(new PartitionLoaded(new GroupReplay(_services.Settings), null, TimeSpan.Zero));
            return;
        }

        var cancel = _stopping.Token;
        var started = _services.Clock.GetTimestamp();
        Task.Run(() =>
        {
            try
            {
                var replay = GroupLoader.Load(_partition, _services.Settings, cancel);
                _self.Tell(new PartitionLoaded(replay, null, _services.Clock.GetElapsedTime(started)), ActorRefs.NoSender);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
                _log.Debug("The load of {0}-{1} was given up.", _partition.Topic, _partition.Index);
            }
            catch (Exception failure) when (IsLogFailure(failure))
            {
                _self.Tell(new PartitionLoaded(null, failure, _services.Clock.GetElapsedTime(started)), ActorRefs.NoSender);
            }
        });
    }

    /// <summary>What a log that is corrupt, gone or unreadable throws; anything else is a mistake of ours and shows as one.</summary>
    private static bool IsLogFailure(Exception failure) => failure
        is IOException or WireFormatException or ObjectDisposedException or InvalidOperationException or UnauthorizedAccessException;

    protected override void PostStop()
    {
        _partition.Unsubscribe(this, _slot.Partition);
        _stopping.Cancel();
        _slot.Close();
        _writer.Dispose();
    }

    private void OnLoaded(PartitionLoaded loaded)
    {
        if (loaded.Replay is not { } replay)
        {
            _log.Error(loaded.Failure, "The groups of {0}-{1} could not be loaded.", _partition.Topic, _partition.Index);
            Context.Stop(Self);
            return;
        }

        if (replay.Unreadable > 0)
        {
            _log.Error("{0}-{1}: {2} records could not be read and are left out; the first: {3}",
                _partition.Topic, _partition.Index, replay.Unreadable, replay.FirstProblem);
        }

        if (replay.Foreign.Count > 0)
        {
            var types = string.Join(", ", replay.Foreign.Select(entry => $"{entry.Value} of type {entry.Key}"));
            _log.Info("{0}-{1}: records that belong to other kinds of groups are kept as they are: {2}.",
                _partition.Topic, _partition.Index, types);
        }

        foreach (var machine in replay.Groups)
        {
            // Before anybody may ask: the group's actor says it again, but only on its first turn.
            _slot.Publish(machine.State.Id, machine.Listing);
            Start(machine);
        }

        _log.Info("{0}-{1}: {2} groups from {3} records in {4} ms.",
            _partition.Topic, _partition.Index, _groups.Count, replay.Records, (long)loaded.Elapsed.TotalMilliseconds);
        _slot.Serve(Self);
        var interval = TimeSpan.FromMilliseconds(_services.Settings.OffsetsRetentionCheckIntervalMs);
        Timers.StartPeriodicTimer("expiry", ExpiryDue.Instance, interval);
    }

    private Child Start(GroupMachine machine)
    {
        var child = new Child(Context.ActorOf(GroupActor.PropsFor(machine, _slot, _services.Clock)));
        _groups[machine.State.Id] = child;
        return child;
    }

    private void Pass(GroupRequest request)
    {
        var id = request.Command.GroupId;
        if (!_groups.TryGetValue(id, out var child)) child = Start(new GroupMachine(id, _services.Settings));
        child.Passed++;
        child.Actor.Tell(request, ActorRefs.NoSender);
    }

    private void OnForAll(ForAllGroups all)
    {
        foreach (var (id, child) in _groups)
        {
            child.Passed++;
            child.Actor.Tell(new GroupRequest(all.Command(id), Ticket.None), ActorRefs.NoSender);
        }
    }

    /// <summary>A request may have crossed the group's last word: then the group is needed again and will say so anew.</summary>
    private void OnGone(GroupIsGone gone)
    {
        if (!_groups.TryGetValue(gone.GroupId, out var child)) return;
        if (!child.Actor.Equals(Sender) || child.Passed != gone.Handled) return;
        _groups.Remove(gone.GroupId);
        Context.Stop(child.Actor);
    }

    private void OnAppended(GroupBatch batch, long baseOffset)
    {
        if (batch.IsAppended) return;
        batch.EndOffset = baseOffset + batch.RecordCount;
        foreach (var write in batch.Writes) write.Group.Tell(new WriteAppended(write.Sequence), ActorRefs.NoSender);
        _writer.Ready();
    }

    private void OnEnded(BatchEnded ended)
    {
        var (batch, result) = ended;
        switch (result.Error)
        {
            case ErrorCode.None:
                foreach (var write in batch.Writes) write.Group.Tell(new WriteCommitted(write.Sequence), ActorRefs.NoSender);
                break;
            case ErrorCode.RequestTimedOut or ErrorCode.NotEnoughReplicasAfterAppend:
                _log.Warning("{0}-{1}: a write was not committed in time.", _partition.Topic, _partition.Index);
                foreach (var write in batch.Writes) write.Group.Tell(new WriteOverdue(write.Sequence, result.Error), ActorRefs.NoSender);
                Await(batch);
                break;
            case ErrorCode.NotLeaderOrFollower or ErrorCode.FencedLeaderEpoch:
                Context.Stop(Self);
                return;
            default:
                foreach (var write in batch.Writes) write.Group.Tell(new WriteRefused(write.Sequence, result.Error), ActorRefs.NoSender);
                break;
        }

        if (!batch.IsAppended) _writer.Ready();
    }

    /// <summary>What is overdue counts once the watermark is past it, whenever that is.</summary>
    private void Await(GroupBatch batch)
    {
        if (!batch.IsAppended)
        {
            batch.EndOffset = _partition.View.LogEndOffset;
            _writer.Ready();
        }

        _overdue.Add(batch);
        Volatile.Write(ref _watchesWatermark, 1);
        Interlocked.MemoryBarrier();
        OnWatermark();
    }

    private void OnWatermark()
    {
        var committed = _partition.View.HighWatermark;
        foreach (var batch in _overdue.Where(batch => batch.EndOffset <= committed))
            foreach (var write in batch.Writes) write.Group.Tell(new WriteCommitted(write.Sequence), ActorRefs.NoSender);
        _overdue.RemoveAll(batch => batch.EndOffset <= committed);
        if (_overdue.Count == 0) Volatile.Write(ref _watchesWatermark, 0);
    }

    private sealed class Child(IActorRef actor)
    {
        public IActorRef Actor { get; } = actor;

        /// <summary>Requests handed to it.</summary>
        public long Passed { get; set; }
    }
}
