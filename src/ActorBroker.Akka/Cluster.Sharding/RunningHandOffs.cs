using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster.Sharding;

/// <summary>Shards that are being handed off, their workers, and who waits for their next homes.</summary>
internal sealed class RunningHandOffs(IActorContext context, TimeSpan timeout)
{
    private readonly Dictionary<string, HashSet<IActorRef>> _waiting = [];
    private readonly HashSet<IActorRef> _workers = [];

    public IImmutableSet<string> Shards => _waiting.Keys.ToImmutableHashSet();

    public bool Contains(string shard) => _waiting.ContainsKey(shard);

    public void Begin(string shard, IActorRef from, IActorRef[] regions)
    {
        _waiting[shard] = [];
        var worker = HandOffWorker.Props(shard, from, regions, timeout).WithDispatcher(context.Props.Dispatcher);
        _workers.Add(context.Watch(context.ActorOf(worker)));
    }

    /// <summary>True when the shard is being handed off: the requester, if there is one, is answered after that.</summary>
    public bool Defer(string shard, IActorRef? requester)
    {
        if (!_waiting.TryGetValue(shard, out var waiting))
            return false;
        if (requester is not null)
            waiting.Add(requester);
        return true;
    }

    /// <summary>Gives those who wait for the shard.</summary>
    public IReadOnlyCollection<IActorRef> End(string shard) => _waiting.Remove(shard, out var waiting) ? waiting : [];

    public bool WorkerEnded(IActorRef worker) => _workers.Remove(worker);

    public void RegionEnded(IActorRef region)
    {
        foreach (var worker in _workers)
            worker.Tell(new HandOffWorker.RegionEnded(region), context.Self);
    }
}
