using System.Buffers.Binary;
using System.Text;
using ActorBroker.Core.Groups;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Tests.Groups;

/// <summary>A group machine with a log that takes everything, a clock and timers; the shell's part without its threads.</summary>
internal sealed class GroupHarness
{
    private readonly GroupSettings _settings;
    private readonly TimerTable _timers = new();
    private readonly Dictionary<long, GroupReply> _answers = [];
    private long _tickets;

    public GroupHarness(GroupSettings? settings = null)
    {
        _settings = settings ?? new GroupSettings();
        Machine = new GroupMachine("g", _settings);
    }

    public GroupMachine Machine { get; private set; }

    public GroupState State => Machine.State;

    public long NowMs { get; private set; } = 1_000_000;

    public List<GroupRecord> Log { get; } = [];

    /// <summary>Set: the log refuses the next records with this error.</summary>
    public ErrorCode LogError { get; set; }

    public Ticket Send(GroupCommand command)
    {
        var ticket = new Ticket(++_tickets);
        Run(command, ticket);
        return ticket;
    }

    /// <summary>Sends a command whose answer must come at once.</summary>
    public T Ask<T>(GroupCommand command)
        where T : GroupReply => Answer<T>(Send(command));

    public T Answer<T>(Ticket ticket)
        where T : GroupReply
    {
        Assert.True(IsAnswered(ticket), "the request is still parked");
        return Assert.IsType<T>(_answers[ticket.Id]);
    }

    public bool IsAnswered(Ticket ticket) => _answers.ContainsKey(ticket.Id);

    /// <summary>Lets time pass; timers fire in their order.</summary>
    public void Advance(long ms)
    {
        var until = NowMs + ms;
        while (_timers.NextDeadlineMs is { } next && next <= until)
        {
            NowMs = Math.Max(NowMs, next);
            while (_timers.TryTakeDue(NowMs, out var timer)) Run(new TimerEnded { GroupId = "g", Timer = timer }, Ticket.None);
        }

        NowMs = until;
    }

    /// <summary>The coordinator moves: what is not in the log is lost.</summary>
    public void Reload()
    {
        Machine = new GroupMachine("g", _settings);
        _timers.Clear();
        foreach (var record in Log) Machine.Apply(record);
        Run(new GroupLoaded { GroupId = "g" }, Ticket.None);
    }

    private void Run(GroupCommand command, Ticket ticket)
    {
        var decision = Machine.Decide(command, ticket, NowMs);
        if (decision.HasRecords && LogError != ErrorCode.None)
        {
            decision = Machine.DecideFailed(command, ticket, decision, LogError, NowMs);
            LogError = ErrorCode.None;
        }
        else
        {
            Log.AddRange(decision.Records);
        }

        foreach (var change in decision.Events) Machine.Apply(change);
        foreach (var effect in decision.Effects) Run(effect);
        foreach (var answer in decision.Answers) Assert.True(_answers.TryAdd(answer.Ticket.Id, answer.Reply), "answered twice");
    }

    private void Run(GroupEffect effect)
    {
        switch (effect)
        {
            case StartTimer start: _timers.Start(start.Timer, NowMs + start.DelayMs); break;
            case CancelTimer cancel: _timers.Cancel(cancel.Timer); break;
            case CancelAllTimers: _timers.Clear(); break;
        }
    }

    // What clients send.

    public static JoinGroup Join(string memberId = "", string? instance = null, string client = "c", params string[] protocols) => new()
    {
        GroupId = "g",
        MemberId = memberId,
        InstanceId = instance,
        ClientId = client,
        ClientHost = "/127.0.0.1",
        SessionTimeoutMs = 10_000,
        RebalanceTimeoutMs = 30_000,
        ProtocolType = "consumer",
        Protocols = [.. (protocols.Length == 0 ? ["range"] : protocols).Select(name => new GroupProtocol(name, Subscription("t")))],
        FreshId = Guid.NewGuid().ToString(),
        RequiresKnownMemberId = true,
        SupportsSkippingAssignment = true,
    };

