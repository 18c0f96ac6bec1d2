using Akka.Actor;
using Akka.Event;

namespace Akka.Cluster;

/// <summary>What the membership machine wants done.</summary>
internal abstract record ClusterEffect
{
    /// <summary>To the cluster actor of another node.</summary>
    public sealed record Send(UniqueAddress To, IClusterMessage Message) : ClusterEffect;

    /// <summary>The state has changed: tell this node's subscribers.</summary>
    public sealed record Publish(MembershipState State) : ClusterEffect;

    /// <summary>The incarnation behind this address is a new one: what the failure detector knows of it is void.</summary>
    public sealed record ForgetHeartbeats(Address Address) : ClusterEffect;

    /// <summary>This node is Exiting: run the coordinated shutdown.</summary>
    public sealed record BeginExiting : ClusterEffect
    {
        public static readonly BeginExiting Instance = new();
    }

    /// <summary>This node is a member no more: end its cluster actors.</summary>
    public sealed record ShutDown : ClusterEffect
    {
        public static readonly ShutDown Instance = new();
    }

    public sealed record Log(LogLevel Level, string Text) : ClusterEffect;
}
