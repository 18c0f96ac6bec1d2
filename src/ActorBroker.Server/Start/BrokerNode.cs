using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using ActorBroker.Actors.Controller;
using ActorBroker.Actors.Hosting;
using ActorBroker.Actors.Partitions;
using ActorBroker.Core.Configuration;
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
/// groups, gateway, HTTP. It goes down in the opposite order, through Akka's coordinated shutdown (<see cref="ShutdownOrder"/>).
///
/// A node that stands alone has one actor system for its whole life. In a cluster what lives in actor systems is a
/// <see cref="ClusterSession"/>; when the cluster gives the node up, that session ends and another one begins, while directories, gateway and
/// connections stay.
///
/// The gateway opens last: a client that gets through finds leaders that take records. The HTTP port answers before, for a node may wait
/// for the others as long as it takes and must not be taken for dead meanwhile.
/// </summary>
internal sealed class BrokerNode : IAsyncDisposable
{
    private const int RegistrationRetries = 30;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_detachLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_retry = TimeSpan.FromSeconds(1);

    /// <summary>A quick start is not made slower by the HTTP port; nobody asks for health that soon.</summary>
    private static readonly TimeSpan s_httpAfter = TimeSpan.FromMilliseconds(500);

    private readonly NodeParts _parts;
    private readonly BrokerConfig _config;
    private readonly StorageSlice _storage;
    private readonly NodeActors _actors;
    private readonly Gateway _gateway;
    private readonly ListenerPlan _listeners;
    private readonly ILogger _log;
    private readonly Dictionary<string, IPEndPoint> _bound = new(StringComparer.OrdinalIgnoreCase);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SemaphoreSlim _turn = new(1, 1);
    private ShutdownOrder? _shutdown;
    private ClusterSession? _session;
    private readonly IdleTrim _trim;
    private readonly TaskCompletionSource _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task<HttpEndpoint?> _http = Task.FromResult<HttpEndpoint?>(null);
    private volatile string? _notReady = "starting";

    private BrokerNode(NodeParts parts)
    {
        _parts = parts;
        _config = parts.Config;
        _storage = parts.Storage;
        _listeners = parts.Listeners;
        _log = parts.Loggers.CreateLogger("node");
        _actors = new NodeActors(_config, _storage.Logs, parts.Buffers);
        Groups = new GroupSlice(_actors, _config, parts.Buffers);
        _gateway = GatewaySlice.Build(_config, parts.Buffers, _actors, Groups.Coordinator, parts.Levels, new GatewayEvents(parts.Loggers));
        _trim = new IdleTrim(_config.Long("actorbroker.memory.idle.trim.bytes"));
    }

    /// <summary>What a newcomer should see: the address, and something to try.</summary>
    public string ReadyText { get; private set; } = "";

    /// <summary>Completes when the node has ended by itself.</summary>
    public Task Terminated => _ended.Task;

    private GroupSlice Groups { get; }

    public static async Task<BrokerNode> StartAsync(BrokerConfigCheck check, Config operatorConfig)
    {
        var parts = NodeParts.Open(check, operatorConfig);
        var node = new BrokerNode(parts);
        try
        {
            node._http = node.StartHttpAsync();
            await node.ComeUpAsync().ConfigureAwait(false);
            node._up.TrySetResult();
            return node;
        }
        catch
        {
            node._up.TrySetResult();
            await node.EndHttpAsync().ConfigureAwait(false);
            if (node._session is { } session) await EndQuietlyAsync(session).ConfigureAwait(false);
            parts.Storage.Dispose();
            throw;
        }
    }

    /// <summary>Stops in order; true when everything was closed cleanly.</summary>
    public async Task<bool> StopAsync()
    {
        _notReady = "stopping";
        _trim.Dispose();
        await EndHttpAsync().ConfigureAwait(false);
        await _turn.WaitAsync().ConfigureAwait(false);
        var clean = _shutdown is not null && await _shutdown.RunAsync().ConfigureAwait(false);
        if (_session is { } session) await EndQuietlyAsync(session).ConfigureAwait(false);
        _storage.Dispose();
        _parts.Loggers.Dispose();
        return clean;
    }

