using System.Collections.Immutable;
using ActorBroker.Protocol;

namespace ActorBroker.Core.Ports;

/// <summary>What this node knows of the voters that keep the metadata log.</summary>
public interface IQuorumView
{
    /// <summary>The committed voter set, ordered by node.</summary>
    ImmutableArray<QuorumVoter> Voters { get; }
}

/// <param name="DirectoryId">The id of the directory in which the voter keeps the log, or zero.</param>
/// <param name="LogEndOffset">How far the voter's log goes as the leader knows it; -1 when that is not known here.</param>
/// <param name="LastCaughtUpMs">Wall-clock milliseconds of the moment at which it last had everything; -1 when not known.</param>
public sealed record QuorumVoter(int NodeId, Uuid DirectoryId, long LogEndOffset, long LastCaughtUpMs);