    public static SyncGroup Sync(JoinGroupReply joined, params (string Member, string Assignment)[] assignments) => new()
    {
        GroupId = "g",
        GenerationId = joined.GenerationId,
        MemberId = joined.MemberId,
        Assignments = [.. assignments.Select(item => new MemberAssignment(item.Member, Encoding.UTF8.GetBytes(item.Assignment)))],
    };

    public static Heartbeat Beat(JoinGroupReply joined, string? instance = null) =>
        new() { GroupId = "g", GenerationId = joined.GenerationId, MemberId = joined.MemberId, InstanceId = instance };

    public static LeaveGroup Leave(string memberId, string? instance = null) =>
        new() { GroupId = "g", Members = [new LeavingMember(memberId, instance, "done")] };

    public static CommitOffsets Commit(JoinGroupReply? joined, params (string Topic, int Partition, long Offset)[] offsets) => new()
    {
        GroupId = "g",
        GenerationId = joined?.GenerationId ?? -1,
        MemberId = joined?.MemberId ?? "",
        Offsets = [.. offsets.Select(item => new OffsetToCommit(item.Topic, default, item.Partition, item.Offset, -1, ""))],
    };

    /// <summary>Metadata of a consumer, version 0: topics and no user data.</summary>
    public static byte[] Subscription(params string[] topics)
    {
        using var writer = new WireWriter();
        writer.WriteInt16(0);
        writer.WriteArrayLength(topics.Length);
        foreach (var topic in topics) writer.WriteString(topic);
        writer.WriteInt32(-1);
        return writer.WrittenSpan.ToArray();
    }

    // Ways to a state.

    /// <summary>First join of a dynamic member with the id it was told to come again with; still parked.</summary>
    public Ticket JoinDynamic(params string[] protocols)
    {
        var told = Ask<JoinGroupReply>(Join(protocols: protocols));
        Assert.Equal(ErrorCode.MemberIdRequired, told.Error);
        return Send(Join(told.MemberId, protocols: protocols));
    }

    /// <summary>A stable group of dynamic members; the leader first.</summary>
    public List<JoinGroupReply> Stable(int members = 1)
    {
        var joins = Enumerable.Range(0, members).Select(_ => JoinDynamic()).ToList();
        AwaitGeneration(joins[0]);
        var joined = joins.Select(Answer<JoinGroupReply>).OrderBy(reply => reply.MemberId != reply.LeaderId).ToList();
        SyncAll(joined);
        return joined;
    }

    /// <summary>Lets the steps of the initial delay pass, and no more, so that nobody's session ends.</summary>
    public void AwaitGeneration(Ticket join)
    {
        for (var step = 0; step < 12 && !IsAnswered(join); step++) Advance(Math.Max(_settings.InitialRebalanceDelayMs, 1));
        Assert.True(IsAnswered(join), "no generation started");
    }

    /// <summary>Everyone syncs, the leader last; each gets "a-" and its member id.</summary>
    public void SyncAll(IReadOnlyList<JoinGroupReply> joined)
    {
        var assignments = joined.Select(reply => (reply.MemberId, "a-" + reply.MemberId)).ToArray();
        var tickets = joined
            .OrderBy(reply => reply.MemberId == reply.LeaderId)
            .Select(reply => Send(Sync(reply, reply.MemberId == reply.LeaderId ? assignments : [])))
            .ToList();
        foreach (var ticket in tickets) Assert.Equal(ErrorCode.None, Answer<SyncGroupReply>(ticket).Error);
        Assert.Equal(GroupPhase.Stable, State.Phase);
    }

    public ErrorCode Heartbeats(IEnumerable<JoinGroupReply> members) =>
        members.Select(member => Ask<HeartbeatReply>(Beat(member)).Error).ToList().Find(error => error != ErrorCode.None);

    public static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    public static short VersionOf(byte[] value) => BinaryPrimitives.ReadInt16BigEndian(value);
}
