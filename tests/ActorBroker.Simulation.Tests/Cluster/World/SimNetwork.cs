namespace ActorBroker.Simulation.Tests.Cluster.World;

/// <summary>
/// Carries messages between numbered places (nodes from 1 on, clients from <see cref="SimWorld.FirstClient"/> on). Each direction of each
/// pair can be cut by itself; what is under way when it is cut still arrives. Messages are lost, doubled and late, and so they overtake.
/// </summary>
internal sealed class SimNetwork(SimWorld world, SimRandom random, int places)
{
    private readonly bool[] _cut = new bool[places * places];
    private readonly Action<int, object>?[] _receivers = new Action<int, object>?[places];

    public NetworkWeather Weather { get; set; } = NetworkWeather.Calm;

    public void Listen(int place, Action<int, object> receive) => _receivers[place] = receive;

    public bool IsCut(int from, int to) => _cut[(from * places) + to];

    public void Cut(int from, int to, bool isCut = true)
    {
        if (from != to) _cut[(from * places) + to] = isCut;
    }

    public void Heal() => Array.Clear(_cut);

    public void Send(int from, int to, object message, bool mayDouble = true)
    {
        if (_receivers[to] is not { } receive) return;
        if (from != to)
        {
            if (IsCut(from, to) || random.PerMille(Weather.LostPerMille)) return;
            if (random.PerMille(Weather.DoubledPerMille) && mayDouble) world.After(Delay(), () => receive(from, message));
        }
        world.After(from == to ? 0 : Delay(), () => receive(from, message));
    }

    private int Delay() => random.PerMille(Weather.LatePerMille) ? random.Next(Weather.LateMs + 1) : random.Next(Weather.DelayMs + 1);
}
