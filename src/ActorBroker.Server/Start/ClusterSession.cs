using System.Collections.Immutable;
using System.Net.Sockets;
using ActorBroker.Actors.Hosting;
using ActorBroker.Actors.Membership;
using ActorBroker.Actors.Quorum;
using ActorBroker.Core.Configuration;
using ActorBroker.Core.Membership;
using ActorBroker.Core.Metadata;
using ActorBroker.Server.Telemetry;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Cluster;
using Akka.Configuration;
using Akka.Remote;
using Microsoft.Extensions.Logging;

namespace ActorBroker.Server.Start;

/// <summary>
/// One life of this node in its cluster: the two actor systems, from joining to leaving. When the cluster has given the node up (it was
/// silent for too long, or it was cut off), this life cannot go on, for the others refuse everything from it; nor can one that has formed a
/// cluster to which nobody comes. The node begins another one in the same process (<see cref="BrokerNode"/>).
/// </summary>
internal sealed class ClusterSession
{
    private static readonly TimeSpan s_terminateLimit = TimeSpan.FromSeconds(30);

    private readonly TaskCompletionSource<string> _lost = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly MembershipSetup _membership;

    private ClusterSession(MembershipSetup membership, ActorSystem control, ActorSystem bulk, LaneAddresses lanes, long incarnation)
    {
        _membership = membership;
        Control = control;
        Bulk = bulk;
        Lanes = lanes;
        Incarnation = incarnation;
    }

    public ActorSystem Control { get; }
    public ActorSystem Bulk { get; }
    public LaneAddresses Lanes { get; }

    /// <summary>This life's own (<see cref="Storage.Checkpoints.IncarnationFile"/>); larger than that of any before.</summary>
    public long Incarnation { get; }

    /// <summary>Completes with the reason when this life cannot go on.</summary>
    public Task<string> Lost => _lost.Task;

    /// <summary>Opens both lanes; the node is no member of anything yet.</summary>
    public static ClusterSession Open(ClusterPlan plan, BrokerConfig config, Config akka, bool isVoter, long incarnation, ILogger log)
    {
        foreach (var warning in LaneTls.Check(akka, DateTimeOffset.UtcNow)) NodeMessages.Configured(log, warning);
        var node = config.Int("node.id");
        var lanes = new LaneSettings(node, isVoter, plan.Host, plan.Port, plan.AdvertisedHost, plan.BulkHost, plan.BulkPort);
        var watch = new WatchSettings
        {
            IntervalMs = config.Int("actorbroker.membership.ping.interval.ms"),
            SuspectAfterMs = config.Int("actorbroker.membership.suspect.after.ms"),
        };
        ActorSystem? control = null;
        ImmutableArray<int> Voters() => control is null ? [] : [.. QuorumAccess.Get(control).Voters.Voters.Select(voter => voter.Id)];
        var laneConfig = ClusterConfig.Control(lanes).WithFallback(akka).WithFallback(QuorumConfig.Default()).WithFallback(ClusterConfig.Reference());
        if (QuorumConfig.WhyRefused(laneConfig, QuorumJournal.PluginId, QuorumSnapshotStore.PluginId) is { } reason) throw new StartException(reason);
        var membership = new MembershipSetup(node, watch, Voters);
        var setup = BootstrapSetup.Create().WithConfig(laneConfig).And(membership);
        control = Listening("--cluster-listen", plan.Host, plan.Port, () => ActorSystem.Create(ClusterPlan.SystemName, setup));
        ActorSystem? bulk = null;
        try
        {
            if (LaneProtection.WhyRefused(control.Settings.Config) is { } unprotected) throw new StartException(unprotected);
            var bulkConfig = ClusterConfig.Bulk(lanes).WithFallback(ActorsConfig.ForBulkLane()).WithFallback(akka);
            bulk = Listening("--bulk-listen", plan.BulkHost, plan.BulkPort, () => ActorSystem.Create(ReplicationLane.SystemName, bulkConfig));
            var bulkPort = ((ExtendedActorSystem)bulk).Provider.DefaultAddress.Port ?? plan.BulkPort;
            var session = new ClusterSession(membership, control, bulk, new LaneAddresses(plan.AdvertisedHost, plan.Port, bulkPort), incarnation);
            session.Observe(log);
            return session;
        }
        catch
        {
            control.Terminate();
            bulk?.Terminate();
            throw;
        }
    }

    /// <summary>The node joins itself; a life in which the others then do not come is lost too.</summary>
    public void Form()
    {
        _membership.Forms(reason => _lost.TrySetResult(reason));
        var cluster = Cluster.Get(Control);
        cluster.Join(cluster.SelfAddress);
    }

    /// <summary>
    /// Ends both systems without leaving in order; for a life that is lost. Throws <see cref="TimeoutException"/> when some actor does not
    /// end: nothing else may touch the logs then.
    /// </summary>
    public async Task EndAsync() => await Task.WhenAll(Control.Terminate(), Bulk.Terminate()).WaitAsync(s_terminateLimit).ConfigureAwait(false);

    /// <summary>The system, or the words that help when its address cannot be listened on: the engines throw different things then.</summary>
    private static ActorSystem Listening(string option, string host, int port, Func<ActorSystem> create)
    {
        try
        {
            return create();
        }
        catch (Exception error) when (error.GetBaseException() is SocketException socket)
        {
            throw new StartException(
                $"{option}: {host}:{port} cannot be listened on: {socket.Message}. Name a free port and an address of this machine.", error);
        }
    }

    private void Observe(ILogger log)
    {
        Cluster.Get(Control).RegisterOnMemberRemoved(() => _lost.TrySetResult("the cluster has taken it out"));
        var told = Control.ActorOf(Props.Create(() => new QuarantineObserver(reason => _lost.TrySetResult(reason))), "quarantine");
        Control.EventStream.Subscribe(told, typeof(ThisActorSystemQuarantinedEvent));
        foreach (var system in new[] { Control, Bulk })
            system.EventStream.Subscribe(system.ActorOf(Props.Create(() => new LaneRefusals(log)), "lane-refusals"), typeof(AssociationErrorEvent));
    }

    /// <summary>Hears when another node refuses this life.</summary>
    private sealed class QuarantineObserver : ReceiveActor
    {
        public QuarantineObserver(Action<string> tell) =>
            Receive<ThisActorSystemQuarantinedEvent>(quarantined => tell($"the node at {quarantined.RemoteAddress} refuses it as one that was taken out"));
    }
}
