using ActorBroker.Actors.Partitions.Replication;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Partitions.Replication;
using ActorBroker.Protocol;
using ActorBroker.Storage;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Actors.Partitions;

/// <summary>
/// The follower of one partition: owns the replica's log while another node leads, and keeps it what the leader's is. Decisions are
/// <see cref="FollowerMachine"/>'s, the writes <see cref="FollowerLog"/>'s.
///
/// Waiting (no log) → following whoever the host names, from leader to leader → stopped: the log goes back with the last word. While the
/// leader does not answer it opens again, less and less often; a leader that comes up calls.
///
/// A disk that fails ends the replica's service, and the leader hears of it at once. A log that contradicts itself is given to the host to be
/// made anew; the leader then fills it from the start.
/// </summary>
internal sealed class PartitionFollowerActor : UntypedActor, IWithTimers
{
    private readonly TopicIdPartition _id;
    private readonly PartitionServices _services;
    private readonly ReplicationServices _replication;
    private readonly FollowerMachine _machine = new();
    private ReplicaPort? _port;
    private FollowerLog? _log;
    private FollowerHandle? _handle;
    private LogUpkeep? _upkeep;
    private int _retryMs;
    private bool _mustAcknowledge;

    public PartitionFollowerActor(TopicIdPartition id, PartitionServices services)
    {
        _id = id;
        _services = services;
        _replication = services.Replication ?? throw new ArgumentException("A node without replication follows nobody.", nameof(services));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(TopicIdPartition id, PartitionServices services) =>
        Props.Create(() => new PartitionFollowerActor(id, services));

    protected override void PostStop() => EndService();

    protected override void OnReceive(object message)
    {
        try
        {
            Act(message);
        }
        catch (LogCorruptException error)
        {
            Damaged(error.Message);
        }
        catch (LogIoException error)
        {
            Fail(error);
        }
    }

    private void Act(object message)
    {
        switch (message)
        {
            case PartsWaiting:
                OnParts();
                break;
            case Follow follow:
                OnFollow(follow);
                break;
            case OpenAgain:
                if (_machine.Phase == FollowerPhase.Opening) Open();
                break;
            case FlushEnded ended:
                OnFlushEnded(ended);
                break;
            case MaintainLog maintain:
                _upkeep?.Maintain(maintain, NowMs);
                break;
            case CleaningEnded ended:
                _upkeep?.OnCleaningEnded(ended);
                break;
            case DirectoryIsOffline offline:
                Fail(offline.Failure);
                break;
            case SettingsChanged changed:
                if (_log is not null) _log.Log.Settings = changed.Settings;
                break;
            case DelayedAcknowledgement:
                AcknowledgeIfOpen();
                break;
            case StopFollowing:
                OnStop();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private long NowMs => _services.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    private void OnFollow(Follow follow)
    {
        if (follow.Log is { } log)
        {
            EndService();
            log.Settings = follow.Settings;
            _log = new FollowerLog(_machine, log);
            _upkeep = new LogUpkeep(log, Self, _services);
            _handle = new FollowerHandle(log, _services.Partitions.TrafficOf(log.TopicId));
            _port = new ReplicaPort(Self);
            _replication.Ports.Open(_id, _port);
            _services.Partitions.EnterFollower(_handle);
        }

        if (_log is null) return;
        if (!_machine.Follow(follow.Leader, follow.LeaderEpoch) && follow.Log is null) return;
        _handle!.LeaderEpoch = _machine.Leader >= 0 ? _machine.LeaderEpoch : -1;
        _retryMs = _replication.Settings.OpenRetryMs;
        Open();
    }

    private void Open()
    {
        if (_log is null || !_machine.Open(_replication.NextSession())) return;
        Send(new ReplicaPart
        {
            Kind = PartKind.Open,
            Id = _id,
            LeaderEpoch = _machine.LeaderEpoch,
            Session = _machine.Session,
            Position = _log.Position,
        });
        Timers.StartSingleTimer("open", OpenAgain.Instance, TimeSpan.FromMilliseconds(_retryMs));
        _retryMs = Math.Min(2 * _retryMs, _replication.Settings.OpenRetryMaxMs);
    }

    private void OnParts()
    {
        if (_port is null) return;
        var scratch = FollowerScratch.Current;
        var written = 0;
        try
        {
            for (var part = _port.TakeAll(); part is not null;)
            {
                var next = part.Next;
                part.Next = null;
                if (_log is null) part.Release();
                else written += Hear(part, scratch);
                part = next;
            }

            if (_log is not null) written += Write(scratch);
        }
        finally
        {
            scratch.Clear();
        }

        if (_log is not null) Settle(written);
    }

    private int Hear(ReplicaPart part, FollowerScratch scratch)
    {
        if (part.Kind == PartKind.Records)
        {
            Take(part, scratch);
            return scratch.IsFull ? Write(scratch) : 0;
        }

        var written = Write(scratch);
        if (part.Kind == PartKind.Opened) OnOpened(part);
        else if (part.Kind == PartKind.LeaderHere && part.LeaderEpoch == _machine.LeaderEpoch && part.Node == _machine.Leader) OnCalled();
        part.Release();
        return written;
    }

    private void OnCalled()
    {
        _retryMs = _replication.Settings.OpenRetryMs;
        Open();
    }

    private void Take(ReplicaPart part, FollowerScratch scratch)
    {
        var verdict = _machine.Admit(part.LeaderEpoch, part.Session, part.StartOffset, part.EndOffset, _log!.End);
        if (verdict is RecordsVerdict.Take or RecordsVerdict.Known)
        {
            _log.Heard(part.HighWatermark, part.LogStart);
            _mustAcknowledge |= part.WantsAnswer || part.Bytes > 0;
        }

        var isWhole = verdict != RecordsVerdict.Gap;
        if (verdict == RecordsVerdict.Take && part.Bytes > 0) isWhole = _log.TryTake(part, scratch);
        else part.Release();
        if (isWhole) return;
        if (verdict == RecordsVerdict.Take)
            Context.GetLogger().Warning("{0}: records from node {1} are damaged or out of place; asking again.", _log.Log.Partition, part.Node);
        Write(scratch);
        Open();
    }

    private int Write(FollowerScratch scratch)
    {
        if (_log is null) return 0;
        var written = _log.Write(scratch, NowMs);
        if (_log.Failure is not { } failure) return written;
        if (failure.Kind != LogIoErrorKind.NoSpace)
        {
            Fail(failure);
            return 0;
        }

        // The disk is full: ask again after a while, from where the log ends then.
        Context.GetLogger().Warning("{0}: {1}", _log.Log.Partition, failure.Message);
        _machine.Open(_replication.NextSession());
        Timers.StartSingleTimer("open", OpenAgain.Instance, TimeSpan.FromMilliseconds(_replication.Settings.OpenRetryMaxMs));
        return written;
    }

    private void OnOpened(ReplicaPart part)
    {
        var own = _log!.Log.FindEpochEndOffset(part.Answer.Epoch);
        var step = _machine.Answered(part.LeaderEpoch, part.Session, part.Answer, part.LogStart, own, _log.Position);
        switch (step.Action)
        {
            case FollowerAction.Take:
                Timers.Cancel("open");
                _log.Heard(part.HighWatermark, part.LogStart);
                break;
            case FollowerAction.Truncate:
                Context.GetLogger().Info("{0}: cut from {1} to {2}, where it agrees with its leader {3} under epoch {4}.",
                    _log.Log.Partition, _log.Log.LogEndOffset, step.Offset, _machine.Leader, _machine.LeaderEpoch);
                _log.Truncate(step.Offset);
                Open();
                break;
            case FollowerAction.StartOver:
                if (_log.Log.LogEndOffset > _log.Log.LogStartOffset)
                    Context.GetLogger().Warning("{0}: nothing of the log is of use to its leader {1}; it is fetched anew from {2}.",
                        _log.Log.Partition, _machine.Leader, step.Offset);
                _log.StartOver(step.Offset);
                Open();
                break;
            case FollowerAction.OpenAgain:
                Open();
                break;
        }
    }

    /// <summary>After a turn: watermark and log start move, the leader hears once where the log ends.</summary>
    private void Settle(int written)
    {
        if (_log!.Advance()) _handle!.WatermarkAdvanced();
        if (written > 0 && _log.IsLevel) _replication.Replicated.WroteInSync(written);
        if (written > 0 && IsThrottled()) _replication.FollowerThrottle.Take(written, _services.MonotonicMs);
        AcknowledgeIfOpen();
        _upkeep!.FlushIfDue(_log.DurableEnd < _log.Log.LogEndOffset);
    }

    private bool IsThrottled()
    {
        var settings = _log!.Log.Settings;
        if (settings.FollowerThrottledRate == long.MaxValue || !settings.FollowerThrottledReplicas.Covers(_id.Partition, _services.NodeId)) return false;
        if (!_replication.Metadata.Current.TopicsById.TryGetValue(_id.TopicId, out var topic) || _id.Partition >= topic.Partitions.Length) return false;
        if (topic.Partitions[_id.Partition].Isr.Contains(_services.NodeId)) return false;
        _replication.FollowerThrottle.RateBytes = settings.FollowerThrottledRate;
        return true;
    }

    private void AcknowledgeIfOpen()
    {
        if (!_mustAcknowledge || _log is null || _machine.Phase != FollowerPhase.Following) return;
        if (IsThrottled() && !_replication.FollowerThrottle.IsOpen(_services.MonotonicMs))
        {
            Timers.StartSingleTimer("throttle", DelayedAcknowledgement.Instance, TimeSpan.FromMilliseconds(100));
            return;
        }

        _mustAcknowledge = false;
        Send(new ReplicaPart
        {
            Kind = PartKind.Acknowledge,
            Id = _id,
            LeaderEpoch = _machine.LeaderEpoch,
            Session = _machine.Session,
            EndOffset = _log.Log.LogEndOffset,
            DurableEnd = _log.DurableEnd,
            LogStart = _log.Log.LogStartOffset,
        });
    }

    private void OnFlushEnded(FlushEnded ended)
    {
        if (_log is null) return;
        var before = _log.DurableEnd;
        if (!_upkeep!.OnFlushEnded(ended)) return;
        if (ended.Result.Failure is { } failure)
        {
            Fail(failure);
            return;
        }

        _mustAcknowledge |= _log.DurableEnd > before;
        AcknowledgeIfOpen();
        _upkeep.FlushIfDue(_log.DurableEnd < _log.Log.LogEndOffset);
    }

    private void Send(ReplicaPart part) => _replication.Links.To(_machine.Leader).Send(part);

    private void OnStop()
    {
        var log = _log?.Log;
        SayClosed(ErrorCode.None);
        EndService();
        if (log is not null) Context.Parent.Tell(new LogReturned(log), Self);
        Context.Stop(Self);
    }

    private void Fail(LogIoException failure)
    {
        if (_log is null) return;
        Context.GetLogger().Error(failure, "{0}: this replica takes no more records; its directory goes offline.", _log.Log.Partition);
        SayClosed(ErrorCode.KafkaStorageError);
        Context.Parent.Tell(new LogFailed(_log.Log, failure), Self);
        EndService();
    }

    private void Damaged(string reason)
    {
        if (_log is null) return;
        var log = _log.Log;
        SayClosed(ErrorCode.KafkaStorageError);
        EndService();
        Context.Parent.Tell(new LogDamaged(log, reason), Self);
    }

    private void SayClosed(ErrorCode error)
    {
        if (_machine.Phase == FollowerPhase.Resting || _machine.Leader < 0) return;
        Send(new ReplicaPart { Kind = PartKind.Closed, Id = _id, LeaderEpoch = _machine.LeaderEpoch, Session = _machine.Session, Error = error });
    }

    private void EndService()
    {
        if (_log is null) return;
        _services.Partitions.LeaveFollower(_handle!);
        _handle!.Close();
        _replication.Ports.Close(_id, _port!);
        _port = null;
        _handle = null;
        _upkeep = null;
        _log = null;
        _mustAcknowledge = false;
    }
}
