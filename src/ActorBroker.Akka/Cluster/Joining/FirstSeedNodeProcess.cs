using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster;

/// <summary>
/// The first seed node: joins another that is in a cluster; when all the others say that they are in none, or are silent for
/// <c>seed-node-timeout</c>, it founds one. Only the first may: so the seed nodes cannot found two.
/// </summary>
internal sealed class FirstSeedNodeProcess : UntypedActor
{
    private static readonly TimeSpan s_retryAtMost = TimeSpan.FromSeconds(1);

    private readonly Cluster _cluster;
    private readonly Cancelable _timers;
    private ImmutableList<Address> _silent;

    public FirstSeedNodeProcess(Cluster cluster, ImmutableList<Address> seeds)
    {
        _cluster = cluster;
        _silent = seeds.Remove(cluster.SelfAddress);
        _timers = new Cancelable(Context.System.Scheduler);
        var timeout = cluster.Settings.SeedNodeTimeout;
        var retry = timeout / 5 < s_retryAtMost ? timeout / 5 : s_retryAtMost;
        Context.System.Scheduler.ScheduleTellRepeatedly(retry, retry, Self, Retry.Instance, Self, _timers);
        Context.System.Scheduler.ScheduleTellOnce(timeout, Self, TimedOut.Instance, Self, _timers);
    }

    protected override void PreStart() => Ask();

    protected override void PostStop() => _timers.Cancel();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case InitJoinAck ack:
                _cluster.Log.Info($"Received InitJoinAck message from [{ack.Address}]");
                JoinAndStop(ack.Address);
                break;
            case InitJoinNack nack:
                _silent = _silent.Remove(nack.Address);
                if (_silent.IsEmpty)
                    JoinAndStop(_cluster.SelfAddress);
                break;
            case Retry:
                Ask();
                break;
            case TimedOut:
                _cluster.Log.Debug("Couldn't join other seed nodes, will join myself");
                JoinAndStop(_cluster.SelfAddress);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Ask()
    {
        foreach (var seed in _silent)
            Context.ActorSelection(new RootActorPath(seed) / Context.Parent.Path.Elements).Tell(InitJoin.Instance, Self);
    }

    private void JoinAndStop(Address address)
    {
        Context.Parent.Tell(new JoinTo(address), Self);
        Context.Stop(Self);
    }

    private sealed record Retry : INoSerializationVerificationNeeded
    {
        public static readonly Retry Instance = new();
    }

    private sealed record TimedOut : INoSerializationVerificationNeeded
    {
        public static readonly TimedOut Instance = new();
    }
}
