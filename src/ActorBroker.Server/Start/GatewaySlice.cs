using ActorBroker.Actors.Hosting;
using ActorBroker.Core.Configuration;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Network;
using ActorBroker.Network.Handlers;

namespace ActorBroker.Server.Start;

/// <summary>The gateway with its handlers: what enters the catalog here is what ApiVersions tells clients.</summary>
internal static class GatewaySlice
{
    public static Gateway Build(
        BrokerConfig config, BufferPool buffers, NodeActors actors, IGroupCoordinator groups, ILoggerLevels levels, IGatewayLog log)
    {
        var admin = new AdminServices(config.Int("node.id"), config, actors.Controller, actors.Metadata, actors.Partitions, actors.ProducerIds)
        {
            Quorum = actors.Quorum,
            Voters = actors.Voters,
            Loggers = levels,
        };
        var catalog = new HandlerCatalog([.. DataHandlers(actors.Partitions), .. admin.Handlers(), .. GroupHandlers(groups)]);
        var gateway = new Gateway(SettingsFrom(config), buffers, actors.Partitions, actors.Metadata, catalog, log);
        actors.Follow(new GatewayLimits(config, gateway).Follow);
        return gateway;
    }

    private static IApiHandler[] DataHandlers(IPartitionDirectory partitions) =>
    [
        new ProduceHandler(), new FetchHandler(), new ListOffsetsHandler(partitions), new DeleteRecordsHandler(partitions),
        new OffsetForLeaderEpochHandler(partitions), new DescribeProducersHandler(partitions), new ApiVersionsHandler(FeatureRange.Supported),
    ];

    private static IApiHandler[] GroupHandlers(IGroupCoordinator groups) =>
    [
        new OffsetCommitHandler(groups), new OffsetFetchHandler(groups), new FindCoordinatorHandler(groups), new JoinGroupHandler(groups),
        new HeartbeatHandler(groups), new LeaveGroupHandler(groups), new SyncGroupHandler(groups), new DescribeGroupsHandler(groups),
        new ListGroupsHandler(groups), new DeleteGroupsHandler(groups), new OffsetDeleteHandler(groups), new ConsumerGroupHeartbeatHandler(),
        new ConsumerGroupDescribeHandler(),
    ];

    private static GatewaySettings SettingsFrom(BrokerConfig config) => new()
    {
        NodeId = config.Int("node.id"),
        MaxRequestBytes = config.Int("socket.request.max.bytes"),
        MaxIdleMs = config.Long("connections.max.idle.ms"),
        Connections = GatewayLimits.Of(config, MetadataImage.Empty),
        Backlog = config.Int("socket.listen.backlog.size"),
        SendBufferBytes = config.Raw("socket.send.buffer.bytes") is null ? -1 : config.Int("socket.send.buffer.bytes"),
        ReceiveBufferBytes = config.Raw("socket.receive.buffer.bytes") is null ? -1 : config.Int("socket.receive.buffer.bytes"),
        WriteTimeoutMs = config.Int("actorbroker.gateway.write.timeout.ms"),
        FrameTimeoutMs = config.Int("actorbroker.gateway.frame.timeout.ms"),
        MaxProduceAhead = config.Int("actorbroker.gateway.produce.ahead.requests"),
        MaxProduceAheadBytes = config.Int("actorbroker.gateway.produce.ahead.bytes"),
        MaxFetchBytes = config.Int("fetch.max.bytes"),
        SelectsReplicaByRack = config.Text("replica.selector.class")?.EndsWith("RackAwareReplicaSelector", StringComparison.Ordinal) == true,
        MaxFetchSessions = config.Int("max.incremental.fetch.session.cache.slots"),
        FetchSessionEvictionMs = config.Int("actorbroker.gateway.fetch.session.eviction.ms"),
        PollThreads = config.Int("actorbroker.gateway.poll.threads"),
        ReadThreads = config.Int("actorbroker.gateway.read.threads"),
        FileChunkBytes = config.Int("actorbroker.gateway.file.chunk.bytes"),
    };
}
