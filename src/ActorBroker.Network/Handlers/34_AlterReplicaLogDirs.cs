using ActorBroker.Core.Kernel;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// Where a replica shall lie among this node's log directories (KIP-113). One that lies there already is done; this broker does not carry
/// the files of a replica from one of its directories to another, and says so with UNSUPPORTED_VERSION. Of a partition that is named for
/// several directories the last one counts. The errors and their order are Kafka's: the name's length, the directory, the replica.
/// </summary>
public sealed class AlterReplicaLogDirsHandler(AdminServices services)
    : ApiHandler<AlterReplicaLogDirsRequest, AlterReplicaLogDirsResponse>(ApiKey.AlterReplicaLogDirs, 1, 2)
{
    /// <summary>A directory's name may have 255 characters; that of a replica under way ends in a dot, 32 digits and <c>-future</c>.</summary>
    private const int MaxNameLength = 255 - 40;

    public override async ValueTask<AlterReplicaLogDirsResponse> HandleAsync(AlterReplicaLogDirsRequest request, RequestContext context)
    {
        var wanted = new Dictionary<TopicPartition, string>();
        foreach (var directory in request.Dirs)
            foreach (var topic in directory.Topics)
                foreach (var partition in topic.Partitions) wanted[new TopicPartition(topic.Name, partition)] = directory.Path;
        var directories = await services.Partitions.DescribeLogDirectoriesAsync(context.Cancel).ConfigureAwait(false);
        var homes = new Dictionary<TopicPartition, LogDirectoryDescription>();
        foreach (var directory in directories)
            foreach (var replica in directory.Replicas)
                if (!replica.IsFuture) homes.TryAdd(replica.Partition, directory);
        ErrorCode Place(TopicPartition partition, string path) =>
            Judge(partition, directories.FirstOrDefault(directory => directory.Path == path), homes.GetValueOrDefault(partition), context.Metadata);

        var response = new AlterReplicaLogDirsResponse();
        foreach (var topic in wanted.GroupBy(pair => pair.Key.Topic, StringComparer.Ordinal))
        {
            response.Results.Add(new AlterReplicaLogDirsResponse.AlterReplicaLogDirTopicResult
            {
                TopicName = topic.Key,
                Partitions =
                [
                    .. topic.Select(pair => new AlterReplicaLogDirsResponse.AlterReplicaLogDirPartitionResult
                    {
                        PartitionIndex = pair.Key.Partition, ErrorCode = Place(pair.Key, pair.Value),
                    }),
                ],
            });
        }

        return response;
    }

    private static ErrorCode Judge(TopicPartition partition, LogDirectoryDescription? target, LogDirectoryDescription? home, MetadataImage image)
    {
        if (partition.ToString().Length > MaxNameLength) return ErrorCode.InvalidTopicException;
        if (target is null) return ErrorCode.LogDirNotFound;
        if (target.Error != ErrorCode.None) return ErrorCode.KafkaStorageError;
        if (home == target) return ErrorCode.None;
        if (home is not null) return home.Error == ErrorCode.None ? ErrorCode.UnsupportedVersion : ErrorCode.KafkaStorageError;
        var isKnown = image.Topics.TryGetValue(partition.Topic, out var topic) && (uint)partition.Partition < (uint)topic.Partitions.Length;
        return isKnown ? ErrorCode.ReplicaNotAvailable : ErrorCode.UnknownTopicOrPartition;
    }
}
