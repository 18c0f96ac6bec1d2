using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using ActorBroker.Actors.Controller;
using ActorBroker.Actors.Hosting;
using ActorBroker.Core.Configuration;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Network;
using ActorBroker.Protocol;
using ActorBroker.Server.Telemetry;
using Akka.Actor;
using Akka.Configuration;
using Microsoft.Extensions.Logging;

namespace ActorBroker.Server.Start;

/// <summary>
/// One running node, put together in the order in which it comes up: directories, actor system, controller, registration, partitions,
/// groups, gateway, HTTP. It
/// goes down in the opposite order, through Akka's coordinated shutdown (<see cref="ShutdownOrder"/>).
///
/// The gateway opens last: a client that gets through finds leaders that take records.
/// </summary>
internal sealed class BrokerNode : IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private readonly ILoggerFactory _loggers;
    private readonly BrokerConfig _config;
    private readonly StorageSlice _storage;
    private readonly NodeActors _actors;
    private readonly Gateway _gateway;
    private readonly BufferPool _buffers;
    private readonly IGroupCoordinator _groups;
    private readonly ShutdownOrder _shutdown;
    private readonly IdleTrim _trim;
    private HttpEndpoint? _http;
    private string? _notReady = "starting";

    private BrokerNode(ILoggerFactory loggers, BrokerConfig config, BufferPool buffers, StorageSlice storage, NodeActors actors, GroupSlice groups)
    {
        _loggers = loggers;
        _config = config;
        _buffers = buffers;
        _storage = storage;
        _actors = actors;
        _groups = groups.Coordinator;
        _gateway = GatewaySlice.Build(config, buffers, actors, groups.Coordinator, new GatewayEvents(loggers));
        _shutdown = new ShutdownOrder(actors, _gateway, groups);
        _trim = new IdleTrim(config.Long("actorbroker.memory.idle.trim.bytes"));
    }

    /// <summary>What a newcomer should see: the address, and something to try.</summary>
    public string ReadyText { get; private set; } = "";

    /// <summary>Completes when the node has ended by itself.</summary>
    public Task Terminated => _actors.System.WhenTerminated;

    public static async Task<BrokerNode> StartAsync(BrokerConfigCheck check, Config operatorConfig)
    {
        var config = check.Config;
        var loggers = NodeLog.Create(Enum.TryParse<LogLevel>(config.Text("actorbroker.log.level"), true, out var level) ? level : LogLevel.Information);
        var log = loggers.CreateLogger("node");
        foreach (var warning in check.Warnings) NodeMessages.Configured(log, warning);
        var listeners = ListenerPlan.From(config);
        var buffers = new BufferPool(config.Long("actorbroker.memory.buffers.bytes"), config.Long("actorbroker.memory.buffers.retained.bytes"));
        var storage = StorageSlice.Open(config, buffers, new StorageEvents(loggers));
        try
        {
            AkkaEvents.Use(loggers);
            var akka = operatorConfig.WithFallback(ServerConfig.For(level)).WithFallback(ActorsConfig.For(storage.JournalDirectory));
            var actors = new NodeActors(ActorSystem.Create("actorbroker", akka), config, storage.Logs);
            var node = new BrokerNode(loggers, config, buffers, storage, actors, new GroupSlice(actors, config, buffers));
            await node.ComeUpAsync(listeners, log).ConfigureAwait(false);
            return node;
        }
        catch
        {
            storage.Dispose();
            throw;
        }
    }

    /// <summary>Stops in order; true when everything was closed cleanly.</summary>
    public async Task<bool> StopAsync()
    {
        _notReady = "stopping";
        _trim.Dispose();
        if (_http is not null) await _http.DisposeAsync().ConfigureAwait(false);
        var clean = await _shutdown.RunAsync().ConfigureAwait(false);
        _storage.Dispose();
        _loggers.Dispose();
        return clean;
    }

    public async ValueTask DisposeAsync()
    {
        if (_notReady != "stopping") await StopAsync().ConfigureAwait(false);
    }

    private async Task ComeUpAsync(ListenerPlan listeners, ILogger log)
    {
        var stored = Task.Run(() => _storage.Logs.OpenStored(topic => _actors.SettingsOf(_actors.Metadata.Current, topic)));
        if (!await _actors.StartControllerAsync(ControllerSettings.From(_config, _storage.ClusterId), s_limit).ConfigureAwait(false))
            throw new StartException("The controller did not start: the log lines above say why.");
        if (_actors.Metadata.Current.ClusterId != _storage.ClusterId)
            throw new StartException($"The journal belongs to cluster {_actors.Metadata.Current.ClusterId}, the log directories to {_storage.ClusterId}.");
        var bound = new Dictionary<string, IPEndPoint>(StringComparer.OrdinalIgnoreCase);
        if (listeners.Bind.Any(listener => listener.Port == 0)) Listen(listeners, bound);
        var incarnation = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var registration = new NodeRegistration(_actors.Controller, _config.Int("node.id"), incarnation);
        Demand(await registration.RegisterAsync(
            _config.Text("broker.rack"), listeners.Endpoints(bound), [.. _storage.Directories.Select(directory => directory.Identity.DirectoryId)],
            _storage.WasCleanShutdown, CancellationToken.None).ConfigureAwait(false), "registered");
        await AdoptAsync(registration, await stored.ConfigureAwait(false), log).ConfigureAwait(false);
        _actors.StartReplicas(_storage.Flusher, _storage.Cleaner, TimeProvider.System, incarnation);
        Demand(await registration.OpenAsync(CancellationToken.None).ConfigureAwait(false), "opened");
        if (!await _actors.WaitForLeadersAsync(s_limit, CancellationToken.None).ConfigureAwait(false)) NodeMessages.PartitionsOffline(log);
        if (bound.Count == 0) Listen(listeners, bound);
        ReadyText = ReadyLines(listeners.Endpoints(bound));
        _notReady = null;
        _trim.Start();
        _ = StartHttpAsync(log);
    }

    private void Listen(ListenerPlan listeners, Dictionary<string, IPEndPoint> bound)
    {
        foreach (var listener in listeners.Bind)
        {
            try
            {
                bound[listener.Name] = _gateway.Listen(listener);
            }
            catch (Exception error) when (error is SocketException or NotSupportedException)
            {
                throw new StartException($"Listener {listener.Name} cannot be opened on {listener.Host}:{listener.Port}: {error.Message}", error);
            }
        }
    }

    private async Task AdoptAsync(NodeRegistration registration, IReadOnlyList<Actors.Partitions.StoredTopicPartition> stored, ILogger log)
    {
        var topics = stored.GroupBy(partition => (partition.Name.Topic, partition.TopicId))
            .OrderByDescending(group => group.Count())
            .Select(group => new TopicToAdopt(group.Key.Topic, group.Key.TopicId,
                [.. group.Select(partition => new PartitionToAdopt(partition.Name.Partition, partition.DirectoryId, partition.LastLeaderEpoch))]))
            .ToImmutableArray();
        if (topics.IsEmpty) return;
        var answer = await registration.AdoptAsync(topics, CancellationToken.None).ConfigureAwait(false);
        Demand(answer.Error, "given its topics");
        foreach (var topic in answer.Reply!.Topics)
        {
            if (topic.Warning is { } warning) NodeMessages.Adopted(log, topic.Name, warning);
            else if (!topic.Error.IsNone) NodeMessages.Adopted(log, topic.Name, topic.Error.Text!);
        }

        foreach (var (topic, reply) in topics.Zip(answer.Reply.Topics))
            if (reply.Error.Code is ErrorCode.UnknownTopicId or ErrorCode.InconsistentTopicId) _storage.Logs.SetAside(topic.Name, topic.TopicId);
    }

    private async Task StartHttpAsync(ILogger log)
    {
        var text = _config.Text("actorbroker.http.listen");
        if (string.IsNullOrWhiteSpace(text)) return;
        try
        {
            var metrics = new NodeMetrics(
                _config.Int("node.id"), _gateway.Metrics, _actors.Metadata, () => _actors.Led, _buffers, () => _storage.Logs.OfflineCount,
                () => GroupFigures.GatherAsync(_groups, _actors.Partitions));
            _http = await HttpEndpoint.StartAsync(IPEndPoint.Parse(text), metrics.RenderAsync, () => _notReady).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException or FormatException)
        {
            NodeMessages.NoHttp(log, text, error.Message);
        }
    }

    private static void Demand(KafkaError error, string what)
    {
        if (!error.IsNone) throw new StartException($"The node could not be {what}: {error.Code}: {error.Text}");
    }

    private static string ReadyLines(ImmutableArray<EndpointImage> endpoints)
    {
        var first = $"{endpoints[0].Host}:{endpoints[0].Port}";
        var all = string.Join(", ", endpoints.Select(endpoint => $"{endpoint.Listener}://{endpoint.Host}:{endpoint.Port}"));
        return $"ActorBroker is ready on {all}\n  try: echo hello | kcat -b {first} -P -t greetings && kcat -b {first} -C -t greetings -o beginning -e";
    }
}
