using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Server.Cli.Client;

/// <summary>
/// The command line's own small client: finds brokers, the controller, partition leaders and group coordinators, and repeats what may
/// be repeated. Metadata is kept until it is old or an answer shows that it is wrong. TLS and SASL are not spoken here.
/// </summary>
internal sealed class KafkaClient(ClientSettings settings) : IAsyncDisposable
{
    private readonly ConnectionPool _pool = new(settings);
    private readonly Dictionary<string, BrokerAddress> _coordinators = new(StringComparer.Ordinal);
    private ClusterSnapshot _cluster = ClusterSnapshot.Empty;
    private long _clusterAt;

    public ClientSettings Settings { get; } = settings;

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    public Task<BrokerConnection> ConnectAsync(BrokerAddress address, string lane, CancellationToken cancel) => _pool.GetAsync(address, lane, cancel);

    /// <summary>A connection to the first known or bootstrap broker that answers.</summary>
    public async Task<BrokerConnection> AnyAsync(CancellationToken cancel)
    {
        ClientException? first = null;
        foreach (var address in _cluster.Brokers.Values.Select(b => b.Address).Concat(Settings.Bootstrap).Distinct())
        {
            try
            {
                return await _pool.GetAsync(address, "", cancel).ConfigureAwait(false);
            }
            catch (ClientException error)
            {
                first ??= error;
            }
        }

        throw first ?? new ClientException("no bootstrap address given");
    }

    /// <summary>Repeats <paramref name="attempt"/> while its errors are retriable.</summary>
    public Task<T> RetryAsync<T>(Func<CancellationToken, Task<T>> attempt, CancellationToken cancel) =>
        RetryLoop.RunAsync(Settings, attempt, null, cancel);

    public Task<T> OnAnyAsync<T>(ApiKey key, Func<short, IWireMessage> request, Action<T> check, CancellationToken cancel)
        where T : IWireMessage, new() => RetryAsync(
            async limit => await ExchangeAsync(await FirstAsync(limit).ConfigureAwait(false), key, request, check, limit).ConfigureAwait(false), cancel);

    /// <summary>Asks the broker that metadata names as controller.</summary>
    public Task<T> OnControllerAsync<T>(ApiKey key, Func<short, IWireMessage> request, Action<T> check, CancellationToken cancel)
        where T : IWireMessage, new() => RetryLoop.RunAsync(
            Settings,
            async limit => await ExchangeAsync(await ControllerAsync(limit).ConfigureAwait(false), key, request, check, limit).ConfigureAwait(false),
            ForgetAsync,
            cancel);

    /// <summary>Asks one broker by id.</summary>
    public Task<T> OnBrokerAsync<T>(int broker, ApiKey key, Func<short, IWireMessage> request, Action<T> check, CancellationToken cancel)
        where T : IWireMessage, new() => RetryLoop.RunAsync(
            Settings,
            async limit => await ExchangeAsync(
                await BrokerAsync(broker, "", limit).ConfigureAwait(false), key, request, check, limit).ConfigureAwait(false),
            ForgetAsync,
            cancel);

    /// <summary>Asks the coordinator of a group; looks it up anew when it turns out to be another.</summary>
    public Task<T> OnCoordinatorAsync<T>(
        string group, ApiKey key, Func<short, IWireMessage> request, Action<T> check, CancellationToken cancel, TimeSpan? more = null)
        where T : IWireMessage, new() => RetryLoop.RunAsync(
            Settings with { CallTimeout = Settings.CallTimeout + (more ?? TimeSpan.Zero) },
            async limit =>
            {
                var address = await CoordinatorAsync(group, limit).ConfigureAwait(false);
                var connection = await _pool.GetAsync(address, more is null ? "group" : "join", limit).ConfigureAwait(false);
                return await ExchangeAsync(connection, key, request, check, limit, more).ConfigureAwait(false);
            },
            _ =>
            {
                lock (_coordinators) _coordinators.Remove(group);
                return Task.CompletedTask;
            },
            cancel);

