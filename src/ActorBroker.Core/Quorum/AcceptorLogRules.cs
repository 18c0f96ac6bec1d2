namespace ActorBroker.Core.Quorum;

/// <summary>How an acceptor answers about one log; <see cref="AcceptorMachine"/> has refused what must be refused for its epoch.</summary>
internal static class AcceptorLogRules
{
    public static AcceptorDecision Prepare(AcceptorState state, Prepare request)
    {
        var log = state.Find(request.Log);
        if (log is not null && !log.MayPromise(request.Ballot, request.Nonce))
            return AcceptorDecision.ReplyOnly(new Refused(request.Id, QuorumRefusal.LostBallot, log.Promised, state.Voters));
        var last = log?.Log.Last ?? LogPosition.Origin;
        return new AcceptorDecision(
            [new PromiseMade(request.Log, request.Ballot, request.Nonce)],
            new Promised(request.Id, last, log?.Log.SnapshotSequenceNr ?? 0));
    }

    public static AcceptorDecision Read(AcceptorState state, ReadLog request)
    {
        var log = state.Find(request.Log);
        if (log is null || log.Promised != request.Ballot)
            return AcceptorDecision.ReplyOnly(new Refused(request.Id, QuorumRefusal.LostBallot, log?.Promised ?? Ballot.None, state.Voters));
        var isFirst = request.AfterSequenceNr <= log.Log.Start.SequenceNr;
        var entries = log.Log.After(request.AfterSequenceNr, request.MaxBytes);
        var isLast = entries.Count == 0 || entries[^1].Last == log.Log.Last.SequenceNr;
        return AcceptorDecision.ReplyOnly(new LogPage(request.Id, log.Log.Start, isFirst ? log.Log.Snapshot : null, entries, isLast));
    }

    public static AcceptorDecision Append(AcceptorState state, AppendEntries request)
    {
        var log = state.Find(request.Log);
        var own = log?.Log ?? new QuorumLog();
        var start = own.Start.SequenceNr;
        if (request.Previous.SequenceNr >= start && !own.Contains(request.Previous))
            return AcceptorDecision.ReplyOnly(Mismatch(request, own));

        var records = new List<AcceptorRecord>();
        var isNewBallot = log is null || request.Ballot > log.Promised;
        var fresh = FirstMissing(own, request.Entries);
        if (fresh < request.Entries.Count)
        {
            var after = fresh > 0 ? request.Entries[fresh - 1].Last : request.Previous.SequenceNr;
            after = Math.Max(after, start);
            if (log is not null && after < Math.Min(log.Committed, own.Last.SequenceNr))
                throw new InvalidOperationException($"{request.Log}: what is committed up to {log.Committed} would be replaced behind {after}");
            records.Add(new EntriesAccepted(request.Log, request.Ballot, after, [.. request.Entries.Skip(fresh)]));
        }
        else if (isNewBallot)
        {
            records.Add(new PromiseMade(request.Log, request.Ballot, 0));
        }

        if (own.Snapshot is { } snapshot && own.BoundaryAtOrBelow(Math.Min(request.CutTo, snapshot.SequenceNr)) > start)
            records.Add(new LogCut(request.Log, request.CutTo));
        var match = request.Entries.Count > 0 ? request.Entries[^1].Last : request.Previous.SequenceNr;
        if (log is not null) log.Committed = Math.Max(log.Committed, Math.Min(request.Committed, match));
        return new AcceptorDecision(records, new Accepted(request.Id, Math.Max(match, start), own.SnapshotSequenceNr));
    }

    public static AcceptorDecision Install(AcceptorState state, InstallSnapshot request)
    {
        var log = state.Find(request.Log);
        var own = log?.Log ?? new QuorumLog();
        var snapshot = request.Snapshot;
        if (own.SnapshotSequenceNr >= snapshot.SequenceNr)
        {
            IReadOnlyList<AcceptorRecord> promise =
                log is null || request.Ballot > log.Promised ? [new PromiseMade(request.Log, request.Ballot, 0)] : [];
            return new AcceptorDecision(promise, new Installed(request.Id, own.SnapshotSequenceNr, own.SnapshotSequenceNr));
        }

        return new AcceptorDecision(
            [new SnapshotInstalled(request.Log, request.Ballot, snapshot)],
            new Installed(request.Id, snapshot.SequenceNr, snapshot.SequenceNr));
    }

    private static Mismatched Mismatch(AppendEntries request, QuorumLog own)
    {
        var hint = Math.Min(own.Last.SequenceNr, own.BoundaryAtOrBelow(request.Previous.SequenceNr - 1));
        return new Mismatched(request.Id, hint, own.SnapshotSequenceNr);
    }

    /// <summary>The index of the first entry that the log does not have already; everything behind it replaces what is there.</summary>
    private static int FirstMissing(QuorumLog own, IReadOnlyList<QuorumEntry> entries)
    {
        for (var i = 0; i < entries.Count; i++)
        {
            if (entries[i].Last <= own.Start.SequenceNr) continue;
            if (!own.Contains(entries[i].Position)) return i;
        }

        return entries.Count;
    }
}
