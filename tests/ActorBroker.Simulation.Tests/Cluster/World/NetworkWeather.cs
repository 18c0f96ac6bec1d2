namespace ActorBroker.Simulation.Tests.Cluster.World;

/// <summary>How bad the network is. Chances in a thousand, times in milliseconds.</summary>
internal readonly record struct NetworkWeather(int LostPerMille, int DoubledPerMille, int LatePerMille, int LateMs, int DelayMs)
{
    public static readonly NetworkWeather Calm = new(0, 0, 0, 0, 2);

    public static NetworkWeather Draw(SimRandom random) => random.Next(4) switch
    {
        0 => Calm,
        1 => new NetworkWeather(random.Next(20), random.Next(10), random.Next(30), 200, random.Between(1, 5)),
        2 => new NetworkWeather(random.Next(80), random.Next(80), random.Next(150), 1_500, random.Between(1, 20)),
        _ => new NetworkWeather(random.Next(250), random.Next(250), random.Next(300), 4_000, random.Between(1, 40)),
    };
}
