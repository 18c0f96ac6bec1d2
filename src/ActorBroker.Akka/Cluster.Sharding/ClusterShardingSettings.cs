using Akka.Actor;
using Akka.Cluster.Tools.Singleton;
using Akka.Configuration;

namespace Akka.Cluster.Sharding;

/// <summary>Settings of an entity type, by default from <c>akka.cluster.sharding</c>.</summary>
public sealed class ClusterShardingSettings : INoSerializationVerificationNeeded
{
    /// <summary>Nodes with this role host entities; null is every node.</summary>
    public readonly string? Role;
    public readonly bool RememberEntities;
    public readonly string JournalPluginId;
    public readonly string SnapshotPluginId;
    public readonly StateStoreMode StateStoreMode;
    public readonly TimeSpan ShardRegionQueryTimeout;

    /// <summary>Zero is never.</summary>
    public readonly TimeSpan PassivateIdleEntityAfter;
    public readonly TuningParameters TuningParameters;
    public readonly ClusterSingletonManagerSettings CoordinatorSingletonSettings;

    private readonly Values _values;

    private ClusterShardingSettings(Values values)
    {
        _values = values;
        Role = string.IsNullOrEmpty(values.Role) ? null : values.Role;
        RememberEntities = values.RememberEntities;
        JournalPluginId = values.JournalPluginId;
        SnapshotPluginId = values.SnapshotPluginId;
        StateStoreMode = values.StateStoreMode;
        ShardRegionQueryTimeout = values.ShardRegionQueryTimeout;
        PassivateIdleEntityAfter = values.PassivateIdleEntityAfter;
        TuningParameters = values.TuningParameters;
        CoordinatorSingletonSettings = values.CoordinatorSingletonSettings;
    }

    internal bool PassivatesIdleEntities => PassivateIdleEntityAfter > TimeSpan.Zero;

    public static ClusterShardingSettings Create(ActorSystem system)
    {
        var config = system.Settings.Config.GetConfig("akka.cluster.sharding")
            ?? throw ConfigurationException.NullOrEmptyConfig<ClusterShardingSettings>("akka.cluster.sharding");
        var singletonPath = config.GetString("coordinator-singleton", "akka.cluster.singleton");
        var singletonConfig = system.Settings.Config.GetConfig(singletonPath)
            ?? throw ConfigurationException.NullOrEmptyConfig<ClusterShardingSettings>(singletonPath);
        return Create(config, singletonConfig);
    }

    public static ClusterShardingSettings Create(Config config, Config singletonConfig)
    {
        if (config is null || config.IsEmpty)
            throw ConfigurationException.NullOrEmptyConfig<ClusterShardingSettings>();
        if (config.GetString("use-lease", "").Length > 0)
            throw new ConfigurationException("akka.cluster.sharding.use-lease: leases are not supported");
        var mode = config.GetString("state-store-mode", "persistence");
        if (!Enum.TryParse<StateStoreMode>(mode, true, out var stateStoreMode))
            throw new ConfigurationException($"akka.cluster.sharding.state-store-mode = {mode} is unknown");
        return new ClusterShardingSettings(new Values(
            new TuningParameters(config), ClusterSingletonManagerSettings.Create(singletonConfig))
        {
            Role = config.GetString("role"),
            RememberEntities = config.GetBoolean("remember-entities"),
            JournalPluginId = config.GetString("journal-plugin-id", ""),
            SnapshotPluginId = config.GetString("snapshot-plugin-id", ""),
            StateStoreMode = stateStoreMode,
            ShardRegionQueryTimeout = config.GetTimeSpan("shard-region-query-timeout"),
            PassivateIdleEntityAfter = IsOff(config.GetString("passivate-idle-entity-after", "off"))
                ? TimeSpan.Zero
                : config.GetTimeSpan("passivate-idle-entity-after"),
        });
    }

    public ClusterShardingSettings WithRole(string? role) => new(_values with { Role = role });

    public ClusterShardingSettings WithRememberEntities(bool rememberEntities) =>
        new(_values with { RememberEntities = rememberEntities });

    public ClusterShardingSettings WithJournalPluginId(string journalPluginId) =>
        new(_values with { JournalPluginId = journalPluginId ?? "" });

    public ClusterShardingSettings WithSnapshotPluginId(string snapshotPluginId) =>
        new(_values with { SnapshotPluginId = snapshotPluginId ?? "" });

    public ClusterShardingSettings WithStateStoreMode(StateStoreMode mode) => new(_values with { StateStoreMode = mode });

    public ClusterShardingSettings WithPassivateIdleAfter(TimeSpan duration) =>
        new(_values with { PassivateIdleEntityAfter = duration });

    public ClusterShardingSettings WithCoordinatorSingletonSettings(ClusterSingletonManagerSettings coordinatorSingletonSettings)
    {
        ArgumentNullException.ThrowIfNull(coordinatorSingletonSettings);
        return new(_values with { CoordinatorSingletonSettings = coordinatorSingletonSettings });
    }

    internal bool HostsShards(Cluster cluster) => Role is null || cluster.SelfRoles.Contains(Role);

    /// <summary>What this engine cannot do is refused when an entity type starts.</summary>
    internal void RefuseUnsupported()
    {
        if (RememberEntities)
            throw new ConfigurationException("akka.cluster.sharding.remember-entities = on is not supported");
        if (StateStoreMode != StateStoreMode.Persistence)
        {
            throw new ConfigurationException(
                $"akka.cluster.sharding.state-store-mode = {StateStoreMode} is not supported, only persistence is");
        }
    }

    private static bool IsOff(string text) => text.ToLowerInvariant() is "off" or "false" or "no";

    private sealed record Values(TuningParameters TuningParameters, ClusterSingletonManagerSettings CoordinatorSingletonSettings)
    {
        public ClusterSingletonManagerSettings CoordinatorSingletonSettings { get; init; } = CoordinatorSingletonSettings;

        public string? Role { get; init; }

        public bool RememberEntities { get; init; }

        public string JournalPluginId { get; init; } = "";

        public string SnapshotPluginId { get; init; } = "";

        public StateStoreMode StateStoreMode { get; init; }

        public TimeSpan ShardRegionQueryTimeout { get; init; }

        public TimeSpan PassivateIdleEntityAfter { get; init; }
    }
}
