using ActorBroker.Protocol;

namespace ActorBroker.Core.Quorum;

/// <summary>Everything that an acceptor must remember, as its records made it.</summary>
internal sealed class AcceptorState
{
    private readonly SortedDictionary<string, AcceptorLog> _logs = new(StringComparer.Ordinal);

    public int NodeId { get; private set; } = -1;

    public Uuid FileId { get; private set; }

    public string ClusterId { get; private set; } = "";

    /// <summary>The newest voter set known to be decided.</summary>
    public VoterSet Voters { get; private set; } = VoterSet.None;

    /// <summary>What was promised and accepted about the set after <see cref="Voters"/>.</summary>
    public Ballot VotersBallot { get; private set; }

    public long VotersNonce { get; private set; }

    public Ballot AcceptedBallot { get; private set; }

    public VoterSet? AcceptedVoters { get; private set; }

    public IReadOnlyDictionary<string, AcceptorLog> Logs => _logs;

    /// <summary>Requests of earlier epochs are refused.</summary>
    public int FenceEpoch => AcceptedVoters?.Epoch ?? Voters.Epoch;

    public AcceptorLog? Find(string log) => _logs.GetValueOrDefault(log);

    public void Apply(AcceptorRecord record)
    {
        switch (record)
        {
            case VoterCreated created:
                (NodeId, FileId) = (created.NodeId, created.FileId);
                break;
            case ClusterJoined joined:
                ClusterId = joined.ClusterId;
                break;
            case PromiseMade promise:
                LogOf(promise.Log).Promise(promise.Ballot, promise.Nonce);
                break;
            case EntriesAccepted accepted:
                Apply(accepted);
                break;
            case SnapshotInstalled installed:
                LogOf(installed.Log).Promise(installed.Ballot, 0);
                LogOf(installed.Log).Log.Install(installed.Snapshot);
                break;
            case LogCut cut:
                LogOf(cut.Log).Log.CutTo(cut.ToSequenceNr);
                break;
            case LogStarted started:
                LogOf(started.Log).Log.Restart(started.Start);
                break;
            case VotersPromiseMade promise:
                (VotersBallot, VotersNonce) = (promise.Ballot, promise.Nonce);
                break;
            case VoterSetAccepted accepted:
                if (accepted.Ballot > VotersBallot) (VotersBallot, VotersNonce) = (accepted.Ballot, 0);
                (AcceptedBallot, AcceptedVoters) = (accepted.Ballot, accepted.Voters);
                break;
            case VotersDecided decided:
                Voters = decided.Voters;
                (VotersBallot, VotersNonce, AcceptedBallot, AcceptedVoters) = (Ballot.None, 0, Ballot.None, null);
                break;
            default:
                throw new InvalidOperationException($"{record.GetType().Name} is no record of an acceptor");
        }
    }

    private void Apply(EntriesAccepted accepted)
    {
        var log = LogOf(accepted.Log);
        log.Promise(accepted.Ballot, 0);
        log.Log.TruncateAfter(accepted.AfterSequenceNr);
        foreach (var entry in accepted.Entries) log.Log.Append(entry);
    }

    private AcceptorLog LogOf(string log)
    {
        if (!_logs.TryGetValue(log, out var found)) _logs.Add(log, found = new AcceptorLog());
        return found;
    }
}
