using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>The quotas of clients (KIP-546). None can be set yet, so none are found.</summary>
public sealed class DescribeClientQuotasHandler()
    : ApiHandler<DescribeClientQuotasRequest, DescribeClientQuotasResponse>(ApiKey.DescribeClientQuotas, 0, 1)
{
    private const sbyte Exact = 0;
    private const sbyte Any = 2;

    public override ValueTask<DescribeClientQuotasResponse> HandleAsync(DescribeClientQuotasRequest request, RequestContext context)
    {
        var error = Check(request.Components);
        return new ValueTask<DescribeClientQuotasResponse>(error.IsNone
            ? new DescribeClientQuotasResponse { ErrorMessage = "", Entries = [] }
            : new DescribeClientQuotasResponse { ErrorCode = error.Code, ErrorMessage = error.Text, Entries = null });
    }

    /// <summary>What Kafka refuses in a filter, in the order in which it looks.</summary>
    private static KafkaError Check(List<DescribeClientQuotasRequest.ComponentData> components)
    {
        foreach (var component in components)
        {
            if (component.MatchType == Exact && component.Match is null)
                return Invalid("Request specified MATCH_TYPE_EXACT, but set match string to null.");
            if (component.MatchType is > Exact and <= Any && component.Match is not null)
                return Invalid($"Request specified {(component.MatchType == Any ? "MATCH_TYPE_SPECIFIED" : "MATCH_TYPE_DEFAULT")}, " +
                    "but also specified a match string.");
            if (component.MatchType is < Exact or > Any) return Invalid($"Unknown match type {component.MatchType}");
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var component in components)
        {
            var type = component.EntityType;
            if (type.Length == 0) return Invalid("Invalid empty entity type.");
            if (!seen.Add(type)) return Invalid($"Entity type {type} cannot appear more than once in the filter.");
            if (type is not ("user" or "client-id" or "ip"))
                return new KafkaError(ErrorCode.UnsupportedVersion, $"Unsupported entity type {type}");
        }

        return seen.Contains("ip") && seen.Count > 1
            ? Invalid("Invalid entity filter component combination. IP filter component should not be used with user or clientId filter component.")
            : KafkaError.None;
    }

    private static KafkaError Invalid(string why) => new(ErrorCode.InvalidRequest, why);
}
