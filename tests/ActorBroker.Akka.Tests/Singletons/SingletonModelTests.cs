namespace ActorBroker.Akka.Tests.Singletons;

public sealed class SingletonModelTests
{
    private static readonly int Seeds = int.Parse(Environment.GetEnvironmentVariable("SEEDS") ?? "4000");

    [Fact]
    public void A_majority_never_runs_two_singletons_and_ends_with_one_on_the_oldest_member()
    {
        if (Environment.GetEnvironmentVariable("SEED") is { } seed)
        {
            new SingletonWorld(int.Parse(seed)).Run(400);
            return;
        }
        var moves = 0;
        for (var i = 0; i < Seeds; i++)
        {
            var world = new SingletonWorld(i);
            world.Run(50 + (i % 8 * 50));
            moves += world.Moves;
        }
        // The schedules are worth something only if the singleton moves in them.
        Assert.True(moves > Seeds, $"{moves} moves in {Seeds} seeds");
    }
}
