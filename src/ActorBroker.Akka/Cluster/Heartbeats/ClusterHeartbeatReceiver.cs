using Akka.Actor;

namespace Akka.Cluster;

/// <summary><c>/system/cluster/heartbeatReceiver</c>: answers, whoever asks.</summary>
internal sealed class ClusterHeartbeatReceiver : UntypedActor
{
    private readonly Cluster _cluster;

    public ClusterHeartbeatReceiver(Cluster cluster) => _cluster = cluster;

    protected override void OnReceive(object message)
    {
        if (message is not Heartbeat heartbeat)
        {
            Unhandled(message);
            return;
        }
        if (_cluster.Settings.VerboseHeartbeatLogging)
            _cluster.Log.Debug($"Heartbeat from [{heartbeat.From}] - Sequence number [{heartbeat.SequenceNr}]");
        Sender.Tell(new HeartbeatRsp(_cluster.SelfUniqueAddress, heartbeat.SequenceNr, heartbeat.CreationTimeNanos), Self);
    }
}
