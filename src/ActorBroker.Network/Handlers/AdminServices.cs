using ActorBroker.Core.Configuration;
using ActorBroker.Core.Metadata;
using ActorBroker.Core.Ports;

namespace ActorBroker.Network.Handlers;

/// <summary>What the handlers of metadata, topics and configs share.</summary>
public sealed record AdminServices(
    int NodeId, BrokerConfig Config, IController Controller, IMetadataSource Metadata, IPartitionDirectory Partitions,
    IProducerIds ProducerIds)
{
    /// <summary>The voters of the metadata log; null for a node that is alone.</summary>
    public IQuorumView? Quorum { get; init; }

    /// <summary>Changes them; null where nobody can.</summary>
    public IQuorumVoters? Voters { get; init; }

    /// <summary>Changes what this node logs; null where nobody can.</summary>
    public ILoggerLevels? Loggers { get; init; }

    /// <summary>All handlers that the controller and the metadata image stand behind.</summary>
    public IReadOnlyList<IApiHandler> Handlers() =>
    [
        new MetadataHandler(this), new CreateTopicsHandler(this), new DeleteTopicsHandler(this), new InitProducerIdHandler(this),
        new DescribeConfigsHandler(this), new AlterConfigsHandler(this), new DescribeLogDirsHandler(this), new AlterReplicaLogDirsHandler(this),
        new CreatePartitionsHandler(this),
        new IncrementalAlterConfigsHandler(this), new DescribeClusterHandler(), new ListConfigResourcesHandler(),
        new DescribeTopicPartitionsHandler(this), new ElectLeadersHandler(this), new UnregisterBrokerHandler(this),
        new AlterPartitionReassignmentsHandler(this), new ListPartitionReassignmentsHandler(), new DescribeQuorumHandler(this),
        new AddRaftVoterHandler(this), new RemoveRaftVoterHandler(this),
        new UpdateFeaturesHandler(this),
        new DescribeAclsHandler(), new CreateAclsHandler(), new DeleteAclsHandler(),
        new DescribeClientQuotasHandler(), new DescribeUserScramCredentialsHandler(),
    ];

    /// <summary>Settings as this node has them now.</summary>
    internal ConfigResolver Resolver(MetadataImage image) => new(Config, image, NodeId);

    /// <summary>The time that a request gives; none at all still lets what is decided at once through.</summary>
    internal static TimeSpan Limit(int timeoutMs) => TimeSpan.FromMilliseconds(Math.Clamp(timeoutMs, 1, 3_600_000));

    /// <summary>
    /// Waits until the partitions that this node leads take records. A leader that a client reads in the metadata must be one; the answer
    /// to whoever made the topic comes after that.
    /// </summary>
    internal async ValueTask AwaitLeadersAsync(string topic, int first, TimeSpan limit, CancellationToken cancel)
    {
        if (!Metadata.Current.Topics.TryGetValue(topic, out var image)) return;
        var deadline = Environment.TickCount64 + (long)limit.TotalMilliseconds;
        for (var partition = first; partition < image.Partitions.Length; partition++)
        {
            if (image.Partitions[partition].Leader != NodeId || Partitions.Find(topic, partition) is not null) continue;
            var left = deadline - Environment.TickCount64;
            if (left <= 0) return;
            await Partitions.WaitForLeaderAsync(topic, partition, TimeSpan.FromMilliseconds(left), cancel).ConfigureAwait(false);
        }
    }
}
