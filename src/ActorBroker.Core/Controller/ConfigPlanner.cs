using System.Collections.Immutable;
using ActorBroker.Core.Configuration;
using ActorBroker.Core.Configuration.Tables;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller;

/// <summary>
/// Changes dynamic configs (R73). Every resource succeeds or fails as a whole and apart from the others. What is judged is the resource as
/// it would be afterwards, so a change cannot make two settings contradict each other. Topics and groups answer INVALID_CONFIG, brokers
/// INVALID_REQUEST, as Kafka does: there the broker itself looks before the controller is asked.
/// </summary>
internal static class ConfigPlanner
{
    private const string MinInSync = "min.insync.replicas";

    /// <summary>The default of all brokers.</summary>
    public static readonly ConfigResource AllBrokers = new(ConfigResourceType.Broker, "");

    public static Decision<MetadataRecord, ControllerReply, NoEffect> Alter(ControllerState state, AlterConfigs command)
    {
        var twice = Twice(command.Resources.Select(resource => resource.Resource));
        var records = new List<MetadataRecord>();
        var replies = ImmutableArray.CreateBuilder<AlteredResource>(command.Resources.Length);
        foreach (var change in command.Resources)
        {
            var error = twice.Contains(change.Resource)
                ? new KafkaError(ErrorCode.InvalidRequest, "Each resource must appear at most once.")
                : AlterOne(state, change, records);
            replies.Add(new AlteredResource(change.Resource, error));
        }
        var answer = new AlterConfigsReply(replies.MoveToImmutable());
        return command.ValidateOnly ? Decided.Reply(answer) : Decided.With(records, answer);
    }

    public static Decision<MetadataRecord, ControllerReply, NoEffect> Replace(ControllerState state, ReplaceConfigs command)
    {
        var twice = Twice(command.Resources.Select(resource => resource.Resource));
        var records = new List<MetadataRecord>();
        var replies = ImmutableArray.CreateBuilder<AlteredResource>(command.Resources.Length);
        foreach (var change in command.Resources)
        {
            var error = twice.Contains(change.Resource)
                ? new KafkaError(ErrorCode.InvalidRequest, "Each resource must appear at most once.")
                : ReplaceOne(state, change, records);
            replies.Add(new AlteredResource(change.Resource, error));
        }
        var answer = new AlterConfigsReply(replies.MoveToImmutable());
        return command.ValidateOnly ? Decided.Reply(answer) : Decided.With(records, answer);
    }

    private static KafkaError AlterOne(ControllerState state, ResourceToAlter change, List<MetadataRecord> records)
    {
        var names = change.Operations.Select(operation => operation.Name).ToArray();
        if (names.Distinct(StringComparer.Ordinal).Count() != names.Length)
            return new KafkaError(ErrorCode.InvalidRequest, "Error due to duplicate config keys");
        var nulls = change.Operations.Where(operation => operation.Value is null && operation.Type != ConfigOperationType.Delete)
            .Select(operation => operation.Name).ToArray();
        if (nulls.Length > 0) return new KafkaError(ErrorCode.InvalidRequest, $"Null value not supported for : {string.Join(",", nulls)}");
        var error = ResourceError(state, change.Resource);
        if (!error.IsNone) return error;

        var before = Own(state, change.Resource);
        var after = before;
        foreach (var operation in change.Operations)
        {
            error = ApplyOperation(state, change.Resource, operation, ref after);
            if (!error.IsNone) return error;
        }
        return Finish(state, change.Resource, names, before, after, records);
    }

