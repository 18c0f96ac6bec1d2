using System.Globalization;
using ActorBroker.Core.Groups;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Simulation.Tests.Cluster.Checkers;
using ActorBroker.Simulation.Tests.Cluster.World;

namespace ActorBroker.Simulation.Tests.Cluster.Clients;

/// <summary>
/// A member of a consumer group: joins, syncs, heartbeats, commits, fetches, and joins again when it has to. The group lives wherever its
/// partition of <c>__consumer_offsets</c> is led; losing that must cost it a rejoin and nothing else.
/// </summary>
internal sealed class SimMember(SimWorld world, int place, int nodes, string group, GroupOracle oracle) : SimClient(world, place, nodes)
{
    private string _memberId = "";
    private int _generation = -1;
    private long _offsets;
    private int _assigned = -1;
    private int _answeredBy = -1;

    /// <summary>When it was last answered as a member.</summary>
    public long LastGoodMs { get; private set; }

    public override void Start() => World.After(Random.Between(500, 2_500), Join);

    private void Ask(GroupCommand command, Action<GroupReply?, ErrorCode> then)
    {
        var partitions = Image.Topics.TryGetValue(InternalTopics.ConsumerOffsets, out var topic) ? topic.Partitions.Length : 1;
        var coordinator = LeaderOf(InternalTopics.ConsumerOffsets, GroupPartitioning.PartitionOf(group, partitions));
        Call<GroupCallAnswer>(coordinator, call => new GroupCall(call, command), answer =>
        {
            var error = answer?.Error ?? ErrorCode.RequestTimedOut;
            if (error == ErrorCode.None) LastGoodMs = World.NowMs;
            _answeredBy = answer?.LeaderEpoch ?? -1;
            then(answer?.Reply, error);
        });
    }

    private void Join() => Ask(
        new JoinGroup
        {
            GroupId = group,
            MemberId = _memberId,
            ClientId = string.Create(CultureInfo.InvariantCulture, $"client-{Place}"),
            SessionTimeoutMs = 6_000,
            RebalanceTimeoutMs = 3_000,
            ProtocolType = "consumer",
            Protocols = [new GroupProtocol("range", [0])],
            FreshId = string.Create(CultureInfo.InvariantCulture, $"{Random.NextUInt64()}"),
            RequiresKnownMemberId = true,
        },
        (reply, error) =>
        {
            if (reply is not JoinGroupReply joined || error is not (ErrorCode.None or ErrorCode.MemberIdRequired))
            {
                Recover(error);
                return;
            }
            _memberId = joined.MemberId;
            if (error == ErrorCode.MemberIdRequired) Join();
            else Sync(joined);
        });

    private void Sync(JoinGroupReply joined)
    {
        _generation = joined.GenerationId;
        var plan = joined.LeaderId == joined.MemberId
            ? joined.Members.Select((member, i) => new MemberAssignment(member.MemberId, [(byte)i])).ToArray() : [];
        Ask(
            new SyncGroup { GroupId = group, GenerationId = _generation, MemberId = _memberId, Assignments = [.. plan] },
            (reply, error) =>
            {
                if (error != ErrorCode.None || reply is not SyncGroupReply synced)
                {
                    Recover(error);
                    return;
                }
                _assigned = synced.Assignment.Length == 0 ? -1 : synced.Assignment[0];
                Next();
            });
    }

    private void Next() => World.After(Random.Between(50, 600), () =>
    {
        switch (Random.Next(8))
        {
            case < 4 when !IsClosing && _assigned >= 0: Commit(); break;
            case < 6: Fetch(); break;
            default: Beat(); break;
        }
    });

    private void Beat() => Ask(
        new Heartbeat { GroupId = group, GenerationId = _generation, MemberId = _memberId }, (_, error) => Continue(error));

    private void Commit()
    {
        var partition = _assigned;
        var offset = ((long)Place << 32) | ++_offsets;
        var command = new CommitOffsets
        {
            GroupId = group,
            GenerationId = _generation,
            MemberId = _memberId,
            Offsets = [new OffsetToCommit("t", default, partition, offset, -1, "")],
        };
        oracle.Submitted("t", partition, offset);
        Ask(command, (reply, error) =>
        {
            if (error == ErrorCode.None && reply is CommitOffsetsReply committed) error = committed.Errors[0];
            if (error == ErrorCode.None) oracle.Acknowledged("t", partition, offset);
            Continue(error);
        });
    }

    private void Fetch()
    {
        var floors = new[] { oracle.Floor("t", 0), oracle.Floor("t", 1), oracle.Floor("t", 2) };
        var epoch = oracle.LeaderEpoch;
        Ask(new FetchOffsets { GroupId = group, Topics = [new OffsetQuery("t", [0, 1, 2])] }, (reply, error) =>
        {
            // Who does not know yet that another one leads may tell old positions, as with Kafka; what it takes it cannot commit.
            if (error == ErrorCode.None && reply is FetchOffsetsReply fetched && _answeredBy >= epoch)
                foreach (var offset in fetched.Topics[0].Partitions) oracle.Fetched("t", offset.Partition, offset.Offset, floors[offset.Partition]);
            Continue(error);
        });
    }

    private void Continue(ErrorCode error)
    {
        if (error == ErrorCode.None) Next();
        else Recover(error);
    }

    private void Recover(ErrorCode error)
    {
        if (error is ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration) _memberId = "";
        if (error is ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration or ErrorCode.RebalanceInProgress || _generation < 0)
        {
            _generation = -1;
            Refresh(Join);
        }
        else
        {
            Refresh(Next);
        }
    }
}
