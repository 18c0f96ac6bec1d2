using Akka.Actor;
using Akka.Configuration;

namespace Akka.Cluster.Tools.Singleton;

/// <summary>Settings of a singleton, by default from <c>akka.cluster.singleton</c>.</summary>
public sealed class ClusterSingletonManagerSettings : INoSerializationVerificationNeeded
{
    public ClusterSingletonManagerSettings(
        string singletonName, string? role, TimeSpan removalMargin, TimeSpan handOverRetryInterval, bool considerAppVersion)
    {
        if (string.IsNullOrWhiteSpace(singletonName))
            throw new ArgumentNullException(nameof(singletonName));
        if (removalMargin < TimeSpan.Zero)
            throw new ArgumentException("The removal margin must not be negative", nameof(removalMargin));
        if (handOverRetryInterval <= TimeSpan.Zero)
            throw new ArgumentException("The hand-over retry interval must be positive", nameof(handOverRetryInterval));
        SingletonName = singletonName;
        Role = string.IsNullOrEmpty(role) ? null : role;
        RemovalMargin = removalMargin;
        HandOverRetryInterval = handOverRetryInterval;
#pragma warning disable CS0618 // kept for those who read it
        ConsiderAppVersion = considerAppVersion;
#pragma warning restore CS0618
    }

    public string SingletonName { get; }

    /// <summary>Role of the nodes that can host the singleton; null is every node.</summary>
    public string? Role { get; }

    /// <summary>Wait after a member's removal before its singleton counts as gone; zero is the downing provider's margin.</summary>
    public TimeSpan RemovalMargin { get; }

    public TimeSpan HandOverRetryInterval { get; }

    [Obsolete("ConsiderAppVersion is not used anymore and will be removed in future versions.")]
    public bool ConsiderAppVersion { get; }

    public static ClusterSingletonManagerSettings Create(ActorSystem system)
    {
        SingletonReference.Install((ExtendedActorSystem)system);
        var config = system.Settings.Config.GetConfig("akka.cluster.singleton")
            ?? throw ConfigurationException.NullOrEmptyConfig<ClusterSingletonManagerSettings>("akka.cluster.singleton");
        return Create(config).WithRemovalMargin(Cluster.Get(system).DowningProvider.DownRemovalMargin);
    }

    public static ClusterSingletonManagerSettings Create(Config config)
    {
        if (config is null || config.IsEmpty)
            throw ConfigurationException.NullOrEmptyConfig<ClusterSingletonManagerSettings>();
        if (config.GetString("use-lease", "").Length > 0)
            throw new ConfigurationException("akka.cluster.singleton.use-lease: leases are not supported");
        return new ClusterSingletonManagerSettings(
            config.GetString("singleton-name", "singleton"),
            config.GetString("role"),
            TimeSpan.Zero,
            config.GetTimeSpan("hand-over-retry-interval"),
            config.GetBoolean("consider-app-version"));
    }

    public ClusterSingletonManagerSettings WithSingletonName(string singletonName) =>
        new(singletonName, Role, RemovalMargin, HandOverRetryInterval, false);

    public ClusterSingletonManagerSettings WithRole(string? role) =>
        new(SingletonName, role, RemovalMargin, HandOverRetryInterval, false);

    public ClusterSingletonManagerSettings WithRemovalMargin(TimeSpan removalMargin) =>
        new(SingletonName, Role, removalMargin, HandOverRetryInterval, false);

    public ClusterSingletonManagerSettings WithHandOverRetryInterval(TimeSpan handOverRetryInterval) =>
        new(SingletonName, Role, RemovalMargin, handOverRetryInterval, false);
}
