import java.io.EOFException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.message.DeleteRecordsRequestData;
import org.apache.kafka.common.message.DeleteRecordsResponseData;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsPartition;
import org.apache.kafka.common.message.ListOffsetsRequestData.ListOffsetsTopic;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.ListOffsetsResponseData.ListOffsetsPartitionResponse;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderPartition;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData.OffsetForLeaderTopic;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData.EpochEndOffset;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** The request tests of topics, configurations, the cluster, produce and offsets. */
final class RequestCases {
    private final Cases on;
    private final Wire wire;

    RequestCases(Cases on) {
        this.on = on;
        wire = new Wire(on.bootstrap);
    }

    void add() {
        on.add("testClusterIdWithRequestVersion1", () -> Cases.equal(null, metadata(1, null, true).clusterId()));
        on.add("testClusterIdIsValid", () -> Cases.equal(22, metadata(2, null, true).clusterId().length()));
        on.add("testNoTopicsRequest", () -> Cases.equal(0, metadata(1, List.of(), true).topics().size()));
        on.add("testAutoTopicCreation", this::autoCreation);
        on.add("testAutoCreateOfCollidingTopics", this::collidingTopics);
        on.add("testAllTopicsRequest", this::allTopics);
        on.add("testTopicIdsInResponse", this::topicIds);
        on.add("testTopicIdsInRequest", this::byTopicIds);
        on.add("testValidCreateTopicsRequests", this::validCreate);
        on.add("testErrorCreateTopicsRequests", this::errorCreate);
        on.add("testInvalidCreateTopicsRequests", this::invalidCreate);
        on.add("testCreateTopicsRequestVersions", this::createVersions);
        on.add("testCreateClusterMetadataTopic", this::createMetadataTopic);
        on.add("testValidDeleteTopicRequests", this::validDelete);
        on.add("testErrorDeleteTopicRequests", this::errorDelete);
        on.add("testDeleteTopicsVersions", this::deleteVersions);
        on.add("testApiVersionsRequestWithUnsupportedVersion", this::apiVersionsUnsupported);
        on.add("testApiVersionsRequestValidationV3", this::apiVersionsInvalid);
        on.add("testDescribeClusterRequest", this::describeCluster);
        on.add("testDescribeLogDirsRequest", this::describeLogDirs);
        on.add("testDescribeQuorum", this::describeQuorum);
        on.add("testDeleteRecords", this::deleteRecords);
        on.add("testListOffsetsErrorCodes", this::listOffsetsErrors);
        on.add("testResponseDefaultOffsetAndLeaderEpochForAllVersions", this::listOffsetsVersions);
        on.add("testListOffsetsCurrentEpochValidation", this::listOffsetsEpochs);
        on.add("testOffsetsForLeaderEpoch", this::leaderEpochs);
        on.add("testSimpleProduceRequest", this::produce);
        on.add("testProduceWithInvalidTimestamp", this::produceInvalidTimestamp);
        on.add("testCorruptLz4ProduceRequest", this::produceCorrupt);
        on.add("testZSTDProduceRequest", this::produceZstd);
        on.add("testProduceToUnknownTopic", this::produceUnknown);
        on.add("testLegacyAlterConfigs", this::legacyAlterConfigs);
        on.add("testInvalidApiKeyRequest", () -> disconnected(header(-1, 0)));
        on.add("testInvalidApiVersionRequest", () -> disconnected(header(0, -1)));
        on.add("testHeaderOnlyRequest", () -> disconnected(header(0, 3)));
        on.add("testMalformedHeaderRequest", () -> disconnected(new byte[] {0, 0, 0, 3}));
    }

    // MetadataRequestTest

    private MetadataResponseData metadata(int version, List<String> topics, boolean creates) throws Exception {
        MetadataRequestData request = new MetadataRequestData().setAllowAutoTopicCreation(creates);
        request.setTopics(topics == null ? null : topics.stream().map(name -> new MetadataRequestTopic().setName(name)).toList());
        return wire.ask(ApiKeys.METADATA, version, request);
    }

    private static Errors error(MetadataResponseData of, String topic) {
        return Errors.forCode(of.topics().stream().filter(one -> topic.equals(one.name())).findFirst().orElseThrow().errorCode());
    }

