using ActorBroker.Storage.Journal;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Snapshot;
using AkkaSerialization = Akka.Serialization.Serialization;

namespace ActorBroker.Actors.Journal;

/// <summary>
/// The durable snapshot store of one node: a file per snapshot (<see cref="ActorSnapshotFiles"/>), synced and renamed into place, so
/// that a snapshot is there whole or
/// not at all. Configured by <c>akka.persistence.snapshot-store.actorbroker.path</c>, a directory.
/// </summary>
public sealed class LocalSnapshotStore : SnapshotStore
{
    /// <summary>The plugin's id.</summary>
    public const string PluginId = "akka.persistence.snapshot-store.actorbroker";

    private readonly ActorSnapshotFiles _files;
    private readonly AkkaSerialization _serialization;

    public LocalSnapshotStore(Config config)
    {
        var path = config.GetString("path", "");
        if (path.Length == 0) throw new ConfigurationException($"{PluginId}.path is not set: name the directory that snapshots are to be kept in.");
        _files = new ActorSnapshotFiles(path);
        _serialization = Context.System.Serialization;
    }

    protected override Task<SelectedSnapshot> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria)
    {
        foreach (var snapshot in _files.Newest(persistenceId))
        {
            if (!Matches(criteria, snapshot) || !_files.TryRead(snapshot, out var content)) continue;
            var state = _serialization.Deserialize(content.Payload.ToArray(), content.SerializerId, content.Manifest);
            return Task.FromResult(new SelectedSnapshot(Metadata(snapshot), state));
        }

        return Task.FromResult<SelectedSnapshot>(null!);
    }

    protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot)
    {
        var serializer = _serialization.FindSerializerFor(snapshot, null);
        var manifest = AkkaSerialization.ManifestFor(serializer, snapshot);
        var name = new SnapshotName(metadata.PersistenceId, metadata.SequenceNr, metadata.Timestamp.Ticks);
        var content = new SnapshotContent(serializer.Identifier, manifest, serializer.ToBinary(snapshot));
        return Task.Run(() => _files.Write(name, content));
    }

    protected override Task DeleteAsync(SnapshotMetadata metadata)
    {
        foreach (var snapshot in _files.Newest(metadata.PersistenceId))
            if (snapshot.SequenceNr == metadata.SequenceNr) _files.Delete(snapshot);
        return Task.CompletedTask;
    }

    protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria)
    {
        foreach (var snapshot in _files.Newest(persistenceId))
            if (Matches(criteria, snapshot)) _files.Delete(snapshot);
        return Task.CompletedTask;
    }

    private static bool Matches(SnapshotSelectionCriteria criteria, SnapshotName snapshot) =>
        snapshot.SequenceNr <= criteria.MaxSequenceNr && snapshot.Ticks <= criteria.MaxTimeStamp.Ticks
        && snapshot.SequenceNr >= criteria.MinSequenceNr && (criteria.MinTimestamp is not { } earliest || snapshot.Ticks >= earliest.Ticks);

    private static SnapshotMetadata Metadata(SnapshotName snapshot) =>
        new(snapshot.PersistenceId, snapshot.SequenceNr, new DateTime(snapshot.Ticks, DateTimeKind.Utc));
}
