using System.Globalization;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Server.Cli.Client;

/// <summary>What a config belongs to; the numbers are the protocol's.</summary>
internal enum ConfigScope : sbyte
{
    Topic = 2,
    Broker = 4,
}

/// <summary>Operations of IncrementalAlterConfigs.</summary>
internal enum ConfigOperation : sbyte
{
    Set = 0,
    Delete = 1,
    Append = 2,
    Subtract = 3,
}

internal sealed record ConfigValue(string Name, string? Value, string Source, bool IsDefault, bool ReadOnly, bool Sensitive, string? Documentation);

/// <summary>Reads and changes configs. A broker's own are asked of that broker, as only it knows its file.</summary>
internal static class ConfigCalls
{
    public static async Task<IReadOnlyList<ConfigValue>> DescribeConfigsAsync(
        this KafkaClient client, ConfigScope scope, string name, bool documentation, CancellationToken cancel)
    {
        var resource = new DescribeConfigsRequest.DescribeConfigsResource
        {
            ResourceType = (sbyte)scope, ResourceName = name, ConfigurationKeys = null,
        };
        IWireMessage Request(short version) =>
            new DescribeConfigsRequest { Resources = [resource], IncludeSynonyms = false, IncludeDocumentation = documentation && version >= 3 };
        void CheckAnswer(DescribeConfigsResponse answer) =>
            TopicCalls.Check(answer.Results[0].ErrorCode, $"{scope.ToString().ToLowerInvariant()} {name}", answer.Results[0].ErrorMessage);

        var response = scope == ConfigScope.Broker && BrokerId(name) is { } broker
            ? await client.OnBrokerAsync<DescribeConfigsResponse>(broker, ApiKey.DescribeConfigs, Request, CheckAnswer, cancel).ConfigureAwait(false)
            : await client.OnAnyAsync<DescribeConfigsResponse>(ApiKey.DescribeConfigs, Request, CheckAnswer, cancel).ConfigureAwait(false);
        return response.Results[0].Configs
            .Select(c => new ConfigValue(c.Name, c.IsSensitive ? null : c.Value, SourceName(c.ConfigSource), c.ConfigSource == 5, c.ReadOnly,
                c.IsSensitive, c.Documentation))
            .OrderBy(c => c.Name, StringComparer.Ordinal).ToArray();
    }

    public static async Task AlterConfigsAsync(this KafkaClient client, ConfigScope scope, string name,
        IReadOnlyList<(ConfigOperation Operation, string Key, string? Value)> changes, bool validateOnly, CancellationToken cancel)
    {
        var resource = new IncrementalAlterConfigsRequest.AlterConfigsResource { ResourceType = (sbyte)scope, ResourceName = name };
        foreach (var (operation, key, value) in changes)
            resource.Configs.Add(new() { Name = key, ConfigOperation = (sbyte)operation, Value = value });
        IWireMessage Request(short version) => new IncrementalAlterConfigsRequest { Resources = [resource], ValidateOnly = validateOnly };
        void CheckAnswer(IncrementalAlterConfigsResponse answer) =>
            TopicCalls.Check(answer.Responses[0].ErrorCode, $"{scope.ToString().ToLowerInvariant()} {name}", answer.Responses[0].ErrorMessage);

        if (scope == ConfigScope.Broker && BrokerId(name) is { } broker)
        {
            await client.OnBrokerAsync<IncrementalAlterConfigsResponse>(
                broker, ApiKey.IncrementalAlterConfigs, Request, CheckAnswer, cancel).ConfigureAwait(false);
            return;
        }

        await client.OnControllerAsync<IncrementalAlterConfigsResponse>(
            ApiKey.IncrementalAlterConfigs, Request, CheckAnswer, cancel).ConfigureAwait(false);
    }

    private static int? BrokerId(string name) =>
        int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null;

    private static string SourceName(sbyte source) => source switch
    {
        1 => "topic",
        2 => "broker",
        3 => "cluster-default",
        4 => "file",
        5 => "default",
        6 => "broker-logger",
        7 => "client-metrics",
        8 => "group",
        _ => "unknown",
    };
}