    private void autoCreation() throws Exception {
        String one = on.topic("auto", 1);
        String two = on.name("auto");
        MetadataResponseData first = metadata(12, List.of(one, two), true);
        Cases.equal(Errors.NONE, error(first, one));
        created(two, error(first, two));
        String three = on.name("auto");
        created(three, error(metadata(1, List.of(three), true), three));
        String four = on.name("auto");
        Cases.equal(Errors.UNKNOWN_TOPIC_OR_PARTITION, error(metadata(4, List.of(four), false), four));
        Cases.that(!on.admin().listTopics().names().get().contains(four), four + " was made");
    }

    private void created(String topic, Errors first) throws Exception {
        Cases.that(first == Errors.LEADER_NOT_AVAILABLE || first == Errors.UNKNOWN_TOPIC_OR_PARTITION || first == Errors.NONE, first);
        Cases.until(() -> error(metadata(12, List.of(topic), true), topic) == Errors.NONE, () -> topic, 5);
        MetadataResponseTopic made = metadata(12, List.of(topic), false).topics().find(topic);
        Cases.equal(1, made.partitions().size());
        Cases.equal(on.nodes[0], made.partitions().get(0).leaderId());
    }

    private void collidingTopics() throws Exception {
        String dots = on.name("colliding") + ".Topic";
        String bars = dots.replace('.', '_');
        Cases.until(() -> error(metadata(12, List.of(dots), true), dots) == Errors.NONE, () -> dots, 5);
        // The topic that collides is never made, and nobody says why.
        for (int i = 0; i < 3; i++) Cases.equal(Errors.UNKNOWN_TOPIC_OR_PARTITION, error(metadata(12, List.of(bars), true), bars));
    }

    private void allTopics() throws Exception {
        String topic = on.topic("all", 3);
        for (int version : new int[] {0, 1, 12}) {
            MetadataResponseTopic found = metadata(version, version == 0 ? List.of() : null, true).topics().find(topic);
            Cases.equal(3, found.partitions().size());
            Cases.equal(Errors.NONE.code(), found.errorCode());
        }
    }

    private void topicIds() throws Exception {
        String topic = on.topic("ids", 1);
        Cases.equal(Uuid.ZERO_UUID, metadata(9, List.of(topic), true).topics().find(topic).topicId());
        Cases.equal(on.described(topic, 1).topicId(), metadata(10, List.of(topic), true).topics().find(topic).topicId());
    }

    private void byTopicIds() throws Exception {
        String topic = on.topic("ids", 1);
        Uuid id = on.described(topic, 1).topicId();
        Uuid none = Uuid.randomUuid();
        MetadataResponseData answer = wire.ask(ApiKeys.METADATA, 12, new MetadataRequestData().setAllowAutoTopicCreation(false).setTopics(List.of(
            new MetadataRequestTopic().setTopicId(id).setName(null), new MetadataRequestTopic().setTopicId(none).setName(null))));
        for (MetadataResponseTopic one : answer.topics()) {
            boolean known = one.topicId().equals(id);
            Cases.equal(known ? Errors.NONE : Errors.UNKNOWN_TOPIC_ID, Errors.forCode(one.errorCode()));
            Cases.equal(known ? topic : null, one.name());
        }
    }

    // CreateTopicsRequestTest

    private static CreatableTopic wanted(String name, int partitions, int replicas, String... configs) {
        CreatableTopic topic = new CreatableTopic().setName(name).setNumPartitions(partitions).setReplicationFactor((short) replicas);
        for (int i = 0; i < configs.length; i += 2) topic.configs().add(new CreatableTopicConfig().setName(configs[i]).setValue(configs[i + 1]));
        return topic;
    }

    private static CreatableTopic assigned(CreatableTopic topic, List<List<Integer>> assignments) {
        for (int i = 0; i < assignments.size(); i++)
            topic.assignments().add(new CreatableReplicaAssignment().setPartitionIndex(i).setBrokerIds(assignments.get(i)));
        return topic;
    }

    private CreateTopicsResponseData create(int version, boolean validates, CreatableTopic... topics) throws Exception {
        CreateTopicsRequestData request = new CreateTopicsRequestData().setTimeoutMs(10_000).setValidateOnly(validates);
        for (CreatableTopic topic : topics) request.topics().add(topic);
        return wire.ask(ApiKeys.CREATE_TOPICS, version, request);
    }

