using System.Diagnostics;
using ActorBroker.Actors.Controller;
using ActorBroker.Actors.Partitions;
using ActorBroker.Actors.Partitions.Replication;
using ActorBroker.Core.Configuration;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Ports;
using ActorBroker.Storage.Cleaning;
using ActorBroker.Storage.Flushing;
using Akka.Actor;

namespace ActorBroker.Actors.Hosting;

/// <summary>
/// The actors of one node and the ports they stand behind: controller, replica host with its partition leaders. Made by the composition
/// root in the order in which a node comes up; each start is a method of its own, so that what has to wait for another can.
///
/// The ports live as long as the process. In a cluster the actor systems behind them may be made anew (<see cref="Use"/>) when the cluster
/// has given this node up: clients stay connected meanwhile.
/// </summary>
public sealed class NodeActors
{
    private readonly BrokerConfig _config;
    private readonly PartitionSettingsCache _settings;
    private readonly PartitionTable _partitions;
    private readonly MetadataPublisher _publisher = new();
    private readonly ControllerPort _controller = new();
    private readonly QuorumPort _quorum = new();
    private readonly ReplicaLogs _logs;
    private readonly BufferPool _buffers;
    private readonly List<IDisposable> _following = [];
    private ActorSystem? _system;
    private ReplicationLane? _lane;
    private IActorRef? _replicaHost;

    public NodeActors(BrokerConfig config, ReplicaLogs logs, BufferPool buffers)
    {
        _config = config;
        _settings = new PartitionSettingsCache(config, config.Int("node.id"));
        _logs = logs;
        _buffers = buffers;
        ProducerIds = new ProducerIdAllocator(_controller, config.Int("node.id"));
        _partitions = new PartitionTable(_ => Task.Run(_logs.Describe));
    }

    /// <summary>The actor system that everything runs in; in a cluster that of the control lane.</summary>
    public ActorSystem System => _system ?? throw new InvalidOperationException("The node has no actor system yet.");

    public IController Controller => _controller;
    public IQuorumView Quorum => _quorum;
    public IQuorumVoters Voters => _quorum;
    public IProducerIds ProducerIds { get; }
    public IMetadataSource Metadata => _publisher;
    public IPartitionDirectory Partitions => _partitions;

    /// <summary>The partitions that this node leads at this moment.</summary>
    public IEnumerable<IPartition> Led => _partitions.All;

    /// <summary>From now on actors are started in this system.</summary>
    public void Use(ActorSystem system) => _system = system;

    /// <summary>Calls back with the image as it is and with every later one, one after the other; must not block.</summary>
    public void Follow(Action<MetadataImage> follower) => _publisher.Follow(follower);

    /// <summary>Starts the controller of a node that is alone and waits until it has taken the role.</summary>
    public async Task<bool> StartControllerAsync(ControllerSettings settings, TimeSpan limit)
    {
        var inbox = new ControllerInbox(_config.Int("actorbroker.controller.inbox.max.commands"));
        _controller.Use(new ControllerClient(inbox));
        System.ActorOf(ControllerHostActor.PropsFor(settings, _config, inbox, _publisher), "controller");
        return await _publisher.WaitForAsync(0, limit, CancellationToken.None).ConfigureAwait(false)
            && await WaitForControlAsync(settings.NodeId, limit).ConfigureAwait(false);
    }

