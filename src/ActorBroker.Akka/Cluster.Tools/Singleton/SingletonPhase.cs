namespace Akka.Cluster.Tools.Singleton;

/// <summary>Where a node's manager stands; <see cref="SingletonMachine"/> has the transitions.</summary>
internal enum SingletonPhase
{
    Start,
    Younger,
    BecomingOldest,
    Oldest,
    WasOldest,
    HandingOver,
    Stopping,
    End,
}