    public async ValueTask DisposeAsync()
    {
        if (_notReady != "stopping") await StopAsync().ConfigureAwait(false);
    }

    /// <summary>The process ends anyway: an actor that does not stop must not keep it.</summary>
    private static async Task EndQuietlyAsync(ClusterSession session)
    {
        try
        {
            await session.EndAsync().ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
        }
    }

    private async Task ComeUpAsync()
    {
        var stored = Task.Run(() => _storage.Logs.OpenStored(topic => _actors.SettingsOf(_actors.Metadata.Current, topic)));
        NodeRegistration registration;
        if (_parts.Cluster is { } plan)
        {
            registration = await JoinAsync(plan).ConfigureAwait(false);
        }
        else
        {
            registration = await StandAloneAsync().ConfigureAwait(false);
        }

        if (_listeners.Bind.Any(listener => listener.Port == 0)) Listen(_listeners, _bound);
        await EnterAsync(registration, stored, _storage.WasCleanShutdown).ConfigureAwait(false);
        if (!await _actors.WaitForLeadersAsync(s_limit, CancellationToken.None).ConfigureAwait(false)) NodeMessages.PartitionsOffline(_log);
        if (_bound.Count == 0) Listen(_listeners, _bound);
        ReadyText = ReadyLines(_listeners.Endpoints(_bound));
        _notReady = null;
        _trim.Start();
    }

    private async Task<NodeRegistration> StandAloneAsync()
    {
        var system = ActorSystem.Create(ClusterPlan.SystemName, _parts.Akka);
        _ = system.WhenTerminated.ContinueWith(_ => _ended.TrySetResult(), TaskScheduler.Default);
        _actors.Use(system);
        if (!await _actors.StartControllerAsync(ControllerSettings.From(_config, _storage.ClusterId), s_limit).ConfigureAwait(false))
            throw new StartException("The controller did not start: the log lines above say why.");
        if (_actors.Metadata.Current.ClusterId != _storage.ClusterId)
            throw new StartException($"The journal belongs to cluster {_actors.Metadata.Current.ClusterId}, the log directories to {_storage.ClusterId}.");
        var node = _config.Int("node.id");
        var known = _actors.Metadata.Current.Brokers.GetValueOrDefault(node)?.Incarnation ?? 0;
        return new NodeRegistration(_actors.Controller, node, _storage.NextIncarnation(known));
    }

    /// <summary>Begins a life in the cluster: both lanes, membership, the controller found, the metadata followed.</summary>
    private async Task<NodeRegistration> JoinAsync(ClusterPlan plan)
    {
        var session = _session = await ClusterMembership.JoinAsync(plan, _parts, _actors, _log).ConfigureAwait(false);
        _ = session.Lost.ContinueWith(lost => BeginAgainAsync(session, lost.Result), TaskScheduler.Default);
        return new NodeRegistration(_actors.Controller, _config.Int("node.id"), session.Incarnation) { Lanes = session.Lanes };
    }

    /// <summary>Registers, takes partitions and groups up, and lets the controller give leaderships to this node.</summary>
    private async Task EnterAsync(NodeRegistration registration, Task<IReadOnlyList<StoredTopicPartition>>? stored, bool isCleanStart)
    {
        // A log that is damaged must not be led: the controller is told before it may choose this node.
        var found = stored is null ? null : await stored.ConfigureAwait(false);
        var isClean = isCleanStart && _storage.Logs.DamagedCount == 0;
        await UntilControlledAsync("registered", () => registration.RegisterAsync(
            _config.Text("broker.rack"), _listeners.Endpoints(_bound), [.. _storage.Directories.Select(directory => directory.Identity.DirectoryId)],
            isClean, CancellationToken.None)).ConfigureAwait(false);
        if (found is not null)
        {
            var isOther = _session is not null && StoredTopics.BelongElsewhere(_actors.Metadata.Current, _config.Int("node.id"));
            var topics = new StoredTopics(found, _storage.Logs, _log);
            if (isOther) topics.SetAside(_actors.Metadata.Current);
            else Demand(await topics.AdoptAsync(registration).ConfigureAwait(false), "given its topics");
        }

        Groups.Start(_actors.System);
        await _actors.StartReplicasAsync(_storage.Flusher, _storage.Cleaner, TimeProvider.System, registration.Incarnation).ConfigureAwait(false);
        await UntilControlledAsync("opened", () => registration.OpenAsync(CancellationToken.None)).ConfigureAwait(false);
        if (_session is not null) _actors.KeepPresence(registration, () => _ended.TrySetResult());
        _shutdown = new ShutdownOrder(_actors, _gateway, Groups, _session is null ? null : registration);
    }