    /// <summary>Starts this node's part of the cluster's controller and waits for the first metadata.</summary>
    public async Task<bool> JoinControllerAsync(ControllerSettings settings, long incarnation, bool isVoter, TimeSpan limit)
    {
        _quorum.Use(System);
        _controller.Use(ClusterController.Start(System, settings, _config, incarnation, isVoter, _publisher).Controller);
        return await _publisher.WaitForAsync(0, limit, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>Starts this node's end of the bulk lane; before <see cref="StartReplicas"/>.</summary>
    public void StartLane(ActorSystem bulk, long incarnation)
    {
        var settings = ReplicationSettings.From(_config);
        var identity = new ReplicationIdentity(_config.Int("node.id"), incarnation, settings.EnvelopeBytes);
        var ports = new ReplicationLane.NodePorts(_controller, _publisher) { Traffic = () => _partitions.Moved };
        _lane = ReplicationLane.Start(bulk, identity, settings, _buffers, ports);
    }

    /// <summary>Starts the replica host; from here on this node's partitions follow the metadata. In a cluster leaders run under Cluster
    /// Sharding.</summary>
    public async Task StartReplicasAsync(LogFlusher flusher, LogCleaner? cleaner, TimeProvider clock, long incarnation)
    {
        var region = _lane is null ? null : new PartitionRegion(_config.Int("node.id"));
        var services = new PartitionServices(_config.Int("node.id"), _partitions, flusher, cleaner, clock)
        {
            Replication = _lane?.Services,
            Region = region,
        };
        if (region is not null) await region.StartAsync(System, services).ConfigureAwait(false);
        var host = System.ActorOf(ReplicaHostActor.PropsFor(services, _logs, SettingsOf, incarnation), "replicas");
        _replicaHost = host;
        _following.Add(_publisher.Follow(image => host.Tell(new ImagePublished(image), ActorRefs.NoSender)));
    }

    /// <summary>Keeps the registration what it should be while the node runs; <paramref name="replaced"/> is called when another process
    /// has taken the node's id.</summary>
    public void KeepPresence(NodeRegistration registration, Action replaced)
    {
        var presence = System.ActorOf(NodePresenceActor.PropsFor(registration, replaced), "presence");
        _following.Add(_publisher.Follow(image => presence.Tell(new PresenceImage(image), ActorRefs.NoSender)));
    }

    /// <summary>Waits until every partition that the metadata gives this node takes records; false when one cannot, or when the limit
    /// passes first.</summary>
    public async Task<bool> WaitForLeadersAsync(TimeSpan limit, CancellationToken cancel)
    {
        var node = _config.Int("node.id");
        var began = Stopwatch.GetTimestamp();
        var all = true;
        foreach (var topic in _publisher.Current.Topics.Values)
        {
            for (var i = 0; i < topic.Partitions.Length; i++)
            {
                if (topic.Partitions[i].Leader != node || _partitions.Find(topic.Name, i) is not null) continue;
                var left = limit - Stopwatch.GetElapsedTime(began);
                if (left <= TimeSpan.Zero) return false;
                all &= await _partitions.WaitForLeaderAsync(topic.Name, i, left, cancel).ConfigureAwait(false) is not null;
            }
        }

        return all;
    }

    /// <summary>Waits until this node leads nothing that another one could lead, or until the limit passes.</summary>
    public async Task WaitForNoLeadersAsync(TimeSpan limit)
    {
        var node = _config.Int("node.id");
        var moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var following = _publisher.Follow(image =>
        {
            foreach (var topic in image.Topics.Values)
                foreach (var partition in topic.Partitions)
                    if (partition.Leader == node && partition.Isr.Length > 1) return;
            moved.TrySetResult();
        });
        await Task.WhenAny(moved.Task, Task.Delay(limit)).ConfigureAwait(false);
    }

    /// <summary>Ends all leaderships and closes all logs in order.</summary>
    public Task StopReplicasAsync(TimeSpan limit) => StopReplicasAsync(StopReplicas.Instance, limit);

    /// <summary>Ends everything that runs in the present actor systems but for the logs, which stay open for the next.</summary>
    public async Task DetachAsync(TimeSpan limit)
    {
        _controller.Use(null);
        _quorum.Use(null);
        await StopReplicasAsync(StopReplicas.KeepingLogs, limit).ConfigureAwait(false);
        foreach (var following in _following) following.Dispose();
        _following.Clear();
        _lane?.Dispose();
        _lane = null;
    }

    private async Task StopReplicasAsync(StopReplicas stop, TimeSpan limit)
    {
        if (_replicaHost is not { } host) return;
        _replicaHost = null;
        await host.Ask<ReplicasStopped>(stop, limit, CancellationToken.None).ConfigureAwait(false);
    }

    /// <summary>A topic's settings under an image.</summary>
    public PartitionSettings SettingsOf(MetadataImage image, string topic) => _settings.Of(image, topic);

    private async Task<bool> WaitForControlAsync(int node, TimeSpan limit)
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _publisher.Follow(image =>
        {
            if (image.ControllerId == node) taken.TrySetResult();
        });
        return await Task.WhenAny(taken.Task, Task.Delay(limit)).ConfigureAwait(false) == taken.Task;
    }
}
