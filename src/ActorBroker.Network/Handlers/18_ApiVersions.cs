using System.Text.RegularExpressions;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// What this broker speaks. The table comes from the catalog, so it names exactly the handlers there are. A version that is not known is
/// answered in version 0 with error 35 and the versions of this API alone (KIP-511), and the connection stays usable.
/// Supported features are those of Kafka 4.3 that exist here; finalized levels come from the metadata, where 0 counts as absent;
/// features that are this broker's own business are not told.
/// </summary>
public sealed partial class ApiVersionsHandler : ApiHandler<ApiVersionsRequest, ApiVersionsResponse>
{
    private readonly IReadOnlyList<FeatureRange> _features;
    private HandlerCatalog? _catalog;

    public ApiVersionsHandler(IReadOnlyList<FeatureRange> features)
        : base(ApiKey.ApiVersions, 0, 4)
    {
        _features = features;
        UnknownVersion = new UnknownVersionHandler(this);
    }

    /// <summary>Answers requests of versions that nobody knows.</summary>
    internal IMessageHandler UnknownVersion { get; }

    public override ValueTask<ApiVersionsResponse> HandleAsync(ApiVersionsRequest request, RequestContext context)
    {
        if (context.ApiVersion >= 3 && !(IsName(request.ClientSoftwareName) && IsName(request.ClientSoftwareVersion)))
            return new(new ApiVersionsResponse { ErrorCode = ErrorCode.InvalidRequest });
        return new(Describe(context.ApiVersion, context.Metadata));
    }

    internal void Bind(HandlerCatalog catalog) => _catalog = catalog;

    [GeneratedRegex(@"\A[a-zA-Z0-9](?:[a-zA-Z0-9\-.]*[a-zA-Z0-9])?\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)]
    private static partial Regex SoftwareName();

    private static bool IsName(string text) => SoftwareName().IsMatch(text);

    private ApiVersionsResponse Describe(short version, MetadataImage image)
    {
        var response = new ApiVersionsResponse { ApiKeys = Table() };
        if (version < 3) return response;
        foreach (var feature in _features)
        {
            // Versions below 4 cannot say that a feature starts at 0 (KAFKA-17011).
            if (version < 4 && feature.MinLevel == 0) continue;
            response.SupportedFeatures.Add(new ApiVersionsResponse.SupportedFeatureKey
            {
                Name = feature.Name, MinVersion = feature.MinLevel, MaxVersion = feature.MaxLevel,
            });
        }

        response.FinalizedFeaturesEpoch = Math.Max(0, image.Offset);
        foreach (var feature in _features)
        {
            var level = image.Features.GetValueOrDefault(feature.Name, feature.DefaultLevel);
            if (level == 0) continue;
            response.FinalizedFeatures.Add(new ApiVersionsResponse.FinalizedFeatureKey
            {
                Name = feature.Name, MaxVersionLevel = level, MinVersionLevel = level,
            });
        }

        return response;
    }

    private List<ApiVersionsResponse.ApiVersion> Table()
    {
        var table = new List<ApiVersionsResponse.ApiVersion>();
        foreach (var handler in _catalog!.All)
        {
            table.Add(new ApiVersionsResponse.ApiVersion
            {
                ApiKey = (short)handler.Key, MinVersion = handler.AdvertisedMinVersion, MaxVersion = handler.MaxVersion,
            });
        }

        return table;
    }

    private sealed class UnknownVersionHandler(ApiVersionsHandler versions) : IMessageHandler
    {
        public ApiKey Key => ApiKey.ApiVersions;

        public short MinVersion => 0;

        public short MaxVersion => short.MaxValue;

        public ValueTask HandleAsync(ReadOnlyMemory<byte> body, RequestContext context, WireWriter response)
        {
            var own = new ApiVersionsResponse.ApiVersion
            {
                ApiKey = (short)ApiKey.ApiVersions, MinVersion = versions.MinVersion, MaxVersion = versions.MaxVersion,
            };
            new ApiVersionsResponse { ErrorCode = ErrorCode.UnsupportedVersion, ApiKeys = [own] }.Write(response, 0);
            return ValueTask.CompletedTask;
        }
    }
}
