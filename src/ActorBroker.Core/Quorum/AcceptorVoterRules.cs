namespace ActorBroker.Core.Quorum;

/// <summary>How an acceptor answers about the voter set: a single decree of Paxos for each epoch, asked of the voters of the one before.</summary>
internal static class AcceptorVoterRules
{
    public static AcceptorDecision Prepare(AcceptorState state, PrepareVoters request)
    {
        if (RefusedEpoch(state, request.Id, request.Epoch) is { } refused) return refused;
        var mayPromise = request.Ballot > state.VotersBallot || (request.Ballot == state.VotersBallot && request.Nonce == state.VotersNonce);
        if (!mayPromise) return LostBallot(state, request.Id);
        return new AcceptorDecision(
            [new VotersPromiseMade(request.Ballot, request.Nonce)],
            new VotersPromised(request.Id, state.AcceptedBallot, state.AcceptedVoters));
    }

    public static AcceptorDecision Accept(AcceptorState state, AcceptVoters request)
    {
        if (RefusedEpoch(state, request.Id, request.Voters.Epoch - 1) is { } refused) return refused;
        if (request.Ballot < state.VotersBallot) return LostBallot(state, request.Id);
        return new AcceptorDecision([new VoterSetAccepted(request.Ballot, request.Voters)], new VotersAccepted(request.Id));
    }

    /// <summary>An acceptor of no cluster becomes one of this, but only when the set names its own file.</summary>
    public static AcceptorDecision Learn(AcceptorState state, LearnVoters request)
    {
        var records = new List<AcceptorRecord>();
        if (state.ClusterId.Length == 0)
        {
            if (request.Voters.Find(state.NodeId)?.FileId != state.FileId)
                return AcceptorDecision.ReplyOnly(new Refused(request.Id, QuorumRefusal.WrongFile, Ballot.None, state.Voters));
            records.Add(new ClusterJoined(request.ClusterId));
        }
        else if (state.ClusterId != request.ClusterId)
        {
            return AcceptorDecision.ReplyOnly(new Refused(request.Id, QuorumRefusal.WrongCluster, Ballot.None, state.Voters));
        }

        if (request.Voters.Epoch > state.Voters.Epoch) records.Add(new VotersDecided(request.Voters));
        return new AcceptorDecision(records, new VotersLearned(request.Id, Math.Max(request.Voters.Epoch, state.Voters.Epoch)));
    }

    private static AcceptorDecision? RefusedEpoch(AcceptorState state, long id, int epoch)
    {
        if (epoch == state.Voters.Epoch) return null;
        var reason = epoch < state.Voters.Epoch ? QuorumRefusal.StaleVoters : QuorumRefusal.BehindVoters;
        return AcceptorDecision.ReplyOnly(new Refused(id, reason, Ballot.None, state.Voters));
    }

    private static AcceptorDecision LostBallot(AcceptorState state, long id) =>
        AcceptorDecision.ReplyOnly(new Refused(id, QuorumRefusal.LostBallot, state.VotersBallot, state.Voters));
}
