using ActorBroker.Core.Configuration;
using ActorBroker.Core.Controller;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// Configs with their sources and synonyms (KIP-226), from version 3 with type and documentation (KIP-569). A broker answers for itself and
/// for the default of all brokers. One resource of a type that nobody knows spoils the whole request, as with Kafka.
/// </summary>
public sealed class DescribeConfigsHandler(AdminServices services)
    : ApiHandler<DescribeConfigsRequest, DescribeConfigsResponse>(ApiKey.DescribeConfigs, 1, 4)
{
    public override ValueTask<DescribeConfigsResponse> HandleAsync(DescribeConfigsRequest request, RequestContext context)
    {
        var response = new DescribeConfigsResponse();
        var isKnown = request.Resources.All(resource => (ConfigResourceType)resource.ResourceType is ConfigResourceType.Topic
            or ConfigResourceType.Broker or ConfigResourceType.BrokerLogger or ConfigResourceType.ClientMetrics or ConfigResourceType.Group);
        var resolver = services.Resolver(context.Metadata);
        foreach (var resource in request.Resources)
        {
            var (error, entries) = isKnown
                ? Describe(new ConfigResource((ConfigResourceType)resource.ResourceType, resource.ResourceName), resolver, context.Metadata)
                : (new KafkaError(ErrorCode.InvalidRequest), []);
            var keys = resource.ConfigurationKeys is { Count: > 0 } named ? named.ToHashSet(StringComparer.Ordinal) : null;
            response.Results.Add(new DescribeConfigsResponse.DescribeConfigsResult
            {
                ErrorCode = error.Code,
                // Kafka words success and an unknown topic with the empty text.
                ErrorMessage = error.Code is ErrorCode.None or ErrorCode.UnknownTopicOrPartition ? "" : error.Text,
                ResourceType = resource.ResourceType,
                ResourceName = resource.ResourceName,
                Configs = [.. entries.Where(entry => keys?.Contains(entry.Name) ?? true).Select(entry => Result(entry, request))],
            });
        }

        return new ValueTask<DescribeConfigsResponse>(response);
    }

    private (KafkaError Error, IReadOnlyList<ConfigEntry> Entries) Describe(
        ConfigResource resource, ConfigResolver resolver, MetadataImage image)
    {
        var error = ErrorOf(resource, image);
        if (!error.IsNone) return (error, []);
        return (error, resource.Type switch
        {
            ConfigResourceType.Topic => resolver.DescribeTopic(resource.Name),
            ConfigResourceType.Group => resolver.DescribeGroup(resource.Name),
            ConfigResourceType.Broker when resource.Name.Length == 0 => resolver.DescribeAllBrokers(),
            ConfigResourceType.Broker => resolver.DescribeBroker(),
            ConfigResourceType.BrokerLogger => Loggers(),
            _ => resolver.DescribeClientMetrics(resource.Name),
        });
    }

    private ConfigEntry[] Loggers() =>
    [
        .. (services.Loggers?.Describe() ?? []).Select(logger =>
            new ConfigEntry(logger.Key, logger.Value, false, false, ConfigSource.BrokerLogger, SettingType.Unknown, "")),
    ];

    private KafkaError ErrorOf(ConfigResource resource, MetadataImage image)
    {
        static KafkaError Invalid(string message) => new(ErrorCode.InvalidRequest, message);
        var name = resource.Name;
        switch (resource.Type)
        {
            case ConfigResourceType.Topic:
                if (TopicName.Problem(name) is { } problem) return new KafkaError(ErrorCode.InvalidTopicException, problem);
                return image.Topics.ContainsKey(name) ? KafkaError.None : ErrorCode.UnknownTopicOrPartition;
            case ConfigResourceType.Broker when name.Length == 0:
                return KafkaError.None;
            case ConfigResourceType.BrokerLogger when name.Length == 0:
                return Invalid("Broker id must not be empty");
            case ConfigResourceType.Broker or ConfigResourceType.BrokerLogger:
                if (!int.TryParse(name, out var id)) return Invalid($"Broker id must be an integer, but it is: {name}");
                if (id == services.NodeId) return KafkaError.None;
                return Invalid(resource.Type == ConfigResourceType.Broker
                    ? $"Unexpected broker id, expected {services.NodeId} or empty string, but received {name}"
                    : $"Unexpected broker id, expected {services.NodeId} but received {name}");
            case ConfigResourceType.Group when name.Length == 0:
                return Invalid("Group name must not be empty");
            case ConfigResourceType.ClientMetrics when name.Length == 0:
                return Invalid("Client metrics subscription name must not be empty");
            default:
                return KafkaError.None;
        }
    }

    private static DescribeConfigsResponse.DescribeConfigsResourceResult Result(ConfigEntry entry, DescribeConfigsRequest request)
    {
        var result = new DescribeConfigsResponse.DescribeConfigsResourceResult
        {
            Name = entry.Name,
            Value = entry.Value,
            ReadOnly = entry.IsReadOnly,
            ConfigSource = (sbyte)entry.Source,
            IsSensitive = entry.IsSensitive,
            ConfigType = (sbyte)entry.Type,
            Documentation = request.IncludeDocumentation ? entry.Documentation : null,
        };
        if (!request.IncludeSynonyms) return result;
        foreach (var synonym in entry.Synonyms)
        {
            result.Synonyms.Add(new DescribeConfigsResponse.DescribeConfigsSynonym
            {
                Name = synonym.Name, Value = synonym.Value, Source = (sbyte)synonym.Source,
            });
        }

        return result;
    }
}
