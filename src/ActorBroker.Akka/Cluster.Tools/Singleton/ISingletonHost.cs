using Akka.Actor;

namespace Akka.Cluster.Tools.Singleton;

/// <summary>What <see cref="SingletonMachine"/> needs from the actor around it, or from a simulated node.</summary>
internal interface ISingletonHost
{
    UniqueAddress Self { get; }

    /// <summary>The node's membership has ended: it is shutting down.</summary>
    bool IsClusterTerminated { get; }

    /// <summary>State of this node's own member.</summary>
    MemberStatus SelfStatus { get; }

    /// <summary>The incarnation that is a member at an address; null when there is none.</summary>
    UniqueAddress? MemberAt(Address address);

    void StartSingleton();

    /// <summary>Sends the termination message to the running singleton.</summary>
    void TerminateSingleton();

    /// <summary>To the manager at that address.</summary>
    void Send(Address peer, IClusterSingletonMessage message);

    /// <summary>Once, after the retry interval; replaces a running one.</summary>
    void StartTimer(SingletonTimer timer, int count);

    void CancelTimer(SingletonTimer timer);

    /// <summary>Calls <see cref="SingletonMachine.RemovalMarginPassed"/> when the margin has passed.</summary>
    void AwaitRemovalMargin(UniqueAddress node);

    /// <summary>This node can exit as far as the singleton is concerned.</summary>
    void ReleaseExit();

    void StopManager();

    void PhaseChanged(SingletonPhase from, SingletonPhase to);
}