    private void refused(Errors error, String message, boolean validates, CreatableTopic topic) throws Exception {
        CreatableTopicResult result = create(7, validates, topic).topics().find(topic.name());
        Cases.equal(error, Errors.forCode(result.errorCode()), topic.name());
        if (message != null) Cases.equal(message, result.errorMessage());
    }

    private void validCreate() throws Exception {
        int node = on.nodes[0];
        CreatableTopic[] topics = {wanted(on.name("created"), 1, 1), wanted(on.name("created"), 5, 1, "min.insync.replicas", "2"),
            assigned(wanted(on.name("created"), -1, -1), List.of(List.of(node), List.of(node), List.of(node))), wanted(on.name("created"), -1, -1),
            wanted(on.name("created"), 2, -1), wanted(on.name("created"), -1, 1)};
        int[] partitions = {1, 5, 3, 1, 2, 1};
        for (boolean validates : new boolean[] {true, false}) {
            create(7, validates, Arrays.stream(topics).map(CreatableTopic::duplicate).toArray(CreatableTopic[]::new)).topics()
                .forEach(one -> Cases.equal(Errors.NONE, Errors.forCode(one.errorCode()), one.name()));
            if (validates) Cases.equal(Errors.UNKNOWN_TOPIC_OR_PARTITION, error(metadata(12, List.of(topics[0].name()), false), topics[0].name()));
        }
        for (int i = 0; i < topics.length; i++) on.described(topics[i].name(), partitions[i]);
    }

    private void errorCreate() throws Exception {
        int node = on.nodes[0];
        String existing = on.topic("existing", 1);
        int tooMany = on.nodes.length + 1;
        refused(Errors.TOPIC_ALREADY_EXISTS, "Topic '" + existing + "' already exists.", false, wanted(existing, 1, 1));
        refused(Errors.INVALID_PARTITIONS, "Number of partitions was set to an invalid non-positive value.", false, wanted(on.name("error"), -2, 1));
        refused(Errors.INVALID_REPLICATION_FACTOR, null, false, wanted(on.name("error"), 1, tooMany));
        refused(Errors.INVALID_REPLICATION_FACTOR, "Replication factor must be larger than 0, or -1 to use the default value.", false,
            wanted(on.name("error"), 1, -2));
        refused(Errors.INVALID_CONFIG, "Unknown topic config name: not.a.property", false, wanted(on.name("error"), 1, 1, "not.a.property", "error"));
        refused(Errors.INVALID_CONFIG, null, false, wanted(on.name("error"), 1, 1, "message.format.version", "invalid-value"));
        refused(Errors.INVALID_REPLICA_ASSIGNMENT, null, false, assigned(wanted(on.name("error"), -1, -1), List.of(List.of(node), List.of(node, node))));
        refused(Errors.INVALID_REPLICA_ASSIGNMENT, null, false, assigned(wanted(on.name("error"), -1, -1), List.of(List.of(47))));
        refused(Errors.INVALID_TOPIC_EXCEPTION, null, false, wanted("a/b", 1, 1));
        String good = on.name("partial");
        String bad = on.name("partial");
        CreateTopicsResponseData answer = create(7, false, wanted(existing, 1, 1), wanted(bad, -2, 1), wanted(good, 1, 1));
        Cases.equal(Errors.TOPIC_ALREADY_EXISTS.code(), answer.topics().find(existing).errorCode());
        Cases.equal(Errors.INVALID_PARTITIONS.code(), answer.topics().find(bad).errorCode());
        Cases.equal(Errors.NONE.code(), answer.topics().find(good).errorCode());
        on.described(good, 1);
    }

    private void invalidCreate() throws Exception {
        for (boolean validates : new boolean[] {false, true})
            refused(Errors.INVALID_REQUEST, null, validates, assigned(wanted(on.name("bad-args"), 10, 3), List.of(List.of(on.nodes[0]))));
    }

    private void createVersions() throws Exception {
        for (short version : ApiKeys.CREATE_TOPICS.allVersions()) {
            String topic = on.name("version");
            CreatableTopicResult result = create(version, false, wanted(topic, 1, 1, "min.insync.replicas", "2")).topics().find(topic);
            Cases.equal(Errors.NONE.code(), result.errorCode());
            Cases.equal(version >= 5 ? 1 : -1, result.numPartitions());
            Cases.equal(version >= 5 ? (short) 1 : (short) -1, result.replicationFactor());
            Cases.equal(version >= 5 ? "2" : "", version < 5 ? "" : result.configs().stream()
                .filter(config -> config.name().equals("min.insync.replicas")).findFirst().orElseThrow().value());
            Cases.equal(version < 7, result.topicId().equals(Uuid.ZERO_UUID));
        }
    }

