using ActorBroker.Protocol;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// One API of the protocol with the versions that this broker serves. The versions stand beside the code that serves them, and
/// ApiVersions is computed from them, so the two cannot drift apart.
/// </summary>
public interface IApiHandler
{
    ApiKey Key { get; }

    /// <summary>The lowest version that is served; a request below it closes its connection.</summary>
    short MinVersion { get; }

    short MaxVersion { get; }

    /// <summary>
    /// What ApiVersions claims as the lowest version; differs from <see cref="MinVersion"/> for Produce alone (KAFKA-18659).
    /// </summary>
    short AdvertisedMinVersion => MinVersion;
}
