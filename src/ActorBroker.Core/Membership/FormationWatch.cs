using System.Collections.Immutable;

namespace ActorBroker.Core.Membership;

/// <summary>
/// Watches the cluster that this node has formed by itself until it is one: a majority of the voters are members.
///
/// A node forms the cluster when it has heard a majority of the voters, and these are to join it. If it is cut off from them right then they
/// give it up after a while and form theirs; when the cut has healed there are two, and neither looks for the other. One of them has the
/// majority: the node whose own never had one gives it up and joins again. Once a majority has joined nothing of the kind can happen any more,
/// for a minority takes nobody out (<see cref="WatchMachine"/>): voters that were members and are gone stopped in order, and the node goes on
/// with what it leads.
///
/// Caller: <c>DowningActor</c> of a node that has joined itself. Time is the monotonic clock's.
/// </summary>
public sealed class FormationWatch(int self, int aloneAfterMs)
{
    private long _sinceMs = -1;
    private bool _isOver;

    /// <summary>True once, when the node is to give its cluster up.</summary>
    /// <param name="members">The nodes that are members, whether or not they can be reached.</param>
    /// <param name="voters">The committed voter set; nothing counts while it is not known.</param>
    /// <param name="nowMs">The monotonic clock.</param>
    public bool Tick(IReadOnlyCollection<int> members, ImmutableArray<int> voters, long nowMs)
    {
        if (_isOver || voters.IsEmpty) return false;
        if (_sinceMs < 0) _sinceMs = nowMs;
        var joined = 0;
        foreach (var voter in voters)
            if (voter == self || members.Contains(voter)) joined++;
        _isOver = joined > voters.Length / 2;
        if (_isOver || nowMs - _sinceMs < aloneAfterMs) return false;
        _isOver = true;
        return true;
    }
}
