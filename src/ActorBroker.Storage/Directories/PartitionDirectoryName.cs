using ActorBroker.Core.Controller;
using ActorBroker.Core.Kernel;

namespace ActorBroker.Storage.Directories;

/// <summary>What the name of a directory inside a log directory says.</summary>
internal enum PartitionDirectoryKind : byte
{
    /// <summary>No partition: left alone.</summary>
    Other,
    Live,

    /// <summary>A copy on its way from another log directory (KIP-113).</summary>
    Future,

    /// <summary>Deleted: its files go in the background.</summary>
    Deleted,

    /// <summary>A replica that the metadata no longer knew; kept for the operator.</summary>
    Stray,
}

/// <summary>
/// <c>topic-partition</c>, and <c>topic-partition.id-delete</c>, <c>-future</c>, <c>-stray</c> with a random id of 32 hex digits. A topic
/// name may hold dots and dashes itself, so the partition is what follows the last dash.
/// </summary>
internal static class PartitionDirectoryName
{
    public const string MetadataLog = "__cluster_metadata-0";

    private const int NameMax = 255;
    private const string DeleteSuffix = "-delete";
    private const string StraySuffix = "-stray";

    public static PartitionDirectoryKind Parse(string name, out TopicPartition partition)
    {
        partition = default;
        foreach (var (suffix, kind) in new[]
                 {
                     (DeleteSuffix, PartitionDirectoryKind.Deleted), ("-future", PartitionDirectoryKind.Future), (StraySuffix, PartitionDirectoryKind.Stray),
                 })
        {
            if (!name.EndsWith(suffix, StringComparison.Ordinal)) continue;
            var dot = name.LastIndexOf('.');
            if (dot > 0 && name.Length - suffix.Length - dot - 1 == 32)
                return TrySplit(name[..dot], out partition) ? kind : PartitionDirectoryKind.Other;
        }
        return TrySplit(name, out partition) ? PartitionDirectoryKind.Live : PartitionDirectoryKind.Other;
    }

    /// <summary>
    /// The name under which a deleted partition waits for its removal; the topic is cut where the whole would be too long for the file
    /// system.
    /// </summary>
    public static string ForDeletion(TopicPartition partition) => WithSuffix(partition, DeleteSuffix);

    /// <summary>The name under which a directory that belongs to no topic of the metadata is kept for the operator.</summary>
    public static string ForStray(TopicPartition partition) => WithSuffix(partition, StraySuffix);

    private static string WithSuffix(TopicPartition partition, string suffix)
    {
        var tail = $"-{partition.Partition}.{Guid.NewGuid():N}{suffix}";
        var topic = partition.Topic.Length + tail.Length <= NameMax ? partition.Topic : partition.Topic[..(NameMax - tail.Length)];
        return topic + tail;
    }

    private static bool TrySplit(string name, out TopicPartition partition)
    {
        partition = default;
        var dash = name.LastIndexOf('-');
        if (dash <= 0 || !int.TryParse(name.AsSpan(dash + 1), out var number) || number < 0) return false;
        // A directory that no topic can have is somebody else's.
        if (TopicName.Problem(name[..dash]) is not null) return false;
        partition = new TopicPartition(name[..dash], number);
        return true;
    }
}
