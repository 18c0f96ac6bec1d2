using System.Collections.Immutable;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// First half of a classic rebalance; the connection stays parked until the join phase ends. Version 0 has no rebalance timeout of its
/// own, version 4 sends a new dynamic member back with an id (KIP-394), version 9 lets a leader skip assigning (KIP-814).
/// </summary>
public sealed class JoinGroupHandler(IGroupCoordinator coordinator)
    : ApiHandler<JoinGroupRequest, JoinGroupResponse>(ApiKey.JoinGroup, 0, 9)
{
    public override async ValueTask<JoinGroupResponse> HandleAsync(JoinGroupRequest request, RequestContext context)
    {
        var command = new JoinGroup
        {
            GroupId = request.GroupId,
            MemberId = request.MemberId,
            InstanceId = request.GroupInstanceId,
            ClientId = context.ClientId ?? "",
            ClientHost = context.ClientHost,
            SessionTimeoutMs = request.SessionTimeoutMs,
            RebalanceTimeoutMs = context.ApiVersion == 0 ? request.SessionTimeoutMs : request.RebalanceTimeoutMs,
            ProtocolType = request.ProtocolType,
            Protocols = Protocols(request),
            RequiresKnownMemberId = context.ApiVersion >= 4,
            SupportsSkippingAssignment = context.ApiVersion >= 9,
            FreshId = Guid.NewGuid().ToString(),
            Reason = request.Reason,
        };
        var reply = await coordinator.JoinAsync(command, context.Cancel).ConfigureAwait(false);
        var response = new JoinGroupResponse
        {
            ErrorCode = reply.Error,
            GenerationId = reply.GenerationId,
            ProtocolType = reply.ProtocolType,
            ProtocolName = context.ApiVersion >= 7 ? reply.ProtocolName : reply.ProtocolName ?? "",
            Leader = reply.LeaderId,
            SkipAssignment = reply.SkipAssignment,
            MemberId = reply.MemberId,
        };
        foreach (var member in reply.Members)
        {
            response.Members.Add(new JoinGroupResponse.JoinGroupResponseMember
            {
                MemberId = member.MemberId,
                GroupInstanceId = member.InstanceId,
                Metadata = member.Metadata,
            });
        }

        return response;
    }

    /// <summary>Copied out of the frame; of a name that occurs again the first one counts.</summary>
    private static ImmutableArray<GroupProtocol> Protocols(JoinGroupRequest request)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var protocols = ImmutableArray.CreateBuilder<GroupProtocol>(request.Protocols.Count);
        foreach (var protocol in request.Protocols)
            if (names.Add(protocol.Name)) protocols.Add(new GroupProtocol(protocol.Name, protocol.Metadata.ToArray()));
        return protocols.ToImmutable();
    }
}
