namespace Akka.Cluster.Sharding;

/// <summary>Where the coordinator keeps its state; only <see cref="Persistence"/> is supported.</summary>
public enum StateStoreMode
{
    Persistence,
    DData,
    Custom,
}
