using ActorBroker.Protocol;

namespace ActorBroker.Core.Quorum;

/// <summary>
/// A voter's memory of the metadata as a pure machine: <see cref="Decide"/> gives the records that make its answer true and changes
/// nothing, <see cref="Apply"/> is the only mutator, the same live and when the file is read. The caller decides and applies a drained batch
/// of calls one after the other, writes all records with one sync, and only then lets the replies go.
///
/// For each log it keeps a promise (the highest ballot it has seen, and whose), the entries with the ballots they were first written under,
/// and a snapshot. Beside that it keeps the voter set, and what it has promised and accepted about the next one
/// (<see cref="VoterChangeMachine"/>).
///
/// Invariants
/// - A promise never falls. Nothing is accepted, and no log given out, under a lower ballot than the promised one.
/// - Entries are taken only behind a position that this log has; so whoever agrees with it in one position agrees in all before.
/// - Nothing is replaced that the snapshot holds, or that an owner has said to be committed: such a request is a broken invariant and
///   throws.
/// - Once it has accepted a voter set it refuses all that is asked in the name of an earlier one. A set is decided when a majority of the
///   one before has accepted it, so from that moment no majority of the earlier set answers any more.
/// - It takes part in nothing until it knows its cluster, and answers only calls that name its own file.
///
/// Callers: <c>QuorumActor</c> (through <c>QuorumStore</c>) and the simulation.
/// </summary>
public sealed class AcceptorMachine
{
    private readonly AcceptorState _state = new();

    public int NodeId => _state.NodeId;

    public Uuid FileId => _state.FileId;

    /// <summary>Empty until the node belongs to a cluster.</summary>
    public string ClusterId => _state.ClusterId;

    public VoterSet Voters => _state.Voters;

    /// <summary>A later voter set that was accepted and may or may not have been decided.</summary>
    public VoterSet? AcceptedVoters => _state.AcceptedVoters;

    public IEnumerable<string> Logs => _state.Logs.Keys;

    /// <summary>Bytes of all logs together.</summary>
    public long Size => _state.Logs.Values.Sum(log => log.Log.Size);

    public Ballot PromisedOf(string log) => _state.Find(log)?.Promised ?? Ballot.None;

    /// <summary>A log as it is, for reading; null when there is none.</summary>
    public QuorumLog? LogOf(string log) => _state.Find(log)?.Log;

    public void Apply(AcceptorRecord record) => _state.Apply(record);

    public AcceptorDecision Decide(QuorumCall call)
    {
        var request = call.Request;
        if (request is AskStatus) return AcceptorDecision.ReplyOnly(StatusOf(request.Id));
        if (call.FileId != FileId) return Refuse(request, QuorumRefusal.WrongFile);
        if (request is LearnVoters learn) return AcceptorVoterRules.Learn(_state, learn);
        if (ClusterId.Length == 0 || call.ClusterId != ClusterId) return Refuse(request, QuorumRefusal.WrongCluster);
        return request switch
        {
            PrepareVoters prepare => AcceptorVoterRules.Prepare(_state, prepare),
            AcceptVoters accept => AcceptorVoterRules.Accept(_state, accept),
            LogRequest log when log.Epoch < _state.FenceEpoch => RefuseEpoch(log),
            Prepare prepare => AcceptorLogRules.Prepare(_state, prepare),
            LogRequest log when log.Ballot < PromisedOf(log.Log) => Refuse(log, QuorumRefusal.LostBallot, PromisedOf(log.Log)),
            ReadLog read => AcceptorLogRules.Read(_state, read),
            AppendEntries append => AcceptorLogRules.Append(_state, append),
            InstallSnapshot install => AcceptorLogRules.Install(_state, install),
            _ => throw new InvalidOperationException($"{request.GetType().Name} is no request to an acceptor"),
        };
    }

    /// <summary>The records that bring another acceptor to exactly this state: how the file is rewritten.</summary>
    public IReadOnlyList<AcceptorRecord> ToRecords()
    {
        var records = new List<AcceptorRecord> { new VoterCreated(NodeId, FileId) };
        if (ClusterId.Length > 0) records.Add(new ClusterJoined(ClusterId));
        if (Voters.Epoch > 0) records.Add(new VotersDecided(Voters));
        if (_state.AcceptedVoters is { } accepted) records.Add(new VoterSetAccepted(_state.AcceptedBallot, accepted));
        if (_state.VotersBallot != Ballot.None) records.Add(new VotersPromiseMade(_state.VotersBallot, _state.VotersNonce));
        foreach (var (id, log) in _state.Logs)
        {
            if (log.Log.Start != LogPosition.Origin) records.Add(new LogStarted(id, log.Log.Start));
            if (log.Log.Entries.Count > 0) records.Add(new EntriesAccepted(id, Ballot.None, log.Log.Start.SequenceNr, [.. log.Log.Entries]));
            if (log.Log.Snapshot is { } snapshot) records.Add(new SnapshotInstalled(id, Ballot.None, snapshot));
            records.Add(new PromiseMade(id, log.Promised, log.Nonce));
        }

        return records;
    }

    private QuorumStatus StatusOf(long id) => new(id, ClusterId, NodeId, FileId, Voters, AcceptedVoters,
        [.. _state.Logs.Select(log => new LogStatus(
            log.Key, log.Value.Promised, log.Value.Log.Last, log.Value.Committed, log.Value.Log.SnapshotSequenceNr))]);

    private AcceptorDecision RefuseEpoch(LogRequest request) =>
        Refuse(request, request.Epoch < Voters.Epoch ? QuorumRefusal.StaleVoters : QuorumRefusal.VotersInDoubt);

    private AcceptorDecision Refuse(QuorumRequest request, QuorumRefusal reason, Ballot promised = default) =>
        AcceptorDecision.ReplyOnly(new Refused(request.Id, reason, promised, Voters));
}
