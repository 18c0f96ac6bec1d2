using ActorBroker.Core.Ports;

namespace ActorBroker.Core.Groups;

/// <summary>
/// What operators see of a group. The metadata of members means something in a stable group alone; before, no protocol is chosen.
/// </summary>
internal static class DescribeRules
{
    public static DescribeGroupReply Describe(GroupState state)
    {
        var isStable = state.Phase == GroupPhase.Stable;
        return new DescribeGroupReply
        {
            GroupId = state.Id,
            State = state.Phase.ToString(),
            ProtocolType = state.ProtocolType ?? "",
            ProtocolName = isStable ? state.ProtocolName ?? "" : "",
            Members =
            [
                .. state.Members.Values.Select(member => new DescribedMember
                {
                    MemberId = member.Id,
                    InstanceId = member.InstanceId,
                    ClientId = member.ClientId,
                    ClientHost = member.ClientHost,
                    Metadata = isStable ? member.MetadataOf(state.ProtocolName) : [],
                    Assignment = member.Assignment,
                }),
            ],
        };
    }
}
