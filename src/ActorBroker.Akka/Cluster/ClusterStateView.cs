namespace Akka.Cluster;

/// <summary>
/// <see cref="Cluster.State"/>, readable from every thread. The publisher writes it before it publishes the events that lead there, so
/// a subscriber that looks finds at least what it was told.
/// </summary>
internal sealed class ClusterStateView(Cluster cluster)
{
    private ClusterEvent.CurrentClusterState _state = new();

    public ClusterEvent.CurrentClusterState State
    {
        get => Volatile.Read(ref _state);
        set => Volatile.Write(ref _state, value);
    }

    public Member Self => State.Members.FirstOrDefault(m => m.UniqueAddress == cluster.SelfUniqueAddress) ?? RemovedSelf;

    public Member RemovedSelf { get; } =
        new(cluster.SelfUniqueAddress, int.MaxValue, MemberStatus.Removed, cluster.SelfRoles, cluster.Settings.AppVersion);
}
