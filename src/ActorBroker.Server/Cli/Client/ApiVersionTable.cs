using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Server.Cli.Client;

/// <summary>
/// The versions that one broker offers, crossed with those that this client uses: the schemas' stable ones, except where later versions
/// name topics by id alone, which a tool for people has no use for.
/// </summary>
internal sealed class ApiVersionTable
{
    private static readonly Dictionary<ApiKey, short> Caps = new()
    {
        [ApiKey.Produce] = 12,
        [ApiKey.Fetch] = 12,
        [ApiKey.OffsetCommit] = 9,
        [ApiKey.OffsetFetch] = 9,
        [ApiKey.DeleteTopics] = 5,
    };

    private readonly Dictionary<ApiKey, (short Min, short Max)> _offered = [];

    public ApiVersionTable(ApiVersionsResponse response)
    {
        foreach (var api in response.ApiKeys) _offered[(ApiKey)api.ApiKey] = (api.MinVersion, api.MaxVersion);
    }

    public IReadOnlyDictionary<ApiKey, (short Min, short Max)> Offered => _offered;

    public bool Offers(ApiKey key) => TryPick(key, out _);

    /// <summary>The highest version that both sides speak.</summary>
    public bool TryPick(ApiKey key, out short version)
    {
        version = -1;
        if (!_offered.TryGetValue(key, out var range) || !ApiCatalog.IsKnown(key)) return false;
        var own = ApiCatalog.Get(key);
        var max = Caps.TryGetValue(key, out var cap) ? cap : own.LatestStableVersion;
        version = Math.Min(range.Max, max);
        return version >= range.Min && version >= own.MinVersion;
    }

    public short Pick(ApiKey key, BrokerAddress address)
    {
        if (TryPick(key, out var version)) return version;
        if (!_offered.TryGetValue(key, out var range)) {
            throw new UnsupportedApiException($"broker {address} does not offer {key}")
            {
                Advice = "is this a broker's client port, not a controller's, and is the broker of a release that has it?",
            };
        }

        throw new UnsupportedApiException($"broker {address} offers {key} in versions {range.Min} to {range.Max} only, which this client does not speak");
    }
}
