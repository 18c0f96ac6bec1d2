using ActorBroker.Actors.Controller;
using ActorBroker.Actors.Partitions;
using ActorBroker.Core.Configuration;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Partitions;
using ActorBroker.Core.Ports;
using ActorBroker.Storage.Cleaning;
using ActorBroker.Storage.Flushing;
using Akka.Actor;

namespace ActorBroker.Actors.Hosting;

/// <summary>
/// The actors of one node and the ports they stand behind: controller, replica host with its partition leaders. Made by the composition
/// root in the
/// order in which a node comes up; each start is a method of its own, so that what has to wait for another can.
/// </summary>
public sealed class NodeActors
{
    private readonly ActorSystem _system;
    private readonly BrokerConfig _config;
    private readonly PartitionSettingsCache _settings;
    private readonly PartitionTable _partitions;
    private readonly MetadataPublisher _publisher = new();
    private readonly ControllerInbox _inbox;
    private readonly ReplicaLogs _logs;
    private IActorRef? _replicaHost;

    public NodeActors(ActorSystem system, BrokerConfig config, ReplicaLogs logs)
    {
        _system = system;
        _config = config;
        _settings = new PartitionSettingsCache(config, config.Int("node.id"));
        _logs = logs;
        _inbox = new ControllerInbox(config.Int("actorbroker.controller.inbox.max.commands"));
        Controller = new ControllerClient(_inbox);
        ProducerIds = new ProducerIdAllocator(Controller, config.Int("node.id"));
        _partitions = new PartitionTable(_ => Task.Run(_logs.Describe));
    }

    public ActorSystem System => _system;
    public IController Controller { get; }
    public IProducerIds ProducerIds { get; }
    public IMetadataSource Metadata => _publisher;
    public IPartitionDirectory Partitions => _partitions;

    /// <summary>The partitions that this node leads at this moment.</summary>
    public IEnumerable<IPartition> Led => _partitions.All;

    /// <summary>Calls back with the image as it is and with every later one, one after the other; must not block.</summary>
    public void Follow(Action<MetadataImage> follower) => _publisher.Follow(follower);

    /// <summary>Starts the controller and waits until it has taken the role.</summary>
    public async Task<bool> StartControllerAsync(ControllerSettings settings, TimeSpan limit)
    {
        _system.ActorOf(ControllerHostActor.PropsFor(settings, _config, _inbox, _publisher), "controller");
        return await _publisher.WaitForAsync(0, limit, CancellationToken.None).ConfigureAwait(false)
            && await WaitForControlAsync(settings.NodeId, limit).ConfigureAwait(false);
    }

    /// <summary>Starts the replica host; from here on this node's partitions follow the metadata.</summary>
    public void StartReplicas(LogFlusher flusher, LogCleaner? cleaner, TimeProvider clock, long incarnation)
    {
        var services = new PartitionServices(_config.Int("node.id"), _partitions, flusher, cleaner, clock);
        var host = _system.ActorOf(ReplicaHostActor.PropsFor(services, _logs, SettingsOf, incarnation), "replicas");
        _replicaHost = host;
        _publisher.Follow(image => host.Tell(new ImagePublished(image), ActorRefs.NoSender));
    }

    /// <summary>Waits until every partition that the metadata gives this node takes records; false when one cannot, or when the limit
    /// passes first.</summary>
    public async Task<bool> WaitForLeadersAsync(TimeSpan limit, CancellationToken cancel)
    {
        var node = _config.Int("node.id");
        var deadline = DateTime.UtcNow + limit;
        var all = true;
        foreach (var topic in _publisher.Current.Topics.Values)
        {
            for (var i = 0; i < topic.Partitions.Length; i++)
            {
                if (topic.Partitions[i].Leader != node || _partitions.Find(topic.Name, i) is not null) continue;
                var left = deadline - DateTime.UtcNow;
                if (left <= TimeSpan.Zero) return false;
                all &= await _partitions.WaitForLeaderAsync(topic.Name, i, left, cancel).ConfigureAwait(false) is not null;
            }
        }

        return all;
    }

    /// <summary>Ends all leaderships and closes all logs in order.</summary>
    public async Task StopReplicasAsync(TimeSpan limit)
    {
        if (_replicaHost is not { } host) return;
        _replicaHost = null;
        await host.Ask<ReplicasStopped>(StopReplicas.Instance, limit, CancellationToken.None).ConfigureAwait(false);
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
