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
public sealed record StopReplicas : INoSerializationVerificationNeeded
{
    public static readonly StopReplicas Instance = new();
}

public sealed record ReplicasStopped : INoSerializationVerificationNeeded
{
    public static readonly ReplicasStopped Instance = new();
}

/// <summary>
/// Owns every log of the node and lends each to one owner at a time: a leader that holds a grant. Follows the metadata through
/// <see cref="ReplicaReconciler"/>; restarts a leader that crashed under the same grant, after its log has come back.
///
/// A replica is resting (log here or not open), lent (its leader has the log), or leaving (the leader was told to stop; what comes next
/// waits in
/// <see cref="Replica.Next"/> until the log is back).
///
/// A topic that is deleted and made again under its name gets a new id and the same directory name, often before the old leader has
/// stopped: a directory belongs to the
/// replica that opened it until its deletion was carried out, and the one that wants it next waits (<see cref="_claims"/>).
/// </summary>
internal sealed class ReplicaHostActor : ReceiveActor, IWithTimers
{
    private readonly PartitionServices _services;
    private readonly ReplicaLogs _logs;
    private readonly Func<MetadataImage, string, PartitionSettings> _settingsOf;

    // One object for all partitions of a topic, as long as the configs stay what they are.
    private readonly Dictionary<string, PartitionSettings> _settingsByTopic = new(StringComparer.Ordinal);
    private readonly long _incarnation;
    private readonly ReplicaReconciler _reconciler;
    private readonly Dictionary<TopicIdPartition, Replica> _replicas = [];
    private readonly Dictionary<IActorRef, Replica> _byLeader = [];
    private readonly Dictionary<TopicPartition, Claim> _claims = [];
    private MetadataImage _image = MetadataImage.Empty;
    private IActorRef? _stopRequester;

    public ReplicaHostActor(PartitionServices services, ReplicaLogs logs, Func<MetadataImage, string, PartitionSettings> settingsOf, long incarnation)
    {
        _services = services;
        _incarnation = incarnation;
        _logs = logs;
        _settingsOf = settingsOf;
        _reconciler = new ReplicaReconciler(services.NodeId);
        Receive<ImagePublished>(published => OnImage(published.Image));
        Receive<Leading>(_ => { });
        Receive<LeadRefused>(OnRefused);
        Receive<LogReturned>(_ => { });
        Receive<LogFailed>(failed => _logs.Failed(failed.Log, failed.Failure));
        Receive<Terminated>(OnTerminated);
        Receive<HostTick>(OnTick);
        Receive<StopReplicas>(_ => OnStop());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props PropsFor(
        PartitionServices services, ReplicaLogs logs, Func<MetadataImage, string, PartitionSettings> settingsOf, long incarnation) =>
        Props.Create(() => new ReplicaHostActor(services, logs, settingsOf, incarnation));

    /// <summary>A leader that fails is stopped, not restarted: it has to be lent its log again, which <see cref="OnTerminated"/>
    /// does.</summary>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer("retention", new HostTick(true), _logs.RetentionInterval);
        Timers.StartPeriodicTimer("maintenance", new HostTick(false), _logs.MaintenanceInterval);
    }

    private void OnImage(MetadataImage image)
    {
        var before = _image;
        _image = image;
        if (!ReferenceEquals(before.Configs, image.Configs)) _settingsByTopic.Clear();
        foreach (var effect in _reconciler.Reconcile(image)) Carry(effect);
        if (!ReferenceEquals(before.Configs, image.Configs)) PassSettings();
    }

    private void Carry(ReplicaEffect effect)
    {
        if (!_replicas.TryGetValue(effect.Id, out var replica))
        {
            if (effect is DeleteReplica) return;
            _replicas.Add(effect.Id, replica = new Replica(effect.Id, effect.Name));
        }

        switch (effect)
        {
            case UpdateReplicaIsr update when replica.Leader is not null && replica.Next is null:
                replica.Leader.Tell(new IsrConfirmed(update.Grant), Self);
                break;
            case UpdateReplicaIsr:
                break;
            default:
                replica.Next = effect;
                if (replica.Leader is not null && effect is LeadReplica) Proceed(replica);
                else if (replica.Leader is not null) replica.Leader.Tell(StopLeading.Instance, Self);
                else Proceed(replica);
                break;
        }
    }