    public async Task<BrokerConnection> BrokerAsync(int broker, string lane, CancellationToken cancel)
    {
        var cluster = await ClusterAsync(cancel).ConfigureAwait(false);
        if (!cluster.Brokers.TryGetValue(broker, out var node))
            throw new KafkaErrorException(ErrorCode.BrokerNotAvailable, $"broker {broker} is not in the cluster (BROKER_NOT_AVAILABLE)");
        return await _pool.GetAsync(node.Address, lane, cancel).ConfigureAwait(false);
    }

    public async Task<BrokerAddress> CoordinatorAsync(string group, CancellationToken cancel)
    {
        lock (_coordinators)
        {
            if (_coordinators.TryGetValue(group, out var known)) return known;
        }

        var any = await AnyAsync(cancel).ConfigureAwait(false);
        var version = any.VersionOf(ApiKey.FindCoordinator);
        var request = version >= 4
            ? new FindCoordinatorRequest { CoordinatorKeys = [group] }
            : new FindCoordinatorRequest { Key = group };
        var response = await any.CallAsync<FindCoordinatorResponse>(ApiKey.FindCoordinator, version, request, cancel).ConfigureAwait(false);
        var found = version >= 4 && response.Coordinators.Count > 0 ? response.Coordinators[0] : null;
        var error = found?.ErrorCode ?? response.ErrorCode;
        if (error != ErrorCode.None)
            throw new KafkaErrorException(error, $"coordinator of group {group}", found?.ErrorMessage ?? response.ErrorMessage);
        var address = new BrokerAddress(found?.Host ?? response.Host, found?.Port ?? response.Port);
        lock (_coordinators) _coordinators[group] = address;
        return address;
    }

