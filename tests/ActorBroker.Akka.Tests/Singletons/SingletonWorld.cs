using System.Text;
using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;

namespace ActorBroker.Akka.Tests.Singletons;

/// <summary>
/// A majority of nodes under one seed. Its gossip is a list of member events that every node sees in order and in its own time; the
/// rules of convergence hold: a leaving member is exiting when all have seen that it leaves, an exiting or downed one is removed when
/// all have seen that, and an exiting one only after it has let go. Messages between managers are delayed, reordered between pairs of
/// nodes, and lost when a node is cut off or dead. Timers fire at any time. After every step at most one singleton may run on nodes
/// that the majority has not downed.
/// </summary>
internal sealed class SingletonWorld(int seed)
{
    private const int Addresses = 5;

    private readonly Random _random = new(seed);
    private readonly StringBuilder _story = new();
    private readonly List<SimulatedNode> _nodes = [];
    private readonly Dictionary<UniqueAddress, (Change Status, int UpNumber)> _members = [];
    private readonly List<(SimulatedNode From, Address To, IClusterSingletonMessage Message)> _messages = [];
    private int _upNumbers;
    private int _uids;

    public List<WorldEvent> Events { get; } = [];

    public string Story => _story.ToString();

    public int Moves { get; private set; }

    public void Send(SimulatedNode from, Address to, IClusterSingletonMessage message)
    {
        Note(from, $"sends {message.GetType().Name} to {to.Port}");
        _messages.Add((from, to, message));
    }

    public void Note(SimulatedNode node, string what) => _story.AppendLine($"{node}: {what}");

    public void Run(int steps)
    {
        for (var i = 0; i < 3; i++)
            Join();
        for (var step = 0; step < steps; step++)
        {
            if (_random.Next(12) == 0)
                Disturb();
            else
                Progress(timersToo: _random.Next(20) == 0);
            Check();
        }
        Settle();
    }

    private void Settle()
    {
        foreach (var node in _nodes)
            node.IsCut &= IsDowned(node);
        if (!_members.Values.Any(m => m.Status == Change.Up))
            Join();
        for (var round = 0; round < 20_000; round++)
        {
            if (!Progress(timersToo: false) && !Progress(timersToo: true))
                break;
            Check();
        }
        var oldest = _members.Where(m => m.Value.Status == Change.Up).MinBy(m => m.Value.UpNumber).Key;
        var running = Counted().Where(n => n.SingletonRuns).ToArray();
        Assert.True(
            running.Length == 1 && running[0].Self.Equals(oldest),
            $"seed {seed}: the singleton should run on {oldest}, it runs on [{string.Join<SimulatedNode>(',', running)}]\n{_story}");
    }

    private void Check()
    {
        var running = Counted().Where(n => n.SingletonRuns).ToArray();
        Assert.True(running.Length <= 1, $"seed {seed}: two singletons: {string.Join<SimulatedNode>(',', running)}\n{_story}");
        if (running.Length == 1 && running[0] != _lastHost)
        {
            _lastHost = running[0];
            Moves++;
        }
    }

    private SimulatedNode? _lastHost;

    /// <summary>A downed node is out of the majority; what it still runs is no longer among what counts.</summary>
    private IEnumerable<SimulatedNode> Counted() => _nodes.Where(n => n.IsAlive && !IsDowned(n));

    private bool IsDowned(SimulatedNode node) => Events.Exists(e => e.Change == Change.Down && e.Node.Equals(node.Self));

    private void Disturb()
    {
        var up = _nodes.Where(n => n.IsAlive && !IsDowned(n) && Is(n, Change.Up)).ToArray();
        switch (_random.Next(6))
        {
            case 0 or 1:
                Join();
                break;
            case 2 or 3 when up.Length > 1:
                Append(Change.Leaving, Pick(up).Self);
                break;
            case 4 when up.Length > 1:
                var victim = Pick(up);
                Note(victim, "crashes");
                victim.Kill();
                break;
            case 5 when up.Length > 1:
                var cut = Pick(up);
                Note(cut, cut.IsCut ? "is back" : "is cut off");
                cut.IsCut = !cut.IsCut;
                break;
        }
    }

    private bool Is(SimulatedNode node, Change status) => _members.TryGetValue(node.Self, out var member) && member.Status == status;

