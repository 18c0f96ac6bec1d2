using ActorBroker.Actors.Partitions.Replication;
using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Partitions.Replication;
using ActorBroker.Core.Ports;
using Akka.Actor;
using Akka.Event;

namespace ActorBroker.Actors.Hosting;

/// <summary>
/// A node's end of the bulk lane: the actor that takes other nodes' envelopes (<c>/user/replication</c>) and the links to them. Lives in an
/// actor system of its own, so that the cluster's heartbeats never wait behind records.
/// </summary>
public sealed class ReplicationLane : IDisposable
{
    /// <summary>The name of the bulk lane's actor system, the same on every node: it is part of the address.</summary>
    public const string SystemName = "actorbroker-bulk";

    private readonly ColdReader _reader;

    private ReplicationLane(ReplicationServices services, IActorRef receiver, ColdReader reader)
    {
        Services = services;
        Receiver = receiver;
        _reader = reader;
    }

    internal ReplicationServices Services { get; }

    internal IActorRef Receiver { get; }

    /// <summary>Starts the lane's actors. <paramref name="identity"/> tells other nodes who speaks.</summary>
    internal static ReplicationLane Start(
        ActorSystem bulk, ReplicationIdentity identity, ReplicationSettings settings, BufferPool buffers, NodePorts ports,
        Func<int, IActorRef?>? resolve = null)
    {
        resolve ??= new PeerAddresses(bulk, ports.Metadata).Find;
        var links = new PeerLinks(settings.LinkBytes, settings.CatchUpBytes, link => StartLink(bulk, link, identity, resolve));
        var inbound = new ReplicaPorts();
        var pace = new CatchUpPace(settings.CatchUpBytesPerSecond);
        var replicated = new ReplicatedTraffic();
        var reader = new ColdReader(buffers, pace, () => Served(ports, replicated), Logging.GetLogger(bulk, "replication"));
        var services = new ReplicationServices(settings, inbound, links, reader, ports.Controller, ports.Metadata)
        {
            Incarnation = identity.Incarnation,
            Replicated = replicated,
        };
        return new ReplicationLane(services, bulk.ActorOf(ReplicationActor.PropsFor(inbound, buffers), ReplicationActor.Name), reader);
    }

    public void Dispose() => _reader.Dispose();

    /// <summary>What clients have of this node. A replica that is in sync serves them too: producers wait for what it writes.</summary>
    private static (long Produced, long Served) Served(NodePorts ports, ReplicatedTraffic replicated)
    {
        var (produced, served) = ports.Traffic();
        return (produced, served + replicated.InSyncBytes);
    }

    private static IActorRef StartLink(ActorSystem bulk, PeerLink link, ReplicationIdentity identity, Func<int, IActorRef?> resolve)
    {
        try
        {
            return bulk.ActorOf(ReplicationLinkActor.PropsFor(link, identity, resolve), $"replication-link-{link.Node}");
        }
        catch (InvalidOperationException)
        {
            // The lane's actor system is going down: there is nobody to speak to any more.
            link.Close();
            return ActorRefs.Nobody;
        }
    }

    /// <summary>What the lane asks of its node.</summary>
    internal sealed record NodePorts(IController Controller, IMetadataSource Metadata)
    {
        /// <summary>Bytes that producers have brought and consumers have taken so far.</summary>
        public Func<(long Produced, long Served)> Traffic { get; init; } = static () => default;
    }

    /// <summary>Finds the bulk lane of other nodes by the addresses that they registered. One thread at a time may be in it per node.</summary>
    private sealed class PeerAddresses(ActorSystem bulk, IMetadataSource metadata)
    {
        private readonly System.Collections.Concurrent.ConcurrentDictionary<int, (LaneAddresses Lanes, IActorRef Actor)> _known = new();

        public IActorRef? Find(int node)
        {
            if (!metadata.Current.Brokers.TryGetValue(node, out var broker) || broker.Lanes is not { } lanes) return null;
            if (_known.TryGetValue(node, out var known) && known.Lanes == lanes) return known.Actor;
            var provider = ((ExtendedActorSystem)bulk).Provider;
            var address = new Address(provider.DefaultAddress.Protocol, SystemName, lanes.Host, lanes.BulkPort);
            var actor = provider.ResolveActorRef($"{address}/user/{ReplicationActor.Name}");
            _known[node] = (lanes, actor);
            return actor;
        }
    }
}
