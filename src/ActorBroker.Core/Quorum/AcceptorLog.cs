namespace ActorBroker.Core.Quorum;

/// <summary>One log at an acceptor: what it holds and what it has promised about it.</summary>
internal sealed class AcceptorLog
{
    public QuorumLog Log { get; } = new();

    public Ballot Promised { get; private set; }

    public long Nonce { get; private set; }

    /// <summary>How far the owner said that a majority has it; not kept over a restart, and nothing depends on it.</summary>
    public long Committed { get; set; }

    public bool MayPromise(Ballot ballot, long nonce) => ballot > Promised || (ballot == Promised && nonce == Nonce);

    public void Promise(Ballot ballot, long nonce)
    {
        if (ballot == Promised && nonce == 0) return;
        (Promised, Nonce) = (ballot, nonce);
    }
}
