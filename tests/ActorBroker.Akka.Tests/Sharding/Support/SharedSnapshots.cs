using System.Collections.Concurrent;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Snapshot;

namespace ActorBroker.Akka.Tests.Sharding.Support;

/// <summary>Snapshots that several actor systems of a test share, as bytes.</summary>
public sealed class SharedSnapshots(Config config) : SnapshotStore
{
    private static readonly ConcurrentDictionary<string, (SnapshotMetadata Metadata, byte[] Bytes, int Serializer, string Manifest)> Saved = new();

    private readonly string _name = config.GetString("name")!;

    public static int Count(string name) => Saved.Keys.Count(k => k.StartsWith(name, StringComparison.Ordinal));

    protected override Task<SelectedSnapshot?> LoadAsync(string persistenceId, SnapshotSelectionCriteria criteria)
    {
        var newest = Own(persistenceId).Where(s => s.Metadata.SequenceNr <= criteria.MaxSequenceNr)
            .OrderByDescending(s => s.Metadata.SequenceNr).FirstOrDefault();
        return Task.FromResult(newest.Metadata is null ? null : new SelectedSnapshot(
            newest.Metadata, Context.System.Serialization.Deserialize(newest.Bytes, newest.Serializer, newest.Manifest)));
    }

    protected override Task SaveAsync(SnapshotMetadata metadata, object snapshot)
    {
        var serializer = Context.System.Serialization.FindSerializerFor(snapshot);
        Saved[Key(metadata)] = (
            metadata,
            Context.System.Serialization.Serialize(snapshot),
            serializer.Identifier,
            global::Akka.Serialization.Serialization.ManifestFor(serializer, snapshot));
        return Task.CompletedTask;
    }

    protected override Task DeleteAsync(SnapshotMetadata metadata)
    {
        Saved.TryRemove(Key(metadata), out _);
        return Task.CompletedTask;
    }

    protected override Task DeleteAsync(string persistenceId, SnapshotSelectionCriteria criteria)
    {
        foreach (var (metadata, _, _, _) in Own(persistenceId).Where(s => s.Metadata.SequenceNr <= criteria.MaxSequenceNr).ToArray())
            Saved.TryRemove(Key(metadata), out _);
        return Task.CompletedTask;
    }

    private string Key(SnapshotMetadata metadata) => $"{_name} {metadata.PersistenceId} {metadata.SequenceNr}";

    private IEnumerable<(SnapshotMetadata Metadata, byte[] Bytes, int Serializer, string Manifest)> Own(string persistenceId) =>
        Saved.Where(e => e.Key.StartsWith($"{_name} {persistenceId} ", StringComparison.Ordinal)).Select(e => e.Value);
}
