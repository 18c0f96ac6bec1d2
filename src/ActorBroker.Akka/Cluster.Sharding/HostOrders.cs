using Akka.Actor;

namespace Akka.Cluster.Sharding;

/// <summary>Orders to host shards, repeated until the region confirms or the shard has another home.</summary>
internal sealed class HostOrders(IActorContext context, ITimerScheduler timers, TimeSpan timeout)
{
    private readonly HashSet<string> _unconfirmed = [];

    public bool AreUnconfirmed => _unconfirmed.Count > 0;

    public void Send(string shard, IActorRef region)
    {
        _unconfirmed.Add(shard);
        region.Tell(new HostShard(shard), context.Self);
        timers.StartSingleTimer(Key(shard), new HostShardAgain(shard, region), timeout);
    }

    public void Confirmed(string shard)
    {
        _unconfirmed.Remove(shard);
        timers.Cancel(Key(shard));
    }

    private static string Key(string shard) => $"host {shard}";
}