    private void createMetadataTopic() throws Exception {
        refused(Errors.INVALID_REQUEST, "Creation of internal topic __cluster_metadata is prohibited.", false, wanted("__cluster_metadata", 1, 1));
    }

    // DeleteTopicsRequestTest

    private DeleteTopicsResponseData delete(int version, String... names) throws Exception {
        DeleteTopicsRequestData request = new DeleteTopicsRequestData().setTimeoutMs(10_000);
        if (version < 6) request.setTopicNames(List.of(names));
        else request.setTopics(Arrays.stream(names).map(name -> new DeleteTopicState().setName(name)).toList());
        return wire.ask(ApiKeys.DELETE_TOPICS, version, request);
    }

    private DeleteTopicsResponseData deleteIds(Uuid... ids) throws Exception {
        return wire.ask(ApiKeys.DELETE_TOPICS, 6, new DeleteTopicsRequestData().setTimeoutMs(10_000)
            .setTopics(Arrays.stream(ids).map(id -> new DeleteTopicState().setTopicId(id).setName(null)).toList()));
    }

    private void gone(String topic) throws Exception {
        Cases.until(() -> error(metadata(12, List.of(topic), false), topic) == Errors.UNKNOWN_TOPIC_OR_PARTITION, () -> topic + " gone", 5);
    }

    private void validDelete() throws Exception {
        String one = on.topic("deleted", 5);
        String two = on.topic("deleted", 1);
        delete(5, one, two).responses().forEach(result -> Cases.equal(Errors.NONE.code(), result.errorCode()));
        gone(one);
        gone(two);
        String three = on.topic("deleted", 3);
        Uuid id = on.described(three, 3).topicId();
        deleteIds(id).responses().forEach(result -> {
            Cases.equal(Errors.NONE.code(), result.errorCode());
            Cases.equal(three, result.name());
            Cases.equal(id, result.topicId());
        });
        gone(three);
    }

    private void errorDelete() throws Exception {
        String none = on.name("invalid");
        Cases.equal(Errors.UNKNOWN_TOPIC_OR_PARTITION.code(), delete(5, none).responses().find(none).errorCode());
        String partial = on.topic("partial", 1);
        DeleteTopicsResponseData answer = delete(5, partial, none);
        Cases.equal(Errors.NONE.code(), answer.responses().find(partial).errorCode());
        Cases.equal(Errors.UNKNOWN_TOPIC_OR_PARTITION.code(), answer.responses().find(none).errorCode());
        gone(partial);
        String valid = on.topic("by-id", 1);
        Uuid id = on.described(valid, 1).topicId();
        Uuid unknown = Uuid.randomUuid();
        deleteIds(unknown, id).responses().forEach(result ->
            Cases.equal(result.topicId().equals(id) ? Errors.NONE : Errors.UNKNOWN_TOPIC_ID, Errors.forCode(result.errorCode())));
        gone(valid);
    }

    private void deleteVersions() throws Exception {
        for (short version : ApiKeys.DELETE_TOPICS.allVersions()) {
            String topic = on.topic("version", 1);
            DeleteTopicsResponseData answer = delete(version, topic);
            Cases.equal(1, answer.responses().size());
            Cases.equal(Errors.NONE.code(), answer.responses().find(topic).errorCode());
        }
    }

    // ApiVersionsRequestTest and what else tells about the cluster

    private void apiVersionsUnsupported() throws Exception {
        byte[] request = {0, 18, 0x7f, (byte) 0xff, 0, 0, 0, 7, 0, 0, 0, 2, 'a', 2, '1', 0};
        ByteBuffer answer = ByteBuffer.wrap(wire.exchange(request));
        Cases.equal(7, answer.getInt());
        Cases.equal(Errors.UNSUPPORTED_VERSION.code(), answer.getShort());
        ApiVersionsResponseData whole = new ApiVersionsResponseData(
            new org.apache.kafka.common.protocol.ByteBufferAccessor(answer.position(4).slice()), (short) 0);
        Cases.equal(ApiKeys.API_VERSIONS.oldestVersion(), whole.apiKeys().find(ApiKeys.API_VERSIONS.id).minVersion());
        Cases.equal((short) 4, whole.apiKeys().find(ApiKeys.API_VERSIONS.id).maxVersion());
    }

