using ActorBroker.Actors.Partitions.Replication;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Partitions.Producers;
using ActorBroker.Core.Partitions.Replication;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Storage;
using ActorBroker.Storage.Flushing;
using Akka.Actor;
using Akka.Event;
using Akka.Persistence;

namespace ActorBroker.Actors.Partitions;

/// <summary>
/// The leader of one partition: a persistent actor that owns the partition's log while it leads. It persists the grant, then publishes a
/// handle in the
/// partition table; from there on the gateway fills the handle's queue and rings. Record data goes straight to the segments; the journal
/// holds
/// grants and log-start moves only.
///
/// Waiting (no log) → granting (the grant is being persisted) → leading → stopped. The log goes back to the replica host with the last
/// word. Run by Cluster Sharding it is started with a grant alone and borrows the log; from there on all is the same.
///
/// With followers it sends them what it has appended in the same turn (<see cref="PartitionReplicator"/>), and their acknowledgements move
/// the watermark that answers producers: no timer is on that way. Time is looked at only while somebody is behind.
/// All decisions are <see cref="PartitionMachine"/>'s; the produce path is <see cref="PartitionAppender"/>'s.
/// </summary>
internal sealed class PartitionLeaderActor : ReceivePersistentActor, IWithTimers
{
    private const int GrantsKept = 8;
    private static readonly Recovery s_withoutSnapshot = new(SnapshotSelectionCriteria.None);
    private static readonly ReplicationLimits s_limits = new();
    private static readonly TimeSpan s_ackSweep = TimeSpan.FromMilliseconds(100);

    private readonly TopicIdPartition _id;
    private readonly PartitionServices _services;
    private readonly PartitionMachine _machine;
    private readonly DeleteWaits _deletes = new();
    private int _persistedEpoch = -1;
    private PartitionLog? _log;
    private PartitionHandle? _handle;
    private PartitionAppender? _appender;
    private PartitionReplicator? _replicator;
    private IsrReporter? _isr;
    private IActorRef _host = ActorRefs.Nobody;
    private bool _flushing;
    private bool _sweeping;
    private bool _ticking;
    private bool _watermarkWaits;

    public PartitionLeaderActor(TopicIdPartition id, PartitionServices services)
    {
        _id = id;
        _services = services;
        _machine = new PartitionMachine(services.NodeId, services.Replication?.Settings.Limits ?? s_limits);
        PersistenceId = $"partition-{id.TopicId}-{id.Partition}";
        Recover<LeadershipGranted>(granted => _persistedEpoch = granted.LeaderEpoch);
        Recover<LogStartMoved>(_ => { });
        Command<AppendsWaiting>(_ => OnAppends());
        Command<PartsWaiting>(_ => OnParts());
        Command<RoomOnLink>(room => _replicator?.OnRoom(room.Node, _services.MonotonicMs));
        Command<ReplicationTick>(_ => OnReplicationTick());
        Command<SendWatermark>(_ => OnSendWatermark());
        Command<IsrAnswered>(OnIsrAnswered);
        Command<BrokerCameUp>(_ => OnBrokerCameUp());
        Command<StartLeading>(start => _services.Host.Tell(new BorrowLog(_id, start.Grant.LeaderEpoch), Self));
        Command<FlushEnded>(OnFlushEnded);
        Command<MaintainLog>(OnMaintain);
        Command<ExpireAcks>(_ => OnExpireAcks());
        Command<DirectoryIsOffline>(offline => ResignIfOthersCan(offline.Failure));
        Command<SettingsChanged>(OnSettings);
        Command<DeleteRecords>(OnDeleteRecords);
        Command<DescribeProducers>(OnDescribeProducers);
        Command<CleaningEnded>(OnCleaningEnded);
        Command<IsrConfirmed>(OnIsrConfirmed);
        Command<Lead>(OnLead);
        Command<StopLeading>(_ => OnStop());
    }

    public override string PersistenceId { get; }

    /// <summary>A leader writes no snapshots: ten thousand of them must not each look for one.</summary>
    public override Recovery Recovery => s_withoutSnapshot;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(TopicIdPartition id, PartitionServices services) =>
        Props.Create(() => new PartitionLeaderActor(id, services));

