using ActorBroker.Protocol;
using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Snapshot;
using AkkaSerialization = Akka.Serialization.Serialization;

namespace ActorBroker.Actors.Quorum;

/// <summary>
/// Snapshots on the voters, beside the logs of <see cref="QuorumJournal"/>. Loading wins the ballot (see there). A snapshot is saved when a
/// majority has it on disk; it takes the place of the one before, so a log has one. Deleting older ones is therefore done already; the
/// present one is what the cut log begins with and cannot be deleted.
/// </summary>
public sealed class QuorumSnapshotStore : SnapshotStore
{
    /// <summary>The plugin's id.</summary>
    public const string PluginId = "akka.persistence.snapshot-store.actorbroker-quorum";

    private readonly QuorumAccess _access;
    private readonly AkkaSerialization _serialization;

    public QuorumSnapshotStore(Config config)
    {
        _access = QuorumAccess.Get(Context.System);
        _serialization = Context.System.Serialization;
    }

    protected override async Task<SelectedSnapshot> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria)
    {
        var recovered = await _access.RecoverAsync(persistenceId).ConfigureAwait(false);
        if (recovered.Snapshot is not { } snapshot) return null!;
        var metadata = new SnapshotMetadata(persistenceId, snapshot.SequenceNr, new DateTime(snapshot.Ticks, DateTimeKind.Utc));
        if (!Matches(criteria, metadata)) return null!;
        var reader = new WireReader(snapshot.Bytes);
        return new SelectedSnapshot(metadata, QuorumEventCodec.ReadObject(ref reader, _serialization).Payload);
    }

    protected override async Task SaveAsync(SnapshotMetadata metadata, object snapshot)
    {
        var done = QuorumAccess.NewCompletion<bool>();
        var bytes = Encode(snapshot);
        var session = _access.Recovered(metadata.PersistenceId).Session;
        _access.Client.Tell(
            new KeepSnapshotOf(metadata.PersistenceId, session, metadata.SequenceNr, metadata.Timestamp.Ticks, bytes, done), ActorRefs.NoSender);
        await done.Task.ConfigureAwait(false);
    }

    protected override Task DeleteAsync(SnapshotMetadata metadata) => Task.CompletedTask;

    protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria) => Task.CompletedTask;

    private byte[] Encode(object snapshot)
    {
        using var writer = new WireWriter(4096);
        QuorumEventCodec.WriteObject(writer, _serialization, snapshot);
        return writer.WrittenSpan.ToArray();
    }

    private static bool Matches(SnapshotSelectionCriteria criteria, SnapshotMetadata snapshot) =>
        snapshot.SequenceNr <= criteria.MaxSequenceNr && snapshot.Timestamp <= criteria.MaxTimeStamp
        && snapshot.SequenceNr >= criteria.MinSequenceNr && (criteria.MinTimestamp is not { } earliest || snapshot.Timestamp >= earliest);
}
