using System.Collections.Immutable;
using Akka.Actor;
using Akka.Util;

namespace Akka.Cluster;

/// <summary>
/// A node of the cluster as the gossip knows it. Two are equal when they are the same incarnation, whatever their status; in
/// order they stand by host, port and uid.
/// </summary>
public class Member : IComparable<Member>, IComparable
{
    public static readonly IComparer<Address> AddressOrdering = Comparer<Address>.Create(CompareAddresses);

    /// <summary>Oldest first: who became Up earlier.</summary>
    public static readonly IComparer<Member> AgeOrdering =
        Comparer<Member>.Create((a, b) => a.Equals(b) ? 0 : a.IsOlderThan(b) ? -1 : 1);

    /// <summary>Who is asked first to lead while nobody is Up.</summary>
    internal static readonly IComparer<Member> LeaderStatusOrdering = Comparer<Member>.Create((a, b) =>
    {
        var byStatus = LeaderRank(a.Status).CompareTo(LeaderRank(b.Status));
        return byStatus != 0 ? byStatus : a.CompareTo(b);
    });

    internal Member(UniqueAddress uniqueAddress, int upNumber, MemberStatus status, ImmutableHashSet<string> roles, AppVersion appVersion)
    {
        UniqueAddress = uniqueAddress;
        UpNumber = upNumber;
        Status = status;
        Roles = roles;
        AppVersion = appVersion;
    }

    public UniqueAddress UniqueAddress { get; }

    public Address Address => UniqueAddress.Address;

    public MemberStatus Status { get; }

    public ImmutableHashSet<string> Roles { get; }

    public AppVersion AppVersion { get; }

    /// <summary>Counts members as they become Up; <see cref="int.MaxValue"/> before.</summary>
    internal int UpNumber { get; }

    public bool HasRole(string role) => Roles.Contains(role);

    public bool IsOlderThan(Member other) => UpNumber == other.UpNumber
        ? AddressOrdering.Compare(Address, other.Address) < 0
        : UpNumber < other.UpNumber;

    /// <summary>With another status. <see cref="InvalidOperationException"/> when a member cannot go from one to the other.</summary>
    public Member Copy(MemberStatus status)
    {
        if (status == Status)
            return this;
        return MayBecome(Status, status)
            ? new Member(UniqueAddress, UpNumber, status, Roles, AppVersion)
            : throw new InvalidOperationException($"Invalid member status transition {Status} -> {status}");
    }

    public Member CopyUp(int upNumber) => new Member(UniqueAddress, upNumber, Status, Roles, AppVersion).Copy(MemberStatus.Up);

    public int CompareTo(Member? other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return UniqueAddress.CompareInCluster(other.UniqueAddress);
    }

    int IComparable.CompareTo(object? obj) => obj is Member member
        ? CompareTo(member)
        : throw new ArgumentException($"Cannot compare {nameof(Member)} to an instance of type '{obj?.GetType().FullName ?? "null"}'");

    public override bool Equals(object? obj) => obj is Member other && UniqueAddress.Equals(other.UniqueAddress);

    public override int GetHashCode() => UniqueAddress.GetHashCode();

    public override string ToString() =>
        $"Member(address = {Address}, Uid={UniqueAddress.Uid} status = {Status}, role=[{string.Join(",", Roles)}], upNumber={UpNumber}, "
        + $"version={AppVersion})";

    /// <summary>Of two states of one member the one that is further on; of the same status the older one.</summary>
    public static Member HighestPriorityOf(Member m1, Member m2)
    {
        if (m1.Status == m2.Status)
            return m1.UpNumber <= m2.UpNumber ? m1 : m2;
        return Progress(m1.Status) > Progress(m2.Status) ? m1 : m2;
    }

    internal static Member Joining(UniqueAddress node, ImmutableHashSet<string> roles, AppVersion version) =>
        new(node, int.MaxValue, MemberStatus.Joining, roles, version);

    /// <summary>Stands for a node that is not, or no longer, a member.</summary>
    internal static Member Removed(UniqueAddress node) => new(node, int.MaxValue, MemberStatus.Removed, [], AppVersion.Zero);

    internal static bool MayBecome(MemberStatus from, MemberStatus to) => (from, to) switch
    {
        (MemberStatus.Removed, _) => false,
        (_, MemberStatus.Removed) => true,
        (MemberStatus.Down, _) => false,
        (_, MemberStatus.Down) => true,
        (MemberStatus.Joining, MemberStatus.WeaklyUp or MemberStatus.Up or MemberStatus.Leaving) => true,
        (MemberStatus.WeaklyUp, MemberStatus.Up or MemberStatus.Leaving) => true,
        (MemberStatus.Up, MemberStatus.Leaving) => true,
        (MemberStatus.Leaving, MemberStatus.Exiting) => true,
        _ => false,
    };

    /// <summary>How far a status is from Joining. No member ever goes back.</summary>
    internal static int Progress(MemberStatus status) => status switch
    {
        MemberStatus.Joining => 0,
        MemberStatus.WeaklyUp => 1,
        MemberStatus.Up => 2,
        MemberStatus.Leaving => 3,
        MemberStatus.Exiting => 4,
        MemberStatus.Down => 5,
        _ => 6,
    };

    private static int LeaderRank(MemberStatus status) => status switch
    {
        MemberStatus.Down => 4,
        MemberStatus.Exiting => 3,
        MemberStatus.Joining => 2,
        MemberStatus.WeaklyUp => 1,
        _ => 0,
    };

    private static int CompareAddresses(Address x, Address y)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        var byHost = string.CompareOrdinal(x.Host ?? "", y.Host ?? "");
        return byHost != 0 ? byHost : Nullable.Compare(x.Port, y.Port);
    }
}
