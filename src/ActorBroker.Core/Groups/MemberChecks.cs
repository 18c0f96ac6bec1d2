using ActorBroker.Protocol;

namespace ActorBroker.Core.Groups;

/// <summary>
/// Who may speak for a member: the id must be known, and a static member must be the one that holds its instance id (KIP-345).
/// </summary>
internal static class MemberChecks
{
    public static ErrorCode Check(GroupState state, string memberId, string? instanceId)
    {
        if (instanceId is not null && state.Member(memberId)?.InstanceId != instanceId)
            return state.StaticMember(instanceId) is null ? ErrorCode.UnknownMemberId : ErrorCode.FencedInstanceId;
        return state.Members.ContainsKey(memberId) ? ErrorCode.None : ErrorCode.UnknownMemberId;
    }

    public static ErrorCode Check(GroupState state, string memberId, string? instanceId, int generation)
    {
        var error = Check(state, memberId, instanceId);
        return error == ErrorCode.None && generation != state.Generation ? ErrorCode.IllegalGeneration : error;
    }
}
