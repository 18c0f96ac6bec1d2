using System.Collections.Concurrent;

namespace ActorBroker.Akka.Tests.Sharding.Support;

/// <summary>What the entities of all nodes of a test have got, in the order in which they got it, and where each runs.</summary>
internal sealed class EntityLedger
{
    private readonly ConcurrentDictionary<string, List<EntityMessage>> _received = new();
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<int, int>> _running = new();
    private int _starts;
    private int _total;

    public int Starts => Volatile.Read(ref _starts);

    public int Total => Volatile.Read(ref _total);

    /// <summary>Times that an entity was started while another incarnation of it ran.</summary>
    public ConcurrentBag<string> Twins { get; } = [];

    public void Started(string entity, int port)
    {
        Interlocked.Increment(ref _starts);
        var nodes = _running.GetOrAdd(entity, _ => new());
        nodes.AddOrUpdate(port, 1, (_, n) => n + 1);
        if (nodes.Values.Sum() > 1)
            Twins.Add($"{entity} at {string.Join(',', nodes.Where(n => n.Value > 0).Select(n => n.Key))}");
    }

    public void Stopped(string entity, int port) => _running[entity].AddOrUpdate(port, 0, (_, n) => n - 1);

    /// <summary>The port of the node where it runs; 0 when it does not.</summary>
    public int PortOf(string entity) => _running.TryGetValue(entity, out var nodes) ? nodes.FirstOrDefault(n => n.Value > 0).Key : 0;

    public void Received(EntityMessage message)
    {
        var list = _received.GetOrAdd(message.Entity, _ => []);
        lock (list)
            list.Add(message);
        Interlocked.Increment(ref _total);
    }

    public EntityMessage[] Of(string entity)
    {
        if (!_received.TryGetValue(entity, out var list))
            return [];
        lock (list)
            return [.. list];
    }
}