    private static KafkaError ReplaceOne(ControllerState state, ResourceToReplace change, List<MetadataRecord> records)
    {
        var names = change.Configs.Select(pair => pair.Key).ToArray();
        if (names.Distinct(StringComparer.Ordinal).Count() != names.Length)
            return new KafkaError(ErrorCode.InvalidRequest, "Error due to duplicate config keys");
        var nulls = change.Configs.Where(pair => pair.Value is null).Select(pair => pair.Key).ToArray();
        if (nulls.Length > 0) return new KafkaError(ErrorCode.InvalidRequest, $"Null value not supported for : {string.Join(",", nulls)}");
        var error = ResourceError(state, change.Resource);
        if (!error.IsNone) return error;
        var after = ImmutableSortedDictionary.CreateRange(
            StringComparer.Ordinal, change.Configs.Select(pair => KeyValuePair.Create(pair.Key, pair.Value!)));
        // The fixed default of all brokers stays even when it is not named: it cannot be taken away.
        if (change.Resource == AllBrokers && Own(state, AllBrokers).TryGetValue(MinInSync, out var fixedValue))
            after = after.ContainsKey(MinInSync) ? after : after.SetItem(MinInSync, fixedValue);
        return Finish(state, change.Resource, names, Own(state, change.Resource), after, records);
    }

    private static KafkaError ApplyOperation(
        ControllerState state, ConfigResource resource, ConfigOperation operation, ref ImmutableSortedDictionary<string, string> configs)
    {
        switch (operation.Type)
        {
            case ConfigOperationType.Set:
                configs = configs.SetItem(operation.Name, operation.Value!);
                return KafkaError.None;
            case ConfigOperationType.Delete:
                configs = configs.Remove(operation.Name);
                return KafkaError.None;
            case ConfigOperationType.Append or ConfigOperationType.Subtract:
                var definition = Find(resource.Type, operation.Name);
                if (definition?.Type != SettingType.List)
                {
                    return new KafkaError(ErrorCode.InvalidConfig,
                        $"Can't {operation.Type.ToString().ToUpperInvariant()} to key {operation.Name} because its type is not LIST.");
                }
                var parts = SettingParser.Split(configs.GetValueOrDefault(operation.Name) ?? Inherited(state, definition)).ToList();
                foreach (var part in SettingParser.Split(operation.Value!))
                {
                    if (operation.Type == ConfigOperationType.Subtract) parts.Remove(part);
                    else if (!parts.Contains(part)) parts.Add(part);
                }
                configs = configs.SetItem(operation.Name, string.Join(",", parts));
                return KafkaError.None;
            default:
                return new KafkaError(
                    ErrorCode.InvalidRequest, $"Unknown config operation {(int)operation.Type} for key {operation.Name}.");
        }
    }

    private static KafkaError Finish(
        ControllerState state, ConfigResource resource, string[] names, ImmutableSortedDictionary<string, string> before,
        ImmutableSortedDictionary<string, string> after, List<MetadataRecord> records)
    {
        var changed = names.Union(before.Keys.Except(after.Keys, StringComparer.Ordinal), StringComparer.Ordinal).ToArray();
        var error = ValueError(state, resource, changed, after);
        if (!error.IsNone) return error;
        foreach (var name in before.Keys)
            if (!after.ContainsKey(name)) records.Add(new ConfigChanged(resource, name, null));
        foreach (var (name, value) in after)
            if (!before.TryGetValue(name, out var old) || old != value) records.Add(new ConfigChanged(resource, name, value));
        if (before.GetValueOrDefault(OwnSettingTable.Drain) != after.GetValueOrDefault(OwnSettingTable.Drain))
            records.AddRange(BrokerPlanner.DrainAsConfigured(state, resource, after));
        // Who is eligible was decided under the old number; the leader may commit with fewer from here on.
        if (before.GetValueOrDefault(MinInSync) != after.GetValueOrDefault(MinInSync)) records.AddRange(EligibleLeaders.Clear(state, resource));
        return KafkaError.None;
    }