    private void apiVersionsInvalid() throws Exception {
        ApiVersionsResponseData answer = wire.ask(ApiKeys.API_VERSIONS, 3, new ApiVersionsRequestData());
        Cases.equal(Errors.INVALID_REQUEST.code(), answer.errorCode());
        ApiVersionsResponseData first = wire.ask(ApiKeys.API_VERSIONS, 0, new ApiVersionsRequestData());
        Cases.equal(Errors.NONE.code(), first.errorCode());
    }

    private void describeCluster() throws Exception {
        for (short version : ApiKeys.DESCRIBE_CLUSTER.allVersions()) {
            for (boolean operations : new boolean[] {true, false}) {
                DescribeClusterResponseData answer =
                    wire.ask(ApiKeys.DESCRIBE_CLUSTER, version, new DescribeClusterRequestData().setIncludeClusterAuthorizedOperations(operations));
                Cases.equal(on.admin().describeCluster().clusterId().get(), answer.clusterId());
                Cases.equal(operations ? 8096 : Integer.MIN_VALUE, answer.clusterAuthorizedOperations());
                Cases.equal(on.nodes.length, answer.brokers().size());
                for (int node : on.nodes) Cases.that(answer.brokers().find(node) != null, node);
            }
        }
    }

    private void describeLogDirs() throws Exception {
        String topic = on.topic("dirs", 2);
        on.send(10, new TopicPartition(topic, 0));
        for (short version : ApiKeys.DESCRIBE_LOG_DIRS.allVersions()) {
            DescribeLogDirsResponseData answer = wire.ask(ApiKeys.DESCRIBE_LOG_DIRS, version, new DescribeLogDirsRequestData().setTopics(null));
            Map<Integer, Long> sizes = new TreeMap<>();
            answer.results().forEach(dir -> {
                Cases.equal(Errors.NONE.code(), dir.errorCode());
                Cases.equal(version >= 4, dir.totalBytes() > 0);
                Cases.equal(version >= 4, dir.usableBytes() > 0);
                dir.topics().stream().filter(one -> one.name().equals(topic)).forEach(one -> one.partitions().forEach(part -> {
                    sizes.put(part.partitionIndex(), part.partitionSize());
                    Cases.equal(0L, part.offsetLag());
                }));
            });
            Cases.equal(Set.of(0, 1), sizes.keySet());
            Cases.that(sizes.get(0) > 0, sizes);
            Cases.equal(0L, sizes.get(1));
        }
    }

    private void describeQuorum() throws Exception {
        for (short version : ApiKeys.DESCRIBE_QUORUM.allVersions()) {
            DescribeQuorumResponseData answer = wire.ask(ApiKeys.DESCRIBE_QUORUM, version, new DescribeQuorumRequestData().setTopics(List.of(
                new DescribeQuorumRequestData.TopicData().setTopicName("__cluster_metadata").setPartitions(List.of(
                    new DescribeQuorumRequestData.PartitionData().setPartitionIndex(0))))));
            Cases.equal(Errors.NONE.code(), answer.errorCode());
            Cases.equal("", answer.errorMessage());
            var partition = answer.topics().get(0).partitions().get(0);
            Cases.equal(Errors.NONE.code(), partition.errorCode());
            Cases.equal("", partition.errorMessage());
            Cases.that(partition.leaderEpoch() > 0 && partition.leaderId() > 0 && partition.highWatermark() > 0, partition);
            Cases.that(partition.currentVoters().stream().anyMatch(voter -> voter.replicaId() == partition.leaderId()), partition);
            partition.currentVoters().forEach(voter -> {
                Cases.that(voter.logEndOffset() > 0, voter);
                Cases.equal(version == 0, voter.lastFetchTimestamp() == -1);
                Cases.equal(version == 0, voter.lastCaughtUpTimestamp() == -1);
            });
        }
    }

    // DeleteRecordsRequestTest, ListOffsetsRequestTest, OffsetsForLeaderEpochRequestTest

