using ActorBroker.Core.Configuration.Tables;
using ActorBroker.Core.Metadata;

namespace ActorBroker.Core.Configuration;

/// <summary>All settings by what they belong to.</summary>
public static class SettingTables
{
    public static readonly SettingTable Topic = new(TopicSettingTable.Definitions);

    public static readonly SettingTable Group = new(GroupSettingTable.Definitions);

    public static readonly SettingTable ClientMetrics = new(ClientMetricsSettingTable.Definitions);

    public static readonly SettingTable Broker = new(
        GatewaySettingTable.Definitions, LogSettingTable.Definitions, CleanerSettingTable.Definitions, ReplicationSettingTable.Definitions,
        CoordinatorSettingTable.Definitions, ShareAndStreamsSettingTable.Definitions, TransactionSettingTable.Definitions,
        ClusterSettingTable.Definitions, TlsSettingTable.Definitions, SaslSettingTable.Definitions, TieredSettingTable.Definitions,
        ObservationSettingTable.Definitions, OwnSettingTable.Definitions, OwnClusterSettingTable.Definitions);

    /// <summary>Settings that exist only while they are set dynamically: the throttles of replication (KIP-73, KIP-113).</summary>
    public static readonly SettingTable DynamicOnly = new(ThrottleSettingTable.Definitions);

    public static SettingDefinition? FindBroker(string name) => Broker.Find(name) ?? DynamicOnly.Find(name);

    /// <summary>The table of a resource's own configs, or null for a resource that has none.</summary>
    public static SettingTable? Of(ConfigResourceType type) => type switch
    {
        ConfigResourceType.Topic => Topic,
        ConfigResourceType.Group => Group,
        ConfigResourceType.Broker => Broker,
        _ => null,
    };
}
