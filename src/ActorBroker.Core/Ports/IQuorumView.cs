using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Ports;

/// <summary>Asks the voters that keep the metadata log how they stand.</summary>
public interface IQuorumView
{
    /// <summary>Null on a node that stands alone: it is its own quorum.</summary>
    ValueTask<QuorumDescription?> DescribeAsync(CancellationToken cancel);
}

/// <param name="Committed">How far the log is committed, in the log's own sequence numbers.</param>
/// <param name="Voters">The committed voter set, ordered by node.</param>
public sealed record QuorumDescription(long Committed, ImmutableArray<QuorumVoter> Voters);

/// <param name="FileId">The id of the file in which the voter keeps the log.</param>
/// <param name="Last">The last entry of the voter's log; -1 when it did not answer.</param>
public sealed record QuorumVoter(int NodeId, Uuid FileId, long Last);
