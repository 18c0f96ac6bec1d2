using ActorBroker.Actors.Partitions.Replication;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Partitions;
using ActorBroker.Storage;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Actors.Partitions;

/// <summary>The metadata has moved on; carries the whole image, of which the host picks what changed. Node-local.</summary>
public sealed record ImagePublished(MetadataImage Image) : INoSerializationVerificationNeeded;

/// <summary>Asks a host to end all leaderships and close all logs; answered with <see cref="ReplicasStopped"/>.</summary>
public sealed record StopReplicas(bool ClosesLogs) : INoSerializationVerificationNeeded
{
    public static readonly StopReplicas Instance = new(true);

    /// <summary>The logs stay open: another host follows in this process.</summary>
    public static readonly StopReplicas KeepingLogs = new(false);
}

public sealed record ReplicasStopped : INoSerializationVerificationNeeded
{
    public static readonly ReplicasStopped Instance = new();
}

/// <summary>
/// Owns every log of the node and lends each to one owner at a time: a leader that holds a grant, or a follower. Follows the metadata through
/// <see cref="ReplicaReconciler"/>; restarts an owner that crashed, after its log has come back.
///
/// A replica is resting (log here or not open), promised (a sharded leader was told to start and has not come for the log yet), lent (its
/// owner has the log), or leaving (the owner was told to stop; what comes next waits in <see cref="Replica.Next"/> until the log is back). A
/// leader that is granted a higher epoch, and a follower of another leader, keep the log and are told.
///
/// A topic that is deleted and made again under its name gets a new id and the same directory name, often before the old owner has
/// stopped: a directory belongs to the replica that opened it until its deletion was carried out, and the one that wants it next waits
/// (<see cref="DirectoryClaims"/>).
/// </summary>
internal sealed class ReplicaHostActor : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan s_startRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_stopPatience = TimeSpan.FromSeconds(4);

    private readonly PartitionServices _services;
    private readonly ReplicaLogs _logs;
    private readonly Func<MetadataImage, string, PartitionSettings> _settingsOf;

    // One object for all partitions of a topic, as long as the configs stay what they are.
    private readonly Dictionary<string, PartitionSettings> _settingsByTopic = new(StringComparer.Ordinal);
    private readonly long _incarnation;
    private readonly ReplicaReconciler _reconciler;
    private readonly Dictionary<TopicIdPartition, Replica> _replicas = [];
    private readonly Dictionary<IActorRef, Replica> _byOwner = [];
    private readonly HashSet<Replica> _promised = [];
    private readonly DirectoryClaims _claims = new();
    private MetadataImage _image = MetadataImage.Empty;
    private Action<LogDirectory, Exception>? _onOffline;
    private IActorRef? _stopRequester;
    private bool _closesLogs;

    public ReplicaHostActor(PartitionServices services, ReplicaLogs logs, Func<MetadataImage, string, PartitionSettings> settingsOf, long incarnation)
    {
        _services = services;
        _incarnation = incarnation;
        _logs = logs;
        _settingsOf = settingsOf;
        _reconciler = new ReplicaReconciler(services.NodeId, incarnation);
        Receive<ImagePublished>(published => OnImage(published.Image));
        Receive<Leading>(_ => { });
        Receive<LeadRefused>(OnRefused);
        Receive<LogReturned>(_ => { });
        Receive<LogFailed>(failed => _logs.Failed(failed.Log, failed.Failure));
        Receive<LogDamaged>(OnDamaged);
        Receive<WentOffline>(OnOffline);
        Receive<BorrowLog>(OnBorrow);
        Receive<Terminated>(OnTerminated);
        Receive<HostTick>(OnTick);
        Receive<PromisesDue>(_ => OnPromisesDue());
        Receive<StopReplicas>(OnStop);
        Receive<StopOverdue>(OnStopOverdue);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(
        PartitionServices services, ReplicaLogs logs, Func<MetadataImage, string, PartitionSettings> settingsOf, long incarnation) =>
        Props.Create(() => new ReplicaHostActor(services, logs, settingsOf, incarnation));

    /// <summary>An owner that fails is stopped, not restarted: it has to be lent its log again, which <see cref="OnTerminated"/>
    /// does.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart()
    {
        _services.Host = Self;
        var self = Self;
        _onOffline = (directory, cause) => self.Tell(new WentOffline(directory, cause), ActorRefs.NoSender);
        foreach (var directory in _logs.Directories) directory.WentOffline += _onOffline;
        Timers.StartPeriodicTimer("retention", new HostTick(Retention: true, Producers: false), _logs.RetentionInterval);
        Timers.StartPeriodicTimer("producers", new HostTick(Retention: false, Producers: true), _logs.ProducerInterval);
        Timers.StartPeriodicTimer("maintenance", new HostTick(Retention: false, Producers: false), _logs.MaintenanceInterval);
    }

    protected override void PostStop()
    {
        foreach (var directory in _logs.Directories) directory.WentOffline -= _onOffline;
        base.PostStop();
    }

    private void OnImage(MetadataImage image)
    {
        var before = _image;
        _image = image;
        if (!ReferenceEquals(before.Configs, image.Configs)) _settingsByTopic.Clear();
        foreach (var effect in _reconciler.Reconcile(image)) Carry(effect);
        if (!ReferenceEquals(before.Configs, image.Configs)) PassSettings();
        if (!ReferenceEquals(before.Brokers, image.Brokers) && image.Brokers.Values.Any(broker => IsNewlyUp(before, broker))) TellLeaders();
    }

    private static bool IsNewlyUp(MetadataImage before, BrokerImage now) => !now.IsFenced
        && (!before.Brokers.TryGetValue(now.Id, out var known) || known.IsFenced || known.Incarnation != now.Incarnation);

    private void TellLeaders()
    {
        foreach (var replica in _replicas.Values)
            if (replica is { IsLed: true, Owner: { } leader }) leader.Tell(BrokerCameUp.Instance, Self);
    }

    private void Carry(ReplicaEffect effect)
    {
        if (!_replicas.TryGetValue(effect.Id, out var replica))
        {
            if (effect is DeleteReplica) return;
            _replicas.Add(effect.Id, replica = new Replica(effect.Id, effect.Name));
        }

        if (effect is UpdateReplicaIsr update)
        {
            if (!replica.Update(update.Grant)) return;
            replica.Settings = SettingsOf(replica.Name.Topic);
            replica.Owner!.Tell(new IsrConfirmed(update.Grant, replica.Settings), Self);
            return;
        }

        replica.Next = effect;
        _promised.Remove(replica);
        if (replica.Owner is null || replica.KeepsOwnerFor(effect)) Proceed(replica);
        else TellToStop(replica);
    }

    private void TellToStop(Replica replica) =>
        replica.Owner!.Tell(replica.IsLed ? StopLeading.Instance : StopFollowing.Instance, Self);

    /// <summary>Does what is next for a replica whose log nobody else has, or whose owner goes on.</summary>
    private void Proceed(Replica replica)
    {
        var next = replica.Next;
        replica.Next = null;
        switch (next)
        {
            case LeadReplica lead:
                StartLeader(replica, lead);
                break;
            case FollowReplica follow:
                StartFollower(replica, follow);
                break;
            case RestReplica rest when replica.Owner is not null:
                replica.Owner.Tell(new Follow(null, -1, rest.Image.LeaderEpoch, replica.Settings!), Self);
                break;
            case DeleteReplica:
                _replicas.Remove(replica.Id);
                _settingsByTopic.Remove(replica.Name.Topic);
                _logs.Delete(replica.Id, replica.Name);
                _services.Partitions.Readmit(replica.Name);
                if (_claims.PassOn(replica) is { } heir) Proceed(heir);
                break;
        }
    }

    private void StartLeader(Replica replica, LeadReplica lead)
    {
        if (OpenLog(replica, lead, lead.Image) is not { } log) return;
        replica.Granted = lead;
        replica.Followed = null;
        if (replica.Owner is null && _services.Region is { } region)
        {
            _promised.Add(replica);
            region.Start(replica.Id, lead.Grant);
            Timers.StartSingleTimer("promises", PromisesDue.Instance, s_startRetry);
            return;
        }

        if (replica.Owner is null) Own(replica, Child(PartitionLeaderActor.PropsFor(replica.Id, _services), replica), isLed: true);
        replica.Owner!.Tell(new Lead(log, lead.Grant, replica.Settings!), Self);
    }

    private void StartFollower(Replica replica, FollowReplica follow)
    {
        if (_services.Replication is null) return;
        replica.Granted = null;
        replica.Followed = follow;
        var log = replica.Owner is null ? OpenLog(replica, follow, follow.Image) : null;
        if (replica.Owner is null && log is null) return;
        if (replica.Owner is null) Own(replica, Child(PartitionFollowerActor.PropsFor(replica.Id, _services), replica), isLed: false);
        replica.Owner!.Tell(new Follow(log, follow.Image.Leader, follow.Image.LeaderEpoch, replica.Settings!), Self);
    }

    private IActorRef Child(Props props, Replica replica) =>
        Context.ActorOf(props.WithDispatcher(PartitionDispatcher.Id), $"{replica.Id.TopicId}-{replica.Id.Partition}");

    private void Own(Replica replica, IActorRef owner, bool isLed)
    {
        replica.Owner = owner;
        replica.IsLed = isLed;
        Context.Watch(owner);
        _byOwner.Add(owner, replica);
    }

    /// <summary>The replica's log; null when its turn has not come (then it proceeds later) or when it cannot be opened.</summary>
    private PartitionLog? OpenLog(Replica replica, ReplicaEffect effect, PartitionImage image)
    {
        if (!_claims.TryClaim(replica))
        {
            replica.Next = effect;
            return null;
        }

        replica.Settings = SettingsOf(replica.Name.Topic);
        try
        {
            return _logs.Open(replica.Id, replica.Name, replica.Settings, DirectoryOf(image));
        }
        catch (LogCorruptException error) when (effect is FollowReplica)
        {
            return Rebuild(replica, image, error.Message);
        }
        catch (Exception error) when (error is LogCorruptException or LogTopicMismatchException or IOException)
        {
            _services.Partitions.Refuse(replica.Name);
            Context.GetLogger().Error(error, "{0} is offline on this node: {1}", replica.Name, error.Message);
            return null;
        }
    }

    /// <summary>A damaged replica whose leader is elsewhere is dropped and filled from there.</summary>
    private PartitionLog? Rebuild(Replica replica, PartitionImage image, string reason)
    {
        Context.GetLogger().Warning("{0}: the log is damaged and is fetched anew from node {1}: {2}", replica.Name, image.Leader, reason);
        try
        {
            return _logs.Rebuild(replica.Id, replica.Name, replica.Settings!, DirectoryOf(image));
        }
        catch (Exception error) when (error is LogCorruptException or IOException)
        {
            Context.GetLogger().Error(error, "{0} is offline on this node: {1}", replica.Name, error.Message);
            return null;
        }
    }

    private void OnDamaged(LogDamaged damaged)
    {
        if (!_byOwner.TryGetValue(Sender, out var replica) || replica.Followed is not { } follow || replica.Next is not null) return;
        if (Rebuild(replica, follow.Image, damaged.Reason) is { } log)
            Sender.Tell(new Follow(log, follow.Image.Leader, follow.Image.LeaderEpoch, replica.Settings!), Self);
    }

    /// <summary>A disk error, seen by whoever wrote there: all other owners of logs in that directory are told.</summary>
    private void OnOffline(WentOffline went)
    {
        var failure = new LogIoException(LogIoErrorKind.Offline, "use", went.Directory.Path, 0, went.Cause);
        foreach (var (owner, replica) in _byOwner)
            if (_logs.IsIn(replica.Id, went.Directory)) owner.Tell(new DirectoryIsOffline(failure), Self);
    }

    /// <summary>A sharded leader has started and comes for its log.</summary>
    private void OnBorrow(BorrowLog borrow)
    {
        if (!_replicas.TryGetValue(borrow.Id, out var replica) || replica.Granted is not { } lead) return;
        if (lead.Grant.LeaderEpoch != borrow.LeaderEpoch || !_promised.Remove(replica)) return;
        if (OpenLog(replica, lead, lead.Image) is not { } log) return;
        Own(replica, Sender, isLed: true);
        Sender.Tell(new Lead(log, lead.Grant, replica.Settings!), Self);
    }

    private void OnPromisesDue()
    {
        foreach (var replica in _promised) _services.Region!.Start(replica.Id, replica.Granted!.Grant);
        if (_promised.Count > 0) Timers.StartSingleTimer("promises", PromisesDue.Instance, s_startRetry);
    }

    private Protocol.Uuid DirectoryOf(PartitionImage image)
    {
        var at = image.Replicas.IndexOf(_services.NodeId);
        return at >= 0 && at < image.Directories.Length ? image.Directories[at] : Protocol.Uuid.Zero;
    }

    private PartitionSettings SettingsOf(string topic)
    {
        if (!_settingsByTopic.TryGetValue(topic, out var settings)) _settingsByTopic.Add(topic, settings = _settingsOf(_image, topic));
        return settings;
    }

    private void PassSettings()
    {
        foreach (var replica in _byOwner.Values)
        {
            var settings = SettingsOf(replica.Name.Topic);
            if (settings == replica.Settings) continue;
            replica.Settings = settings;
            replica.Owner!.Tell(new SettingsChanged(settings), Self);
        }
    }

    private void OnRefused(LeadRefused refused) =>
        Context.GetLogger().Warning("{0}: a grant was refused, epoch {1} is known already.", refused.Log.Partition, refused.KnownEpoch);

    private void OnTerminated(Terminated terminated)
    {
        if (_byOwner.Remove(terminated.ActorRef, out var replica))
        {
            replica.Owner = null;
            if (replica.Next is null && _stopRequester is null && !_logs.IsOffline(replica.Id))
                replica.Next = (ReplicaEffect?)replica.Granted ?? replica.Followed;
            Proceed(replica);
        }

        FinishStop();
    }

    private void OnTick(HostTick tick)
    {
        var maintain = new MaintainLog(tick.Retention, tick.Producers);
        foreach (var owner in _byOwner.Keys) owner.Tell(maintain, Self);
    }

    private void OnStop(StopReplicas stop)
    {
        _stopRequester = Sender;
        _closesLogs = stop.ClosesLogs;
        _promised.Clear();
        foreach (var replica in _replicas.Values) replica.Next = null;
        foreach (var replica in _byOwner.Values) TellToStop(replica);
        Timers.StartSingleTimer("stopping", new StopOverdue(false), s_stopPatience);

        FinishStop();
    }

    /// <summary>
    /// Whoever has not given its log back in order is stopped without its consent; that ends its leadership as well. The log says who it was.
    /// </summary>
    private void OnStopOverdue(StopOverdue overdue)
    {
        var owners = _byOwner.Take(8).Select(owner => $"{owner.Value.Name} ({(owner.Value.IsLed ? "leader" : "follower")} {owner.Key.Path})");
        Context.GetLogger().Warning(
            "{0} replicas have not given their logs back{1}: {2}", _byOwner.Count, overdue.IsForced ? " though they were stopped" : " and are stopped",
            string.Join(", ", owners));
        if (overdue.IsForced) return;
        foreach (var owner in _byOwner.Keys) Context.Stop(owner);
        Timers.StartSingleTimer("stopping", new StopOverdue(true), s_stopPatience);
    }

    private void FinishStop()
    {
        if (_stopRequester is null || _byOwner.Count > 0) return;
        if (_closesLogs) _logs.CloseAll(_incarnation);
        _stopRequester.Tell(ReplicasStopped.Instance, Self);
        Context.Stop(Self);
    }

    private sealed record WentOffline(LogDirectory Directory, Exception Cause) : INoSerializationVerificationNeeded;

    private sealed record HostTick(bool Retention, bool Producers) : INoSerializationVerificationNeeded;

    private sealed record StopOverdue(bool IsForced) : INoSerializationVerificationNeeded;

    private sealed record PromisesDue : INoSerializationVerificationNeeded
    {
        public static readonly PromisesDue Instance = new();
    }
}