    private DeleteRecordsResponseData.DeleteRecordsPartitionResult deleteRecords(String topic, long before) throws Exception {
        DeleteRecordsResponseData answer = wire.ask(ApiKeys.DELETE_RECORDS, new DeleteRecordsRequestData().setTimeoutMs(1000).setTopics(List.of(
            new DeleteRecordsRequestData.DeleteRecordsTopic().setName(topic).setPartitions(List.of(
                new DeleteRecordsRequestData.DeleteRecordsPartition().setPartitionIndex(0).setOffset(before))))));
        return answer.topics().find(topic).partitions().find(0);
    }

    private void deleteRecords() throws Exception {
        String topic = on.topic("records", 1);
        on.send(10, new TopicPartition(topic, 0));
        Cases.equal(Errors.OFFSET_OUT_OF_RANGE.code(), deleteRecords(topic, 15).errorCode());
        Cases.equal(-1L, deleteRecords(topic, 15).lowWatermark());
        Cases.equal(2L, deleteRecords(topic, 2).lowWatermark());
        Cases.equal(2L, offset(7, topic, -2, -1).offset());
        Cases.equal(Errors.UNKNOWN_TOPIC_OR_PARTITION.code(), deleteRecords(on.name("none"), 1).errorCode());
        Cases.equal(-1L, deleteRecords(on.name("none"), 1).lowWatermark());
    }

    private ListOffsetsPartitionResponse offset(int version, String topic, long timestamp, int epoch) throws Exception {
        ListOffsetsPartition partition = new ListOffsetsPartition().setPartitionIndex(0).setTimestamp(timestamp);
        if (version >= 4) partition.setCurrentLeaderEpoch(epoch);
        ListOffsetsResponseData answer = wire.ask(ApiKeys.LIST_OFFSETS, version, new ListOffsetsRequestData().setReplicaId(-1)
            .setTopics(List.of(new ListOffsetsTopic().setName(topic).setPartitions(List.of(partition)))));
        return answer.topics().get(0).partitions().get(0);
    }

    private void listOffsetsErrors() throws Exception {
        for (short version : ApiKeys.LIST_OFFSETS.allVersions())
            Cases.equal(Errors.UNKNOWN_TOPIC_OR_PARTITION.code(), offset(version, on.name("none"), -2, -1).errorCode());
    }

    private void offset(int version, String topic, long timestamp, long wanted, Errors error) throws Exception {
        ListOffsetsPartitionResponse got = offset(version, topic, timestamp, -1);
        Cases.equal(error, Errors.forCode(got.errorCode()), "v" + version + " " + timestamp);
        Cases.equal(wanted, got.offset(), "v" + version + " " + timestamp);
        Cases.equal(version < 4 || wanted < 0 ? -1 : 0, got.leaderEpoch(), "v" + version + " " + timestamp);
    }

    private void listOffsetsVersions() throws Exception {
        TopicPartition tp = new TopicPartition(on.topic("offsets", 1), 0);
        on.send(10, tp);
        for (short version : ApiKeys.LIST_OFFSETS.allVersions()) {
            offset(version, tp.topic(), 0, 0, Errors.NONE);
            offset(version, tp.topic(), -2, 0, Errors.NONE);
            offset(version, tp.topic(), -1, 10, Errors.NONE);
            offset(version, tp.topic(), -3, version >= 7 ? 9 : -1, version >= 7 ? Errors.NONE : Errors.UNSUPPORTED_VERSION);
            offset(version, tp.topic(), -4, version >= 8 ? 0 : -1, version >= 8 ? Errors.NONE : Errors.UNSUPPORTED_VERSION);
            offset(version, tp.topic(), -5, -1, version >= 9 ? Errors.NONE : Errors.UNSUPPORTED_VERSION);
            offset(version, tp.topic(), -7, -1, Errors.UNSUPPORTED_VERSION);
        }
    }

    private void listOffsetsEpochs() throws Exception {
        String topic = on.topic("epochs", 1);
        Cases.equal(Errors.NONE.code(), offset(7, topic, -2, 0).errorCode());
        Cases.equal(Errors.UNKNOWN_LEADER_EPOCH.code(), offset(7, topic, -2, 1).errorCode());
    }

