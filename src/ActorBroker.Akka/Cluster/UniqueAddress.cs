using Akka.Actor;

namespace Akka.Cluster;

/// <summary>One incarnation of an actor system: the uid tells it from others that had the same address before.</summary>
public class UniqueAddress : IComparable<UniqueAddress>, IEquatable<UniqueAddress>, IComparable
{
    public UniqueAddress(Address address, int uid)
    {
        Address = address;
        Uid = uid;
    }

    public Address Address { get; }

    public int Uid { get; }

    public static bool operator ==(UniqueAddress? left, UniqueAddress? right) => Equals(left, right);

    public static bool operator !=(UniqueAddress? left, UniqueAddress? right) => !Equals(left, right);

    public bool Equals(UniqueAddress? other) =>
        ReferenceEquals(this, other) || (other is not null && Uid == other.Uid && Address.Equals(other.Address));

    public override bool Equals(object? obj) => Equals(obj as UniqueAddress);

    public override int GetHashCode() => Uid;

    public int CompareTo(UniqueAddress? uniqueAddress)
    {
        ArgumentNullException.ThrowIfNull(uniqueAddress);
        var byName = string.CompareOrdinal(Address.Protocol, uniqueAddress.Address.Protocol);
        if (byName == 0)
            byName = string.CompareOrdinal(Address.System, uniqueAddress.Address.System);
        return byName != 0 ? byName : CompareInCluster(uniqueAddress);
    }

    int IComparable.CompareTo(object? obj) => obj is UniqueAddress other
        ? CompareTo(other)
        : throw new ArgumentException($"Cannot compare {nameof(UniqueAddress)} with instance of type '{obj?.GetType().FullName ?? "null"}'.");

    public override string ToString() => $"UniqueAddress: ({Address}, {Uid})";

    /// <summary>Host, port, uid: protocol and system are the same all over a cluster.</summary>
    internal int CompareInCluster(UniqueAddress other)
    {
        var byAddress = Member.AddressOrdering.Compare(Address, other.Address);
        return byAddress != 0 ? byAddress : Uid.CompareTo(other.Uid);
    }
}
