using ActorBroker.Core.Quorum;
using ActorBroker.Protocol;

namespace ActorBroker.Simulation.Tests.Quorum;

/// <summary>
/// A seeded world of nodes, each a voter or ready to become one, each ready to own a log: a network that loses, repeats, delays, reorders
/// and is cut in one direction or both; disks that forget what was not synced; nodes that crash; owners that do not know of each other; a
/// voter set that changes during all this. One thread, one queue: a seed replays exactly. At the end everything heals, and the world must
/// come back to life.
/// </summary>
internal sealed class QuorumWorld
{
    public const string ClusterId = "simulated";
    public const int Nodes = 5;

    private readonly PriorityQueue<Action, (long AtMs, long Order)> _events = new();
    private readonly HashSet<(int From, int To)> _cut = [];
    private readonly SimulatedNode[] _nodes;
    private readonly double _loss;
    private readonly double _duplication;
    private readonly int _slowMs;
    private long _order;
    private long _nonces;
    private bool _isHealed;

    public QuorumWorld(int seed, int firstVoters)
    {
        Seed = seed;
        Random = new Random(seed);
        Invariants = new QuorumInvariants(this);
        _loss = Random.Next(3) switch { 0 => 0, 1 => 0.02, _ => 0.15 };
        _duplication = Random.Next(2) * 0.1;
        _slowMs = Random.Next(3) * 150;
        _nodes = [.. Enumerable.Range(1, Nodes).Select(id => new SimulatedNode(this, id))];
        var first = new VoterSet(1, [.. _nodes.Take(firstVoters).Select(node => node.AsVoter())]);
        foreach (var node in _nodes.Take(firstVoters)) node.Found(first);
        Invariants.Decided(first);
    }

    public int Seed { get; }

    public Random Random { get; }

    public long NowMs { get; private set; }

    public QuorumInvariants Invariants { get; }

    public IReadOnlyList<SimulatedNode> All => _nodes;

    public bool IsHealed => _isHealed;

    /// <summary>From here on one owner of each log is alone, and must get through.</summary>
    public bool IsLastAct { get; private set; }

    public SimulatedNode Node(int id) => _nodes[id - 1];

    public long NextNonce() => ++_nonces;

    public void After(long ms, Action action) => _events.Enqueue(action, (NowMs + ms, _order++));

    public void Require(bool condition, string failure)
    {
        if (!condition) throw new InvalidOperationException($"SEED={Seed} at {NowMs}: {failure}");
    }

    /// <summary>Carries a message, or does not, or does twice.</summary>
    public void Carry(int from, int to, Action deliver)
    {
        if (_cut.Contains((from, to)) || (from != to && !_isHealed && Random.NextDouble() < _loss)) return;
        After(DelayMs(from, to), deliver);
        if (from != to && Random.NextDouble() < _duplication) After(DelayMs(from, to) + Random.Next(1_000), deliver);
    }

    public void Run(int durationMs)
    {
        foreach (var node in _nodes) node.Live(durationMs);
        for (var cuts = Random.Next(8); cuts > 0; cuts--) After(Random.Next(durationMs), Cut);
        if (Random.Next(3) == 0) After(Random.Next(durationMs), WipeOne);
        After(durationMs, Heal);
        RunUntil(durationMs + 30_000);
        Invariants.CheckEnd();
    }

    public static QuorumRequest ThroughBytes(QuorumRequest request)
    {
        using var writer = new WireWriter();
        QuorumMessageCodec.WriteRequest(writer, request);
        var reader = new WireReader(writer.WrittenSpan.ToArray());
        var read = QuorumMessageCodec.ReadRequest(ref reader);
        reader.ExpectEnd();
        return read;
    }

    public static QuorumReply ThroughBytes(QuorumReply reply)
    {
        using var writer = new WireWriter();
        QuorumMessageCodec.WriteReply(writer, reply);
        var reader = new WireReader(writer.WrittenSpan.ToArray());
        var read = QuorumMessageCodec.ReadReply(ref reader);
        reader.ExpectEnd();
        return read;
    }

    private void RunUntil(long endMs)
    {
        for (var steps = 0; _events.TryDequeue(out var action, out var key) && key.AtMs <= endMs; steps++)
        {
            Require(steps < 2_000_000, "the world does not come to rest");
            NowMs = key.AtMs;
            action();
        }
    }

    private void Cut()
    {
        if (_isHealed) return;
        var side = _nodes.Select(node => node.Id).Where(_ => Random.Next(2) == 0).ToHashSet();
        var isOneWay = Random.Next(3) == 0;
        var links = new List<(int, int)>();
        for (var a = 1; a <= Nodes; a++)
            for (var b = 1; b <= Nodes; b++)
                if (a != b && (isOneWay ? side.Contains(a) && !side.Contains(b) : side.Contains(a) != side.Contains(b))) links.Add((a, b));
        foreach (var link in links) _cut.Add(link);
        After(Random.Next(6_000), () => _cut.ExceptWith(links));
    }

    /// <summary>
    /// One disk may be lost, and only while the others are a majority and the voters are not changing: more than that is a loss that no
    /// quorum survives.
    /// </summary>
    private void WipeOne()
    {
        if (_isHealed || _nodes.Any(node => node.IsChanging) || Invariants.Newest is not { Voters.Length: >= 3 } newest) return;
        if (_nodes.Any(node => node.Acceptor?.AcceptedVoters is not null)) return;
        if (newest.Voters.Count(voter => Node(voter.Id).Acceptor?.Voters.Epoch == newest.Epoch) < newest.Voters.Length) return;
        Node(newest.Voters[Random.Next(newest.Voters.Length)].Id).Wipe();
    }

    private void Heal()
    {
        _isHealed = true;
        _cut.Clear();
        foreach (var node in _nodes) node.Heal();
        var last = _nodes.First(node => node.IsFormed && node.Known.Epoch > 0);
        After(2_000, last.FinishChange);
        After(12_000, () =>
        {
            IsLastAct = true;
            last.RunLast();
        });
    }

    private long DelayMs(int from, int to) => from == to ? Random.Next(2) : Random.Next(15) == 0 ? Random.Next(20 + _slowMs) : 1 + Random.Next(5);
}
