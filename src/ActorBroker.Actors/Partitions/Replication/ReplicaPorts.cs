using System.Collections.Concurrent;
using ActorBroker.Core.Kernel;

namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>
/// The ports of this node's replicas. A replica is led or followed here, never both; a word for one that has no port is lost, which the
/// conversations are made for.
/// </summary>
internal sealed class ReplicaPorts
{
    private readonly ConcurrentDictionary<TopicIdPartition, ReplicaPort> _ports = new();

    public ReplicaPort? Find(TopicIdPartition id) => _ports.GetValueOrDefault(id);

    public void Open(TopicIdPartition id, ReplicaPort port) => _ports[id] = port;

    public void Close(TopicIdPartition id, ReplicaPort port)
    {
        _ports.TryRemove(new KeyValuePair<TopicIdPartition, ReplicaPort>(id, port));
        port.Close();
    }
}