    protected override void PostStop()
    {
        // A crash, not a stop in order: nobody may think that this node still leads. The host takes the log back when it sees the actor
        // gone.
        EndLeadership();
        base.PostStop();
    }

    protected override void PostRestart(Exception reason)
    {
        base.PostRestart(reason);
        // A shard restarts what failed, the host lends logs to new actors alone: so this one ends, and the host starts the next.
        _services.Region?.End(Context);
    }

    private void OnLead(Lead lead)
    {
        if (lead.Grant.LeaderEpoch < _persistedEpoch || (_machine.IsLeading && lead.Grant.LeaderEpoch <= _machine.LeaderEpoch))
        {
            Sender.Tell(new LeadRefused(lead.Log, _persistedEpoch), Self);
            return;
        }

        var host = Sender;
        Persist(new LeadershipGranted(lead.Grant.LeaderEpoch, lead.Grant.Ballot, lead.Grant.Node), granted =>
        {
            _persistedEpoch = granted.LeaderEpoch;
            if (LastSequenceNr % GrantsKept == 0) DeleteMessages(LastSequenceNr - 1);
            Begin(lead, host);
        });
    }

    private void Begin(Lead lead, IActorRef host)
    {
        EndLeadership();
        var log = lead.Log;
        var durableEnd = PartitionAppender.DurableEndOf(log, lead.Settings);
        if (!_machine.Lead(lead.Grant, log.LogEndOffset, log.HighWatermark, _services.MonotonicMs, durableEnd))
        {
            host.Tell(new LeadRefused(log, _persistedEpoch), Self);
            return;
        }

        log.Settings = lead.Settings;
        log.AssignEpoch(lead.Grant.LeaderEpoch, log.LogEndOffset);
        _host = host;
        _log = log;
        _handle = new PartitionHandle(log, lead.Grant.LeaderEpoch, lead.Settings, Self, _services.Partitions.TrafficOf(log.TopicId))
        {
            EpochStartOffset = _machine.EpochStartOffset,
            ReplicaSelector = _services.Replication is { Metadata: var metadata }
                ? (rack, offset) => ReadReplicaSelector.Select(_machine, _services.NodeId, metadata.Current, rack, offset)
                : null,
        };
        _appender = new PartitionAppender(_machine, log, _handle, _services.Clock);
        if (_services.Replication is { } replication)
        {
            _replicator = new PartitionReplicator(_machine, log, _id, Self, replication);
            _isr = new IsrReporter(_machine, _services.NodeId, _id, Self, replication);
            KeepTicking();
        }

        _appender.Settle(_appender.DurableEnd);
        _services.Partitions.Enter(_handle);
        host.Tell(new Leading(_handle), Self);
        // What the disk does not have yet of an inherited tail does not count before it has.
        if (durableEnd < log.LogEndOffset) StartFlush();
        ResignIfOffline();
    }

    private void OnAppends()
    {
        if (_appender is null) return;
        if (_replicator is null)
        {
            _appender.Drain();
        }
        else
        {
            // Until now the followers had everything, if no tick is under way.
            if (!_ticking) _machine.Tick(_services.MonotonicMs);
            _replicator.Expect();
            _appender.Drain();
            _replicator.Push(_services.MonotonicMs);
            KeepTicking();
        }

        AfterAppend();
    }

    /// <summary>Followers have spoken.</summary>
    private void OnParts()
    {
        if (_replicator is null) return;
        var now = _services.MonotonicMs;
        if (_replicator.Hear(now)) Advance();
        _replicator.Push(now);
        ConsiderWatermark();
        SettleDeletes();
    }

    /// <summary>A follower may open before the controller lets its node lead and join: nobody would look again while nothing is written.</summary>
    private void OnBrokerCameUp()
    {
        if (_replicator is null) return;
        _isr!.Consider(null);
        KeepTicking();
    }

    private void Advance()
    {
        _appender!.Settle(_appender.DurableEnd);
        _isr?.Consider(null);
    }

    /// <summary>A watermark that moved goes with the next records, or alone after a while.</summary>
    private void ConsiderWatermark()
    {
        if (_watermarkWaits || !_replicator!.OwesWatermark) return;
        _watermarkWaits = true;
        Timers.StartSingleTimer("watermark", SendWatermark.Instance, TimeSpan.FromMilliseconds(_services.Replication!.Settings.WatermarkDelayMs));
    }

