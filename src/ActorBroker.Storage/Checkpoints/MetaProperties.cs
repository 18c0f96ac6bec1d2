using System.Text;
using ActorBroker.Protocol;
using ActorBroker.Storage.Files;

namespace ActorBroker.Storage.Checkpoints;

/// <summary>
/// Whose directory this is: Kafka's <c>meta.properties</c>, version 1 (KIP-853, KIP-858): <c>cluster.id</c>, <c>node.id</c> and the id of
/// this one directory. A directory of another cluster or node is refused, and one that comes back with another id is a wiped or swapped
/// disk.
/// </summary>
public sealed record MetaProperties(string ClusterId, int NodeId, Uuid DirectoryId)
{
    public const string FileName = "meta.properties";

    internal static MetaProperties? Read(StorageFiles files, string path)
    {
        if (!files.FileExists(path)) return null;
        string? clusterId = null;
        int? nodeId = null;
        Uuid? directoryId = null;
        foreach (var line in Encoding.UTF8.GetString(files.ReadAll(path)).Split('\n', StringSplitOptions.TrimEntries))
        {
            var separator = line.IndexOfAny(['=', ':']);
            if (line.Length == 0 || line[0] is '#' or '!' || separator < 0) continue;
            var value = line[(separator + 1)..].Trim().Replace("\\", "", StringComparison.Ordinal);
            switch (line[..separator].Trim())
            {
                case "cluster.id":
                    clusterId = value;
                    break;
                case "node.id" or "broker.id" when int.TryParse(value, out var number):
                    nodeId = number;
                    break;
                case "directory.id" when Uuid.TryParse(value, out var id):
                    directoryId = id;
                    break;
            }
        }
        if (clusterId is null || nodeId is null) throw new WireFormatException($"{path}: cluster.id or node.id is missing");
        return new MetaProperties(clusterId, nodeId.Value, directoryId ?? Uuid.Zero);
    }

    internal void Write(StorageFiles files, string path) => files.Replace(path, Encoding.UTF8.GetBytes(
        $"#\n#{DateTime.UtcNow:ddd MMM dd HH:mm:ss} UTC {DateTime.UtcNow:yyyy}\n" +
        $"cluster.id={ClusterId}\ndirectory.id={DirectoryId}\nnode.id={NodeId}\nversion=1\n"));
}
