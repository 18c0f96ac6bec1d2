using ActorBroker.Core.Kernel;
using ActorBroker.Protocol;
using ActorBroker.Storage.Files;

namespace ActorBroker.Storage.Checkpoints;

/// <summary>
/// One offset per partition of a log directory: recovery points, log starts, high watermarks, the cleaner's positions. Each line is
/// <c>topic partition offset</c>. Replaced as a whole, atomically.
/// </summary>
internal sealed class OffsetCheckpoint(StorageFiles files, string path)
{
    public const string RecoveryPoints = "recovery-point-offset-checkpoint";
    public const string LogStarts = "log-start-offset-checkpoint";
    public const string HighWatermarks = "replication-offset-checkpoint";
    public const string CleanerPositions = "cleaner-offset-checkpoint";

    private byte[] _written = [];

    /// <summary>
    /// Empty when there is no file. A damaged file counts as missing and is reported to the caller, who then trusts the logs.
    /// </summary>
    public Dictionary<TopicPartition, long> Read(IStorageLog log)
    {
        var offsets = new Dictionary<TopicPartition, long>();
        if (!files.FileExists(path)) return offsets;
        try
        {
            foreach (var (partition, offset) in CheckpointText.Read(files.ReadAll(path), path, ParseLine)) offsets[partition] = offset;
        }
        catch (WireFormatException error)
        {
            log.Write(StorageLogLevel.Warning, $"{path} is damaged and ignored: {error.Message}");
            offsets.Clear();
        }
        return offsets;
    }

    /// <summary>Writes unless the content is what was written last; true when it wrote.</summary>
    public bool Write(IReadOnlyCollection<KeyValuePair<TopicPartition, long>> offsets)
    {
        var content = CheckpointText.Write(offsets, static (text, entry) =>
            text.Append(entry.Key.Topic).Append(' ').Append(entry.Key.Partition).Append(' ').Append(entry.Value));
        if (content.AsSpan().SequenceEqual(_written)) return false;
        files.Replace(path, content);
        _written = content;
        return true;
    }

    private static (TopicPartition Partition, long Offset)? ParseLine(string line)
    {
        var parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return parts.Length == 3 && int.TryParse(parts[1], out var partition) && long.TryParse(parts[2], out var offset)
            ? (new TopicPartition(parts[0], partition), offset)
            : null;
    }
}