    private void OnSendWatermark()
    {
        _watermarkWaits = false;
        _replicator?.SendWatermark(_services.MonotonicMs);
    }

    private void KeepTicking()
    {
        if (_ticking || !_replicator!.NeedsTicks && !_deletes.Any) return;
        _ticking = true;
        Timers.StartSingleTimer("replication", ReplicationTick.Instance, TimeSpan.FromMilliseconds(_services.Replication!.Settings.TickMs));
    }

    private void OnReplicationTick()
    {
        _ticking = false;
        if (_replicator is null) return;
        var now = _services.MonotonicMs;
        _machine.Tick(now);
        _isr!.Consider(now);
        Advance();
        _replicator.OnTick(now);
        ConsiderWatermark();
        SettleDeletes();
        // The word to a follower, or its answer, may have been lost.
        if (_deletes.Any) _replicator.SendLogStart(Math.Min(_deletes.Highest, _log!.LogStartOffset), now);
        KeepTicking();
    }

    private void OnIsrAnswered(IsrAnswered answered)
    {
        if (_isr is null || !_isr.OnAnswer(answered)) return;
        Advance();
        ConsiderWatermark();
        KeepTicking();
        ResignIfOffline();
    }

    private void AfterAppend()
    {
        if (_appender!.Broken is { } failure)
        {
            Fail(failure);
            return;
        }

        if (!_flushing && (_appender.HasWaitingAcks && _appender.DurableEnd < _log!.LogEndOffset || _log!.NeedsFlush())) StartFlush();
        if (_appender.HasWaitingAcks && !_sweeping)
        {
            _sweeping = true;
            Timers.StartSingleTimer("acks", ExpireAcks.Instance, s_ackSweep);
        }
    }

    private void StartFlush()
    {
        var work = _log!.BeginFlush();
        if (work is null) return;
        _flushing = true;
        var self = Self;
        _services.Flusher.Submit(work, result => self.Tell(new FlushEnded(result), ActorRefs.NoSender));
    }

    private void OnFlushEnded(FlushEnded ended)
    {
        if (!ReferenceEquals(ended.Result.Log, _log)) return;
        _flushing = false;
        _log!.CompleteFlush(ended.Result);
        if (ended.Result.Failure is { } failure)
        {
            Fail(failure);
            return;
        }

        _appender!.Settle(_appender.DurableEnd);
        if (_replicator is not null) ConsiderWatermark();
        AfterAppend();
    }

    private void OnMaintain(MaintainLog maintain)
    {
        if (_log is null) return;
        var now = _services.Clock.GetUtcNow().ToUnixTimeMilliseconds();
        if (maintain.Retention) _log.ApplyRetention(now);
        if (maintain.Producers) _log.ExpireProducers(now);
        if (_handle!.Settings.IsCompacted) SubmitCleaning(now);
        if (!_flushing && _log.NeedsFlush()) StartFlush();
    }

    private void SubmitCleaning(long nowMs)
    {
        if (_services.Cleaner is not { } cleaner || _log!.PlanCleaning(nowMs) is not { } plan) return;
        var self = Self;
        var log = _log;
        cleaner.Submit(plan, result => self.Tell(new CleaningEnded(log, result), ActorRefs.NoSender));
    }

    private void OnCleaningEnded(CleaningEnded ended)
    {
        if (ReferenceEquals(ended.Log, _log) && ended.Result is { } result) _log!.ApplyCleaning(result);
    }

    private void OnExpireAcks()
    {
        _sweeping = false;
        if (_appender is null) return;
        _appender.ExpireAcks();
        AfterAppend();
    }

    private void OnSettings(SettingsChanged changed)
    {
        if (_handle is null) return;
        Use(changed.Settings);
        _appender!.Settle(_appender.DurableEnd);
    }

    private void Use(PartitionSettings settings)
    {
        _handle!.Settings = settings;
        _log!.Settings = settings;
    }

