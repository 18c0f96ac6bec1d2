using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster;

/// <summary>
/// What subscribers of <see cref="Cluster.Subscribe(IActorRef, Type[])"/> get. All of it is local news: each node tells what its own
/// gossip says, and one may know a change earlier than the other.
/// </summary>
public class ClusterEvent
{
    public static readonly SubscriptionInitialStateMode InitialStateAsSnapshot = SubscriptionInitialStateMode.InitialStateAsSnapshot;

    public static readonly SubscriptionInitialStateMode InitialStateAsEvents = SubscriptionInitialStateMode.InitialStateAsEvents;

    /// <summary>How a new subscriber learns what already is.</summary>
    public enum SubscriptionInitialStateMode
    {
        /// <summary>One <see cref="CurrentClusterState"/>.</summary>
        InitialStateAsSnapshot,

        /// <summary>The events that would have led to it.</summary>
        InitialStateAsEvents,
    }

    public interface IClusterDomainEvent : IDeadLetterSuppression
    {
    }

    public interface IMemberEvent : IClusterDomainEvent
    {
        Member Member { get; }
    }

    public interface IReachabilityEvent : IClusterDomainEvent
    {
    }

    public sealed class CurrentClusterState : INoSerializationVerificationNeeded
    {
        public CurrentClusterState()
            : this([], [], [], null, ImmutableDictionary<string, Address?>.Empty)
        {
        }

        public CurrentClusterState(
            ImmutableSortedSet<Member> members,
            ImmutableHashSet<Member> unreachable,
            ImmutableHashSet<Address> seenBy,
            Address? leader,
            ImmutableDictionary<string, Address?> roleLeaderMap)
        {
            Members = members;
            Unreachable = unreachable;
            SeenBy = seenBy;
            Leader = leader;
            RoleLeaderMap = roleLeaderMap;
        }

        public ImmutableSortedSet<Member> Members { get; }

        public ImmutableHashSet<Member> Unreachable { get; }

        public ImmutableHashSet<Address> SeenBy { get; }

        public Address? Leader { get; }

        public ImmutableHashSet<string> AllRoles => [.. RoleLeaderMap.Keys];

        public bool HasMoreThanOneAppVersion => Members.Select(m => m.AppVersion).Distinct().Count() > 1;

        internal ImmutableDictionary<string, Address?> RoleLeaderMap { get; }

        public Address? RoleLeader(string role) => RoleLeaderMap.GetValueOrDefault(role);

        public CurrentClusterState Copy(
            ImmutableSortedSet<Member>? members = null,
            ImmutableHashSet<Member>? unreachable = null,
            ImmutableHashSet<Address>? seenBy = null,
            Address? leader = null,
            ImmutableDictionary<string, Address?>? roleLeaderMap = null) => new(
                members ?? Members,
                unreachable ?? Unreachable,
                seenBy ?? SeenBy,
                leader ?? Leader,
                roleLeaderMap ?? RoleLeaderMap);
    }

    public abstract class MemberStatusChange : IMemberEvent
    {
        protected readonly Member _member;

        protected MemberStatusChange(Member member, MemberStatus validStatus)
        {
            if (member.Status != validStatus)
                throw new ArgumentException($"Expected {validStatus} state, got: {member}", nameof(member));
            _member = member;
        }

        public Member Member => _member;

        public override bool Equals(object? obj) => obj?.GetType() == GetType() && _member.Equals(((MemberStatusChange)obj)._member);

        public override int GetHashCode() => _member.GetHashCode();

        public override string ToString() => $"{GetType()}(Member={Member})";
    }

    public sealed class MemberJoined(Member member) : MemberStatusChange(member, MemberStatus.Joining);

    public sealed class MemberWeaklyUp(Member member) : MemberStatusChange(member, MemberStatus.WeaklyUp);

    public sealed class MemberUp(Member member) : MemberStatusChange(member, MemberStatus.Up);

    public sealed class MemberLeft(Member member) : MemberStatusChange(member, MemberStatus.Leaving);

    public sealed class MemberExited(Member member) : MemberStatusChange(member, MemberStatus.Exiting);

    public sealed class MemberDowned(Member member) : MemberStatusChange(member, MemberStatus.Down);

    public sealed class MemberRemoved(Member member, MemberStatus previousStatus) : MemberStatusChange(member, MemberStatus.Removed)
    {
        /// <summary>Exiting after a graceful leave, Down after a crash.</summary>
        public MemberStatus PreviousStatus => previousStatus;

        public override bool Equals(object? obj) => base.Equals(obj) && PreviousStatus == ((MemberRemoved)obj!).PreviousStatus;

        public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), PreviousStatus);
    }

    /// <summary>The first of the reachable members, who moves the others on; null when there is none.</summary>
    public sealed class LeaderChanged(Address? leader) : IClusterDomainEvent
    {
        public Address? Leader => leader;

        public override bool Equals(object? obj) => obj is LeaderChanged other && Leader == other.Leader;

        public override int GetHashCode() => Leader?.GetHashCode() ?? 0;

        public override string ToString() => $"LeaderChanged(NewLeader={Leader})";
    }

    public sealed class RoleLeaderChanged(string role, Address? leader) : IClusterDomainEvent
    {
        public string Role => role;

        public Address? Leader => leader;

        public override bool Equals(object? obj) => obj is RoleLeaderChanged other && Role == other.Role && Leader == other.Leader;

        public override int GetHashCode() => HashCode.Combine(Role, Leader);

        public override string ToString() => $"RoleLeaderChanged(Leader={Leader}, Role={Role})";
    }

    /// <summary>This node's cluster extension ends; published once, before the members' removal.</summary>
    public sealed class ClusterShuttingDown : IClusterDomainEvent
    {
        public static readonly IClusterDomainEvent Instance = new ClusterShuttingDown();

        private ClusterShuttingDown()
        {
        }

        public override string ToString() => nameof(ClusterShuttingDown);
    }

    public abstract class ReachabilityEvent : IReachabilityEvent
    {
        protected ReachabilityEvent(Member member) => Member = member;

        public Member Member { get; }

        public override bool Equals(object? obj) => obj?.GetType() == GetType() && Member.Equals(((ReachabilityEvent)obj).Member);

        public override int GetHashCode() => Member.GetHashCode();

        public override string ToString() => $"{GetType()}(Member={Member})";
    }

    public sealed class UnreachableMember(Member member) : ReachabilityEvent(member);

    public sealed class ReachableMember(Member member) : ReachabilityEvent(member);
}
