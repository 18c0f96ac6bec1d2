using System.Globalization;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Storage.Journal;

public readonly record struct SnapshotName(string PersistenceId, long SequenceNr, long Ticks);

public readonly record struct SnapshotContent(int SerializerId, string Manifest, ReadOnlyMemory<byte> Payload);

/// <summary>
/// Snapshots of persistent actors as files <c>actorbroker.snapshot.ID.SEQUENCE.TICKS</c> in one directory, ID percent-encoded. The
/// content is a CRC-32C (uint32) of the
/// rest, then serializer id (int32), manifest and payload in Kafka's compact form. Written aside, synced, renamed, the directory synced.
/// </summary>
public sealed class ActorSnapshotFiles(string directory)
{
    private const string Prefix = "actorbroker.snapshot.";

    /// <summary>The id's snapshots, newest first.</summary>
    public IReadOnlyList<SnapshotName> Newest(string persistenceId)
    {
        var found = new List<SnapshotName>();
        if (!Directory.Exists(directory)) return found;
        var start = Prefix + Uri.EscapeDataString(persistenceId) + ".";
        foreach (var path in Directory.EnumerateFiles(directory, start + "*"))
        {
            var rest = Path.GetFileName(path)[start.Length..].Split('.');
            if (rest.Length == 2 && long.TryParse(rest[0], out var sequenceNr) && long.TryParse(rest[1], out var ticks))
                found.Add(new SnapshotName(persistenceId, sequenceNr, ticks));
        }

        found.Sort(static (a, b) => b.SequenceNr != a.SequenceNr ? b.SequenceNr.CompareTo(a.SequenceNr) : b.Ticks.CompareTo(a.Ticks));
        return found;
    }

    public void Write(SnapshotName name, SnapshotContent content)
    {
        Directory.CreateDirectory(directory);
        using var writer = new WireWriter(content.Payload.Length + 64);
        var crcAt = writer.Reserve(4);
        writer.WriteInt32(content.SerializerId);
        writer.WriteCompactString(content.Manifest);
        writer.WriteCompactBytes(content.Payload.Span);
        writer.PatchInt32(crcAt, unchecked((int)Crc32C.Compute(writer.WrittenSpan[4..])));
        var path = PathOf(name);
        using (var file = File.OpenHandle(path + ".new", FileMode.Create, FileAccess.Write))
        {
            RandomAccess.Write(file, writer.WrittenSpan, 0);
            FileSync.Data(file, path);
        }

        File.Move(path + ".new", path, overwrite: true);
        FileSync.Directory(directory);
    }

    /// <summary>False when the file is gone or its checksum does not hold: an older snapshot serves then.</summary>
    public bool TryRead(SnapshotName name, out SnapshotContent content)
    {
        content = default;
        var path = PathOf(name);
        if (!File.Exists(path)) return false;
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < 4 || Crc32C.Compute(bytes.AsSpan(4)) != System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(bytes)) return false;
        var reader = new WireReader(bytes.AsMemory(4));
        content = new SnapshotContent(reader.ReadInt32(), reader.ReadCompactString(), reader.ReadCompactBytes());
        return true;
    }

    public void Delete(SnapshotName name) => File.Delete(PathOf(name));

    private string PathOf(SnapshotName name) => Path.Combine(directory, string.Create(
        CultureInfo.InvariantCulture, $"{Prefix}{Uri.EscapeDataString(name.PersistenceId)}.{name.SequenceNr}.{name.Ticks}"));
}
