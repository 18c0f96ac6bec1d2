using System.Diagnostics;
using Akka.Actor;

namespace Akka.Cluster;

/// <summary>
/// Sends heartbeats to the nodes that this one watches and hands their answers to the failure detector. It asks for answers instead of
/// listening: so each node needs to know only whom it watches.
/// </summary>
internal sealed class ClusterHeartbeatSender : UntypedActor
{
    private static readonly string[] s_receiver = ["system", "cluster", "heartbeatReceiver"];

    private readonly Cluster _cluster;
    private readonly HeartbeatState _state;
    private readonly Cancelable _ticks;
    private long _sequenceNr;
    private long _lastTick = Stopwatch.GetTimestamp();

    public ClusterHeartbeatSender(Cluster cluster)
    {
        _cluster = cluster;
        var self = cluster.SelfUniqueAddress;
        _state = new HeartbeatState(new HeartbeatRing(self, [self], [], cluster.Settings.MonitoredByNrOfMembers), cluster.FailureDetector);
        _ticks = new Cancelable(Context.System.Scheduler);
        var interval = cluster.Settings.HeartbeatInterval;
        var delay = interval > cluster.Settings.PeriodicTasksInitialDelay ? interval : cluster.Settings.PeriodicTasksInitialDelay;
        Context.System.Scheduler.ScheduleTellRepeatedly(delay, interval, Self, HeartbeatTick.Instance, Self, _ticks);
    }

    protected override void PreStart() =>
        _cluster.Subscribe(Self, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));

    protected override void PostStop()
    {
        _ticks.Cancel();
        foreach (var node in _state.Active)
            _cluster.FailureDetector.Remove(node.Address);
        _cluster.Unsubscribe(Self);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case HeartbeatTick:
                SendHeartbeats();
                break;
            case HeartbeatRsp response:
                if (_cluster.Settings.VerboseHeartbeatLogging)
                    _cluster.Log.Debug($"Heartbeat response from [{response.From.Address}] - Sequence number [{response.SequenceNr}]");
                _state.Answered(response.From);
                break;
            case ClusterEvent.CurrentClusterState state:
                _state.Start(state.Members.Select(m => m.UniqueAddress), state.Unreachable.Select(m => m.UniqueAddress));
                break;
            case ClusterEvent.MemberRemoved removed when removed.Member.UniqueAddress == _cluster.SelfUniqueAddress:
                Context.Stop(Self);
                break;
            case ClusterEvent.MemberRemoved removed:
                _state.Remove(removed.Member.UniqueAddress);
                break;
            case ClusterEvent.IMemberEvent change:
                _state.Add(change.Member.UniqueAddress);
                break;
            case ClusterEvent.UnreachableMember unreachable:
                _state.Unreachable(unreachable.Member.UniqueAddress);
                break;
            case ClusterEvent.ReachableMember reachable:
                _state.Reachable(reachable.Member.UniqueAddress);
                break;
            case FirstAnswerExpected expected:
                // No answer yet: the detector starts to count without one.
                if (_state.Active.Contains(expected.From) && !_cluster.FailureDetector.IsMonitoring(expected.From.Address))
                    _cluster.FailureDetector.Heartbeat(expected.From.Address);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void SendHeartbeats()
    {
        foreach (var node in _state.Active)
        {
            if (!_cluster.FailureDetector.IsMonitoring(node.Address))
            {
                Context.System.Scheduler.ScheduleTellOnce(
                    _cluster.Settings.HeartbeatExpectedResponseAfter, Self, new FirstAnswerExpected(node), Self);
            }
            var nanos = (long)Stopwatch.GetElapsedTime(0).TotalNanoseconds;
            Context.ActorSelection(new RootActorPath(node.Address) / s_receiver)
                .Tell(new Heartbeat(_cluster.SelfAddress, ++_sequenceNr, nanos), Self);
        }
        var late = Stopwatch.GetElapsedTime(_lastTick);
        if (late >= _cluster.Settings.HeartbeatInterval * 2 && _sequenceNr > _state.Active.Count)
        {
            _cluster.Log.Warning($"Scheduled sending of heartbeat was delayed. Previous heartbeat was sent [{late.TotalMilliseconds:F0}] ms "
                + "ago. This may cause failure detection to mark members as unreachable. The reason can be thread starvation or CPU overload.");
        }
        _lastTick = Stopwatch.GetTimestamp();
    }

    private sealed record HeartbeatTick : INoSerializationVerificationNeeded
    {
        public static readonly HeartbeatTick Instance = new();
    }

    private sealed record FirstAnswerExpected(UniqueAddress From) : INoSerializationVerificationNeeded;
}
