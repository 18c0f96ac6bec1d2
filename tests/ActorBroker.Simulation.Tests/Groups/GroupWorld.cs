using ActorBroker.Core.Groups;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;

namespace ActorBroker.Simulation.Tests.Groups;

/// <summary>
/// A seeded world around one group: clients, a network that delays and reorders, a coordinator that fails over, time that jumps.
/// Everything happens in one thread in the order of a queue, so a seed replays exactly. Named invariants are checked as things happen.
/// </summary>
internal sealed class GroupWorld
{
    public const string GroupId = "g";

    private readonly PriorityQueue<Action, (long AtMs, long Order)> _events = new();
    private readonly Dictionary<long, Action<GroupReply?, ErrorCode>> _callers = [];
    private readonly GroupInvariants _invariants;
    private long _order;
    private long _tickets;
    private long _offsets;

    public GroupWorld(int seed)
    {
        Seed = seed;
        Random = new Random(seed);
        _invariants = new GroupInvariants(this);
        var settings = new GroupSettings
        {
            InitialRebalanceDelayMs = Random.Next(3) * 1_000,
            MaxSize = Random.Next(4) == 0 ? 3 : int.MaxValue,
        };
        Coordinator = new SimulatedCoordinator(this, settings);
    }

    public int Seed { get; }

    public Random Random { get; }

    public long NowMs { get; private set; } = 1_000_000_000;

    public SimulatedCoordinator Coordinator { get; }

    public GroupInvariants Invariants => _invariants;

    public bool IsClosing { get; private set; }

    /// <summary>An offset that nobody has committed before.</summary>
    public long NextOffset() => ++_offsets;

    public void At(long atMs, Action action) => _events.Enqueue(action, (Math.Max(atMs, NowMs), _order++));

    public void After(long ms, Action action) => At(NowMs + ms, action);

    /// <summary>
    /// Sends a request over the network; the answer comes back over it too. Null with NOT_COORDINATOR when nobody decided it.
    /// </summary>
    public void Call(GroupCommand command, Action<GroupReply?, ErrorCode> onReply)
    {
        var ticket = new Ticket(++_tickets);
        _callers[ticket.Id] = onReply;
        After(Delay(), () =>
        {
            _invariants.Sent(command, ticket);
            Coordinator.Receive(command, ticket);
        });
    }

    /// <summary>The coordinator's answer leaves for its caller.</summary>
    public void Deliver(Ticket ticket, GroupReply? reply, ErrorCode error)
    {
        _invariants.Answered(ticket, reply);
        Require(_callers.Remove(ticket.Id, out var caller), $"request {ticket.Id} has no caller");
        After(Delay(), () => caller!(reply, error));
    }

    public void Run(int clients, int durationMs)
    {
        for (var i = 0; i < clients; i++)
        {
            var client = new SimulatedClient(this, i, isStatic: Random.Next(3) == 0);
            After(Random.Next(durationMs / 2), client.Start);
        }

        for (var failOvers = Random.Next(4); failOvers > 0; failOvers--) After(Random.Next(durationMs), Coordinator.FailOver);
        for (var sweeps = 0; sweeps < 3; sweeps++) After(Random.Next(durationMs), Coordinator.ExpireOffsets);
        After(durationMs, () => IsClosing = true);

        // Afterwards nobody says a word any more: all sessions end, and with them everything that is parked.
        var end = NowMs + durationMs + 2_000_000;
        for (var steps = 0; _events.TryDequeue(out var action, out var key) && key.AtMs <= end; steps++)
        {
            Require(steps < 200_000, "the world does not come to rest");
            NowMs = key.AtMs;
            action();
        }

        Require(Coordinator.Outstanding.Count == 0, $"{Coordinator.Outstanding.Count} requests were never answered");
        Require(Coordinator.State.Phase is GroupPhase.Empty or GroupPhase.Dead, $"the group ends {Coordinator.State.Phase}");
        Require(Coordinator.Pipeline.IsIdle, "the pipeline is not idle at the end");
    }

    public void CheckState(SimulatedCoordinator coordinator) => _invariants.Check(coordinator);

    public void Require(bool condition, string failure)
    {
        if (!condition) throw new InvalidOperationException($"SEED={Seed} at {NowMs}: {failure}");
    }

    private long Delay() => Random.Next(20) == 0 ? Random.Next(15_000) : Random.Next(30);
}
