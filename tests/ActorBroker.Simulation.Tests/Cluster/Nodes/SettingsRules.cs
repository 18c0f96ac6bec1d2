using ActorBroker.Core.Partitions;

namespace ActorBroker.Simulation.Tests.Cluster.Nodes;

internal static class SettingsRules
{
    /// <summary>Records count when they are synced (<c>flush.messages=1</c>).</summary>
    public static bool FlushesAlways(this PartitionSettings settings) => settings.FlushMessages == 1;
}
