using System.Globalization;

namespace ActorBroker.Simulation.Tests.Groups;

/// <summary>Thousands of schedules of one group; <c>SEED=n</c> in the environment replays one.</summary>
public sealed class GroupSimulationTests
{
    private const int Seeds = 1_000;

    [Fact]
    public void Groups_keep_their_promises_in_every_schedule()
    {
        var rebalances = 0;
        var commits = 0;
        foreach (var seed in ChosenSeeds())
        {
            var world = new GroupWorld(seed);
            world.Run(clients: 2 + (seed % 5), durationMs: 60_000);
            rebalances += world.Invariants.Rebalances;
            commits += world.Invariants.Commits;
        }

        // A world in which nothing happens would keep any promise.
        Assert.True(rebalances > 0 && commits > 0, $"{rebalances} rebalances, {commits} commits");
    }

    [Fact]
    public void A_seed_replays_the_same_schedule()
    {
        static (int, int, long) Outcome()
        {
            var world = new GroupWorld(42);
            world.Run(clients: 5, durationMs: 60_000);
            return (world.Invariants.Rebalances, world.Invariants.Commits, world.NowMs);
        }

        Assert.Equal(Outcome(), Outcome());
    }

    private static IEnumerable<int> ChosenSeeds() =>
        Environment.GetEnvironmentVariable("SEED") is { Length: > 0 } seed
            ? [int.Parse(seed, CultureInfo.InvariantCulture)]
            : Enumerable.Range(1, Seeds);
}