    private EpochEndOffset epoch(int version, String topic, int current, int epoch) throws Exception {
        OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData();
        request.topics().add(new OffsetForLeaderTopic().setTopic(topic).setPartitions(List.of(
            new OffsetForLeaderPartition().setPartition(0).setCurrentLeaderEpoch(current).setLeaderEpoch(epoch))));
        OffsetForLeaderEpochResponseData answer = wire.ask(ApiKeys.OFFSET_FOR_LEADER_EPOCH, version, version >= 3 ? request.setReplicaId(-1) : request);
        return answer.topics().find(topic).partitions().get(0);
    }

    private void leaderEpochs() throws Exception {
        TopicPartition tp = new TopicPartition(on.topic("epochs", 1), 0);
        on.send(10, tp);
        for (short version : ApiKeys.OFFSET_FOR_LEADER_EPOCH.allVersions()) {
            Cases.equal(Errors.UNKNOWN_TOPIC_OR_PARTITION.code(), epoch(version, on.name("none"), -1, 0).errorCode());
            Cases.equal(new EpochEndOffset().setPartition(0).setLeaderEpoch(0).setEndOffset(10), epoch(version, tp.topic(), 0, 0));
            Cases.equal(new EpochEndOffset().setPartition(0).setLeaderEpoch(-1).setEndOffset(-1), epoch(version, tp.topic(), -1, 5));
            Cases.equal(Errors.UNKNOWN_LEADER_EPOCH.code(), epoch(version, tp.topic(), 1, 0).errorCode());
        }
    }

    // ProduceRequestTest

    private PartitionProduceResponse produce(int version, String topic, MemoryRecords records) throws Exception {
        ProduceRequestData.TopicProduceData of = new ProduceRequestData.TopicProduceData().setPartitionData(List.of(
            new ProduceRequestData.PartitionProduceData().setIndex(0).setRecords(records)));
        if (version >= 13) of.setTopicId(on.described(topic, -1).topicId());
        else of.setName(topic);
        ProduceRequestData request = new ProduceRequestData().setAcks((short) -1).setTimeoutMs(3000).setTransactionalId(null);
        request.topicData().add(of);
        ProduceResponseData answer = wire.ask(ApiKeys.PRODUCE, version, request);
        return answer.responses().iterator().next().partitionResponses().get(0);
    }

    private static SimpleRecord record(long timestamp, String key) {
        return new SimpleRecord(timestamp, key.getBytes(), ("value of " + key).getBytes());
    }

    private void produce() throws Exception {
        for (short version : ApiKeys.PRODUCE.allVersions()) {
            String topic = on.topic("produced", 1);
            long now = System.currentTimeMillis();
            long offset = 0;
            for (MemoryRecords records : List.of(MemoryRecords.withRecords(Compression.NONE, record(now, "key")),
                MemoryRecords.withRecords(Compression.gzip().build(), record(now, "key1"), record(now, "key2")))) {
                PartitionProduceResponse got = produce(version, topic, records);
                Cases.equal(Errors.NONE, Errors.forCode(got.errorCode()));
                Cases.equal(offset++, got.baseOffset());
                Cases.equal(-1L, got.logAppendTimeMs());
                Cases.that(got.recordErrors().isEmpty(), got);
            }
        }
    }

    private void produceInvalidTimestamp() throws Exception {
        long hours = 5 * 3_600_000L;
        for (String config : List.of("message.timestamp.before.max.ms", "message.timestamp.after.max.ms")) {
            String topic = on.topic("timestamp", 1, config, "1000");
            long at = System.currentTimeMillis() + (config.contains("before") ? -hours : hours);
            PartitionProduceResponse got = produce(12, topic,
                MemoryRecords.withRecords(Compression.gzip().build(), record(at, "hello"), record(at, "there"), record(at, "beautiful")));
            Cases.equal(Errors.INVALID_TIMESTAMP, Errors.forCode(got.errorCode()));
            Cases.equal("One or more records have been rejected due to invalid timestamp", got.errorMessage());
            Cases.equal(3, got.recordErrors().size());
            for (int i = 0; i < 3; i++) {
                Cases.equal(i, got.recordErrors().get(i).batchIndex());
                Cases.that(got.recordErrors().get(i).batchIndexErrorMessage() != null, "no message");
            }
        }
    }

