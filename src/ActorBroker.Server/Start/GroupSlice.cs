using ActorBroker.Actors.Controller;
using ActorBroker.Actors.Groups;
using ActorBroker.Actors.Hosting;
using ActorBroker.Core.Configuration;
using ActorBroker.Core.Groups;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Ports;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Server.Start;

/// <summary>The group coordinator of the node and its configuration.</summary>
internal sealed class GroupSlice
{
    private static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(8);

    private readonly GroupCoordinatorGateway _gateway;

    public GroupSlice(NodeActors actors, BrokerConfig config, BufferPool buffers)
    {
        var creator = new InternalTopicCreator(
            actors.Controller, actors.Metadata, _ => config.Short("offsets.topic.replication.factor"), () => Logging.GetLogger(actors.System, "groups"));
        var services = new GroupServices(SettingsFrom(config), actors.Metadata, actors.Partitions, creator, buffers, TimeProvider.System);
        _gateway = new GroupCoordinatorGateway(services);
    }

    public IGroupCoordinator Coordinator => _gateway;

    /// <summary>Starts coordinating in an actor system.</summary>
    public void Start(ActorSystem system) => _gateway.Start(system);

    /// <summary>Ends all groups; their state is in the log.</summary>
    public Task StopAsync() => _gateway.StopAsync(s_stopLimit);

    private static GroupSettings SettingsFrom(BrokerConfig config) => new()
    {
        MinSessionTimeoutMs = config.Int("group.min.session.timeout.ms"),
        MaxSessionTimeoutMs = config.Int("group.max.session.timeout.ms"),
        InitialRebalanceDelayMs = config.Int("group.initial.rebalance.delay.ms"),
        MaxSize = config.Int("group.max.size"),
        OffsetMetadataMaxLength = config.Int("offset.metadata.max.bytes"),
        OffsetsRetentionMs = config.Int("offsets.retention.minutes") * 60_000L,
        OffsetsRetentionCheckIntervalMs = config.Long("offsets.retention.check.interval.ms"),
        OffsetsTopicPartitions = config.Int("offsets.topic.num.partitions"),
        OffsetsTopicSegmentBytes = config.Int("offsets.topic.segment.bytes"),
        CommitTimeoutMs = config.Int("offsets.commit.timeout.ms"),
        LoadBufferBytes = config.Int("offsets.load.buffer.size"),
    };
}
