using System.Collections.Immutable;
using ActorBroker.Core.Metadata;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Controller;

/// <summary>Whether replicas can be where they are wanted, in Kafka's words.</summary>
internal static class AssignmentRules
{
    /// <summary>Checks replicas that a client chose; <paramref name="factor"/> is what the partitions before have, or -1.</summary>
    public static KafkaError Check(ControllerState state, ImmutableArray<int> replicas, int partition, int factor)
    {
        if (replicas.Length == 0) return Invalid("The manual partition assignment includes an empty replica list.");
        var previous = -1;
        foreach (var broker in replicas.Order())
        {
            if (!state.Image.Brokers.ContainsKey(broker))
                return Invalid($"The manual partition assignment includes broker {broker}, but no such broker is registered.");
            if (broker == previous) return Invalid($"The manual partition assignment includes the broker {broker} more than once.");
            previous = broker;
        }
        if (factor >= 0 && replicas.Length != factor)
        {
            return Invalid($"The manual partition assignment includes a partition with {replicas.Length} replica(s), but this is not " +
                           $"consistent with previous partitions, which have {factor} replica(s).");
        }
        return replicas.Any(state.IsWilling) ? KafkaError.None
            : Invalid($"All brokers specified in the manual partition assignment for partition {partition} are fenced or in " +
                      "controlled shutdown.");
    }

    /// <summary>Places partitions, or says why the cluster has not enough brokers for them.</summary>
    public static KafkaError Plan(
        ControllerState state, int first, int count, int factor, int seed, out ImmutableArray<ImmutableArray<int>> replicas)
    {
        replicas = [];
        var brokers = state.Image.Brokers.Values
            .Select(broker => new PlacementBroker(broker.Id, broker.Rack, !state.IsWilling(broker.Id))).ToArray();
        string? problem = null;
        if (factor > brokers.Length)
        {
            problem = $"The target replication factor of {factor} cannot be reached because only {brokers.Length} broker(s) are " +
                      "registered or some brokers have all their log directories cordoned.";
        }
        else if (brokers.All(broker => broker.IsFenced))
        {
            problem = "All brokers are currently fenced or have all their log directories cordoned.";
        }
        if (problem is not null)
        {
            return new KafkaError(
                ErrorCode.InvalidReplicationFactor, $"Unable to replicate the partition {factor} time(s): {problem}");
        }
        replicas = ReplicaPlacementPlanner.Place(brokers, first, count, factor, seed);
        return KafkaError.None;
    }

    private static KafkaError Invalid(string message) => new(ErrorCode.InvalidReplicaAssignment, message);
}
