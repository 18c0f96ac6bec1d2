using System.Globalization;

namespace ActorBroker.Simulation.Tests.Quorum;

/// <summary>Schedules of the metadata quorum; <c>SEED=n</c> in the environment replays one, <c>SEEDS=n</c> runs so many.</summary>
public sealed class QuorumSimulationTests
{
    private const int Seeds = 400;

    [Fact]
    public void The_quorum_keeps_its_promises_in_every_schedule()
    {
        var (commits, takeovers, changes) = (0, 0, 0);
        var failures = new List<string>();
        Parallel.ForEach(ChosenSeeds(), new ParallelOptions { MaxDegreeOfParallelism = 2 }, seed =>
        {
            try
            {
                var world = Run(seed);
                Interlocked.Add(ref commits, world.Invariants.Commits);
                Interlocked.Add(ref takeovers, world.Invariants.Takeovers);
                Interlocked.Add(ref changes, world.Invariants.ChangesDone);
            }
            catch (Exception error)
            {
                lock (failures) failures.Add($"SEED={seed} {error.GetType().Name} {error.Message}\n{error.StackTrace}");
            }
        });

        Assert.True(failures.Count == 0, $"{failures.Count} seeds failed\n{string.Join("\n", failures.Select(text => text.Split('\n')[0]).Take(20))}\n\n{failures.FirstOrDefault()}");

        // A world in which nothing happens would keep any promise.
        Assert.True(commits > 0 && takeovers > 0 && changes > 0, $"{commits} commits, {takeovers} takeovers, {changes} changes");
    }

    [Fact]
    public void A_seed_replays_the_same_schedule()
    {
        static (int, int, int, long) Outcome()
        {
            var world = Run(42);
            return (world.Invariants.Commits, world.Invariants.Takeovers, world.Invariants.Epochs, world.NowMs);
        }

        Assert.Equal(Outcome(), Outcome());
    }

    private static QuorumWorld Run(int seed)
    {
        var world = new QuorumWorld(seed, firstVoters: (seed % 3) switch { 0 => 1, 1 => 3, _ => 5 });
        world.Run(durationMs: 20_000);
        return world;
    }

    private static IEnumerable<int> ChosenSeeds()
    {
        if (Environment.GetEnvironmentVariable("SEED") is { Length: > 0 } seed) return [int.Parse(seed, CultureInfo.InvariantCulture)];
        var count = Environment.GetEnvironmentVariable("SEEDS") is { Length: > 0 } seeds ? int.Parse(seeds, CultureInfo.InvariantCulture) : Seeds;
        return Enumerable.Range(1, count);
    }
}
