using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Serialization;
using Akka.Util;

namespace ActorBroker.Akka.Tests.Cluster.Support;

/// <summary>
/// Membership machines on a network that loses, duplicates and reorders their messages, all decided by one seed. Every message makes
/// its way through the serializer. After each step each node's view must only have moved forward.
/// </summary>
internal sealed class SimulatedCluster
{
    private readonly Random _random;
    private readonly ClusterMessageSerializer _serializer = new(null!);
    private readonly List<SimulatedNode> _nodes = [];
    private readonly List<(SimulatedNode From, UniqueAddress To, byte[] Bytes, string Manifest)> _network = [];
    private readonly HashSet<(Address, Address)> _cuts = [];
    private int _uids;
    private long _nowMs = 1_700_000_000_000;

    public SimulatedCluster(int seed) => _random = new Random(seed);

    public double Loss { get; set; }

    public double Duplication { get; set; }

    /// <summary>Probability that not the oldest message is next.</summary>
    public double Reordering { get; set; } = 0.5;

    public IReadOnlyList<SimulatedNode> Nodes => _nodes;

    public IEnumerable<SimulatedNode> Alive => _nodes.Where(n => !n.Ended);

    public IEnumerable<SimulatedNode> Members => Alive.Where(n => n.Machine.IsMember);

    public int MessagesDelivered { get; private set; }

    public SimulatedNode Start(int number, MembershipRules? rules = null)
    {
        var node = new SimulatedNode(Support.Nodes.Node(number, ++_uids), rules ?? Support.Nodes.Rules, new Random(_random.Next()), () => _nowMs);
        _nodes.Add(node);
        return node;
    }

    public SimulatedNode Found(int number, MembershipRules? rules = null)
    {
        var node = Start(number, rules);
        node.Machine.JoinSelf();
        Settle(node);
        return node;
    }

    public SimulatedNode Join(int number, SimulatedNode contact, MembershipRules? rules = null)
    {
        var node = Start(number, rules);
        node.Contact = contact;
        Settle(node);
        return node;
    }

    public void Do(SimulatedNode node, Action<MembershipMachine> change)
    {
        if (node.Ended)
            return;
        change(node.Machine);
        Settle(node);
    }

    public void Cut(SimulatedNode a, SimulatedNode b)
    {
        _cuts.Add((a.Address, b.Address));
        _cuts.Add((b.Address, a.Address));
    }

    public void CutOneWay(SimulatedNode from, SimulatedNode to) => _cuts.Add((from.Address, to.Address));

    public void Heal() => _cuts.Clear();

    public bool IsCut(SimulatedNode node) => _cuts.Any(c => c.Item1.Equals(node.Address) || c.Item2.Equals(node.Address));

    public void Crash(SimulatedNode node) => node.Ended = true;

    /// <summary>One message arrives, or one node has a tick.</summary>
    public void Step()
    {
        _nowMs += _random.Next(20);
        if (_network.Count > 0 && _random.Next(10) < 8)
            Deliver();
        else if (Alive.ToArray() is { Length: > 0 } alive)
            Tick(alive[_random.Next(alive.Length)]);
    }

    public void Run(int steps)
    {
        for (var i = 0; i < steps; i++)
            Step();
    }

    public void RunUntil(Func<bool> condition, string what, int limit = 20_000)
    {
        for (var i = 0; i < limit; i++)
        {
            if (condition())
                return;
            Step();
        }
        var views = string.Join("\n", Alive.Select(n => $"{n.Self}: {n.Machine.State.Gossip}"));
        Assert.Fail($"Not within {limit} steps: {what}\n{views}");
    }

    public bool AllAgree() => Members.Select(n => string.Join(";", n.Machine.State.Members)).Distinct().Count() <= 1;

    /// <summary>All who live are Up, and nobody else is a member, for everybody.</summary>
    public bool AllUp() => AllAgree()
        && Members.First().Machine.State.Members is { } members
        && members.All(m => m.Status == MemberStatus.Up)
        && members.Select(m => m.UniqueAddress).ToHashSet().SetEquals(Alive.Select(n => n.Self));

    private void Deliver()
    {
        var index = _random.NextDouble() < Reordering ? _random.Next(_network.Count) : 0;
        var (from, to, bytes, manifest) = _network[index];
        if (_random.NextDouble() >= Duplication)
            _network.RemoveAt(index);
        if (_random.NextDouble() < Loss || _cuts.Contains((from.Address, to.Address)))
            return;
        // Whoever is at the address gets it, whatever incarnation was meant.
        var receiver = Alive.LastOrDefault(n => n.Address.Equals(to.Address));
        if (receiver is null)
            return;
        MessagesDelivered++;
        receiver.Receive((IClusterMessage)_serializer.FromBinary(bytes, manifest));
        Settle(receiver);
    }

    private void Tick(SimulatedNode node)
    {
        switch (_random.Next(4))
        {
            case 0 when !node.Machine.IsMember && node.Contact is { } contact:
                Post(node, (contact.Ended ? Members.FirstOrDefault() ?? contact : contact).Self, new Join(node.Self, [], AppVersion.Zero));
                break;
            case 1 when node.Machine.IsMember:
                node.Machine.GossipTick();
                break;
            case 2 when node.Machine.IsMember:
                node.Machine.LeaderTick();
                if (node.IsExiting)
                {
                    node.IsExiting = false;
                    node.Machine.ExitingCompleted();
                }
                break;
            case 3 when node.Machine.IsMember:
                node.Machine.Reap(address => IsAvailable(node, address));
                break;
        }
        Settle(node);
    }

    private bool IsAvailable(SimulatedNode node, Address address) => Alive.Any(n => n.Address.Equals(address))
        && !_cuts.Contains((node.Address, address)) && !_cuts.Contains((address, node.Address));

    private void Settle(SimulatedNode node)
    {
        foreach (var effect in node.Machine.TakeEffects())
        {
            if (effect is ClusterEffect.Send send)
                Post(node, send.To, send.Message);
            else
                node.Note(effect);
        }
        node.CheckProgress();
    }

    private void Post(SimulatedNode from, UniqueAddress to, IClusterMessage message)
    {
        _network.Add((from, to, _serializer.ToBinary(message), _serializer.Manifest(message)));
        Assert.True(_network.Count < 5_000, "The network fills up: messages beget more messages than arrive");
    }
}