    /// <summary>
    /// Asks the controller for what may be asked for twice. In a cluster the controller may be moving just then, or the member's word may be
    /// on its way: the node asks again for a while instead of ending.
    /// </summary>
    private async Task UntilControlledAsync(string what, Func<Task<KafkaError>> ask)
    {
        var error = await ask().ConfigureAwait(false);
        for (var again = 0; again < RegistrationRetries && _session is not null && IsPassing(error.Code); again++)
        {
            await Task.Delay(s_retry).ConfigureAwait(false);
            error = await ask().ConfigureAwait(false);
        }

        Demand(error, what);
    }

    private static bool IsPassing(ErrorCode code) => code is ErrorCode.RequestTimedOut or ErrorCode.NotController or ErrorCode.BrokerNotAvailable;

    /// <summary>The cluster has given this node up: ends that life and begins another one; tries until it succeeds or the node stops.</summary>
    private async Task BeginAgainAsync(ClusterSession lost, string reason)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_notReady == "stopping" || lost != _session) return;
            _notReady = "joining again";
            NodeMessages.GivenUp(_log, reason);
            await Groups.StopAsync().ConfigureAwait(false);
            await _actors.DetachAsync(s_detachLimit).ConfigureAwait(false);
            await lost.EndAsync().ConfigureAwait(false);
            while (_notReady != "stopping" && !await TryBeginAgainAsync().ConfigureAwait(false)) await Task.Delay(s_retry).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            NodeMessages.CannotGoOn(_log, error);
            _ended.TrySetResult();
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<bool> TryBeginAgainAsync()
    {
        try
        {
            var registration = await JoinAsync(_parts.Cluster!).ConfigureAwait(false);
            // The logs were open all the time and nothing of them was lost: as after a clean stop.
            await EnterAsync(registration, null, isCleanStart: true).ConfigureAwait(false);
            if (_notReady == "joining again") _notReady = null;
            return true;
        }
        catch (Exception error) when (error is StartException or TimeoutException or AskTimeoutException)
        {
            NodeMessages.NotJoined(_log, error.Message);
            await Groups.StopAsync().ConfigureAwait(false);
            await _actors.DetachAsync(s_detachLimit).ConfigureAwait(false);
            if (_session is { } session) await session.EndAsync().ConfigureAwait(false);
            return false;
        }
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

    private async Task<HttpEndpoint?> StartHttpAsync()
    {
        var text = _config.Text("actorbroker.http.listen");
        if (string.IsNullOrWhiteSpace(text)) return null;
        await Task.WhenAny(_up.Task, Task.Delay(s_httpAfter)).ConfigureAwait(false);
        try
        {
            var metrics = new NodeMetrics(
                _config.Int("node.id"), _gateway.Metrics, _actors.Metadata, () => _actors.Led, _parts.Buffers, () => _storage.Logs.OfflineCount,
                () => GroupFigures.GatherAsync(Groups.Coordinator, _actors.Partitions));
            return await HttpEndpoint.StartAsync(
                IPEndPoint.Parse(text), () => _up.Task.IsCompleted ? metrics.RenderAsync() : null, WhyNotReady).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException or FormatException)
        {
            NodeMessages.NoHttp(_log, text, error.Message);
            return null;
        }
    }

    private async Task EndHttpAsync()
    {
        if (await _http.ConfigureAwait(false) is { } endpoint) await endpoint.DisposeAsync().ConfigureAwait(false);
    }

    private string? WhyNotReady() =>
        _notReady ?? (_session is null ? null : Readiness.WhyNot(_actors.Metadata.Current, _config.Int("node.id")));

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
