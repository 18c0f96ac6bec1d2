using ActorBroker.Core.Controller;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// Levels of loggers (KIP-412), the one kind of config that no controller hears of: the node that is named changes its own, and all of a
/// resource or nothing.
/// </summary>
internal static class LoggerAlteration
{
    private const string ValidLevels = "DEBUG, ERROR, FATAL, INFO, TRACE, WARN";

    private static readonly HashSet<string> s_levels = [.. ValidLevels.Split(", ")];

    public static KafkaError Run(ResourceToAlter resource, int nodeId, ILoggerLevels? loggers, bool validateOnly)
    {
        var error = Refusal(resource, nodeId, loggers);
        if (!error.IsNone || validateOnly) return error;
        foreach (var operation in resource.Operations)
            loggers!.Set(operation.Name, operation.Type == ConfigOperationType.Set ? operation.Value : null);
        return error;
    }

    private static KafkaError Refusal(ResourceToAlter resource, int nodeId, ILoggerLevels? loggers)
    {
        var operations = resource.Operations;
        if (operations.DistinctBy(operation => operation.Name).Count() != operations.Length) return Invalid("Error due to duplicate config keys");
        var nulls = operations.Where(operation => operation.Type != ConfigOperationType.Delete && operation.Value is null).Select(operation => operation.Name);
        if (string.Join(", ", nulls) is { Length: > 0 } names) return Invalid($"Null value not supported for : {names}");
        if (!int.TryParse(resource.Resource.Name, out var node)) return Invalid($"Node id must be an integer, but it is: {resource.Resource.Name}");
        if (node != nodeId) return Invalid($"Unexpected node id. Expected {nodeId}, but received {resource.Resource.Name}");
        if (loggers is null) return Invalid("The levels of loggers cannot be changed while the broker runs.");
        return operations.Select(operation => Refusal(operation, loggers)).FirstOrDefault(error => !error.IsNone, KafkaError.None);
    }

    private static KafkaError Refusal(ConfigOperation operation, ILoggerLevels loggers)
    {
        if (operation.Type is ConfigOperationType.Append or ConfigOperationType.Subtract)
            return Invalid($"{operation.Type.ToString().ToUpperInvariant()} operation is not allowed for the BROKER_LOGGER resource");
        if (operation.Type is not (ConfigOperationType.Set or ConfigOperationType.Delete))
            return Invalid($"Unknown operation type {(int)operation.Type} is not allowed for the BROKER_LOGGER resource");
        if (!loggers.Exists(operation.Name)) return new KafkaError(ErrorCode.InvalidConfig, $"Logger {operation.Name} does not exist!");
        if (operation.Type == ConfigOperationType.Delete)
        {
            return operation.Name == ILoggerLevels.Root
                ? Invalid($"Removing the log level of the {ILoggerLevels.Root} logger is not allowed")
                : KafkaError.None;
        }

        return s_levels.Contains(operation.Value!)
            ? KafkaError.None
            : new KafkaError(
                ErrorCode.InvalidConfig,
                $"Cannot set the log level of {operation.Name} to {operation.Value} as it is not a supported log level. Valid log levels are {ValidLevels}");
    }

    private static KafkaError Invalid(string message) => new(ErrorCode.InvalidRequest, message);
}
