namespace ActorBroker.Core.Quorum;

/// <summary>
/// The part of an <see cref="OwnerMachine"/> that brings its log to the voters and knows how far each of them is. A voter that lags gets the
/// entries it lacks, page by page; one that lacks entries that are cut gets the snapshot. A silent one is only probed.
/// </summary>
internal sealed class OwnerReplication(string name, OwnerSettings settings, int tag)
{
    private List<QuorumOutput> _outputs = [];
    private List<VoterProgress> _peers = [];
    private uint _requests;
    private long _keptSnapshot;
    private long _cutTo;
    private long _cutDone;

    public string Name => name;

    public QuorumLog Log { get; private set; } = new();

    public VoterSet Voters { get; set; } = VoterSet.None;

    public Ballot Ballot { get; private set; }

    public long Committed { get; private set; }

    public IReadOnlyList<VoterProgress> Peers => _peers;

    public bool AnyInDoubt => _peers.Exists(peer => peer.IsInDoubt);

    /// <summary>A new ballot; nothing is known of the voters under it.</summary>
    public void Begin(Ballot ballot)
    {
        Ballot = ballot;
        Log = new QuorumLog();
        _peers = [.. Voters.Voters.Select(voter => new VoterProgress(voter))];
    }

    public long NewId() => ((long)tag << 32) | ++_requests;

    public void Tell(QuorumOutput output) => _outputs.Add(output);

    public IReadOnlyList<QuorumOutput> TakeOutputs()
    {
        if (_outputs.Count == 0) return [];
        var taken = _outputs;
        _outputs = [];
        return taken;
    }

    public void Send(VoterProgress peer, QuorumRequest request, long nowMs)
    {
        peer.Pending = request;
        peer.SentAtMs = nowMs;
        _outputs.Add(new SendToVoter(peer.Voter, request));
    }

    /// <summary>Tells a voter the set that this owner counts in; nothing waits for the answer.</summary>
    public void Teach(VoterProgress peer) => _outputs.Add(new SendToVoter(peer.Voter, new LearnVoters(NewId(), settings.ClusterId, Voters)));

    /// <summary>The voter whose outstanding request this answers; null for an answer that came too late.</summary>
    public VoterProgress? Answered(int voter, QuorumReply reply)
    {
        var peer = _peers.Find(other => other.Voter.Id == voter);
        return peer?.Pending is { } pending && pending.Id == reply.Id ? peer : null;
    }

    /// <summary>The request stays out, to be sent again: whatever was refused may be taken later.</summary>
    public void Refuse(VoterProgress peer, QuorumRefusal reason, long nowMs)
    {
        peer.Refusal = reason;
        peer.IsInDoubt = reason == QuorumRefusal.VotersInDoubt;
        peer.SentAtMs = nowMs;
        peer.Silent++;
    }

    /// <summary>Guesses where each voter's log leaves the adopted one; a wrong guess is told by the voter.</summary>
    public void StartFrom(LogPosition adopted)
    {
        foreach (var peer in _peers)
        {
            peer.Pending = null;
            peer.Next = Math.Min(peer.Promise?.Last.SequenceNr ?? adopted.SequenceNr, adopted.SequenceNr) + 1;
        }
    }

    public void SendAll(long nowMs)
    {
        foreach (var peer in _peers) Replicate(peer, nowMs);
    }

    public void Resend(long nowMs, bool isReplicating)
    {
        foreach (var peer in _peers)
        {
            if (peer.Pending is { } pending)
            {
                if (nowMs - peer.SentAtMs < (long)settings.RetransmitMs << Math.Min(peer.Silent, 3)) continue;
                peer.Silent++;
                if (!isReplicating)
                {
                    Send(peer, pending, nowMs);
                    continue;
                }

                peer.Pending = null;
            }

            if (isReplicating) Replicate(peer, nowMs);
        }
    }

