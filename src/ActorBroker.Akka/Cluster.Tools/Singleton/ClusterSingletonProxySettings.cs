using Akka.Actor;
using Akka.Configuration;

namespace Akka.Cluster.Tools.Singleton;

/// <summary>Settings of a proxy, by default from <c>akka.cluster.singleton-proxy</c>.</summary>
public sealed class ClusterSingletonProxySettings : INoSerializationVerificationNeeded
{
    private const int BufferSizeMax = 10_000;

    public ClusterSingletonProxySettings(
        string singletonName, string? role, TimeSpan singletonIdentificationInterval, int bufferSize, bool considerAppVersion)
    {
        if (string.IsNullOrEmpty(singletonName))
            throw new ArgumentNullException(nameof(singletonName));
        if (singletonIdentificationInterval <= TimeSpan.Zero)
            throw new ArgumentException("The identification interval must be positive", nameof(singletonIdentificationInterval));
        if (bufferSize is < 0 or > BufferSizeMax)
            throw new ArgumentException($"The buffer size must be between 0 and {BufferSizeMax}", nameof(bufferSize));
        SingletonName = singletonName;
        Role = string.IsNullOrEmpty(role) ? null : role;
        SingletonIdentificationInterval = singletonIdentificationInterval;
        BufferSize = bufferSize;
        ConsiderAppVersion = considerAppVersion;
    }

    public string SingletonName { get; }

    /// <summary>Role of the nodes that can host the singleton; null is every node.</summary>
    public string? Role { get; }

    public TimeSpan SingletonIdentificationInterval { get; }

    /// <summary>Messages kept while the singleton is unknown.</summary>
    public int BufferSize { get; }

    public bool ConsiderAppVersion { get; }

    public static ClusterSingletonProxySettings Create(ActorSystem system)
    {
        SingletonReference.Install((ExtendedActorSystem)system);
        var config = system.Settings.Config.GetConfig("akka.cluster.singleton-proxy")
            ?? throw ConfigurationException.NullOrEmptyConfig<ClusterSingletonProxySettings>("akka.cluster.singleton-proxy");
        return Create(config, system.Settings.Config.GetBoolean("akka.cluster.singleton.consider-app-version"));
    }

    public static ClusterSingletonProxySettings Create(Config config, bool considerAppVersion)
    {
        if (config is null || config.IsEmpty)
            throw ConfigurationException.NullOrEmptyConfig<ClusterSingletonProxySettings>();
        return new ClusterSingletonProxySettings(
            config.GetString("singleton-name", "singleton"),
            config.GetString("role"),
            config.GetTimeSpan("singleton-identification-interval"),
            config.GetInt("buffer-size"),
            considerAppVersion);
    }

    public ClusterSingletonProxySettings WithSingletonName(string singletonName) =>
        new(singletonName, Role, SingletonIdentificationInterval, BufferSize, ConsiderAppVersion);

    public ClusterSingletonProxySettings WithRole(string? role) =>
        new(SingletonName, role, SingletonIdentificationInterval, BufferSize, ConsiderAppVersion);

    public ClusterSingletonProxySettings WithSingletonIdentificationInterval(TimeSpan singletonIdentificationInterval) =>
        new(SingletonName, Role, singletonIdentificationInterval, BufferSize, ConsiderAppVersion);

    public ClusterSingletonProxySettings WithBufferSize(int bufferSize) =>
        new(SingletonName, Role, SingletonIdentificationInterval, bufferSize, ConsiderAppVersion);
}
