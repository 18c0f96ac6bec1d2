namespace ActorBroker.Protocol;

/// <summary>An API with the versions that the schemas know; what the broker offers is narrower and lies beside its handlers.</summary>
/// <param name="Key">The API key.</param>
/// <param name="MinVersion">Lowest version of the schema.</param>
/// <param name="MaxVersion">Highest version of the schema; -1 for an API that Kafka has retired.</param>
/// <param name="FirstFlexibleVersion">From here on compact lengths and tagged fields (KIP-482); -1 when no version has them.</param>
public sealed record ApiEntry(ApiKey Key, short MinVersion, short MaxVersion, short FirstFlexibleVersion)
{
    /// <summary>The name as Kafka's documentation writes it, without "Request" or "Response".</summary>
    public string Name { get; } = Key.ToString();

    public bool Has(short version) => version >= MinVersion && version <= MaxVersion;

    public bool IsFlexible(short version) => FirstFlexibleVersion >= 0 && version >= FirstFlexibleVersion;
}

/// <summary>The APIs of the protocol by key, as the schemas say.</summary>
public static class ApiCatalog
{
    private static readonly ApiEntry[] Entries =
    [
        new(ApiKey.Produce, 3, 13, 9),
        new(ApiKey.Fetch, 4, 18, 12),
        new(ApiKey.ListOffsets, 1, 11, 6),
        new(ApiKey.Metadata, 0, 13, 9),
        new(ApiKey.LeaderAndIsr, 0, -1, -1),
        new(ApiKey.StopReplica, 0, -1, -1),
        new(ApiKey.UpdateMetadata, 0, -1, -1),
        new(ApiKey.ControlledShutdown, 0, -1, -1),
        new(ApiKey.OffsetCommit, 2, 10, 8),
        new(ApiKey.OffsetFetch, 1, 10, 6),
        new(ApiKey.FindCoordinator, 0, 6, 3),
        new(ApiKey.JoinGroup, 0, 9, 6),
        new(ApiKey.Heartbeat, 0, 4, 4),
        new(ApiKey.LeaveGroup, 0, 5, 4),
        new(ApiKey.SyncGroup, 0, 5, 4),
        new(ApiKey.DescribeGroups, 0, 6, 5),
        new(ApiKey.ListGroups, 0, 5, 3),
        new(ApiKey.SaslHandshake, 0, 1, -1),
        new(ApiKey.ApiVersions, 0, 4, 3),
        new(ApiKey.CreateTopics, 2, 7, 5),
        new(ApiKey.DeleteTopics, 1, 6, 4),
        new(ApiKey.DeleteRecords, 0, 2, 2),
        new(ApiKey.InitProducerId, 0, 6, 2),
        new(ApiKey.OffsetForLeaderEpoch, 2, 4, 4),
        new(ApiKey.AddPartitionsToTxn, 0, 5, 3),
        new(ApiKey.AddOffsetsToTxn, 0, 4, 3),
        new(ApiKey.EndTxn, 0, 5, 3),
        new(ApiKey.WriteTxnMarkers, 1, 2, 1),
        new(ApiKey.TxnOffsetCommit, 0, 5, 3),
        new(ApiKey.DescribeAcls, 1, 3, 2),
        new(ApiKey.CreateAcls, 1, 3, 2),
        new(ApiKey.DeleteAcls, 1, 3, 2),
        new(ApiKey.DescribeConfigs, 1, 4, 4),
        new(ApiKey.AlterConfigs, 0, 2, 2),
        new(ApiKey.AlterReplicaLogDirs, 1, 2, 2),
        new(ApiKey.DescribeLogDirs, 1, 5, 2),
        new(ApiKey.SaslAuthenticate, 0, 2, 2),
        new(ApiKey.CreatePartitions, 0, 3, 2),
        new(ApiKey.CreateDelegationToken, 1, 3, 2),
        new(ApiKey.RenewDelegationToken, 1, 2, 2),
        new(ApiKey.ExpireDelegationToken, 1, 2, 2),
        new(ApiKey.DescribeDelegationToken, 1, 3, 2),
        new(ApiKey.DeleteGroups, 0, 2, 2),
        new(ApiKey.ElectLeaders, 0, 2, 2),
        new(ApiKey.IncrementalAlterConfigs, 0, 1, 1),
        new(ApiKey.AlterPartitionReassignments, 0, 1, 0),
        new(ApiKey.ListPartitionReassignments, 0, 0, 0),
        new(ApiKey.OffsetDelete, 0, 0, -1),
        new(ApiKey.DescribeClientQuotas, 0, 1, 1),
        new(ApiKey.AlterClientQuotas, 0, 1, 1),
        new(ApiKey.DescribeUserScramCredentials, 0, 0, 0),
        new(ApiKey.AlterUserScramCredentials, 0, 0, 0),
        new(ApiKey.Vote, 0, 2, 0),
        new(ApiKey.BeginQuorumEpoch, 0, 1, 1),
        new(ApiKey.EndQuorumEpoch, 0, 1, 1),
        new(ApiKey.DescribeQuorum, 0, 2, 0),
        new(ApiKey.AlterPartition, 2, 3, 0),
        new(ApiKey.UpdateFeatures, 0, 2, 0),
        new(ApiKey.Envelope, 0, 0, 0),
        new(ApiKey.FetchSnapshot, 0, 1, 0),
        new(ApiKey.DescribeCluster, 0, 2, 0),
        new(ApiKey.DescribeProducers, 0, 0, 0),
        new(ApiKey.BrokerRegistration, 0, 4, 0),
        new(ApiKey.BrokerHeartbeat, 0, 2, 0),
        new(ApiKey.UnregisterBroker, 0, 0, 0),
        new(ApiKey.DescribeTransactions, 0, 0, 0),
        new(ApiKey.ListTransactions, 0, 2, 0),
        new(ApiKey.AllocateProducerIds, 0, 0, 0),
        new(ApiKey.ConsumerGroupHeartbeat, 0, 1, 0),
        new(ApiKey.ConsumerGroupDescribe, 0, 1, 0),
        new(ApiKey.ControllerRegistration, 0, 0, 0),
        new(ApiKey.GetTelemetrySubscriptions, 0, 0, 0),
        new(ApiKey.PushTelemetry, 0, 0, 0),
        new(ApiKey.AssignReplicasToDirs, 0, 0, 0),
        new(ApiKey.ListConfigResources, 0, 1, 0),
        new(ApiKey.DescribeTopicPartitions, 0, 0, 0),
        new(ApiKey.ShareGroupHeartbeat, 1, 1, 0),
        new(ApiKey.ShareGroupDescribe, 1, 1, 0),
        new(ApiKey.ShareFetch, 1, 2, 0),
        new(ApiKey.ShareAcknowledge, 1, 2, 0),
        new(ApiKey.AddRaftVoter, 0, 1, 0),
        new(ApiKey.RemoveRaftVoter, 0, 0, 0),
        new(ApiKey.UpdateRaftVoter, 0, 0, 0),
        new(ApiKey.InitializeShareGroupState, 0, 0, 0),
        new(ApiKey.ReadShareGroupState, 0, 0, 0),
        new(ApiKey.WriteShareGroupState, 0, 1, 0),
        new(ApiKey.DeleteShareGroupState, 0, 0, 0),
        new(ApiKey.ReadShareGroupStateSummary, 0, 1, 0),
        new(ApiKey.StreamsGroupHeartbeat, 0, 0, 0),
        new(ApiKey.StreamsGroupDescribe, 0, 0, 0),
        new(ApiKey.DescribeShareGroupOffsets, 0, 1, 0),
        new(ApiKey.AlterShareGroupOffsets, 0, 0, 0),
        new(ApiKey.DeleteShareGroupOffsets, 0, 0, 0),
    ];

    /// <summary>All APIs in the order of their keys, retired ones included.</summary>
    public static IReadOnlyList<ApiEntry> All => Entries;

    public static bool IsKnown(ApiKey key) => (uint)(short)key < (uint)Entries.Length;

    /// <summary>Throws for a key that <see cref="IsKnown"/> denies.</summary>
    public static ApiEntry Get(ApiKey key) => Entries[(short)key];

    /// <summary>Flexible versions have header 2. Versions outside the range count alike, so that ApiVersions can be answered.</summary>
    public static short RequestHeaderVersion(ApiKey key, short version) => (short)(Get(key).IsFlexible(version) ? 2 : 1);

    /// <summary>Flexible versions have header 1, except for ApiVersions, which stays at 0.</summary>
    public static short ResponseHeaderVersion(ApiKey key, short version) =>
        (short)(key != ApiKey.ApiVersions && Get(key).IsFlexible(version) ? 1 : 0);
}
