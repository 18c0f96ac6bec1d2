using System.Collections.Immutable;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Util;

namespace Akka.Cluster;

/// <summary><c>akka.cluster</c>, read once; <c>cluster.conf</c> says what each key means.</summary>
public sealed class ClusterSettings
{
    public ClusterSettings(Config config, string systemName)
    {
        var cluster = config.GetConfig("akka.cluster");
        FailureDetectorConfig = cluster?.GetConfig("failure-detector") ?? throw new ConfigurationException(
            $"akka.cluster is not configured in actor system {systemName}: does akka.actor.provider say cluster?");
        LogInfoVerbose = cluster.GetBoolean("log-info-verbose");
        LogInfo = LogInfoVerbose || cluster.GetBoolean("log-info");
        FailureDetectorImplementationClass = FailureDetectorConfig.GetString("implementation-class")!;
        HeartbeatInterval = FailureDetectorConfig.GetTimeSpan("heartbeat-interval");
        HeartbeatExpectedResponseAfter = FailureDetectorConfig.GetTimeSpan("expected-response-after");
        MonitoredByNrOfMembers = FailureDetectorConfig.GetInt("monitored-by-nr-of-members");
        SeedNodes = [.. cluster.GetStringList("seed-nodes").Select(Address.Parse)];
        SeedNodeTimeout = cluster.GetTimeSpan("seed-node-timeout");
        RetryUnsuccessfulJoinAfter = TimeOrOff(cluster, "retry-unsuccessful-join-after");
        ShutdownAfterUnsuccessfulJoinSeedNodes = TimeOrOff(cluster, "shutdown-after-unsuccessful-join-seed-nodes");
        PeriodicTasksInitialDelay = cluster.GetTimeSpan("periodic-tasks-initial-delay");
        GossipInterval = cluster.GetTimeSpan("gossip-interval");
        GossipTimeToLive = cluster.GetTimeSpan("gossip-time-to-live");
        LeaderActionsInterval = cluster.GetTimeSpan("leader-actions-interval");
        UnreachableNodesReaperInterval = cluster.GetTimeSpan("unreachable-nodes-reaper-interval");
        PublishStatsInterval = TimeOrOff(cluster, "publish-stats-interval");
        DownRemovalMargin = TimeOrOff(cluster, "down-removal-margin") ?? TimeSpan.Zero;
        Roles = [.. cluster.GetStringList("roles")];
        AppVersion = AppVersion.Create(cluster.GetString("app-version")!);
        MinNrOfMembers = cluster.GetInt("min-nr-of-members");
        MinNrOfMembersOfRole = (cluster.GetConfig("role")?.AsEnumerable() ?? []).ToImmutableDictionary(
            role => role.Key, role => role.Value.GetObject()?.GetKey("min-nr-of-members")?.GetInt() ?? 1);
        UseDispatcher = cluster.GetString("use-dispatcher") is { Length: > 0 } dispatcher ? dispatcher : Dispatchers.InternalDispatcherId;
        GossipDifferentViewProbability = cluster.GetDouble("gossip-different-view-probability");
        ReduceGossipDifferentViewProbability = cluster.GetInt("reduce-gossip-different-view-probability");
        VerboseHeartbeatLogging = cluster.GetBoolean("debug.verbose-heartbeat-logging");
        VerboseGossipReceivedLogging = cluster.GetBoolean("debug.verbose-receive-gossip-logging");
        DowningProviderType = DowningProvider(cluster.GetString("downing-provider-class", "")!);
        RunCoordinatedShutdownWhenDown = cluster.GetBoolean("run-coordinated-shutdown-when-down");
        WeaklyUpAfter = WeaklyUp(cluster);
    }

    public bool LogInfoVerbose { get; }

    public bool LogInfo { get; }

    public Config FailureDetectorConfig { get; }

    public string FailureDetectorImplementationClass { get; }

    public TimeSpan HeartbeatInterval { get; }

    public TimeSpan HeartbeatExpectedResponseAfter { get; }

    public int MonitoredByNrOfMembers { get; }

    public ImmutableList<Address> SeedNodes { get; }

    public TimeSpan SeedNodeTimeout { get; }

    public TimeSpan? RetryUnsuccessfulJoinAfter { get; }

    public TimeSpan? ShutdownAfterUnsuccessfulJoinSeedNodes { get; }

    public TimeSpan PeriodicTasksInitialDelay { get; }

    public TimeSpan GossipInterval { get; }

    public TimeSpan GossipTimeToLive { get; }

    public TimeSpan LeaderActionsInterval { get; }

    public TimeSpan UnreachableNodesReaperInterval { get; }

    public TimeSpan? PublishStatsInterval { get; }

    public ImmutableHashSet<string> Roles { get; }

    public AppVersion AppVersion { get; }

    public int MinNrOfMembers { get; }

    public ImmutableDictionary<string, int> MinNrOfMembersOfRole { get; }

    public string UseDispatcher { get; }

    public double GossipDifferentViewProbability { get; }

    public int ReduceGossipDifferentViewProbability { get; }

    public bool VerboseHeartbeatLogging { get; }

    public bool VerboseGossipReceivedLogging { get; }

    public Type DowningProviderType { get; }

    public bool RunCoordinatedShutdownWhenDown { get; }

    public bool AllowWeaklyUpMembers => WeaklyUpAfter > TimeSpan.Zero;

    public TimeSpan WeaklyUpAfter { get; }

    internal TimeSpan DownRemovalMargin { get; }

    private static TimeSpan? TimeOrOff(Config config, string key) =>
        IsOff(config.GetString(key, "off")!) ? null : config.GetTimeSpan(key);

    private static bool IsOff(string text) => text.ToLowerInvariant() is "off" or "false" or "no";

    private static TimeSpan WeaklyUp(Config config)
    {
        const string Key = "allow-weakly-up-members";
        var text = config.GetString(Key, "off")!;
        if (IsOff(text))
            return TimeSpan.Zero;
        if (text.ToLowerInvariant() is "on" or "true" or "yes")
            return TimeSpan.FromSeconds(7);
        var after = config.GetTimeSpan(Key);
        return after > TimeSpan.Zero
            ? after
            : throw new ConfigurationException($"akka.cluster.{Key} is off, on, or a duration above 0; it was {text}");
    }

    private static Type DowningProvider(string name)
    {
        if (name.Length == 0)
            return typeof(NoDowning);
        var type = TypeNames.Find(name)
            ?? throw new ConfigurationException($"akka.cluster.downing-provider-class names `{name}`, which is no class that can be loaded");
        return typeof(IDowningProvider).IsAssignableFrom(type)
            ? type
            : throw new ConfigurationException($"akka.cluster.downing-provider-class: {name} does not implement IDowningProvider");
    }
}
