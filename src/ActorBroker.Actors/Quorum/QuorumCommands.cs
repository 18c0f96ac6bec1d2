using ActorBroker.Core.Quorum;
using Akka.Actor;

namespace ActorBroker.Actors.Quorum;

/// <summary>Win a ballot of the log.</summary>
internal sealed record RecoverLog(string Log, TaskCompletionSource<RecoveredLog> Done) : INoSerializationVerificationNeeded;

/// <summary>Append atomic writes under a session.</summary>
internal sealed record AppendToLog(
    string Log, int Session, IReadOnlyList<(long First, long Last, ReadOnlyMemory<byte> Bytes)> Writes, TaskCompletionSource<bool> Done)
    : INoSerializationVerificationNeeded;

/// <summary>Keep a snapshot on a majority.</summary>
internal sealed record KeepSnapshotOf(
    string Log, int Session, long SequenceNr, long Ticks, ReadOnlyMemory<byte> Bytes, TaskCompletionSource<bool> Done) : INoSerializationVerificationNeeded;

/// <summary>Cut the log below a snapshot that a majority has.</summary>
internal sealed record CutLog(string Log, int Session, long ToSequenceNr, TaskCompletionSource<bool> Done) : INoSerializationVerificationNeeded;

internal sealed record ChangeVoters(VoterChange Change, TaskCompletionSource<VoterSet> Done) : INoSerializationVerificationNeeded;

internal sealed record DescribeVoters(TaskCompletionSource<IReadOnlyList<QuorumStatus>> Done) : INoSerializationVerificationNeeded;

/// <summary>Puts what a node that has run alone brings along into its acceptor, which belongs to no cluster yet.</summary>
internal sealed record ImportRecords(IReadOnlyList<AcceptorRecord> Records) : INoSerializationVerificationNeeded;

internal sealed class ImportDone : INoSerializationVerificationNeeded
{
    public static readonly ImportDone Instance = new();
}
