using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;

namespace ActorBroker.Akka.Tests.Singletons;

/// <summary>
/// One incarnation of a node: the real <see cref="SingletonMachine"/> with a simulated singleton, timers and view of the members. The
/// view is a prefix of the world's events.
/// </summary>
internal sealed class SimulatedNode : ISingletonHost
{
    private const int MaxHandOverRetries = 15;

    private readonly SingletonWorld _world;
    private readonly Dictionary<UniqueAddress, SingletonCandidate> _view = [];
    private readonly Dictionary<SingletonTimer, int> _timers = [];
    private readonly List<UniqueAddress> _margins = [];
    private SingletonMachine _machine;

    public SimulatedNode(SingletonWorld world, UniqueAddress self, int joinedAt)
    {
        _world = world;
        Self = self;
        Applied = joinedAt;
        _machine = new SingletonMachine(this, MaxHandOverRetries);
    }

    public UniqueAddress Self { get; }

    /// <summary>How many of the world's events it has seen.</summary>
    public int Applied { get; private set; }

    public bool IsAlive { get; private set; } = true;

    /// <summary>No message and no gossip goes in or out.</summary>
    public bool IsCut { get; set; }

    public bool SingletonRuns { get; private set; }

    public bool SingletonWasTerminated { get; private set; }

    public bool SeesItselfExiting { get; private set; }

    public bool ExitTold { get; private set; }

    public bool ExitReleased { get; private set; }

    public bool ManagerStopped { get; private set; }

    public int Restarts { get; private set; }

    public SingletonPhase Phase => _machine.Phase;

    public bool IsClusterTerminated => false;

    public MemberStatus SelfStatus => _view.TryGetValue(Self, out var self) ? self.Status : MemberStatus.Removed;

    public bool HasTimers => _timers.Count > 0;

    public bool HasMargins => _margins.Count > 0;

    public UniqueAddress? MemberAt(Address address) => _view.Keys.FirstOrDefault(n => n.Address.Equals(address));

    public void StartSingleton()
    {
        Assert.False(SingletonRuns, "a second singleton on one node");
        SingletonRuns = true;
        SingletonWasTerminated = false;
    }

    public void TerminateSingleton() => SingletonWasTerminated = true;

    public void Send(Address peer, IClusterSingletonMessage message) => _world.Send(this, peer, message);

    public void StartTimer(SingletonTimer timer, int count) => _timers[timer] = count;

    public void CancelTimer(SingletonTimer timer) => _timers.Remove(timer);

    public void AwaitRemovalMargin(UniqueAddress node) => _margins.Add(node);

    public void ReleaseExit() => ExitReleased = true;

    public void StopManager()
    {
        // The singleton is the manager's child.
        ManagerStopped = true;
        SingletonRuns = false;
        ExitReleased = true;
    }

    public void PhaseChanged(SingletonPhase from, SingletonPhase to) => _world.Note(this, $"{from} -> {to}");

    /// <summary>The process is gone.</summary>
    public void Kill()
    {
        IsAlive = false;
        SingletonRuns = false;
    }

    public void ApplyNext()
    {
        var e = _world.Events[Applied++];
        var candidate = new SingletonCandidate(e.Node, e.UpNumber, StatusOf(e.Change));
        if (e.Change == Change.Removed)
            _view.Remove(e.Node);
        else
            _view[e.Node] = candidate;
        if (e.Change == Change.Exiting && e.Node.Equals(Self))
            SeesItselfExiting = true;
        if (e.Change == Change.Up && e.Node.Equals(Self))
            Guard(() => _machine.Begin(_view.Values));
        else if (!ManagerStopped && _view.ContainsKey(Self) || e.Node.Equals(Self))
            Guard(() => Tell(e, candidate));
    }

    public void TellExit()
    {
        ExitTold = true;
        Guard(_machine.SelfExiting);
    }

    public void StopTerminatedSingleton()
    {
        SingletonRuns = false;
        SingletonWasTerminated = false;
        Guard(_machine.SingletonStopped);
    }

    public void PassMargin(Random random)
    {
        var node = _margins[random.Next(_margins.Count)];
        _margins.Remove(node);
        Guard(() => _machine.RemovalMarginPassed(node));
    }

    public void FireTimer(Random random)
    {
        var (timer, count) = _timers.ElementAt(random.Next(_timers.Count));
        _timers.Remove(timer);
        Guard(() => _machine.Tick(timer, count));
    }

    public void Receive(Address from, IClusterSingletonMessage message) => Guard(() =>
    {
        switch (message)
        {
            case HandOverToMe:
                _machine.HandOverToMe(from);
                break;
            case HandOverInProgress:
                _machine.HandOverInProgress(from);
                break;
            case HandOverDone:
                _machine.HandOverDone(from);
                break;
            case TakeOverFromMe:
                _machine.TakeOverFromMe(from);
                break;
        }
    });

    public override string ToString() => $"{Self.Address.Port}#{Self.Uid}";

    private static MemberStatus StatusOf(Change change) => change switch
    {
        Change.Up => MemberStatus.Up,
        Change.Leaving => MemberStatus.Leaving,
        Change.Exiting => MemberStatus.Exiting,
        Change.Down => MemberStatus.Down,
        _ => MemberStatus.Removed,
    };

    private void Tell(WorldEvent e, SingletonCandidate candidate)
    {
        switch (e.Change)
        {
            case Change.Up:
                _machine.MemberUp(candidate);
                break;
            case Change.Exiting:
                _machine.MemberExited(e.Node);
                break;
            case Change.Down:
                _machine.MemberDowned(e.Node);
                break;
            case Change.Removed:
                _machine.MemberRemoved(e.Node);
                break;
        }
    }

    /// <summary>A stuck manager is restarted by its supervisor, after its singleton has ended.</summary>
    private void Guard(Action action)
    {
        if (ManagerStopped || !IsAlive)
            return;
        try
        {
            action();
        }
        catch (ClusterSingletonManagerIsStuckException)
        {
            _world.Note(this, "restarts");
            Restarts++;
            SingletonRuns = false;
            SingletonWasTerminated = false;
            ExitReleased = true;
            _timers.Clear();
            _margins.Clear();
            _machine = new SingletonMachine(this, MaxHandOverRetries);
            if (_view.ContainsKey(Self))
                _machine.Begin(_view.Values);
        }
    }
}
