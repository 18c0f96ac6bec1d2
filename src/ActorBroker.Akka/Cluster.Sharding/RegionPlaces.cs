using Akka.Actor;

namespace Akka.Cluster.Sharding;

/// <summary>On which node a region is; the path of a local one has no address.</summary>
internal sealed class RegionPlaces(Cluster cluster)
{
    public bool IsLocal(IActorRef region) => region.Path.Address.HasLocalScope || region.Path.Address.Equals(cluster.SelfAddress);

    public Address AddressOf(IActorRef region) => IsLocal(region) ? cluster.SelfAddress : region.Path.Address;

    /// <summary>Its node is up.</summary>
    public bool IsMember(IActorRef region) => IsLocal(region)
        || cluster.State.Members.Any(m => m.Status == MemberStatus.Up && m.Address.Equals(region.Path.Address));

    /// <summary>There is a member at its address, in whatever state.</summary>
    public bool HasMember(IActorRef region) => IsLocal(region) || cluster.State.Members.Any(m => m.Address.Equals(region.Path.Address));
}
