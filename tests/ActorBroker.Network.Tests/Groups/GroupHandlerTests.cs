using ActorBroker.Core.Ports;
using ActorBroker.Network.Handlers;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Tests.Groups;

public sealed class GroupHandlerTests
{
    private readonly FakeGroups _groups = new();

    // FindCoordinator. The bytes are what an Apache Kafka 4.3.1 answered to the same requests.

    [Theory]
    [InlineData(0, "000fffffffff0000ffffffff")]
    [InlineData(1, "00000000000f002154686520636f6f7264696e61746f72206973206e6f7420617661696c61626c652effffffff0000ffffffff")]
    [InlineData(3, "00000000000f2254686520636f6f7264696e61746f72206973206e6f7420617661696c61626c652effffffff01ffffffff00")]
    [InlineData(4, "00000000020267ffffffff01ffffffff000f010000")]
    public async Task Before_the_topic_exists_the_answer_is_Kafkas_and_the_topic_is_asked_for(int version, string bytes)
    {
        Assert.Equal(bytes, Hex(await FindAsync(version, 0, "g", hasOffsetsTopic: false), version));
        Assert.Equal(1, _groups.CreationRequests);
    }

    [Theory]
    [InlineData(0, "0000000000010009" + "3132372e302e302e31" + "00007974")]
    [InlineData(1, "0000000000000004" + "4e4f4e45" + "000000010009" + "3132372e302e302e31" + "00007974")]
    [InlineData(3, "00000000000005" + "4e4f4e45" + "000000010a" + "3132372e302e302e31" + "0000797400")]
    [InlineData(4, "00000000020267000000010a" + "3132372e302e302e31" + "0000797400000100" + "00")]
    public async Task A_group_is_found_at_the_leader_of_its_partition(int version, string bytes)
    {
        Assert.Equal(bytes, Hex(await FindAsync(version, 0, "g"), version));
        Assert.Equal(0, _groups.CreationRequests);
    }

    [Fact]
    public async Task Without_a_leader_clients_ask_again()
    {
        var context = FakeGroups.Context(ApiKey.FindCoordinator, 4, leader: -1);
        var request = new FindCoordinatorRequest { CoordinatorKeys = ["a", "b"] };
        var response = await new FindCoordinatorHandler(_groups).HandleAsync(request, context);
        Assert.All(response.Coordinators, found => Assert.Equal((ErrorCode.CoordinatorNotAvailable, -1), (found.ErrorCode, found.NodeId)));
        Assert.Equal(["a", "b"], response.Coordinators.Select(found => found.Key));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(6)]
    public async Task A_transaction_has_no_coordinator_here_and_clients_are_told_for_good(int version)
    {
        var response = await FindAsync(version, 1, "tx");
        var (error, text) = version < 4
            ? (response.ErrorCode, response.ErrorMessage)
            : (response.Coordinators[0].ErrorCode, response.Coordinators[0].ErrorMessage);
        Assert.Equal(ErrorCode.TransactionalIdAuthorizationFailed, error);
        Assert.False(ErrorCatalog.IsRetriable(error));
        Assert.Contains("transactions", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "")]
    [InlineData(9, "This most likely occurs because of a request being malformed")]
    public async Task Other_kinds_of_coordinators_are_an_invalid_request(sbyte type, string text)
    {
        var found = (await FindAsync(6, type, "x")).Coordinators[0];
        Assert.Equal(ErrorCode.InvalidRequest, found.ErrorCode);
        Assert.StartsWith(text, found.ErrorMessage, StringComparison.Ordinal);
    }

    // Join, sync, heartbeat, leave.

