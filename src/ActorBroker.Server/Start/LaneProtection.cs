using Akka.Configuration;

namespace ActorBroker.Server.Start;

/// <summary>
/// What an operator may ask of the lanes and not every build of Akka can do: mutual TLS, authorities of the cluster's own, a cookie. Akka
/// leaves out in silence what it does not know, so a node that was asked for it must not start.
/// </summary>
internal static class LaneProtection
{
    /// <summary>Has a default wherever the protection is known; nobody who asks for protection has to set it.</summary>
    private const string Known = "actorbroker.akka.remote.max-associations";

    private static readonly string[] s_asked =
    [
        "actorbroker.akka.remote.ssl.require-mutual-authentication",
        "actorbroker.akka.remote.ssl.trusted-certificates",
        "actorbroker.akka.remote.ssl.validate-certificate-hostname",
        "actorbroker.akka.remote.cookie",
    ];

    /// <summary>Why a node with this configuration, the defaults of its actor system included, must not start; null when it may.</summary>
    public static string? WhyRefused(Config system)
    {
        if (system.HasPath(Known)) return null;
        return s_asked.FirstOrDefault(system.HasPath) is { } key
            ? $"{key} is set, but this build's Akka.NET does not know it: the lanes would not be protected. Use the embedded engine, or remove the setting."
            : null;
    }
}
