using ActorBroker.Core.Metadata;

namespace ActorBroker.Core.Controller;

/// <summary>
/// Compares who the cluster's members are with who counts as up in the metadata. A broker whose control lane no member has any more, because
/// its member was downed or removed, is to be fenced; a member that is merely unreachable is still one. A broker without lanes is not a
/// member of anything and is left alone. Nobody is unfenced here: a node asks for that itself, and is refused while it is no member.
/// </summary>
public static class FencingReconciler
{
    /// <param name="live">The control lanes of all members that are neither down nor removed.</param>
    public static IReadOnlyList<FenceBroker> Reconcile(MetadataImage image, IReadOnlySet<MemberAddress> live)
    {
        var fences = new List<FenceBroker>();
        foreach (var broker in image.Brokers.Values)
        {
            if (!broker.IsFenced && broker.Lanes is not null && !IsLive(broker, live))
                fences.Add(new FenceBroker(broker.Id, broker.Incarnation, true));
        }
        return fences;
    }

    /// <summary>Whether a broker that wants to be unfenced is a member.</summary>
    public static bool MayOpen(MetadataImage image, int brokerId, IReadOnlySet<MemberAddress> live) =>
        !image.Brokers.TryGetValue(brokerId, out var broker) || broker.Lanes is null || IsLive(broker, live);

    private static bool IsLive(BrokerImage broker, IReadOnlySet<MemberAddress> live) =>
        live.Contains(new MemberAddress(broker.Lanes!.Host, broker.Lanes.ControlPort));
}

/// <summary>The address of a member's control lane.</summary>
public readonly record struct MemberAddress(string Host, int Port);