    private void produceCorrupt() throws Exception {
        MemoryRecords records = MemoryRecords.withRecords(Compression.lz4().build(), record(1_000_000, "key"));
        records.buffer().array()[61 + 6] = 0;
        PartitionProduceResponse got = produce(12, on.topic("corrupt", 1), records);
        Cases.equal(Errors.CORRUPT_MESSAGE, Errors.forCode(got.errorCode()));
        Cases.equal(-1L, got.baseOffset());
        Cases.equal(-1L, got.logAppendTimeMs());
    }

    private void produceZstd() throws Exception {
        String topic = on.topic("zstd", 1, "compression.type", "zstd");
        MemoryRecords records = MemoryRecords.withRecords(Compression.zstd().build(), record(System.currentTimeMillis(), "key"));
        Cases.equal(Errors.NONE, Errors.forCode(produce(7, topic, records).errorCode()));
        Cases.equal(Errors.UNSUPPORTED_COMPRESSION_TYPE, Errors.forCode(produce(3, topic, records).errorCode()));
    }

    private void produceUnknown() throws Exception {
        MemoryRecords records = MemoryRecords.withRecords(Compression.NONE, record(System.currentTimeMillis(), "key"));
        Cases.equal(Errors.UNKNOWN_TOPIC_OR_PARTITION, Errors.forCode(produce(9, on.name("none"), records).errorCode()));
    }

    // AlterConfigs, which replaces all that is set (PlaintextAdminIntegrationTest.testInvalidAlterConfigs and testDescribeAndAlterConfigs)

    private Errors alter(boolean validates, int type, String name, String... configs) throws Exception {
        AlterConfigsRequestData.AlterConfigsResource resource = new AlterConfigsRequestData.AlterConfigsResource().setResourceType((byte) type).setResourceName(name);
        for (int i = 0; i < configs.length; i += 2)
            resource.configs().add(new AlterConfigsRequestData.AlterableConfig().setName(configs[i]).setValue(configs[i + 1]));
        AlterConfigsRequestData request = new AlterConfigsRequestData().setValidateOnly(validates);
        request.resources().add(resource);
        AlterConfigsResponseData answer = wire.ask(ApiKeys.ALTER_CONFIGS, request);
        return Errors.forCode(answer.responses().get(0).errorCode());
    }

    private Map<String, String> own(String topic) throws Exception {
        var resource = new org.apache.kafka.common.config.ConfigResource(org.apache.kafka.common.config.ConfigResource.Type.TOPIC, topic);
        Map<String, String> own = new HashMap<>();
        on.admin().describeConfigs(List.of(resource)).all().get().get(resource).entries().stream().filter(entry -> !entry.isDefault()
            && entry.source() == org.apache.kafka.clients.admin.ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG).forEach(entry -> own.put(entry.name(), entry.value()));
        return own;
    }

    private void legacyAlterConfigs() throws Exception {
        String topic = on.topic("legacy", 1, "max.message.bytes", "500000");
        Cases.equal(Errors.NONE, alter(false, 2, topic, "flush.ms", "1000"));
        Cases.equal(Map.of("flush.ms", "1000"), own(topic));
        Cases.equal(Errors.NONE, alter(true, 2, topic, "max.message.bytes", "10"));
        Cases.equal(Errors.INVALID_CONFIG, alter(false, 2, topic, "min.cleanable.dirty.ratio", "1.1", "compression.type", "lz4"));
        Cases.equal(Errors.INVALID_CONFIG, alter(true, 2, topic, "min.cleanable.dirty.ratio", "1.1"));
        Cases.equal(Errors.INVALID_REQUEST, alter(false, 4, "" + on.nodes[0], "broker.id", "10"));
        Cases.equal(Errors.INVALID_REQUEST, alter(false, 8, "" + on.nodes[0], "root", "INFO"));
        Cases.equal(Map.of("flush.ms", "1000"), own(topic));
        Cases.equal(Errors.NONE, alter(false, 2, topic));
        Cases.equal(Map.of(), own(topic));
    }

    // EdgeCaseRequestTest

    private static byte[] header(int key, int version) {
        return ByteBuffer.allocate(10).putShort((short) key).putShort((short) version).putInt(-1).putShort((short) 0).array();
    }

    private void disconnected(byte[] request) {
        Throwable thrown = Cases.raises(java.io.IOException.class, () -> wire.exchange(request));
        Cases.that(thrown instanceof EOFException || thrown instanceof java.net.SocketException, thrown);
    }
}
