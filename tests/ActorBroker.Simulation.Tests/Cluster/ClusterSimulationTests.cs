using System.Collections.Concurrent;
using System.Globalization;
using ActorBroker.Simulation.Tests.Cluster.World;
using Xunit.Abstractions;

namespace ActorBroker.Simulation.Tests.Cluster;

/// <summary>
/// Thousands of schedules of a whole cluster. <c>SIM_SEEDS=n</c> runs so many, <c>SIM_FIRST=n</c> begins there, <c>SEED=n</c> replays one and
/// writes what happens.
/// </summary>
public sealed class ClusterSimulationTests(ITestOutputHelper output)
{
    private const int Seeds = 2_000;
    private const int MaxViolations = 10;

    [Fact]
    public void A_cluster_keeps_its_promises_in_every_schedule()
    {
        if (Environment.GetEnvironmentVariable("SEED") is { Length: > 0 } seed)
        {
            new ClusterRun(ulong.Parse(seed, CultureInfo.InvariantCulture), writer: output.WriteLine).Run();
            return;
        }
        var first = Number("SIM_FIRST", 1);
        var seeds = Number("SIM_SEEDS", Seeds);
        long acknowledged = 0, leaders = 0, commits = 0, steps = 0;
        var violations = new ConcurrentBag<InvariantViolation>();
        Parallel.For(first, first + seeds, new ParallelOptions { MaxDegreeOfParallelism = 2 }, number =>
        {
            if (violations.Count >= MaxViolations) return;
            var run = new ClusterRun((ulong)number);
            try
            {
                run.Run();
            }
            catch (InvariantViolation violation)
            {
                violations.Add(violation);
            }
            Interlocked.Add(ref acknowledged, run.Acknowledged);
            Interlocked.Add(ref leaders, run.Leaders);
            Interlocked.Add(ref commits, run.Commits);
            Interlocked.Add(ref steps, run.World.Steps);
        });
        output.WriteLine($"{seeds} seeds, {steps} steps: {acknowledged} batches acknowledged, {leaders} leaders, {commits} commits of offsets");
        foreach (var violation in violations.OrderBy(violation => violation.Seed)) output.WriteLine(violation.Message);
        Assert.True(violations.IsEmpty, string.Join('\n', violations.OrderBy(violation => violation.Seed).Select(violation =>
            $"SEED={violation.Seed} {violation.Invariant}: {violation.Text}")));

        // A world in which nothing happens would keep any promise.
        Assert.True(acknowledged > seeds * 20 && leaders > seeds * 4 && commits > seeds, $"{acknowledged} batches, {leaders} leaders, {commits} commits");
    }

    /// <summary>Schedules beyond the first thousands that a promise was once broken in.</summary>
    [Theory]
    [InlineData(2475)]
    [InlineData(4347)]
    public void A_schedule_that_broke_a_promise_once_keeps_it(ulong seed) => new ClusterRun(seed).Run();

    [Fact]
    public void A_seed_replays_the_same_schedule()
    {
        for (ulong seed = 1; seed <= 20; seed++) Assert.Equal(new ClusterRun(seed).Run(), new ClusterRun(seed).Run());
    }

    private static long Number(string name, long otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? long.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}