    private void OnIsrConfirmed(IsrConfirmed confirmed)
    {
        if (_appender is null) return;
        Use(confirmed.Settings);
        var freed = _machine.Reassigned(confirmed.Grant);
        if (_replicator is null)
        {
            _appender.Settle(_appender.DurableEnd);
            return;
        }

        _replicator.Freed(freed);
        _replicator.Reassigned();
        Advance();
        ConsiderWatermark();
        SettleDeletes();
        KeepTicking();
        ResignIfOffline();
    }

    private void OnDeleteRecords(DeleteRecords delete)
    {
        if (_log is null)
        {
            delete.Reply.TrySetResult(new DeleteRecordsResult(ErrorCode.NotLeaderOrFollower, -1));
            return;
        }

        var error = _handle!.Settings is { IsCompacted: true, IsDeleted: false } ? ErrorCode.PolicyViolation : ErrorCode.None;
        var offset = delete.Offset == -1 ? _log.HighWatermark : delete.Offset;
        if (error == ErrorCode.None && (offset < 0 || offset > _log.HighWatermark)) error = ErrorCode.OffsetOutOfRange;
        if (error != ErrorCode.None)
        {
            delete.Reply.TrySetResult(new DeleteRecordsResult(error, -1));
            return;
        }

        if (offset <= _log.LogStartOffset)
        {
            AwaitReplicas(offset, delete);
            return;
        }

        Persist(new LogStartMoved(offset), moved =>
        {
            if (_log is null)
            {
                delete.Reply.TrySetResult(new DeleteRecordsResult(ErrorCode.NotLeaderOrFollower, -1));
                return;
            }

            _log.IncrementLogStart(moved.LogStartOffset);
            AwaitReplicas(moved.LogStartOffset, delete);
            _handle?.WatermarkAdvanced();
        });
    }

    /// <summary>The leader's own log begins there; the answer waits for the replicas that are up.</summary>
    private void AwaitReplicas(long offset, DeleteRecords delete)
    {
        _deletes.Add(offset, delete);
        SettleDeletes();
        if (!_deletes.Any || _replicator is null) return;
        _replicator.SendLogStart(offset, _services.MonotonicMs);
        KeepTicking();
    }

    private void SettleDeletes()
    {
        if (_deletes.Any) _deletes.Settle(_replicator?.LowWatermark ?? _log!.LogStartOffset);
    }

    private void OnDescribeProducers(DescribeProducers describe) =>
        describe.Reply.TrySetResult(_log is null ? [] : [.. _log.Producers.Entries.Select(Describe)]);

    private static ProducerDescription Describe(ProducerEntry entry) => new(
        entry.ProducerId, entry.Epoch, entry.LastSequence, entry.LastTimestampMs, entry.CoordinatorEpoch, entry.TransactionFirstOffset);

    private void OnStop()
    {
        var log = _log;
        EndLeadership();
        if (log is not null) _host.Tell(new LogReturned(log), Self);
        if (_services.Region is { } region) region.End(Context);
        else Context.Stop(Self);
    }

    private void Fail(LogIoException failure)
    {
        Context.GetLogger().Error(failure, "{0}: the log takes no more appends; its directory goes offline.", _log!.Partition);
        _isr?.Resign();
        _host.Tell(new LogFailed(_log, failure), Self);
        EndLeadership();
    }

    private void ResignIfOffline()
    {
        if (_log is { Directory: { IsOffline: true } directory })
            ResignIfOthersCan(new LogIoException(LogIoErrorKind.Offline, "use", directory.Path, 0, directory.OfflineCause));
    }

    /// <summary>
    /// The directory of an idle leader is offline: another replica in sync leads from now on, and no producer has to fail first. While nobody
    /// else is in sync this one goes on for readers, and for the followers that catch up; then it goes.
    /// </summary>
    private void ResignIfOthersCan(LogIoException failure)
    {
        if (_handle is not null && _isr is not null && _machine.Isr.Length > 1) Fail(failure);
    }

    private void EndLeadership()
    {
        if (_handle is null) return;
        _deletes.Fail(ErrorCode.NotLeaderOrFollower);
        _replicator?.Close();
        _replicator = null;
        _isr = null;
        _machine.Resign();
        _services.Partitions.Leave(_handle);
        _appender!.Abandon(_handle.Close());
        _handle = null;
        _appender = null;
        _log = null;
        _flushing = false;
    }
}
