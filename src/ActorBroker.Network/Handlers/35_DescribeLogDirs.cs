using ActorBroker.Core.Ports;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;

namespace ActorBroker.Network.Handlers;

/// <summary>
/// The log directories of this node with the replicas in them (KIP-113) and their space (KIP-827). Null asks for all replicas, an empty
/// list for none.
/// </summary>
public sealed class DescribeLogDirsHandler(AdminServices services)
    : ApiHandler<DescribeLogDirsRequest, DescribeLogDirsResponse>(ApiKey.DescribeLogDirs, 1, 5)
{
    public override async ValueTask<DescribeLogDirsResponse> HandleAsync(DescribeLogDirsRequest request, RequestContext context)
    {
        var wanted = request.Topics?.GroupBy(topic => topic.Topic, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.SelectMany(topic => topic.Partitions).ToHashSet(), StringComparer.Ordinal);
        var response = new DescribeLogDirsResponse();
        foreach (var directory in await services.Partitions.DescribeLogDirectoriesAsync(context.Cancel).ConfigureAwait(false))
        {
            response.Results.Add(new DescribeLogDirsResponse.DescribeLogDirsResult
            {
                ErrorCode = directory.Error,
                LogDir = directory.Path,
                TotalBytes = directory.TotalBytes,
                UsableBytes = directory.UsableBytes,
                Topics = TopicsOf(directory, wanted),
            });
        }

        return response;
    }

    private static List<DescribeLogDirsResponse.DescribeLogDirsTopic> TopicsOf(
        LogDirectoryDescription directory, Dictionary<string, HashSet<int>>? wanted)
    {
        var topics = new SortedDictionary<string, DescribeLogDirsResponse.DescribeLogDirsTopic>(StringComparer.Ordinal);
        foreach (var replica in directory.Replicas)
        {
            var (name, index) = replica.Partition;
            if (wanted is not null && !(wanted.TryGetValue(name, out var partitions) && partitions.Contains(index))) continue;
            if (!topics.TryGetValue(name, out var topic))
                topics[name] = topic = new DescribeLogDirsResponse.DescribeLogDirsTopic { Name = name };
            topic.Partitions.Add(new DescribeLogDirsResponse.DescribeLogDirsPartition
            {
                PartitionIndex = index, PartitionSize = replica.SizeBytes, OffsetLag = replica.OffsetLag, IsFutureKey = replica.IsFuture,
            });
        }

        return [.. topics.Values];
    }
}
