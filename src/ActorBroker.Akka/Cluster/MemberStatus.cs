namespace Akka.Cluster;

/// <summary>
/// Where a member is in its life: Joining → (WeaklyUp →) Up → Leaving → Exiting → Removed, and from each of them → Down → Removed.
/// </summary>
public enum MemberStatus
{
    Joining = 0,
    Up = 1,
    Leaving = 2,
    Exiting = 3,
    Down = 4,
    Removed = 5,

    /// <summary>Up as far as possible while some member is unreachable.</summary>
    WeaklyUp = 6,
}
