using ActorBroker.Core.Metadata;

namespace ActorBroker.Network.Handlers;

/// <summary>What metadata answers say of a partition besides its registration.</summary>
internal static class PartitionView
{
    private static readonly List<int> Nobody = [];

    /// <summary>Replicas that are down or cannot be reached over the client's listener.</summary>
    public static List<int> Offline(MetadataImage image, PartitionImage partition, string listener)
    {
        List<int>? offline = null;
        foreach (var replica in partition.Replicas)
        {
            if (!image.Brokers.TryGetValue(replica, out var broker) || broker.IsFenced || broker.Endpoint(listener) is null)
                (offline ??= []).Add(replica);
        }
        return offline ?? Nobody;
    }
}
