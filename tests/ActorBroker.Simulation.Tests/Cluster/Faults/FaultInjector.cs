using ActorBroker.Simulation.Tests.Cluster.World;

namespace ActorBroker.Simulation.Tests.Cluster.Faults;

/// <summary>Carries a plan out, and ends all faults when the time has come.</summary>
internal sealed class FaultInjector(SimWorld world, SimCluster cluster, FaultPlan plan)
{
    private readonly SimRandom _random = world.Random.Fork();
    private bool _isOver;

    public void Start()
    {
        world.Network.Weather = plan.Weather;
        Repeat(plan.CrashEveryMs, Crash);
        Repeat(plan.PauseEveryMs, Pause);
        Repeat(plan.PartitionEveryMs, Partition);
        Repeat(plan.ClockJumpEveryMs, JumpClock);
        Repeat(plan.RivalEveryMs, () => cluster.StartRivalController(_random));
        Repeat(plan.FalseAlarmEveryMs, () => cluster.Suspect(_random.Between(1, plan.Nodes)));
    }

    /// <summary>From here on nothing fails any more: everybody is started, woken and connected.</summary>
    public void End()
    {
        _isOver = true;
        world.Network.Heal();
        world.Network.Weather = NetworkWeather.Calm;
        for (var node = 1; node <= plan.Nodes; node++)
        {
            cluster.Resume(node);
            cluster.Start(node);
        }
    }

    private void Repeat(int everyMs, Action fault)
    {
        if (everyMs == 0) return;
        world.After(_random.Between(everyMs / 2, everyMs * 3 / 2), () =>
        {
            if (_isOver) return;
            fault();
            Repeat(everyMs, fault);
        });
    }

    private void Crash()
    {
        if (plan.HasBlackout && _random.Next(2) == 0)
        {
            for (var node = 1; node <= plan.Nodes; node++) Stop(node, isPowerLoss: true, isClean: false);
            return;
        }
        var victims = _random.Next(6) == 0 && !plan.HasPowerLoss ? _random.Between(2, plan.Nodes) : 1;
        for (var i = 0; i < victims; i++)
        {
            var node = _random.Between(1, plan.Nodes);
            if (plan.HasPowerLoss && !plan.HasBlackout && !cluster.AllAreWell) return;
            Stop(node, plan.HasPowerLoss, isClean: _random.Next(5) == 0);
        }
    }

    private void Stop(int node, bool isPowerLoss, bool isClean)
    {
        if (!cluster.IsRunning(node)) return;
        cluster.Stop(node, isPowerLoss, isClean);
        world.After(_random.OneIn(3) ? _random.Between(1, 50) : _random.Between(100, 3_000), () => cluster.Start(node));
    }

    private void Pause()
    {
        var node = _random.Between(1, plan.Nodes);
        if (!cluster.IsRunning(node)) return;
        cluster.Pause(node);
        world.After(_random.Between(20, 3_000), () => cluster.Resume(node));
    }

    /// <summary>Full, one-way, a bridge that alone sees both sides, or a client cut off from a node.</summary>
    private void Partition()
    {
        var victim = _random.Between(1, plan.Nodes);
        var kind = _random.Next(4);
        world.Note(victim, "network partition", kind);
        for (var other = 1; other < SimWorld.Places; other++)
        {
            var isClient = other >= SimWorld.FirstClient;
            var isCut = kind switch
            {
                0 => !isClient || _random.Next(2) == 0,
                1 => !isClient,
                2 => other <= plan.Nodes && other != (victim % plan.Nodes) + 1,
                _ => isClient && _random.Next(2) == 0,
            };
            if (!isCut) continue;
            if (kind != 1 || _random.Next(2) == 0) world.Network.Cut(victim, other);
            if (kind != 1 || _random.Next(2) == 0) world.Network.Cut(other, victim);
        }
        world.After(_random.Between(100, 3_500), () =>
        {
            for (var other = 1; other < SimWorld.Places; other++)
            {
                world.Network.Cut(victim, other, false);
                world.Network.Cut(other, victim, false);
            }
        });
    }

    private void JumpClock()
    {
        var jumpMs = _random.Next(3) switch
        {
            0 => _random.Between(-5_000, 5_000),
            1 => 3_600_000L * _random.Between(-3, 3),
            _ => 31_536_000_000L * _random.Between(-10, 10),
        };
        cluster.JumpClock(_random.Between(1, plan.Nodes), jumpMs);
    }
}