    private static KafkaError ValueError(
        ControllerState state, ConfigResource resource, string[] names, ImmutableSortedDictionary<string, string> after)
    {
        var configs = after.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)).ToArray();
        switch (resource.Type)
        {
            case ConfigResourceType.Topic:
                return Invalid(TopicConfigValidator.Problem(configs, state.Config), ErrorCode.InvalidConfig);
            case ConfigResourceType.Group:
                return Invalid(GroupConfigValidator.Problem(configs, state.Config), ErrorCode.InvalidConfig);
            case ConfigResourceType.ClientMetrics:
                return ClientMetricsConfigValidator.Check(configs);
            default:
                var isForAll = resource.Name.Length == 0;
                var problem = BrokerConfigValidator.NameProblem(names, isForAll)
                    ?? BrokerConfigValidator.ValueProblem([.. configs.Where(pair => names.Contains(pair.Key))]);
                if (problem is not null) return new KafkaError(ErrorCode.InvalidRequest, problem);
                if (!names.Contains(MinInSync)) return KafkaError.None;
                if (!isForAll)
                {
                    return new KafkaError(
                        ErrorCode.InvalidConfig, "Broker-level min.insync.replicas cannot be altered while ELR is enabled.");
                }
                return after.ContainsKey(MinInSync) ? KafkaError.None : new KafkaError(
                    ErrorCode.InvalidConfig, "Cluster-level min.insync.replicas cannot be removed while ELR is enabled.");
        }
    }

    private static KafkaError ResourceError(ControllerState state, ConfigResource resource)
    {
        switch (resource.Type)
        {
            case ConfigResourceType.Topic when resource.Name.Length == 0:
                return new KafkaError(ErrorCode.InvalidRequest, "Default topic resources are not allowed.");
            case ConfigResourceType.Topic when TopicName.Problem(resource.Name) is { } problem:
                return new KafkaError(ErrorCode.InvalidTopicException, problem);
            case ConfigResourceType.Topic when !state.Image.Topics.ContainsKey(resource.Name):
                return new KafkaError(ErrorCode.UnknownTopicOrPartition, $"The topic '{resource.Name}' does not exist.");
            case ConfigResourceType.Group when resource.Name.Length == 0:
                return new KafkaError(ErrorCode.InvalidRequest, "Default group resources are not allowed.");
            case ConfigResourceType.ClientMetrics when resource.Name.Length == 0:
                return new KafkaError(ErrorCode.InvalidRequest, "Subscription name can't be empty");
            case ConfigResourceType.Broker when resource.Name.Length > 0 && !int.TryParse(resource.Name, out _):
                return new KafkaError(ErrorCode.InvalidRequest, $"Node id must be an integer, but it is: {resource.Name}");
            case ConfigResourceType.Topic or ConfigResourceType.Group or ConfigResourceType.Broker or ConfigResourceType.ClientMetrics:
                return KafkaError.None;
            default:
                return new KafkaError(ErrorCode.InvalidRequest, $"Unknown resource type {(int)resource.Type}");
        }
    }

    private static SettingDefinition? Find(ConfigResourceType type, string name) =>
        type == ConfigResourceType.Broker ? SettingTables.FindBroker(name) : SettingTables.Of(type)?.Find(name);

    private static string Inherited(ControllerState state, SettingDefinition definition)
    {
        var name = definition.BrokerSynonym ?? (SettingTables.Broker.Contains(definition.Name) ? definition.Name : null);
        var value = name is null ? null : state.Resolver.BrokerValue(name);
        return value is null ? definition.Default ?? "" : SettingParser.Text(value);
    }

    private static ImmutableSortedDictionary<string, string> Own(ControllerState state, ConfigResource resource) =>
        state.Image.Configs.GetValueOrDefault(resource, ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal));

    private static KafkaError Invalid(string? problem, ErrorCode code) => problem is null ? KafkaError.None : new KafkaError(code, problem);

    private static HashSet<ConfigResource> Twice(IEnumerable<ConfigResource> resources)
    {
        var seen = new HashSet<ConfigResource>();
        return [.. resources.Where(resource => !seen.Add(resource))];
    }
}
