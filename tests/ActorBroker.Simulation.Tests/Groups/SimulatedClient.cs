using System.Globalization;
using System.Text;
using ActorBroker.Core.Groups;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Simulation.Tests.Groups;

/// <summary>
/// A consumer as a client library behaves: joins, syncs, heartbeats, commits, fetches, leaves; and as clients fail: it stops without a
/// word, comes back as the same instance, asks twice, changes its subscription. Answers to an earlier life are ignored.
/// </summary>
internal sealed class SimulatedClient(GroupWorld world, int number, bool isStatic)
{
    private readonly string? _instance = isStatic ? $"instance-{number}" : null;
    private string _memberId = "";
    private int _generation = -1;
    private int _subscription;
    private int _life;

    public void Start() => Join();

    /// <summary>Calls back unless this life has ended; now and then the request arrives twice.</summary>
    private void Call<TReply>(GroupCommand command, Action<TReply> onReply, Action<ErrorCode> onError)
        where TReply : GroupReply => Call(command, (reply, error) =>
    {
        if (error == ErrorCode.None) onReply((TReply)reply!);
        else onError(error);
    });

    private void Call(GroupCommand command, Action<GroupReply?, ErrorCode> onAnswer)
    {
        var life = _life;
        world.Call(command, (reply, error) =>
        {
            if (life == _life) onAnswer(reply, error);
        });

        // A commit that arrives again is a later commit of an earlier position: true for any broker, and nothing to learn from.
        if (command is CommitOffsets || world.Random.Next(30) != 0) return;
        world.Call(command is JoinGroup join ? join with { FreshId = FreshId() } : command, (_, _) => { });
    }

    private void Join()
    {
        if (world.IsClosing) return;
        var command = new JoinGroup
        {
            GroupId = GroupWorld.GroupId,
            MemberId = _memberId,
            InstanceId = _instance,
            ClientId = $"client-{number}",
            SessionTimeoutMs = 10_000,
            RebalanceTimeoutMs = 20_000,
            ProtocolType = "consumer",
            Protocols = [new GroupProtocol("range", [0, 0, 0, 0, 0, 0, (byte)_subscription]), new GroupProtocol("sticky", [1])],
            FreshId = FreshId(),
            RequiresKnownMemberId = number % 4 != 0,
            SupportsSkippingAssignment = true,
        };
        Call(command, (reply, error) =>
        {
            if (error == ErrorCode.None) Joined((JoinGroupReply)reply!);
            else JoinAgain(reply, error);
        });
    }

    private void JoinAgain(GroupReply? reply, ErrorCode error)
    {
        switch (error)
        {
            case ErrorCode.MemberIdRequired:
                _memberId = ((JoinGroupReply)reply!).MemberId;
                Join();
                return;
            case ErrorCode.FencedInstanceId:
                Die();
                return;
            case ErrorCode.UnknownMemberId or ErrorCode.GroupMaxSizeReached:
                _memberId = "";
                break;
        }

        world.After(world.Random.Next(1_000), Join);
    }

    private string FreshId() => world.Random.NextInt64().ToString(CultureInfo.InvariantCulture);

    private void Joined(JoinGroupReply joined)
    {
        _memberId = joined.MemberId;
        _generation = joined.GenerationId;
        if (Fails()) return;
        var isLeader = joined.LeaderId == joined.MemberId && !joined.SkipAssignment;
        var plan = string.Create(CultureInfo.InvariantCulture, $"plan-{_generation}-{world.Random.NextInt64()}");
        var sync = new SyncGroup
        {
            GroupId = GroupWorld.GroupId,
            GenerationId = _generation,
            MemberId = _memberId,
            InstanceId = _instance,
            ProtocolName = joined.ProtocolName,
            ProtocolType = joined.ProtocolType,
            Assignments = isLeader ? [.. joined.Members.Select(member => Assign(plan, member.MemberId))] : [],
        };
        Call<SyncGroupReply>(sync, _ => Live(), Recover);
    }

    private static MemberAssignment Assign(string plan, string memberId) => new(memberId, Encoding.UTF8.GetBytes($"{plan}|{memberId}"));

    private void Live()
    {
        if (world.IsClosing || Fails()) return;
        switch (world.Random.Next(12))
        {
            case 0: Leave(); break;
            case 1: Rejoin(); break;
            case < 5: Commit(); break;
            case < 7: Fetch(); break;
            default: Beat(); break;
        }
    }

    private void Next() => world.After(world.Random.Next(4_000), Live);

    private void Beat() => Call<HeartbeatReply>(
        new Heartbeat { GroupId = GroupWorld.GroupId, GenerationId = _generation, MemberId = _memberId, InstanceId = _instance },
        _ => Next(),
        Recover);

    private void Commit()
    {
        var command = new CommitOffsets
        {
            GroupId = GroupWorld.GroupId,
            GenerationId = _generation,
            MemberId = _memberId,
            InstanceId = _instance,
            Offsets = [new OffsetToCommit("t", default, world.Random.Next(3), world.NextOffset(), -1, "")],
        };
        Call<CommitOffsetsReply>(command, _ => Next(), Recover);
    }

    private void Fetch() => Call<FetchOffsetsReply>(
        new FetchOffsets { GroupId = GroupWorld.GroupId, Topics = [new OffsetQuery("t", [0, 1, 2])] }, _ => Next(), Recover);

    private void Rejoin()
    {
        if (world.Random.Next(2) == 0) _subscription++;
        Join();
    }

    private void Leave()
    {
        var leave = new LeaveGroup { GroupId = GroupWorld.GroupId, Members = [new LeavingMember(_memberId, _instance, null)] };
        Call<LeaveGroupReply>(leave, _ => { }, _ => { });
        Die();
        world.After(world.Random.Next(10_000), Join);
    }

    private void Recover(ErrorCode error)
    {
        switch (error)
        {
            case ErrorCode.UnknownMemberId or ErrorCode.IllegalGeneration:
                _memberId = "";
                Join();
                break;
            case ErrorCode.FencedInstanceId:
                Die();
                break;
            case ErrorCode.RebalanceInProgress:
                Join();
                break;
            default:
                Next();
                break;
        }
    }

    private bool Fails()
    {
        if (world.Random.Next(25) != 0) return false;
        Die();
        world.After(world.Random.Next(20_000), Join);
        return true;
    }

    private void Die()
    {
        _life++;
        _memberId = "";
        _generation = -1;
    }
}
