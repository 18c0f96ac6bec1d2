using System.Collections.Immutable;
using Akka.Actor;

namespace Akka.Cluster;

/// <summary>
/// A seed node that is not the first: asks all the others until one is in a cluster. One that is not answers again when it is, so
/// nothing is lost by having asked too early.
/// </summary>
internal sealed class JoinSeedNodeProcess : UntypedActor
{
    private readonly Cluster _cluster;
    private readonly ImmutableList<Address> _seeds;
    private int _attempts;
    private bool _answered;

    public JoinSeedNodeProcess(Cluster cluster, ImmutableList<Address> seeds)
    {
        _cluster = cluster;
        _seeds = seeds.Remove(cluster.SelfAddress);
        Context.SetReceiveTimeout(cluster.Settings.SeedNodeTimeout);
    }

    protected override void PreStart() => Ask();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case InitJoinAck ack when !_answered:
                _answered = true;
                Context.Parent.Tell(new JoinTo(ack.Address), Self);
                break;
            case InitJoinAck or InitJoinNack:
                break;
            case ReceiveTimeout when _answered:
                Context.Stop(Self);
                break;
            case ReceiveTimeout:
                if (_attempts >= 2)
                {
                    _cluster.Log.Warning($"Couldn't join seed nodes after [{_attempts}] attempts, will try again. "
                        + $"seed-nodes=[{string.Join(",", _seeds)}]");
                }
                Ask();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Ask()
    {
        _attempts++;
        foreach (var seed in _seeds)
            Context.ActorSelection(new RootActorPath(seed) / Context.Parent.Path.Elements).Tell(InitJoin.Instance, Self);
    }
}
