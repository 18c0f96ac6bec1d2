using System.Collections.Immutable;
using ActorBroker.Core.Ports;

namespace ActorBroker.Core.Groups;

/// <summary>
/// The membership of a group: an immutable value, so that a decision can walk ahead on it step by step without changing what is true.
///
/// Durable are generation, protocol, leader, timestamp and the members of the last written generation (<see cref="GroupMetadataWritten"/>);
/// all else (who is parked, who is pending, a rebalance under way) is volatile: it is lost with the coordinator, and members come again.
/// </summary>
public sealed record GroupState
{
    /// <summary>The protocol type of consumers; the only one whose metadata the broker looks into.</summary>
    public const string ConsumerProtocolType = "consumer";

    public required string Id { get; init; }
    public GroupPhase Phase { get; init; } = GroupPhase.Dead;

    /// <summary>Empty during the rebalance that follows it: that one is delayed, and no join may cut the delay short.</summary>
    public GroupPhase PreviousPhase { get; init; } = GroupPhase.Dead;

    /// <summary>When the phase was entered, wall clock; -1 in groups that very old brokers wrote.</summary>
    public long PhaseSinceMs { get; init; } = -1;

    /// <summary>Null for a group that only stores offsets.</summary>
    public string? ProtocolType { get; init; }

    public string? ProtocolName { get; init; }
    public int Generation { get; init; }
    public string? LeaderId { get; init; }

    public ImmutableSortedDictionary<string, GroupMember> Members { get; init; } =
        ImmutableSortedDictionary.Create<string, GroupMember>(StringComparer.Ordinal);

    /// <summary>Ids that were handed out (KIP-394) and not used yet.</summary>
    public ImmutableSortedSet<string> PendingJoins { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Members of the generation that have not asked for their assignment.</summary>
    public ImmutableSortedSet<string> PendingSyncs { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>What the members consume, or null when the group's metadata does not tell.</summary>
    public ImmutableHashSet<string>? SubscribedTopics { get; init; }

    /// <summary>The delay of the initial rebalance while it runs.</summary>
    public InitialDelay? InitialDelay { get; init; }

    public bool Exists => Phase != GroupPhase.Dead;

    public bool IsConsumerGroup => ProtocolType == ConsumerProtocolType;

    /// <summary>A rebalance may start from here.</summary>
    public bool CanRebalance => Phase is GroupPhase.Empty or GroupPhase.CompletingRebalance or GroupPhase.Stable;

    public int AwaitingJoins
    {
        get
        {
            var count = 0;
            foreach (var member in Members.Values)
                if (member.AwaitsJoin) count++;
            return count;
        }
    }

    public bool HasEveryoneJoined => PendingJoins.IsEmpty && AwaitingJoins == Members.Count;

    /// <summary>The longest of the members' rebalance timeouts.</summary>
    public int RebalanceTimeoutMs
    {
        get
        {
            var longest = 0;
            foreach (var member in Members.Values) longest = Math.Max(longest, member.RebalanceTimeoutMs);
            return longest;
        }
    }

    public bool IsLeader(string memberId) => LeaderId == memberId;

    public GroupMember? Member(string memberId) => Members.GetValueOrDefault(memberId);

    /// <summary>The member that holds an instance id now, or null.</summary>
    public GroupMember? StaticMember(string instanceId)
    {
        foreach (var member in Members.Values)
            if (member.InstanceId == instanceId) return member;
        return null;
    }

    /// <summary>
    /// Whether offsets of a topic are in use; a consumer group whose metadata cannot be read counts as subscribed to everything.
    /// </summary>
    public bool IsSubscribedTo(string topic) => SubscribedTopics?.Contains(topic) ?? IsConsumerGroup;

    /// <summary>Whether a member with these protocols fits: same type, and one protocol that all members know.</summary>
    public bool Fits(string protocolType, ImmutableArray<GroupProtocol> protocols)
    {
        if (!Exists || Phase == GroupPhase.Empty) return protocolType.Length > 0 && protocols.Length > 0;
        if (ProtocolType != protocolType) return false;
        foreach (var protocol in protocols)
            if (IsKnownToAll(protocol.Name)) return true;
        return false;
    }

    /// <summary>
    /// The protocol of the next generation: every member votes for the first of its protocols that all members know; most votes win, a
    /// tie goes to what the leader prefers.
    /// </summary>
    public string SelectProtocol()
    {
        var votes = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var member in Members.Values)
        {
            foreach (var protocol in member.Protocols)
            {
                if (!votes.ContainsKey(protocol.Name) && !IsKnownToAll(protocol.Name)) continue;
                votes[protocol.Name] = votes.GetValueOrDefault(protocol.Name) + 1;
                break;
            }
        }

        if (votes.Count == 0) throw new InvalidOperationException($"Group {Id}: no protocol is known to all members.");
        var judge = LeaderId is not null && Member(LeaderId) is { } leader ? leader : Members.Values.First();
        return votes.OrderByDescending(vote => vote.Value).ThenBy(vote => judge.IndexOf(vote.Key)).First().Key;
    }

    private bool IsKnownToAll(string protocol)
    {
        foreach (var member in Members.Values)
            if (!member.Supports(protocol)) return false;
        return true;
    }
}

/// <summary>
/// The wait for more members before the first generation: <paramref name="DelayMs"/> is the step that runs, <paramref
/// name="RemainingMs"/> what may follow it when <paramref name="IsExtended"/> (somebody joined meanwhile); both together never exceed the
/// rebalance timeout.
/// </summary>
public sealed record InitialDelay(int DelayMs, int RemainingMs, bool IsExtended);
