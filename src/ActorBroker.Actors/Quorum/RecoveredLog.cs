using ActorBroker.Core.Quorum;

namespace ActorBroker.Actors.Quorum;

/// <summary>
/// A log as its owner adopted it, for one recovery. The owner lives on in the client and takes writes that carry this session, until the
/// next recovery of the log or the loss of the ballot.
/// </summary>
internal sealed class RecoveredLog(int session, Ballot ballot, long incarnation, QuorumLog log)
{
    private int _isTaken;
    private QuorumLog? _log = log;

    public int Session => session;

    public Ballot Ballot => ballot;

    public long Incarnation => incarnation;

    public long HighestSequenceNr { get; } = log.Last.SequenceNr;

    public QuorumSnapshot? Snapshot { get; } = log.Snapshot;

    /// <summary>The entries, until they were replayed once.</summary>
    public QuorumLog Log => _log ?? throw new QuorumException("The log was replayed already; a replay begins with a recovery.");

    /// <summary>True once: for the replay that belongs to this recovery.</summary>
    public bool TakeFresh() => Interlocked.Exchange(ref _isTaken, 1) == 0;

    public void Release() => _log = null;
}
