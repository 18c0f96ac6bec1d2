namespace Akka.Cluster.Tools.Singleton;

/// <summary>A member that can host the singleton.</summary>
/// <param name="Node">The incarnation.</param>
/// <param name="UpNumber">Its age: the smaller, the older; <see cref="int.MaxValue"/> for a member that was never up.</param>
/// <param name="Status">Its state when it was seen.</param>
internal sealed record SingletonCandidate(UniqueAddress Node, int UpNumber, MemberStatus Status)
{
    public bool IsOnItsWayOut => Status is MemberStatus.Down or MemberStatus.Exiting or MemberStatus.Leaving;
}