    [Fact]
    public async Task A_join_goes_over_with_all_that_the_group_needs()
    {
        _groups.Answer<JoinGroup>(_ => new JoinGroupReply { Error = ErrorCode.MemberIdRequired, MemberId = "m-1" });
        var request = Join();
        request.Protocols.Add(new() { Name = "range", Metadata = new byte[] { 9 } });
        var response = await JoinAsync(9, request);
        Assert.Equal((ErrorCode.MemberIdRequired, "m-1", (string?)null), (response.ErrorCode, response.MemberId, response.ProtocolName));
        var command = _groups.Last<JoinGroup>();
        Assert.Equal(("client", "/127.0.0.1"), (command.ClientId, command.ClientHost));
        Assert.Equal((10_000, 20_000), (command.SessionTimeoutMs, command.RebalanceTimeoutMs));
        Assert.Equal([1, 2], Assert.Single(command.Protocols).Metadata);
        Assert.True(command is { RequiresKnownMemberId: true, SupportsSkippingAssignment: true });
        Assert.NotEmpty(command.FreshId);
    }

    [Theory]
    [InlineData(0, 10_000, false, false)]
    [InlineData(3, 20_000, false, false)]
    [InlineData(4, 20_000, true, false)]
    [InlineData(8, 20_000, true, false)]
    [InlineData(9, 20_000, true, true)]
    public async Task Versions_of_a_join_differ_in_what_the_client_understands(int version, int rebalanceMs, bool twoSteps, bool skips)
    {
        _groups.Answer<JoinGroup>(_ => new JoinGroupReply());
        var response = await JoinAsync(version, Join());
        Assert.Equal(version >= 7 ? null : "", response.ProtocolName);
        var command = _groups.Last<JoinGroup>();
        Assert.Equal(rebalanceMs, command.RebalanceTimeoutMs);
        Assert.Equal((twoSteps, skips), (command.RequiresKnownMemberId, command.SupportsSkippingAssignment));
    }

    [Fact]
    public async Task The_leader_hears_of_the_members()
    {
        _groups.Answer<JoinGroup>(_ => new JoinGroupReply
        {
            GenerationId = 3,
            ProtocolType = "consumer",
            ProtocolName = "range",
            LeaderId = "a",
            MemberId = "a",
            SkipAssignment = true,
            Members = [new JoinedMember("a", "i", [1]), new JoinedMember("b", null, [2])],
        });
        var response = await JoinAsync(9, Join());
        Assert.Equal((3, "consumer", "range"), (response.GenerationId, response.ProtocolType, response.ProtocolName));
        Assert.Equal(("a", true), (response.Leader, response.SkipAssignment));
        Assert.Equal([("a", "i"), ("b", null)], response.Members.Select(member => (member.MemberId, member.GroupInstanceId)));
        Assert.NotEmpty(Hex(response, 9));
    }

    [Theory]
    [InlineData("consumer", null)]
    [InlineData(null, "range")]
    public async Task From_version_5_a_sync_must_say_its_protocol(string? type, string? name)
    {
        var request = new SyncGroupRequest { GroupId = "g", ProtocolType = type, ProtocolName = name };
        var response = await new SyncGroupHandler(_groups).HandleAsync(request, FakeGroups.Context(ApiKey.SyncGroup, 5));
        Assert.Equal(ErrorCode.InconsistentGroupProtocol, response.ErrorCode);
        Assert.Empty(_groups.Asked);
    }

    [Fact]
    public async Task A_sync_brings_assignments_and_gets_one()
    {
        _groups.Answer<SyncGroup>(_ => new SyncGroupReply { ProtocolType = "consumer", ProtocolName = "range", Assignment = [7] });
        var request = new SyncGroupRequest { GroupId = "g", GenerationId = 2, MemberId = "a", GroupInstanceId = "i" };
        request.Assignments.Add(new() { MemberId = "b", Assignment = new byte[] { 5 } });
        var response = await new SyncGroupHandler(_groups).HandleAsync(request, FakeGroups.Context(ApiKey.SyncGroup, 4));
        Assert.Equal([7], response.Assignment.ToArray());
        var command = _groups.Last<SyncGroup>();
        Assert.Equal((2, "a", "i"), (command.GenerationId, command.MemberId, command.InstanceId));
        Assert.Equal([5], Assert.Single(command.Assignments).Assignment);
    }

