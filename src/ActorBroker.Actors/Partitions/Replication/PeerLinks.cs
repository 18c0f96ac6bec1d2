using System.Collections.Concurrent;
using Akka.Actor;

namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>The links of a node, one per other node that its replicas have spoken to. Any thread.</summary>
internal sealed class PeerLinks(int budgetBytes, int catchUpBytes, Func<PeerLink, IActorRef> start)
{
    private readonly ConcurrentDictionary<int, PeerLink> _links = new();

    public PeerLink To(int node) =>
        _links.TryGetValue(node, out var link) ? link : _links.GetOrAdd(node, new PeerLink(node, budgetBytes, catchUpBytes, start));
}
