using System.Globalization;

namespace ActorBroker.Core.Configuration;

/// <summary>
/// Checks the configs of a single group against their definitions and against the bounds that the broker sets for all groups.
/// </summary>
public static class GroupConfigValidator
{
    /// <summary>group config, the broker setting that bounds it, and whether that is the lower bound.</summary>
    private static readonly (string Name, string Bound, bool IsLower)[] Bounds =
    [
        ("consumer.heartbeat.interval.ms", "group.consumer.min.heartbeat.interval.ms", true),
        ("consumer.heartbeat.interval.ms", "group.consumer.max.heartbeat.interval.ms", false),
        ("consumer.session.timeout.ms", "group.consumer.min.session.timeout.ms", true),
        ("consumer.session.timeout.ms", "group.consumer.max.session.timeout.ms", false),
        ("consumer.assignment.interval.ms", "group.consumer.min.assignment.interval.ms", true),
        ("consumer.assignment.interval.ms", "group.consumer.max.assignment.interval.ms", false),
        ("share.heartbeat.interval.ms", "group.share.min.heartbeat.interval.ms", true),
        ("share.heartbeat.interval.ms", "group.share.max.heartbeat.interval.ms", false),
        ("share.session.timeout.ms", "group.share.min.session.timeout.ms", true),
        ("share.session.timeout.ms", "group.share.max.session.timeout.ms", false),
        ("share.record.lock.duration.ms", "group.share.min.record.lock.duration.ms", true),
        ("share.record.lock.duration.ms", "group.share.max.record.lock.duration.ms", false),
        ("share.delivery.count.limit", "group.share.min.delivery.count.limit", true),
        ("share.delivery.count.limit", "group.share.max.delivery.count.limit", false),
        ("share.partition.max.record.locks", "group.share.min.partition.max.record.locks", true),
        ("share.partition.max.record.locks", "group.share.max.partition.max.record.locks", false),
        ("share.assignment.interval.ms", "group.share.min.assignment.interval.ms", true),
        ("share.assignment.interval.ms", "group.share.max.assignment.interval.ms", false),
        ("streams.heartbeat.interval.ms", "group.streams.min.heartbeat.interval.ms", true),
        ("streams.heartbeat.interval.ms", "group.streams.max.heartbeat.interval.ms", false),
        ("streams.session.timeout.ms", "group.streams.min.session.timeout.ms", true),
        ("streams.session.timeout.ms", "group.streams.max.session.timeout.ms", false),
        ("streams.num.standby.replicas", "group.streams.max.standby.replicas", false),
        ("streams.assignment.interval.ms", "group.streams.min.assignment.interval.ms", true),
        ("streams.assignment.interval.ms", "group.streams.max.assignment.interval.ms", false),
    ];

    public static string? Problem(IReadOnlyCollection<KeyValuePair<string, string?>> configs, BrokerConfig broker)
    {
        foreach (var (name, _) in configs)
            if (!SettingTables.Group.Contains(name)) return $"Unknown group config name: {name}";
        foreach (var (name, value) in configs)
            if (SettingTables.Group.Get(name).Problem(value ?? "") is { } problem) return problem;
        foreach (var (name, bound, isLower) in Bounds)
        {
            if (Find(configs, name) is not { } value) continue;
            var limit = broker.Long(bound);
            if (isLower && value < limit) return $"{name} must be greater than or equal to {bound}";
            if (!isLower && value > limit) return $"{name} must be less than or equal to {bound}";
        }
        return Heartbeat(configs, broker, "consumer") ?? Heartbeat(configs, broker, "share") ?? Heartbeat(configs, broker, "streams");
    }

    private static string? Heartbeat(IReadOnlyCollection<KeyValuePair<string, string?>> configs, BrokerConfig broker, string kind)
    {
        var session = Find(configs, $"{kind}.session.timeout.ms") ?? broker.Long($"group.{kind}.session.timeout.ms");
        var heartbeat = Find(configs, $"{kind}.heartbeat.interval.ms") ?? broker.Long($"group.{kind}.heartbeat.interval.ms");
        return session <= heartbeat ? $"{kind}.session.timeout.ms must be greater than {kind}.heartbeat.interval.ms" : null;
    }

    private static long? Find(IReadOnlyCollection<KeyValuePair<string, string?>> configs, string name)
    {
        foreach (var (key, value) in configs)
            if (key == name) return long.Parse(value!.Trim(), CultureInfo.InvariantCulture);
        return null;
    }
}