    [Theory]
    [InlineData(ErrorCode.CoordinatorLoadInProgress, ErrorCode.None)]
    [InlineData(ErrorCode.RebalanceInProgress, ErrorCode.RebalanceInProgress)]
    [InlineData(ErrorCode.NotCoordinator, ErrorCode.NotCoordinator)]
    public async Task A_heartbeat_while_groups_are_loaded_is_fine(ErrorCode error, ErrorCode expected)
    {
        _groups.Answer<Heartbeat>(_ => new HeartbeatReply { Error = error });
        var response = await new HeartbeatHandler(_groups).HandleAsync(
            new HeartbeatRequest { GroupId = "g", GenerationId = 1, MemberId = "m" }, FakeGroups.Context(ApiKey.Heartbeat, 4));
        Assert.Equal(expected, response.ErrorCode);
    }

    [Fact]
    public async Task Old_leaves_have_one_member_whose_error_is_the_answer()
    {
        _groups.Answer<LeaveGroup>(_ => new LeaveGroupReply { Members = [new LeftMember("m", null, ErrorCode.UnknownMemberId)] });
        var response = await new LeaveGroupHandler(_groups).HandleAsync(
            new LeaveGroupRequest { GroupId = "g", MemberId = "m" }, FakeGroups.Context(ApiKey.LeaveGroup, 2));
        Assert.Equal((ErrorCode.UnknownMemberId, 0), (response.ErrorCode, response.Members.Count));
        Assert.Equal("m", Assert.Single(_groups.Last<LeaveGroup>().Members).MemberId);
    }

    [Fact]
    public async Task New_leaves_have_many_members_with_errors_of_their_own()
    {
        _groups.Answer<LeaveGroup>(_ => new LeaveGroupReply
        {
            Members = [new LeftMember("m", null, ErrorCode.None), new LeftMember("", "i", ErrorCode.UnknownMemberId)],
        });
        var request = new LeaveGroupRequest
        {
            GroupId = "g",
            Members = [new() { MemberId = "m", Reason = "why" }, new() { GroupInstanceId = "i" }],
        };
        var response = await new LeaveGroupHandler(_groups).HandleAsync(request, FakeGroups.Context(ApiKey.LeaveGroup, 5));
        Assert.Equal(ErrorCode.None, response.ErrorCode);
        Assert.Equal([ErrorCode.None, ErrorCode.UnknownMemberId], response.Members.Select(member => member.ErrorCode));
        Assert.Equal("why", _groups.Last<LeaveGroup>().Members[0].Reason);
    }

    // Describe, list, delete.

    [Theory]
    [InlineData(5, ErrorCode.None, null)]
    [InlineData(6, ErrorCode.GroupIdNotFound, "Group g not found.")]
    public async Task A_group_that_does_not_exist_is_dead_and_from_version_6_an_error(int version, ErrorCode error, string? text)
    {
        _groups.Answer<DescribeGroup>(describe => new DescribeGroupReply { GroupId = describe.GroupId, State = "Dead" });
        var group = Assert.Single((await DescribeAsync(version, false)).Groups);
        Assert.Equal((error, text, "Dead"), (group.ErrorCode, group.ErrorMessage, group.GroupState));
        Assert.Equal(int.MinValue, group.AuthorizedOperations);
    }

    [Fact]
    public async Task A_group_is_described_with_its_members_and_operations()
    {
        _groups.Answer<DescribeGroup>(describe => new DescribeGroupReply
        {
            GroupId = describe.GroupId,
            State = "Stable",
            ProtocolType = "consumer",
            ProtocolName = "range",
            Members = [new DescribedMember { MemberId = "m", InstanceId = "i", ClientHost = "/1.2.3.4", Metadata = [1], Assignment = [2] }],
        });
        var group = Assert.Single((await DescribeAsync(6, true)).Groups);
        Assert.Equal((ErrorCode.None, "Stable"), (group.ErrorCode, group.GroupState));
        Assert.Equal(("consumer", "range"), (group.ProtocolType, group.ProtocolData));
        Assert.Equal(0x0D48, group.AuthorizedOperations);
        var member = Assert.Single(group.Members);
        Assert.Equal(("m", "i", "/1.2.3.4"), (member.MemberId, member.GroupInstanceId, member.ClientHost));
        Assert.Equal([1, 2], member.MemberMetadata.ToArray().Concat(member.MemberAssignment.ToArray()).Select(item => (int)item));
    }