    /// <summary>Brokers and all topics seen so far, at most <see cref="ClientSettings.MetadataMaxAge"/> old.</summary>
    public async Task<ClusterSnapshot> ClusterAsync(CancellationToken cancel)
    {
        var cluster = Volatile.Read(ref _cluster);
        var age = TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref _clusterAt));
        if (cluster.Brokers.Count > 0 && age < Settings.MetadataMaxAge) return cluster;
        return await RefreshAsync([], false, cancel).ConfigureAwait(false);
    }

    /// <summary>Brokers and every topic, fresh.</summary>
    public Task<ClusterSnapshot> AllTopicsAsync(CancellationToken cancel) =>
        RetryAsync(limit => RefreshAsync(null, false, limit), cancel);

    /// <summary>A topic from the cache, else from the cluster; null when the cluster does not know it.</summary>
    public async Task<TopicView?> FindTopicAsync(string name, bool create, CancellationToken cancel)
    {
        var cluster = await ClusterAsync(cancel).ConfigureAwait(false);
        if (cluster.Topics.TryGetValue(name, out var known) && known.Error == ErrorCode.None) return known;
        return await RetryAsync(
            async limit =>
            {
                var fresh = await RefreshAsync([name], create, limit).ConfigureAwait(false);
                if (!fresh.Topics.TryGetValue(name, out var topic)) return null;
                if (topic.Error is ErrorCode.UnknownTopicOrPartition && !create) return null;
                if (topic.Error != ErrorCode.None) throw new KafkaErrorException(topic.Error, $"topic {name}", null);
                return topic;
            },
            cancel).ConfigureAwait(false);
    }

    /// <summary>Like <see cref="FindTopicAsync"/>; an unknown topic is an error that names the nearest one.</summary>
    public async Task<TopicView> TopicAsync(string name, CancellationToken cancel) =>
        await FindTopicAsync(name, false, cancel).ConfigureAwait(false) ?? throw await UnknownTopicAsync(name, cancel).ConfigureAwait(false);

    public async Task<ClientException> UnknownTopicAsync(string name, CancellationToken cancel)
    {
        var cluster = await AllTopicsAsync(cancel).ConfigureAwait(false);
        var near = Text.NearestName.Find(name, cluster.Topics.Keys);
        return new KafkaErrorException(ErrorCode.UnknownTopicOrPartition, $"topic '{name}' does not exist")
        {
            Advice = near is not null ? $"did you mean '{near}'?"
                : cluster.Topics.Count == 0 ? "this cluster has no topics yet: actorbroker topic create NAME" : "see 'actorbroker topic list'",
        };
    }

    /// <summary>The leader of a partition, in the cache or fresh; a partition without one is a retriable error.</summary>
    public async Task<int> LeaderAsync(TopicPartition at, CancellationToken cancel)
    {
        var topic = await TopicAsync(at.Topic, cancel).ConfigureAwait(false);
        var partition = topic.Find(at.Partition) ?? throw new ClientException(
            $"topic {at.Topic} has no partition {at.Partition}, only 0 to {topic.Partitions.Count - 1}");
        if (partition.Leader >= 0) return partition.Leader;
        await ForgetAsync(cancel).ConfigureAwait(false);
        throw new KafkaErrorException(ErrorCode.LeaderNotAvailable, $"{at} has no leader (LEADER_NOT_AVAILABLE)");
    }

    /// <summary>Drops the cached metadata.</summary>
    public Task ForgetAsync(CancellationToken cancel)
    {
        var cluster = Volatile.Read(ref _cluster);
        Volatile.Write(ref _cluster, cluster with { Topics = ClusterSnapshot.Empty.Topics });
        Volatile.Write(ref _clusterAt, Environment.TickCount64 - (long)Settings.MetadataMaxAge.TotalMilliseconds - 1);
        return Task.CompletedTask;
    }

    private static async Task<T> ExchangeAsync<T>(BrokerConnection connection, ApiKey key, Func<short, IWireMessage> request, Action<T> check,
        CancellationToken cancel, TimeSpan? more = null)
        where T : IWireMessage, new()
    {
        var version = connection.VersionOf(key);
        var response = await connection.CallAsync<T>(key, version, request(version), cancel, more).ConfigureAwait(false);
        check(response);
        return response;
    }

    /// <summary>As <see cref="AnyAsync"/>; while the cluster was never reached, no attempt is repeated: the address is likely
    /// wrong.</summary>
    private async Task<BrokerConnection> FirstAsync(CancellationToken cancel)
    {
        try
        {
            return await AnyAsync(cancel).ConfigureAwait(false);
        }
        catch (BrokerUnreachableException error) when (_cluster.Brokers.Count == 0)
        {
            throw new ClientException(error.Message, error) { Advice = error.Advice };
        }
    }

    private async Task<BrokerConnection> ControllerAsync(CancellationToken cancel)
    {
        var cluster = await ClusterAsync(cancel).ConfigureAwait(false);
        return cluster.Brokers.ContainsKey(cluster.ControllerId)
            ? await BrokerAsync(cluster.ControllerId, "", cancel).ConfigureAwait(false)
            : await AnyAsync(cancel).ConfigureAwait(false);
    }

    private async Task<ClusterSnapshot> RefreshAsync(IReadOnlyCollection<string>? topics, bool create, CancellationToken cancel)
    {
        var connection = await FirstAsync(cancel).ConfigureAwait(false);
        var version = connection.VersionOf(ApiKey.Metadata);
        var request = new MetadataRequest { AllowAutoTopicCreation = create || version < 4 };
        request.Topics = topics?.Select(name => new MetadataRequest.MetadataRequestTopic { Name = name }).ToList();
        var response = await connection.CallAsync<MetadataResponse>(ApiKey.Metadata, version, request, cancel).ConfigureAwait(false);
        if (response.ErrorCode != ErrorCode.None) throw new KafkaErrorException(response.ErrorCode, "metadata", null);
        var fresh = ClusterSnapshot.From(response);
        if (topics is not null)
        {
            var known = new Dictionary<string, TopicView>(Volatile.Read(ref _cluster).Topics, StringComparer.Ordinal);
            foreach (var (name, topic) in fresh.Topics) known[name] = topic;
            fresh = fresh with { Topics = known };
        }

        Volatile.Write(ref _cluster, fresh);
        Volatile.Write(ref _clusterAt, Environment.TickCount64);
        return fresh;
    }
}