    /// <summary>Does what is next for a replica whose log nobody else has.</summary>
    private void Proceed(Replica replica)
    {
        var next = replica.Next;
        replica.Next = null;
        switch (next)
        {
            case LeadReplica lead:
                StartLeader(replica, lead);
                break;
            case DeleteReplica:
                _replicas.Remove(replica.Id);
                _settingsByTopic.Remove(replica.Name.Topic);
                _logs.Delete(replica.Id, replica.Name);
                _services.Partitions.Readmit(replica.Name);
                PassOn(replica);
                break;
        }
    }

    /// <summary>True when no other replica has the directory of that name; else this one's turn comes when the other is gone.</summary>
    private bool TryClaim(Replica replica)
    {
        if (!_claims.TryGetValue(replica.Name, out var claim)) _claims.Add(replica.Name, claim = new Claim { Holder = replica });
        if (claim.Holder == replica) return true;
        claim.Heir = replica;
        return false;
    }

    private void PassOn(Replica replica)
    {
        if (!_claims.TryGetValue(replica.Name, out var claim)) return;
        if (claim.Heir == replica) claim.Heir = null;
        if (claim.Holder != replica) return;
        _claims.Remove(replica.Name);
        if (claim.Heir is { } heir) Proceed(heir);
    }

    private void StartLeader(Replica replica, LeadReplica lead)
    {
        if (!TryClaim(replica))
        {
            replica.Next = lead;
            return;
        }

        var settings = SettingsOf(replica.Name.Topic);
        PartitionLog log;
        try
        {
            log = _logs.Open(replica.Id, replica.Name, settings, DirectoryOf(lead.Image));
        }
        catch (Exception error) when (error is LogCorruptException or LogTopicMismatchException or IOException)
        {
            _services.Partitions.Refuse(replica.Name);
            Context.GetLogger().Error(error, "{0} is offline on this node: {1}", replica.Name, error.Message);
            return;
        }

        replica.Granted = lead;
        replica.Settings = settings;
        if (replica.Leader is null)
        {
            replica.Leader = Context.ActorOf(
                PartitionLeaderActor.PropsFor(replica.Id, _services).WithDispatcher(PartitionDispatcher.Id), $"{replica.Id.TopicId}-{replica.Id.Partition}");
            Context.Watch(replica.Leader);
            _byLeader.Add(replica.Leader, replica);
        }

        replica.Leader.Tell(new Lead(log, lead.Grant, settings), Self);
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
        foreach (var replica in _replicas.Values)
        {
            if (replica.Leader is null) continue;
            var settings = SettingsOf(replica.Name.Topic);
            if (settings == replica.Settings) continue;
            replica.Settings = settings;
            replica.Leader.Tell(new SettingsChanged(settings), Self);
        }
    }

    private void OnRefused(LeadRefused refused) =>
        Context.GetLogger().Warning("{0}: a grant was refused, epoch {1} is known already.", refused.Log.Partition, refused.KnownEpoch);

    private void OnTerminated(Terminated terminated)
    {
        if (_byLeader.Remove(terminated.ActorRef, out var replica))
        {
            replica.Leader = null;
            if (replica.Next is null && _stopRequester is null && replica.Granted is not null && !_logs.IsOffline(replica.Id))
                replica.Next = replica.Granted;
            Proceed(replica);
        }

        FinishStop();
    }

    private void OnTick(HostTick tick)
    {
        var maintain = new MaintainLog(tick.Retention);
        foreach (var leader in _byLeader.Keys) leader.Tell(maintain, Self);
    }

    private void OnStop()
    {
        _stopRequester = Sender;
        foreach (var replica in _replicas.Values) replica.Next = null;
        foreach (var leader in _byLeader.Keys) leader.Tell(StopLeading.Instance, Self);

        FinishStop();
    }

    private void FinishStop()
    {
        if (_stopRequester is null || _byLeader.Count > 0) return;
        _logs.CloseAll(_incarnation);
        _stopRequester.Tell(ReplicasStopped.Instance, Self);
        Context.Stop(Self);
    }

    private sealed record HostTick(bool Retention) : INoSerializationVerificationNeeded;

    /// <summary>Who has the directory of a name, and who waits for it: of several that want it only the newest is still in the
    /// metadata.</summary>
    private sealed class Claim
    {
        public required Replica Holder { get; init; }
        public Replica? Heir { get; set; }
    }

    private sealed class Replica(TopicIdPartition id, TopicPartition name)
    {
        public TopicIdPartition Id => id;
        public TopicPartition Name => name;
        public IActorRef? Leader;
        public LeadReplica? Granted;
        public PartitionSettings? Settings;
        public ReplicaEffect? Next;
    }
}
