namespace ActorBroker.Core.Quorum;

/// <summary>The reply may leave when the records, and all records that were decided before them, are on the disk.</summary>
public readonly record struct AcceptorDecision(IReadOnlyList<AcceptorRecord> Records, QuorumReply Reply)
{
    public static AcceptorDecision ReplyOnly(QuorumReply reply) => new([], reply);
}
