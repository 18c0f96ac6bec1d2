using ActorBroker.Simulation.Tests.Cluster.World;
using Xunit.Abstractions;

namespace ActorBroker.Simulation.Tests.Cluster;

/// <summary>
/// The simulation finds bugs: each of these is planted in the shells around the machines, and has to break an invariant within so many seeds.
/// Which one may differ: a lost record is a lost record wherever it is noticed first.
/// </summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    private const int MaxSeeds = 4_000;

    public static TheoryData<string> Mutations => [.. Enum.GetNames<Mutation>().Where(name => name != nameof(Mutation.None))];

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_planted_bug_is_found(string name)
    {
        var mutation = Enum.Parse<Mutation>(name);
        var found = Find(mutation);
        Assert.True(found is not null, $"{mutation} was not found in {MaxSeeds} seeds");
        output.WriteLine($"{mutation}: seed {found!.Seed}, {found.Invariant}: {found.Text.Split('\n')[0]}");
    }

    private static InvariantViolation? Find(Mutation mutation)
    {
        for (ulong seed = 1; seed <= MaxSeeds; seed++)
        {
            try
            {
                new ClusterRun(seed, mutation).Run();
            }
            catch (InvariantViolation violation)
            {
                // The seed has to hold without the bug, or it is not the bug that was found.
                new ClusterRun(seed, Mutation.None).Run();
                return violation;
            }
        }
        return null;
    }
}
