using System.Text;
using ActorBroker.Protocol;
using ActorBroker.Storage.Files;

namespace ActorBroker.Storage.Checkpoints;

/// <summary>
/// The file <c>partition.metadata</c> (KIP-516): which topic, by id, the directory belongs to. Written before the first batch and synced
/// with it, so that a log can never be taken for one of a later topic of the same name.
/// </summary>
internal static class PartitionMetadataFile
{
    public const string FileName = "partition.metadata";

    private const string VersionKey = "version:";
    private const string TopicIdKey = "topic_id:";

    /// <summary>Null when there is no file.</summary>
    /// <exception cref="WireFormatException">The file says something else.</exception>
    public static Uuid? Read(StorageFiles files, string path)
    {
        if (!files.FileExists(path)) return null;
        var content = files.ReadAll(path);
        foreach (var line in Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.TrimEntries))
        {
            if (!line.StartsWith(TopicIdKey, StringComparison.Ordinal)) continue;
            if (Uuid.TryParse(line[TopicIdKey.Length..].Trim(), out var id)) return id;
        }
        throw new WireFormatException($"{path}: no topic id in '{Encoding.UTF8.GetString(content, 0, Math.Min(content.Length, 80))}'");
    }

    public static byte[] Write(Uuid topicId) => Encoding.UTF8.GetBytes($"{VersionKey} 0\n{TopicIdKey} {topicId}");
}