    /// <summary>Appends nothing to voters that were not spoken to for a while; who is refused has lost the ballot.</summary>
    public void Check(long nowMs)
    {
        foreach (var peer in _peers)
        {
            if (peer.Pending is not null || nowMs - peer.SentAtMs < settings.CheckMs) continue;
            var previous = Math.Min(peer.Next, Log.Last.SequenceNr + 1) - 1;
            if (previous < Log.Start.SequenceNr) continue;
            Send(peer, new AppendEntries(NewId(), name, Voters.Epoch, Ballot, Log.PositionOf(previous), [], Committed, _cutTo), nowMs);
        }
    }

    public void Learn(VoterProgress peer, QuorumReply reply, long nowMs)
    {
        var request = peer.Pending;
        (peer.Pending, peer.Silent, peer.IsInDoubt, peer.Refusal) = (null, 0, false, null);
        switch (reply)
        {
            case Accepted accepted when request is AppendEntries taken:
                peer.Learn(Math.Min(accepted.Match, Log.Last.SequenceNr), accepted.SnapshotSequenceNr);
                peer.CutTo = Math.Max(peer.CutTo, taken.CutTo);
                break;
            case Installed installed:
                peer.Learn(Math.Min(installed.Match, Log.Last.SequenceNr), installed.SnapshotSequenceNr);
                break;
            case Mismatched mismatched when request is AppendEntries refused:
                peer.SnapshotSequenceNr = Math.Max(peer.SnapshotSequenceNr, mismatched.SnapshotSequenceNr);
                var previous = Math.Min(mismatched.Hint, refused.Previous.SequenceNr - 1);
                peer.Next = (previous < Log.Start.SequenceNr ? previous : Log.BoundaryAtOrBelow(previous)) + 1;
                break;
        }

        Replicate(peer, nowMs);
    }

    /// <summary>The highest sequence number that a majority has under this ballot.</summary>
    public long MajorityMatch()
    {
        var matches = _peers.Select(peer => peer.Match).OrderDescending().ToList();
        return matches[Voters.Majority - 1];
    }

    public void Commit(long sequenceNr) => Committed = sequenceNr;

    public void Cut(long sequenceNr, long nowMs)
    {
        var to = Math.Min(sequenceNr, _keptSnapshot);
        if (to <= _cutTo) return;
        _cutTo = to;
        Log.CutTo(to);
        SendAll(nowMs);
    }

    /// <summary>Tells when a majority has come to have the snapshot, or the cut.</summary>
    public void Count()
    {
        var snapshot = Log.SnapshotSequenceNr;
        if (snapshot > _keptSnapshot && _peers.Count(peer => peer.SnapshotSequenceNr >= snapshot) >= Voters.Majority)
        {
            _keptSnapshot = snapshot;
            Tell(new SnapshotKept(snapshot));
        }

        if (_cutTo > _cutDone && _peers.Count(peer => peer.CutTo >= _cutTo) >= Voters.Majority)
        {
            _cutDone = _cutTo;
            Tell(new LogWasCut(_cutTo));
        }
    }

    public string Describe() => string.Join(", ", _peers.Select(
        peer => peer.Refusal is { } refusal ? $"{peer.Voter} ({refusal})" : peer.Silent > 0 ? $"{peer.Voter} (silent)" : $"{peer.Voter}"));

    private void Replicate(VoterProgress peer, long nowMs)
    {
        if (peer.Pending is not null) return;
        var previous = Math.Min(peer.Next, Log.Last.SequenceNr + 1) - 1;
        if (previous < Log.Start.SequenceNr)
        {
            Install(peer, nowMs);
            return;
        }

        var isProbe = peer.Silent >= 2;
        var lacksEntries = previous < Log.Last.SequenceNr;
        if (lacksEntries || peer.Match < 0 || peer.CutTo < _cutTo || isProbe)
        {
            var entries = lacksEntries && !isProbe ? Log.After(previous, settings.PageBytes) : [];
            Send(peer, new AppendEntries(
                NewId(), name, Voters.Epoch, Ballot, Log.PositionOf(previous), entries, Committed, _cutTo), nowMs);
        }
        else if (peer.SnapshotSequenceNr < Log.SnapshotSequenceNr)
        {
            Install(peer, nowMs);
        }
    }

    private void Install(VoterProgress peer, long nowMs) =>
        Send(peer, new InstallSnapshot(NewId(), name, Voters.Epoch, Ballot, Log.Snapshot!), nowMs);
}
