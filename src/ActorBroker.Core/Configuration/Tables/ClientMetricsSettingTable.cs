using static ActorBroker.Core.Configuration.DynamicMode;
using static ActorBroker.Core.Configuration.Tables.Setting;

namespace ActorBroker.Core.Configuration.Tables;

/// <summary>Subscriptions of client metrics (KIP-714): what an operator asks clients for. Kept and shown; nothing is collected yet.</summary>
public static class ClientMetricsSettingTable
{
    public static readonly SettingDefinition[] Definitions =
    [
        Int("interval.ms", "300000", ClusterWide, "Milliseconds between two pushes of metrics."),
        List("match", "", ClusterWide, "Which clients the subscription is meant for, as name=pattern pairs."),
        List("metrics", "", ClusterWide, "Prefixes of the metrics that are asked for; * is all of them."),
    ];
}