    [Fact]
    public async Task Groups_are_listed_by_the_filters_given()
    {
        _groups.Answer<ListGroups>(_ => new ListGroupsReply { Groups = [new ListedGroup("g", "consumer", "Stable", "classic")] });
        var request = new ListGroupsRequest { StatesFilter = ["Stable"], TypesFilter = ["classic"] };
        var response = await new ListGroupsHandler(_groups).HandleAsync(request, FakeGroups.Context(ApiKey.ListGroups, 5));
        var group = Assert.Single(response.Groups);
        Assert.Equal(("g", "consumer", "Stable", "classic"), (group.GroupId, group.ProtocolType, group.GroupState, group.GroupType));
        Assert.Equal(["Stable"], _groups.Last<ListGroups>().States.ToArray());
        Assert.NotEmpty(Hex(response, 0));
    }

    [Fact]
    public async Task Groups_are_deleted_each_with_an_error_of_its_own()
    {
        _groups.Answer<DeleteGroup>(delete =>
            new DeleteGroupReply { Error = delete.GroupId == "a" ? ErrorCode.None : ErrorCode.NonEmptyGroup });
        var response = await new DeleteGroupsHandler(_groups).HandleAsync(
            new DeleteGroupsRequest { GroupsNames = ["a", "b", "a"] }, FakeGroups.Context(ApiKey.DeleteGroups, 2));
        var results = response.Results.Select(item => (item.GroupId, item.ErrorCode));
        Assert.Equal([("a", ErrorCode.None), ("b", ErrorCode.NonEmptyGroup)], results);
    }

    [Fact]
    public async Task The_new_protocol_is_advertised_and_off_as_in_a_Kafka_without_it()
    {
        var heartbeat = new ConsumerGroupHeartbeatHandler();
        var beat = await heartbeat.HandleAsync(new ConsumerGroupHeartbeatRequest { GroupId = "gg" }, FakeGroups.Context(heartbeat.Key, 0));
        Assert.Equal("00000000002300000000000000000000ff00", Hex(beat, 0));
        var describe = new ConsumerGroupDescribeHandler();
        var request = new ConsumerGroupDescribeRequest { GroupIds = ["gg"] };
        var described = await describe.HandleAsync(request, FakeGroups.Context(describe.Key, 0));
        Assert.Equal("0000000002002300036767010000000000000000010180000000" + "0000", Hex(described, 0));
        Assert.Equal((0, 1, 0, 1), (heartbeat.MinVersion, heartbeat.MaxVersion, describe.MinVersion, describe.MaxVersion));
    }

    private static JoinGroupRequest Join() => new()
    {
        GroupId = "g",
        SessionTimeoutMs = 10_000,
        RebalanceTimeoutMs = 20_000,
        ProtocolType = "consumer",
        Protocols = [new() { Name = "range", Metadata = new byte[] { 1, 2 } }],
    };

    private static string Hex(IWireMessage message, int version)
    {
        using var writer = new WireWriter();
        message.Write(writer, (short)version);
        return Convert.ToHexStringLower(writer.WrittenSpan);
    }

    private ValueTask<JoinGroupResponse> JoinAsync(int version, JoinGroupRequest request) =>
        new JoinGroupHandler(_groups).HandleAsync(request, FakeGroups.Context(ApiKey.JoinGroup, version));

    private ValueTask<DescribeGroupsResponse> DescribeAsync(int version, bool operations) =>
        new DescribeGroupsHandler(_groups).HandleAsync(
            new DescribeGroupsRequest { Groups = ["g"], IncludeAuthorizedOperations = operations },
            FakeGroups.Context(ApiKey.DescribeGroups, version));

    private ValueTask<FindCoordinatorResponse> FindAsync(int version, sbyte type, string key, bool hasOffsetsTopic = true) =>
        new FindCoordinatorHandler(_groups).HandleAsync(
            new FindCoordinatorRequest { Key = key, KeyType = type, CoordinatorKeys = [key] },
            FakeGroups.Context(ApiKey.FindCoordinator, version, hasOffsetsTopic));
}
