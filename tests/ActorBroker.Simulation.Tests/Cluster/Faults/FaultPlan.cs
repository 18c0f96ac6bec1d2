using ActorBroker.Simulation.Tests.Cluster.World;

namespace ActorBroker.Simulation.Tests.Cluster.Faults;

/// <summary>
/// Which faults a seed has, and how many. Most seeds have some kinds and not others: a fault hides in the noise of the rest, and some bugs
/// need quiet. Rates are mean milliseconds between two of a kind, 0 for none.
/// </summary>
internal sealed record FaultPlan
{
    public int Nodes { get; init; } = 3;

    public int Voters { get; init; } = 3;

    public NetworkWeather Weather { get; init; } = NetworkWeather.Calm;

    public int CrashEveryMs { get; init; }

    /// <summary>Crashes take what was not synced, of one machine at a time.</summary>
    public bool HasPowerLoss { get; init; }

    /// <summary>All machines lose power at once; then every topic syncs before it answers.</summary>
    public bool HasBlackout { get; init; }

    public int PauseEveryMs { get; init; }

    public int PartitionEveryMs { get; init; }

    public int ClockJumpEveryMs { get; init; }

    /// <summary>A second controller is started while the first one lives.</summary>
    public int RivalEveryMs { get; init; }

    /// <summary>A node is taken for dead that is not.</summary>
    public int FalseAlarmEveryMs { get; init; }

    public int DurationMs { get; init; } = 12_000;

    /// <summary>What brings a planted bug out sooner: a journal that changes hands while its voters fail.</summary>
    public FaultPlan Restless() => this with
    {
        Nodes = 3, Voters = 3, CrashEveryMs = 250, RivalEveryMs = 150, HasPowerLoss = false, HasBlackout = false, DurationMs = 8_000,
    };

    public static FaultPlan Draw(SimRandom random)
    {
        var nodes = random.Next(4) == 0 ? 5 : 3;
        int Rate(int oneIn, int low, int high) => random.Next(oneIn) == 0 ? random.Between(low, high) : 0;
        var hasBlackout = random.Next(8) == 0;
        return new FaultPlan
        {
            Nodes = nodes,
            Voters = nodes == 5 && random.Next(2) == 0 ? 5 : 3,
            Weather = NetworkWeather.Draw(random),
            CrashEveryMs = hasBlackout ? 4_000 : random.Next(4) == 0 ? 0 : random.Between(800, 5_000),
            HasBlackout = hasBlackout,
            HasPowerLoss = random.Next(3) == 0,
            PauseEveryMs = Rate(3, 1_000, 5_000),
            PartitionEveryMs = random.Next(2) == 0 ? random.Between(1_000, 5_000) : 0,
            ClockJumpEveryMs = Rate(4, 1_000, 4_000),
            RivalEveryMs = Rate(3, 800, 4_000),
            FalseAlarmEveryMs = Rate(3, 800, 4_000),
            DurationMs = random.Between(5_000, 14_000),
        };
    }
}
