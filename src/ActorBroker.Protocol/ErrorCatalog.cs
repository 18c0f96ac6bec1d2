namespace ActorBroker.Protocol;

/// <summary>
/// What clients show and do for each error code when the broker adds no text of its own: the default message and whether the request
/// may be tried again. Both are behaviour that programs and people rely on, so they equal Kafka 4.3's table code by code.
/// </summary>
public static class ErrorCatalog
{
    private const int First = (int)ErrorCode.UnknownServerError;

    private static readonly (ErrorCode Code, bool Retriable, string Message)[] Table =
    [
        (ErrorCode.UnknownServerError, false, "The server experienced an unexpected error when processing the request."),
        (ErrorCode.None, false, "NONE"),
        (ErrorCode.OffsetOutOfRange, false, "The requested offset is not within the range of offsets maintained by the server."),
        (ErrorCode.CorruptMessage, true, "This message has failed its CRC checksum, exceeds the valid size, has a null key for a "
            + "compacted topic, or is otherwise corrupt."),
        (ErrorCode.UnknownTopicOrPartition, true, "This server does not host this topic-partition."),
        (ErrorCode.InvalidFetchSize, false, "The requested fetch size is invalid."),
        (ErrorCode.LeaderNotAvailable, true, "There is no leader for this topic-partition as we are in the middle of a leadership "
            + "election."),
        (ErrorCode.NotLeaderOrFollower, true, "For requests intended only for the leader, this error indicates that the broker is not "
            + "the current leader. For requests intended for any replica, this error indicates that the broker is not a replica "
            + "of the topic partition."),
        (ErrorCode.RequestTimedOut, true, "The request timed out."),
        (ErrorCode.BrokerNotAvailable, false, "The broker is not available."),
        (ErrorCode.ReplicaNotAvailable, true, "The replica is not available for the requested topic-partition. Produce/Fetch requests "
            + "and other requests intended only for the leader or follower return NOT_LEADER_OR_FOLLOWER if the broker is not a "
            + "replica of the topic-partition."),
        (ErrorCode.MessageTooLarge, false, "The request included a message larger than the max message size the server will accept."),
        (ErrorCode.StaleControllerEpoch, false, "The controller moved to another broker."),
        (ErrorCode.OffsetMetadataTooLarge, false, "The metadata field of the offset request was too large."),
        (ErrorCode.NetworkException, true, "The server disconnected before a response was received."),
        (ErrorCode.CoordinatorLoadInProgress, true, "The coordinator is loading and hence can't process requests."),
        (ErrorCode.CoordinatorNotAvailable, true, "The coordinator is not available."),
        (ErrorCode.NotCoordinator, true, "This is not the correct coordinator."),
        (ErrorCode.InvalidTopicException, false, "The request attempted to perform an operation on an invalid topic."),
        (ErrorCode.RecordListTooLarge, false, "The request included message batch larger than the configured segment size on the "
            + "server."),
        (ErrorCode.NotEnoughReplicas, true, "Messages are rejected since there are fewer in-sync replicas than required."),
        (ErrorCode.NotEnoughReplicasAfterAppend, true, "Messages are written to the log, but to fewer in-sync replicas than required."),
        (ErrorCode.InvalidRequiredAcks, false, "Produce request specified an invalid value for required acks."),
        (ErrorCode.IllegalGeneration, false, "Specified group generation id is not valid."),
        (ErrorCode.InconsistentGroupProtocol, false, "The group member's supported protocols are incompatible with those of existing "
            + "members or first group member tried to join with empty protocol type or empty protocol list."),
        (ErrorCode.InvalidGroupId, false, "The group id is invalid."),
        (ErrorCode.UnknownMemberId, false, "The coordinator is not aware of this member."),
        (ErrorCode.InvalidSessionTimeout, false, "The session timeout is not within the range allowed by the broker (as configured by "
            + "group.min.session.timeout.ms and group.max.session.timeout.ms)."),
        (ErrorCode.RebalanceInProgress, false, "The group is rebalancing, so a rejoin is needed."),
        (ErrorCode.InvalidCommitOffsetSize, false, "The committing offset data size is not valid."),
        (ErrorCode.TopicAuthorizationFailed, false, "Topic authorization failed."),
        (ErrorCode.GroupAuthorizationFailed, false, "Group authorization failed."),
        (ErrorCode.ClusterAuthorizationFailed, false, "Cluster authorization failed."),
        (ErrorCode.InvalidTimestamp, false, "The timestamp of the message is out of acceptable range."),
        (ErrorCode.UnsupportedSaslMechanism, false, "The broker does not support the requested SASL mechanism."),
        (ErrorCode.IllegalSaslState, false, "Request is not valid given the current SASL state."),
        (ErrorCode.UnsupportedVersion, false, "The version of API is not supported."),
        (ErrorCode.TopicAlreadyExists, false, "Topic with this name already exists."),
        (ErrorCode.InvalidPartitions, false, "Number of partitions is below 1."),
        (ErrorCode.InvalidReplicationFactor, false, "Replication factor is below 1 or larger than the number of available brokers."),
        (ErrorCode.InvalidReplicaAssignment, false, "Replica assignment is invalid."),
        (ErrorCode.InvalidConfig, false, "Configuration is invalid."),
        (ErrorCode.NotController, true, "This is not the correct controller for this cluster."),
        (ErrorCode.InvalidRequest, false, "This most likely occurs because of a request being malformed by the client library or the "
            + "message was sent to an incompatible broker. See the broker logs for more details."),
        (ErrorCode.UnsupportedForMessageFormat, false, "The message format version on the broker does not support the request."),
        (ErrorCode.PolicyViolation, false, "Request parameters do not satisfy the configured policy."),
        (ErrorCode.OutOfOrderSequenceNumber, false, "The broker received an out of order sequence number."),
        (ErrorCode.DuplicateSequenceNumber, false, "The broker received a duplicate sequence number."),
        (ErrorCode.InvalidProducerEpoch, false, "Producer attempted to produce with an old epoch."),
        (ErrorCode.InvalidTxnState, false, "The producer attempted a transactional operation in an invalid state."),
        (ErrorCode.InvalidProducerIdMapping, false, "The producer attempted to use a producer id which is not currently assigned to "
            + "its transactional id."),
        (ErrorCode.InvalidTransactionTimeout, false, "The transaction timeout is larger than the maximum value allowed by the broker "
            + "(as configured by transaction.max.timeout.ms)."),
        (ErrorCode.ConcurrentTransactions, true, "The producer attempted to update a transaction while another concurrent operation "
            + "on the same transaction was ongoing."),
        (ErrorCode.TransactionCoordinatorFenced, false, "Indicates that the transaction coordinator sending a WriteTxnMarker is no "
            + "longer the current coordinator for a given producer."),
        (ErrorCode.TransactionalIdAuthorizationFailed, false, "Transactional Id authorization failed."),
        (ErrorCode.SecurityDisabled, false, "Security features are disabled."),
        (ErrorCode.OperationNotAttempted, false, "The broker did not attempt to execute this operation. This may happen for batched "
            + "RPCs where some operations in the batch failed, causing the broker to respond without trying the rest."),
        (ErrorCode.KafkaStorageError, true, "Disk error when trying to access log file on the disk."),
        (ErrorCode.LogDirNotFound, false, "The user-specified log directory is not found in the broker config."),
        (ErrorCode.SaslAuthenticationFailed, false, "SASL Authentication failed."),
        (ErrorCode.UnknownProducerId, false, "This exception is raised by the broker if it could not locate the producer metadata "
            + "associated with the producerId in question. This could happen if, for instance, the producer's records were "
            + "deleted because their retention time had elapsed. Once the last records of the producerId are removed, the "
            + "producer's metadata is removed from the broker, and future appends by the producer will return this exception."),
        (ErrorCode.ReassignmentInProgress, false, "A partition reassignment is in progress."),
        (ErrorCode.DelegationTokenAuthDisabled, false, "Delegation Token feature is not enabled."),
        (ErrorCode.DelegationTokenNotFound, false, "Delegation Token is not found on server."),
        (ErrorCode.DelegationTokenOwnerMismatch, false, "Specified Principal is not valid Owner/Renewer."),
        (ErrorCode.DelegationTokenRequestNotAllowed, false, "Delegation Token requests are not allowed on PLAINTEXT/1-way SSL "
            + "channels and on delegation token authenticated channels."),
        (ErrorCode.DelegationTokenAuthorizationFailed, false, "Delegation Token authorization failed."),
        (ErrorCode.DelegationTokenExpired, false, "Delegation Token is expired."),
        (ErrorCode.InvalidPrincipalType, false, "Supplied principalType is not supported."),
        (ErrorCode.NonEmptyGroup, false, "The group is not empty."),
        (ErrorCode.GroupIdNotFound, false, "The group id does not exist."),
        (ErrorCode.FetchSessionIdNotFound, true, "The fetch session ID was not found."),
        (ErrorCode.InvalidFetchSessionEpoch, true, "The fetch session epoch is invalid."),
        (ErrorCode.ListenerNotFound, true, "There is no listener on the leader broker that matches the listener on which metadata "
            + "request was processed."),
        (ErrorCode.TopicDeletionDisabled, false, "Topic deletion is disabled."),
        (ErrorCode.FencedLeaderEpoch, true, "The leader epoch in the request is older than the epoch on the broker."),
        (ErrorCode.UnknownLeaderEpoch, true, "The leader epoch in the request is newer than the epoch on the broker."),
        (ErrorCode.UnsupportedCompressionType, false, "The requesting client does not support the compression type of given partition."),
        (ErrorCode.StaleBrokerEpoch, false, "Broker epoch has changed."),
        (ErrorCode.OffsetNotAvailable, true, "The leader high watermark has not caught up from a recent leader election so the "
            + "offsets cannot be guaranteed to be monotonically increasing."),
        (ErrorCode.MemberIdRequired, false, "The group member needs to have a valid member id before actually entering a consumer "
            + "group."),
        (ErrorCode.PreferredLeaderNotAvailable, true, "The preferred leader was not available."),
        (ErrorCode.GroupMaxSizeReached, false, "The group has reached its maximum size."),
        (ErrorCode.FencedInstanceId, false, "The broker rejected this static consumer since another consumer with the same "
            + "group.instance.id has registered with a different member.id."),
        (ErrorCode.EligibleLeadersNotAvailable, true, "Eligible topic partition leaders are not available."),
        (ErrorCode.ElectionNotNeeded, true, "Leader election not needed for topic partition."),
        (ErrorCode.NoReassignmentInProgress, false, "No partition reassignment is in progress."),
        (ErrorCode.GroupSubscribedToTopic, false, "Deleting offsets of a topic is forbidden while the consumer group is actively "
            + "subscribed to it."),
        (ErrorCode.InvalidRecord, false, "This record has failed the validation on broker and hence will be rejected."),
        (ErrorCode.UnstableOffsetCommit, true, "There are unstable offsets that need to be cleared."),
        (ErrorCode.ThrottlingQuotaExceeded, true, "The throttling quota has been exceeded."),
        (ErrorCode.ProducerFenced, false, "There is a newer producer with the same transactionalId which fences the current one."),
        (ErrorCode.ResourceNotFound, false, "A request illegally referred to a resource that does not exist."),
        (ErrorCode.DuplicateResource, false, "A request illegally referred to the same resource twice."),
        (ErrorCode.UnacceptableCredential, false, "Requested credential would not meet criteria for acceptability."),
        (ErrorCode.InconsistentVoterSet, false, "Indicates that the either the sender or recipient of a voter-only request is not one "
            + "of the expected voters."),
        (ErrorCode.InvalidUpdateVersion, false, "The given update version was invalid."),
        (ErrorCode.FeatureUpdateFailed, false, "Unable to update finalized features due to an unexpected server error."),
        (ErrorCode.PrincipalDeserializationFailure, false, "Request principal deserialization failed during forwarding. This "
            + "indicates an internal error on the broker cluster security setup."),
        (ErrorCode.SnapshotNotFound, false, "Requested snapshot was not found."),
        (ErrorCode.PositionOutOfRange, false, "Requested position is not greater than or equal to zero, and less than the size of the "
            + "snapshot."),
        (ErrorCode.UnknownTopicId, true, "This server does not host this topic ID."),
        (ErrorCode.DuplicateBrokerRegistration, false, "This broker ID is already in use."),
        (ErrorCode.BrokerIdNotRegistered, false, "The given broker ID was not registered."),
        (ErrorCode.InconsistentTopicId, true, "The log's topic ID did not match the topic ID in the request."),
        (ErrorCode.InconsistentClusterId, false, "The clusterId in the request does not match that found on the server."),
        (ErrorCode.TransactionalIdNotFound, false, "The transactionalId could not be found."),
        (ErrorCode.FetchSessionTopicIdError, true, "The fetch session encountered inconsistent topic ID usage."),
        (ErrorCode.IneligibleReplica, false, "The new ISR contains at least one ineligible replica."),
        (ErrorCode.NewLeaderElected, false, "The AlterPartition request successfully updated the partition state but the leader has "
            + "changed."),
        (ErrorCode.OffsetMovedToTieredStorage, false, "The requested offset is moved to tiered storage."),
        (ErrorCode.FencedMemberEpoch, false, "The member epoch is fenced by the group coordinator. The member must abandon all its "
            + "partitions and rejoin."),
        (ErrorCode.UnreleasedInstanceId, false, "The instance ID is still used by another member in the consumer group. That member "
            + "must leave first."),
        (ErrorCode.UnsupportedAssignor, false, "The assignor or its version range is not supported by the consumer group."),
        (ErrorCode.StaleMemberEpoch, false, "The member epoch is stale. The member must retry after receiving its updated member "
            + "epoch via the ConsumerGroupHeartbeat API."),
        (ErrorCode.MismatchedEndpointType, false, "The request was sent to an endpoint of the wrong type."),
        (ErrorCode.UnsupportedEndpointType, false, "This endpoint type is not supported yet."),
        (ErrorCode.UnknownControllerId, false, "This controller ID is not known."),
        (ErrorCode.UnknownSubscriptionId, false, "Client sent a push telemetry request with an invalid or outdated subscription ID."),
        (ErrorCode.TelemetryTooLarge, false, "Client sent a push telemetry request larger than the maximum size the broker will accept."),
        (ErrorCode.InvalidRegistration, false, "The controller has considered the broker registration to be invalid."),
        (ErrorCode.TransactionAbortable, false, "The server encountered an error with the transaction. The client can abort the "
            + "transaction to continue using this transactional ID."),
        (ErrorCode.InvalidRecordState, false, "The record state is invalid. The acknowledgement of delivery could not be completed."),
        (ErrorCode.ShareSessionNotFound, true, "The share session was not found."),
        (ErrorCode.InvalidShareSessionEpoch, true, "The share session epoch is invalid."),
        (ErrorCode.FencedStateEpoch, false, "The share coordinator rejected the request because the share-group state epoch did not "
            + "match."),
        (ErrorCode.InvalidVoterKey, false, "The voter key doesn't match the receiving replica's key."),
        (ErrorCode.DuplicateVoter, false, "The voter is already part of the set of voters."),
        (ErrorCode.VoterNotFound, false, "The voter is not part of the set of voters."),
        (ErrorCode.InvalidRegularExpression, false, "The regular expression is not valid."),
        (ErrorCode.RebootstrapRequired, false, "Client metadata is stale. The client should rebootstrap to obtain new metadata."),
        (ErrorCode.StreamsInvalidTopology, false, "The supplied topology is invalid."),
        (ErrorCode.StreamsInvalidTopologyEpoch, false, "The supplied topology epoch is invalid."),
        (ErrorCode.StreamsTopologyFenced, false, "The supplied topology epoch is outdated."),
        (ErrorCode.ShareSessionLimitReached, true, "The limit of share sessions has been reached."),
    ];

    private static readonly (bool Retriable, string Message)[] Entries = Build();

    /// <summary>Codes from newer releases count as not retriable.</summary>
    public static bool IsRetriable(ErrorCode code) => Entry(code).Retriable;

    /// <summary>Codes from newer releases have the message of an unknown server error.</summary>
    public static string DefaultMessage(ErrorCode code) => Entry(code).Message;

    private static (bool Retriable, string Message) Entry(ErrorCode code)
    {
        var index = (int)code - First;
        return (uint)index < (uint)Entries.Length ? Entries[index] : Entries[0];
    }

    private static (bool Retriable, string Message)[] Build()
    {
        var entries = new (bool, string)[Table.Length];
        foreach (var (code, retriable, message) in Table) entries[(int)code - First] = (retriable, message);
        return entries;
    }
}
