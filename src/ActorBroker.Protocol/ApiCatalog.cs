using ActorBroker.Protocol.Codec;

namespace ActorBroker.Protocol;

/// <summary>An API with the versions that the schemas know; what the broker offers is narrower and lies beside its handlers.</summary>
/// <param name="Key">The API key.</param>
/// <param name="Name">As Kafka's documentation writes it, without "Request" or "Response".</param>
/// <param name="MinVersion">Lowest version of the schema.</param>
/// <param name="MaxVersion">Highest version of the schema; -1 for an API that Kafka has retired.</param>
/// <param name="LatestStableVersion">Highest version that Kafka offers without being told to offer unfinished ones.</param>
/// <param name="FirstFlexibleVersion">From here on compact lengths and tagged fields (KIP-482); -1 when no version has them.</param>
public sealed record ApiEntry(
    ApiKey Key, string Name, short MinVersion, short MaxVersion, short LatestStableVersion, short FirstFlexibleVersion)
{
    public bool Has(short version) => version >= MinVersion && version <= MaxVersion;

    public bool IsFlexible(short version) => FirstFlexibleVersion >= 0 && version >= FirstFlexibleVersion;
}

/// <summary>The APIs of the protocol by key, as the schemas say.</summary>
public static class ApiCatalog
{
    /// <summary>All APIs in the order of their keys, retired ones included.</summary>
    public static IReadOnlyList<ApiEntry> All => GeneratedCatalog.Apis;

    public static bool IsKnown(ApiKey key) => (uint)(short)key < (uint)GeneratedCatalog.Apis.Length;

    /// <summary>Throws for a key that <see cref="IsKnown"/> denies.</summary>
    public static ApiEntry Get(ApiKey key) => GeneratedCatalog.Apis[(short)key];

    /// <summary>An empty request, null for a retired API.</summary>
    public static IWireMessage? NewRequest(ApiKey key) => GeneratedCatalog.NewRequest(key);

    /// <summary>An empty response, null for a retired API.</summary>
    public static IWireMessage? NewResponse(ApiKey key) => GeneratedCatalog.NewResponse(key);

    /// <summary>Flexible versions have header 2. Versions outside the range count alike, so that ApiVersions can be answered.</summary>
    public static short RequestHeaderVersion(ApiKey key, short version) => (short)(Get(key).IsFlexible(version) ? 2 : 1);

    /// <summary>Flexible versions have header 1, except for ApiVersions, which stays at 0.</summary>
    public static short ResponseHeaderVersion(ApiKey key, short version) =>
        (short)(key != ApiKey.ApiVersions && Get(key).IsFlexible(version) ? 1 : 0);
}
