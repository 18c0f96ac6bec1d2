namespace Akka.Cluster.Tools.Singleton;

/// <summary>Members whose removal was seen, each for at least fifteen ticks of a minute.</summary>
internal sealed class RemovedNodes
{
    private const int KeptTicks = 15;

    private readonly Dictionary<UniqueAddress, int> _untilTick = [];
    private int _tick;

    public void Add(UniqueAddress node) => _untilTick[node] = _tick + KeptTicks;

    public bool Contains(UniqueAddress node) => _untilTick.ContainsKey(node);

    public void Tick()
    {
        _tick++;
        foreach (var node in _untilTick.Where(e => e.Value < _tick).Select(e => e.Key).ToArray())
            _untilTick.Remove(node);
    }
}