    private void Join()
    {
        var free = Enumerable.Range(1, Addresses).Where(p => !_members.Keys.Any(m => m.Address.Port == p)
            && !_nodes.Exists(n => n.IsAlive && !n.IsCut && n.Self.Address.Port == p)).ToArray();
        if (free.Length == 0)
            return;
        var port = free[_random.Next(free.Length)];
        foreach (var older in _nodes.Where(n => n.Self.Address.Port == port))
            older.Kill();
        var node = new SimulatedNode(this, new UniqueAddress(new Address("akka.tcp", "sim", "127.0.0.1", port), ++_uids), 0);
        _nodes.Add(node);
        Append(Change.Up, node.Self);
    }

    private void Append(Change change, UniqueAddress node)
    {
        var number = change == Change.Up ? ++_upNumbers : _members[node].UpNumber;
        _story.AppendLine($"{node.Address.Port}#{node.Uid} is {change}");
        Events.Add(new WorldEvent(change, node, number));
        if (change == Change.Removed)
            _members.Remove(node);
        else
            _members[node] = (change, number);
    }

    /// <summary>One thing that can happen without a fault; false when there is none.</summary>
    private bool Progress(bool timersToo)
    {
        var possible = new List<Action>();
        foreach (var node in _nodes.Where(n => n.IsAlive))
        {
            if (!node.IsCut && node.Applied < Events.Count)
                possible.Add(node.ApplyNext);
            if (node.SingletonRuns && node.SingletonWasTerminated)
                possible.Add(node.StopTerminatedSingleton);
            if (node.SeesItselfExiting && !node.ExitTold)
                possible.Add(node.TellExit);
            if (node.HasMargins)
                possible.Add(() => node.PassMargin(_random));
            if (timersToo && node.HasTimers)
                possible.Add(() => node.FireTimer(_random));
            if (!_members.ContainsKey(node.Self) && Events.Exists(e => e.Change == Change.Removed && e.Node.Equals(node.Self)))
                possible.Add(node.Kill);
        }
        if (_messages.Count > 0)
            possible.Add(Deliver);
        foreach (var member in _members)
            AddLeaderAction(member.Key, member.Value.Status, possible);
        if (possible.Count == 0)
            return false;
        possible[_random.Next(possible.Count)]();
        return true;
    }

    private void AddLeaderAction(UniqueAddress node, Change status, List<Action> possible)
    {
        var simulated = _nodes.Find(n => n.Self.Equals(node))!;
        switch (status)
        {
            case Change.Up or Change.Leaving or Change.Exiting when (!simulated.IsAlive || simulated.IsCut) && HasMajorityWithout(simulated):
                possible.Add(() => Append(Change.Down, node));
                break;
            case Change.Leaving when HasConverged(node, Change.Leaving):
                possible.Add(() => Append(Change.Exiting, node));
                break;
            case Change.Exiting when simulated.ExitTold && simulated.ExitReleased && HasConverged(node, Change.Exiting):
            case Change.Down when HasConverged(node, Change.Down):
                possible.Add(() => Append(Change.Removed, node));
                break;
        }
    }

    private bool HasMajorityWithout(SimulatedNode node) =>
        _nodes.Count(n => n != node && n.IsAlive && !n.IsCut && Is(n, Change.Up)) > 0;

    /// <summary>All members that are not downed, and can be asked, have seen that status of the member.</summary>
    private bool HasConverged(UniqueAddress node, Change status)
    {
        var at = Events.FindLastIndex(e => e.Node.Equals(node) && e.Change == status);
        return _members.Where(m => m.Value.Status != Change.Down).All(m =>
        {
            var peer = _nodes.Find(n => n.Self.Equals(m.Key))!;
            return peer.IsAlive && !peer.IsCut && peer.Applied > at;
        });
    }

    private void Deliver()
    {
        // In order between two nodes.
        var (from, to, _) = _messages[_random.Next(_messages.Count)];
        var index = _messages.FindIndex(m => m.From == from && m.To.Equals(to));
        var message = _messages[index].Message;
        _messages.RemoveAt(index);
        var receiver = _nodes.Find(n => n.IsAlive && n.Self.Address.Equals(to));
        if (receiver is null || receiver.IsCut || from.IsCut)
            return;
        Note(receiver, $"gets {message.GetType().Name} from {from}");
        receiver.Receive(from.Self.Address, message);
    }

    private T Pick<T>(T[] items) => items[_random.Next(items.Length)];
}
