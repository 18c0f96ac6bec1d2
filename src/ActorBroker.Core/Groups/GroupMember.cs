using System.Collections.Immutable;
using ActorBroker.Core.Ports;

namespace ActorBroker.Core.Groups;

/// <summary>A member of a classic group. Parked requests are tickets here; whoever clears one answers it.</summary>
public sealed record GroupMember
{
    public required string Id { get; init; }

    /// <summary>KIP-345; null for dynamic members.</summary>
    public string? InstanceId { get; init; }

    public string ClientId { get; init; } = "";
    public string ClientHost { get; init; } = "";
    public int RebalanceTimeoutMs { get; init; }
    public int SessionTimeoutMs { get; init; }

    /// <summary>In the order of preference.</summary>
    public ImmutableArray<GroupProtocol> Protocols { get; init; } = [];

    public byte[] Assignment { get; init; } = [];

    /// <summary>
    /// Has joined but seen no generation yet: it does not know its id, cannot send heartbeats, and must not stay parked for ever.
    /// </summary>
    public bool IsNew { get; init; }

    public Ticket JoinTicket { get; init; }
    public Ticket SyncTicket { get; init; }

    public bool IsStatic => InstanceId is not null;
    public bool AwaitsJoin => !JoinTicket.IsNone;
    public bool AwaitsSync => !SyncTicket.IsNone;

    /// <summary>Whether an expired session is excused: a parked member waits for us, not we for it.</summary>
    public bool IsExcusedFromHeartbeats => !IsNew && (AwaitsJoin || AwaitsSync);

    public bool Supports(string protocol) => IndexOf(protocol) >= 0;

    /// <summary>What the member said for a protocol; empty when it does not offer it.</summary>
    public byte[] MetadataOf(string? protocol)
    {
        var index = protocol is null ? -1 : IndexOf(protocol);
        return index < 0 ? [] : Protocols[index].Metadata;
    }

    /// <summary>Position in the member's order of preference, or -1.</summary>
    public int IndexOf(string protocol)
    {
        for (var i = 0; i < Protocols.Length; i++)
            if (Protocols[i].Name == protocol) return i;
        return -1;
    }

    /// <summary>Same protocols in the same order with the same metadata.</summary>
    public bool Matches(ImmutableArray<GroupProtocol> protocols)
    {
        if (protocols.Length != Protocols.Length) return false;
        for (var i = 0; i < protocols.Length; i++)
        {
            if (protocols[i].Name != Protocols[i].Name) return false;
            if (!protocols[i].Metadata.AsSpan().SequenceEqual(Protocols[i].Metadata)) return false;
        }

        return true;
    }
}
