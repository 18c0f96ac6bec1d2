using ActorBroker.Core.Controller;
using ActorBroker.Simulation.Tests.Cluster.World;

namespace ActorBroker.Simulation.Tests.Cluster.Nodes;

/// <summary>A node says to the voters that it is there.</summary>
internal sealed record HeartbeatMessage(long Incarnation);

/// <summary>
/// What gossip, the singleton and its proxy do, with their mistakes: suggests which voter runs the controller, tells the controller who has
/// been silent, finds it for commands. Nothing here decides: two controllers, or none, must do no harm.
/// </summary>
internal sealed class SimSingleton
{
    private const int LookEveryMs = 150;
    private const int SilenceMs = 1_200;

    private readonly SimWorld _world;
    private readonly SimCluster _cluster;
    private readonly SimRandom _random;
    private readonly long[,] _heardMs;

    public SimSingleton(SimWorld world, SimCluster cluster)
    {
        _world = world;
        _cluster = cluster;
        _random = world.Random.Fork();
        _heardMs = new long[cluster.Plan.Nodes + 1, cluster.Plan.Nodes + 1];
        world.After(100, Look);
    }

    private IEnumerable<NodeProcess> Voters =>
        _cluster.Nodes.Where(node => node.IsVoter && node.Process is not null).Select(node => node.Process!);

    public void Started(NodeProcess process)
    {
        for (var other = 1; other <= _cluster.Plan.Nodes; other++) _heardMs[process.Id, other] = _world.NowMs;
        Beat(process);
    }

    /// <summary>The controller that a node's commands go to: one that says so of itself and is within reach.</summary>
    public int ControllerFor(int node)
    {
        var known = Voters.Where(voter => voter.Controller is { IsControlling: true } && !_world.Network.IsCut(node, voter.Id)).ToList();
        return known.Count > 0 ? _random.Pick(known).Id : _random.Between(1, _cluster.Plan.Voters);
    }

    public void Heard(int voter, int from) => _heardMs[voter, from] = _world.NowMs;

    /// <summary>A false alarm: the controller is told that a node is gone.</summary>
    public void Suspect(int id)
    {
        foreach (var voter in Voters.Where(voter => voter.Controller is { IsControlling: true })) Fence(voter, id);
    }

    public void StartRival(SimRandom random)
    {
        var idle = Voters.Where(voter => voter.Controller is null).ToList();
        if (idle.Count > 0) StartController(random.Pick(idle));
    }

    private void StartController(NodeProcess process) => process.Life.Run(() => process.StartController(_cluster.JournalFor(process)));

    private void Beat(NodeProcess process)
    {
        for (var voter = 1; voter <= _cluster.Plan.Voters; voter++)
            if (voter != process.Id) process.Send(voter, new HeartbeatMessage(process.Incarnation));
        _world.After(300, process.Life, () => Beat(process));
    }

    /// <summary>A controller that is paused or cut off from the majority is replaced; it may live on. Of several in sight one stays.</summary>
    private void Look()
    {
        _world.After(LookEveryMs, Look);
        var inSight = Voters.Where(IsInSight).ToList();
        var running = inSight.Where(voter => voter.Controller is not null).ToList();
        if (running.Count == 0 && inSight.Count > 0)
        {
            var chosen = inSight[0];
            _world.After(_random.Between(50, 400), chosen.Life, () =>
            {
                if (chosen.Controller is null) StartController(chosen);
            });
        }
        // The singleton's oldest rule lets one go in the end, and never the one that came later.
        var newest = _cluster.Metadata.Image.ControllerEpoch;
        foreach (var voter in running)
            if (voter.Controller is { IsControlling: true } old && old.Image.ControllerEpoch < newest && _random.Next(6) == 0) voter.StopController();
        foreach (var voter in running)
            if (voter.Controller is { IsControlling: true }) FenceSilent(voter);
    }

    private bool IsInSight(NodeProcess process)
    {
        if (process.Life.IsPaused) return false;
        var seen = 1;
        for (var other = 1; other <= _cluster.Plan.Voters; other++)
            if (other != process.Id && _world.NowMs - _heardMs[process.Id, other] < SilenceMs) seen++;
        return seen * 2 > _cluster.Plan.Voters;
    }

    private void FenceSilent(NodeProcess voter)
    {
        for (var other = 1; other <= _cluster.Plan.Nodes; other++)
            if (other != voter.Id && _world.NowMs - _heardMs[voter.Id, other] > SilenceMs) Fence(voter, other);
    }

    private static void Fence(NodeProcess voter, int id)
    {
        if (voter.Controller!.Image.Brokers.GetValueOrDefault(id) is not { IsFenced: false } broker) return;
        voter.Controller.Submit(new FenceBroker(id, broker.Incarnation, true), (_, _) => { });
    }
}
