namespace ActorBroker.Core.Groups;

/// <summary>
/// Where a classic group stands.
///
/// <para><b>Dead</b>: nothing is known of the group: before its first member or offset, and after its tombstone.
/// Next: Empty (a first join, a simple commit, the log).</para>
/// <para><b>Empty</b>: no members; offsets may be there and wait for their expiry. A join starts the initial rebalance with its delay.
/// Next: PreparingRebalance, Dead (deleted, or nothing left to keep).</para>
/// <para><b>PreparingRebalance</b>: joins are parked until every known member has come again or the rebalance timeout ends; heartbeats say
/// REBALANCE_IN_PROGRESS; commits of the old generation are still taken, because members commit before they give partitions back (R53,
/// KIP-429). Next: CompletingRebalance (a new generation), Empty (everybody left).</para>
/// <para><b>CompletingRebalance</b>: the generation is known to its members, syncs are parked until the leader brings the assignments and
/// they are written. Commits are refused with REBALANCE_IN_PROGRESS.
/// Next: Stable, PreparingRebalance (a member joined, left, failed or did not sync in time).</para>
/// <para><b>Stable</b>: the assignments are in the log, syncs are answered from it. Next: PreparingRebalance.</para>
/// </summary>
public enum GroupPhase
{
    Dead,
    Empty,
    PreparingRebalance,
    CompletingRebalance,
    Stable,
}
