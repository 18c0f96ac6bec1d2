using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster.Sharding;

/// <summary>
/// Takes one shard from its region. First every region and proxy is told to forget the shard's home; their acknowledgements come back
/// through the shard's region, behind the last message that each has sent there (<see cref="HandOffFence"/>). Until then that region
/// goes on delivering, so nothing is lost; after all acknowledgements nothing for the shard is on its way, and it can stop without
/// a message overtaking another. What comes later waits in the regions for the next home. The coordinator is the parent, and tells
/// of regions that end meanwhile.
/// </summary>
internal sealed class HandOffWorker : UntypedActor, IWithTimers
{
    private readonly string _shard;
    private readonly IActorRef _from;
    private readonly HashSet<IActorRef> _remaining;
    private readonly TimeSpan _timeout;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private bool _stopping;

    public HandOffWorker(string shard, IActorRef from, IEnumerable<IActorRef> regions, TimeSpan timeout)
    {
        _shard = shard;
        _from = from;
        _remaining = [.. regions];
        _timeout = timeout;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(string shard, IActorRef from, IEnumerable<IActorRef> regions, TimeSpan timeout) =>
        Actor.Props.Create(() => new HandOffWorker(shard, from, regions, timeout));

    protected override void PreStart()
    {
        Timers.StartSingleTimer(HandOffTimeout.Instance, HandOffTimeout.Instance, _timeout);
        foreach (var region in _remaining)
            region.Tell(new BeginHandOff(_shard), Self);
        StopShardWhenAcknowledged();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case BeginHandOffAck ack when ack.Shard == _shard:
                _remaining.Remove(Sender);
                StopShardWhenAcknowledged();
                break;
            case ShardStopped stopped when stopped.Shard == _shard:
                End(true);
                break;
            case RegionEnded ended when ended.Region.Equals(_from):
                // Its shards have ended with it.
                End(true);
                break;
            case RegionEnded ended:
                _remaining.Remove(ended.Region);
                StopShardWhenAcknowledged();
                break;
            case HandOffTimeout:
                _log.Debug("Hand-off of shard [{0}] from [{1}] timed out, [{2}] regions have not acknowledged", _shard, _from, _remaining.Count);
                End(false);
                break;
        }
    }

    private void StopShardWhenAcknowledged()
    {
        if (_stopping || _remaining.Count > 0)
            return;
        _stopping = true;
        _from.Tell(new HandOff(_shard), Self);
    }

    private void End(bool ok)
    {
        Context.Parent.Tell(new HandOffEnded(_shard, ok), Self);
        Context.Stop(Self);
    }

    internal sealed record RegionEnded(IActorRef Region) : INoSerializationVerificationNeeded;

    private sealed record HandOffTimeout : INoSerializationVerificationNeeded
    {
        public static readonly HandOffTimeout Instance = new();
    }
}
