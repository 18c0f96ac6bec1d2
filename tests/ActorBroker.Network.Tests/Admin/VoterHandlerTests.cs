using ActorBroker.Core.Ports;
using ActorBroker.Network.Handlers;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Tests.Admin;

public class VoterHandlerTests
{
    private readonly AdminFixture _cluster = new(brokers: 3);
    private readonly Voters _voters = new();

    private async Task<ErrorCode> AddAsync(AdminServices services, int node, string? cluster = null) => (await _cluster.CallAsync(
        new AddRaftVoterHandler(services), 1, new AddRaftVoterRequest { ClusterId = cluster, VoterId = node })).ErrorCode;

    private async Task<ErrorCode> RemoveAsync(AdminServices services, int node, string? cluster = null) => (await _cluster.CallAsync(
        new RemoveRaftVoterHandler(services), 0, new RemoveRaftVoterRequest { ClusterId = cluster, VoterId = node })).ErrorCode;

    [Fact]
    public async Task A_node_makes_itself_a_voter_and_no_other()
    {
        var services = _cluster.Services with { Voters = _voters };
        Assert.Equal(ErrorCode.None, await AddAsync(services, services.NodeId));
        Assert.Equal(ErrorCode.InvalidRequest, await AddAsync(services, services.NodeId + 1));
        Assert.Equal(ErrorCode.InconsistentClusterId, await AddAsync(services, services.NodeId, "another"));
        Assert.Equal(["add"], _voters.Asked);
    }

    [Fact]
    public async Task Any_voter_may_be_taken_out()
    {
        var services = _cluster.Services with { Voters = _voters };
        Assert.Equal(ErrorCode.None, await RemoveAsync(services, 3));
        Assert.Equal(ErrorCode.InconsistentClusterId, await RemoveAsync(services, 3, "another"));
        Assert.Equal(["remove 3"], _voters.Asked);
    }

    [Fact]
    public async Task A_node_alone_has_no_voters_to_change()
    {
        Assert.Equal(ErrorCode.InvalidRequest, await AddAsync(_cluster.Services, _cluster.Services.NodeId));
        Assert.Equal(ErrorCode.InvalidRequest, await RemoveAsync(_cluster.Services, 1));
    }

    private sealed class Voters : IQuorumVoters
    {
        public List<string> Asked { get; } = [];

        public ValueTask<KafkaError> AddSelfAsync(CancellationToken cancel)
        {
            Asked.Add("add");
            return new ValueTask<KafkaError>(KafkaError.None);
        }

        public ValueTask<KafkaError> RemoveAsync(int nodeId, Uuid fileId, CancellationToken cancel)
        {
            Asked.Add($"remove {nodeId}");
            return new ValueTask<KafkaError>(KafkaError.None);
        }
    }
}
