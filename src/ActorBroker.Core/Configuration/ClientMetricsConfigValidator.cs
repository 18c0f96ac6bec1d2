using System.Text.RegularExpressions;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Configuration;

/// <summary>
/// Checks a subscription of client metrics (KIP-714) in Kafka's words. Unlike elsewhere a name that nobody knows and an interval outside
/// its bounds are INVALID_REQUEST, and only what cannot be read is INVALID_CONFIG.
/// </summary>
public static class ClientMetricsConfigValidator
{
    private const int IntervalMinMs = 100;
    private const int IntervalMaxMs = 3_600_000;

    private static readonly HashSet<string> Labels = new(StringComparer.Ordinal)
    {
        "client_instance_id", "client_id", "client_software_name", "client_software_version", "client_source_address", "client_source_port",
    };

    public static KafkaError Check(IReadOnlyCollection<KeyValuePair<string, string?>> configs)
    {
        foreach (var (name, text) in configs)
        {
            if (SettingTables.ClientMetrics.Find(name) is not { } definition)
                return new KafkaError(ErrorCode.InvalidRequest, $"Unknown client metrics configuration: {name}");
            if (definition.Problem(text ?? "") is { } problem) return new KafkaError(ErrorCode.InvalidConfig, problem);
            var error = (name, definition.Parse(text ?? "")) switch
            {
                ("interval.ms", int and (< IntervalMinMs or > IntervalMaxMs) and var interval) => new KafkaError(
                    ErrorCode.InvalidRequest,
                    $"Invalid value {interval} for interval.ms, interval must be between {IntervalMinMs} and {IntervalMaxMs} (1 hour)"),
                ("match", string[] patterns) when patterns.FirstOrDefault(pattern => !IsPattern(pattern)) is { } wrong => new KafkaError(
                    ErrorCode.InvalidConfig, $"Illegal client matching pattern: {wrong}"),
                _ => KafkaError.None,
            };
            if (!error.IsNone) return error;
        }

        return KafkaError.None;
    }

    private static bool IsPattern(string text)
    {
        var pair = text.Split('=');
        if (pair.Length != 2 || !Labels.Contains(pair[0].Trim())) return false;
        try
        {
            _ = new Regex(pair[1].Trim());
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }
}
