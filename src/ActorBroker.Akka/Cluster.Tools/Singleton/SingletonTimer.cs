namespace Akka.Cluster.Tools.Singleton;

/// <summary>What a manager repeats until it is answered.</summary>
internal enum SingletonTimer
{
    /// <summary><see cref="HandOverToMe"/>, as the node that becomes the oldest.</summary>
    HandOver,

    /// <summary><see cref="TakeOverFromMe"/>, as the node that was the oldest.</summary>
    TakeOver,
}
