using Akka.Actor;

namespace Akka.Cluster.Tools.Singleton;

/// <summary>A hand-over did not come to an end; the manager restarts from a clean state.</summary>
public sealed class ClusterSingletonManagerIsStuckException : AkkaException
{
    public ClusterSingletonManagerIsStuckException(string message)
        : base(message)
    {
    }
}
