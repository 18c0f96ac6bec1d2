import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AbortTransactionOptions;
import org.apache.kafka.clients.admin.AbortTransactionSpec;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.CreatePartitionsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.ProducerState;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.TopicPartitionReplica;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.OffsetOutOfRangeException;
import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** PlaintextAdminIntegrationTest: topics, partitions, records, the cluster. */
final class AdminCases {
    private final Cases on;

    AdminCases(Cases on) {
        this.on = on;
    }

    void add() {
        on.add("testCreateDeleteTopics", this::createDeleteTopics);
        on.add("testAuthorizedOperations", this::authorizedOperations);
        on.add("testListNodes", () -> Cases.equal(Set.of(on.bootstrap.split(",")), nodes()));
        on.add("testDescribeCluster", this::describeCluster);
        on.add("testCreateExistingTopicsThrowTopicExistsException", this::existingTopic);
        on.add("testDeleteTopicsWithIds", this::deleteTopicsWithIds);
        on.add("testListTopicsWithOptionListInternal", this::listInternal);
        on.add("testDescribeTopicsWithOptionPartitionSizeLimitPerResponse", this::partitionSizeLimit);
        on.add("testDescribeNonExistingTopic", this::describeNonExisting);
        on.add("testDescribeTopicsWithIds", this::describeWithIds);
        on.add("testDescribeTopicsWithNames", this::describeWithNames);
        on.add("testDescribeLogDirs", this::describeLogDirs);
        on.add("testDescribeReplicaLogDirs", this::describeReplicaLogDirs);
        on.add("testCreatePartitions", this::createPartitions);
        on.add("testSeekAfterDeleteRecords", this::seekAfterDeleteRecords);
        on.add("testLogStartOffsetAfterDeleteRecords", this::logStartAfterDeleteRecords);
        on.add("testOffsetsForTimesAfterDeleteRecords", this::offsetsForTimesAfterDeleteRecords);
        on.add("testConsumeAfterDeleteRecords", this::consumeAfterDeleteRecords);
        on.add("testDeleteRecordsWithException", this::deleteRecordsWithException);
        on.add("testAclOperations", this::aclOperations);
        on.add("testDelayedClose", this::delayedClose);
        on.add("testLongTopicNames", this::longTopicNames);
        on.add("testDescribeProducers", this::describeProducers);
        on.add("testListReassignmentsDoesNotShowNonReassigningPartitions", this::noReassignments);
        on.add("testListReassignmentsDoesNotShowDeletedPartitions", this::noReassignmentsOfDeleted);
        on.add("testAbortTransactionTimeout", this::withoutABroker);
    }

    private Set<String> names() throws Exception {
        return on.admin().listTopics().names().get();
    }

    private Set<String> nodes() throws Exception {
        Set<String> all = new HashSet<>();
        on.admin().describeCluster().nodes().get().forEach(node -> all.add(node.host() + ":" + node.port()));
        return all;
    }

    private void createDeleteTopics() throws Exception {
        String one = on.name("mytopic");
        String two = on.name("mytopic");
        String three = on.name("mytopic");
        int node = on.nodes[0];
        List<NewTopic> topics = List.of(
            new NewTopic(one, Map.of(0, List.of(node), 1, List.of(node))),
            new NewTopic(two, 3, (short) 1),
            new NewTopic(three, Optional.empty(), Optional.empty()));
        CreateTopicsResult validated = on.admin().createTopics(topics, new CreateTopicsOptions().validateOnly(true));
        validated.all().get();
        Cases.that(!names().contains(one), "a topic that was only to be validated exists");
        created(validated, one, two, three);
        CreateTopicsResult created = on.admin().createTopics(topics);
        created.all().get();
        created(created, one, two, three);
        Map<String, TopicDescription> described = on.admin().describeTopics(List.of(one, two, three)).allTopicNames().get();
        for (String name : List.of(one, two, three)) {
            Cases.that(!created.topicId(name).get().equals(Uuid.ZERO_UUID), "no id");
            Cases.equal(described.get(name).topicId(), created.topicId(name).get());
            Cases.that(!described.get(name).isInternal(), "internal");
        }
        CreateTopicsResult again = on.admin().createTopics(topics);
        for (String name : List.of(one, two, three)) Cases.fails(TopicExistsException.class, "Topic '" + name + "' already exists.", again.values().get(name));
        Cases.fails(TopicExistsException.class, again.numPartitions(three));
        Cases.fails(TopicExistsException.class, again.replicationFactor(three));
        Cases.fails(TopicExistsException.class, again.config(three));
        Cases.equal(2, described.get(one).partitions().size());
        for (TopicPartitionInfo partition : described.get(two).partitions()) {
            Cases.equal(node, partition.leader().id());
            Cases.equal(partition.replicas(), partition.isr());
        }
        on.admin().deleteTopics(List.of(one, two, three)).all().get();
        Cases.until(() -> Collections.disjoint(names(), List.of(one, two, three)), () -> names());
    }

    private static void created(CreateTopicsResult result, String one, String two, String three) throws Exception {
        Cases.equal(2, result.numPartitions(one).get());
        Cases.equal(1, result.replicationFactor(one).get());
        Cases.equal(3, result.numPartitions(two).get());
        Cases.equal(1, result.numPartitions(three).get());
        Cases.that(!result.config(one).get().entries().isEmpty(), "no configs");
    }

    private void authorizedOperations() throws Exception {
        Cases.equal(null, on.admin().describeCluster().authorizedOperations().get());
        Set<AclOperation> cluster = Set.of(AclOperation.CREATE, AclOperation.CLUSTER_ACTION, AclOperation.DESCRIBE_CONFIGS, AclOperation.ALTER_CONFIGS,
            AclOperation.IDEMPOTENT_WRITE, AclOperation.ALTER, AclOperation.DESCRIBE);
        Cases.equal(cluster, on.admin().describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true)).authorizedOperations().get());
        String topic = on.topic("authorized", 3);
        Cases.equal(null, on.described(topic, 3).authorizedOperations());
        Set<AclOperation> ofTopic = Set.of(AclOperation.READ, AclOperation.WRITE, AclOperation.CREATE, AclOperation.DESCRIBE, AclOperation.DELETE,
            AclOperation.ALTER, AclOperation.DESCRIBE_CONFIGS, AclOperation.ALTER_CONFIGS);
        Cases.equal(ofTopic, on.admin().describeTopics(List.of(topic), new DescribeTopicsOptions().includeAuthorizedOperations(true))
            .allTopicNames().get().get(topic).authorizedOperations());
    }

    private void describeCluster() throws Exception {
        var cluster = on.admin().describeCluster();
        Cases.that(!cluster.clusterId().get().isEmpty(), "no cluster id");
        int controller = cluster.controller().get().id();
        Cases.that(Arrays.stream(on.nodes).anyMatch(node -> node == controller), controller);
    }

    private void existingTopic() throws Exception {
        String topic = on.topic("existing", 1);
        short tooMany = (short) (on.nodes.length + 1);
        Cases.fails(TopicExistsException.class,
            on.admin().createTopics(List.of(new NewTopic(topic, 1, tooMany)), new CreateTopicsOptions().validateOnly(true)).all());
    }

    private void deleteTopicsWithIds() throws Exception {
        String one = on.topic("by-id", 1);
        String two = on.topic("by-id", 3);
        List<Uuid> ids = List.of(on.described(one, 1).topicId(), on.described(two, 3).topicId());
        on.admin().deleteTopics(TopicCollection.ofTopicIds(ids)).all().get();
        Cases.until(() -> Collections.disjoint(names(), List.of(one, two)), () -> names());
    }

    private void listInternal() throws Exception {
        try (KafkaConsumer<byte[], byte[]> consumer = on.consumer("group.id", on.name("internal"))) {
            consumer.committed(Set.of(new TopicPartition(on.topic("internal", 1), 0)));
        }
        Cases.that(on.admin().listTopics(new ListTopicsOptions().listInternal(true)).names().get().contains("__consumer_offsets"), "not listed");
        Cases.that(!names().contains("__consumer_offsets"), "listed as a topic that is not internal");
    }

    private void partitionSizeLimit() throws Exception {
        String topic = on.topic("limit", 3);
        Map<String, TopicDescription> all =
            on.admin().describeTopics(List.of(topic), new DescribeTopicsOptions().partitionSizeLimitPerResponse(1)).allTopicNames().get();
        Cases.equal(Set.of(topic), all.keySet());
        Cases.equal(3, all.get(topic).partitions().size());
    }

    private void describeNonExisting() throws Exception {
        String topic = on.topic("existing", 1);
        String none = on.name("non-existing");
        var results = on.admin().describeTopics(List.of(none, topic)).topicNameValues();
        Cases.equal(topic, results.get(topic).get().name());
        Cases.fails(UnknownTopicOrPartitionException.class, results.get(none));
        Cases.that(!names().contains(none), "to describe a topic makes it");
    }

    private void describeWithIds() throws Exception {
        Uuid id = on.described(on.topic("existing", 1), 1).topicId();
        Uuid none = Uuid.randomUuid();
        var results = on.admin().describeTopics(TopicCollection.ofTopicIds(List.of(id, none))).topicIdValues();
        Cases.equal(id, results.get(id).get().topicId());
        Cases.fails(UnknownTopicIdException.class, results.get(none));
    }

    private void describeWithNames() throws Exception {
        String topic = on.name("named");
        CreateTopicsResult created = on.admin().createTopics(List.of(new NewTopic(topic, 1, (short) 1)));
        Cases.equal(created.topicId(topic).get(), on.described(topic, 1).topicId());
    }

    private void describeLogDirs() throws Exception {
        String topic = on.topic("dirs", 10);
        Set<Integer> found = new TreeSet<>();
        List<Integer> brokers = Arrays.stream(on.nodes).boxed().toList();
        for (Map<String, LogDirDescription> dirs : on.admin().describeLogDirs(brokers).allDescriptions().get().values()) {
            for (LogDirDescription dir : dirs.values()) {
                Cases.equal(null, dir.error());
                Cases.that(dir.totalBytes().isPresent() && dir.usableBytes().isPresent(), "no size of the volume");
                dir.replicaInfos().keySet().stream().filter(tp -> tp.topic().equals(topic)).forEach(tp -> found.add(tp.partition()));
            }
        }
        Cases.equal(10, found.size());
    }

    private void describeReplicaLogDirs() throws Exception {
        String topic = on.topic("replica-dirs", 10);
        Set<TopicPartitionReplica> replicas = new HashSet<>();
        on.described(topic, 10).partitions().forEach(one -> replicas.add(new TopicPartitionReplica(topic, one.partition(), one.leader().id())));
        Cases.until(() -> on.admin().describeReplicaLogDirs(replicas).all().get().values().stream()
            .allMatch(info -> info.getCurrentReplicaLogDir() != null && info.getFutureReplicaLogDir() == null), () -> "a directory for every replica");
    }

    private void createPartitions() throws Exception {
        int node = on.nodes[0];
        String one = on.topic("create-partitions", 1);
        String two = on.topic("create-partitions", 1);
        CreatePartitionsOptions only = new CreatePartitionsOptions().validateOnly(true);
        CreatePartitionsOptions really = new CreatePartitionsOptions();
        on.admin().createPartitions(Map.of(one, NewPartitions.increaseTo(3)), only).all().get();
        Cases.equal(1, on.described(one, -1).partitions().size());
        on.admin().createPartitions(Map.of(one, NewPartitions.increaseTo(3)), really).all().get();
        on.described(one, 3);
        List<List<Integer>> assignments = List.of(List.of(node), List.of(node));
        on.admin().createPartitions(Map.of(two, NewPartitions.increaseTo(3, assignments)), only).all().get();
        Cases.equal(1, on.described(two, -1).partitions().size());
        on.admin().createPartitions(Map.of(two, NewPartitions.increaseTo(3, assignments)), really).all().get();
        on.described(two, 3);
        for (CreatePartitionsOptions options : List.of(only, really)) {
            for (int count : new int[] {1, -22})
                refused(InvalidPartitionsException.class, "The topic " + one + " currently has 3 partition(s); " + count + " would not be an increase.", one,
                    NewPartitions.increaseTo(count), options);
            refused(InvalidPartitionsException.class, "Topic already has 3 partition(s).", two, NewPartitions.increaseTo(3), options);
            refused(InvalidPartitionsException.class, "Topic already has 3 partition(s).", two, NewPartitions.increaseTo(3, assignments), options);
            refused(UnknownTopicOrPartitionException.class, "This server does not host this topic-partition.", on.name("unknown"), NewPartitions.increaseTo(2), options);
            Class<InvalidReplicaAssignmentException> wrong = InvalidReplicaAssignmentException.class;
            refused(wrong, "Attempted to add 3 additional partition(s), but only 1 assignment(s) were specified.", one,
                NewPartitions.increaseTo(6, List.of(List.of(node))), options);
            refused(wrong, "Attempted to add 1 additional partition(s), but only 2 assignment(s) were specified.", one,
                NewPartitions.increaseTo(4, List.of(List.of(node), List.of(node))), options);
            refused(wrong, "The manual partition assignment includes the broker " + node + " more than once.", one,
                NewPartitions.increaseTo(4, List.of(List.of(node, node))), options);
            refused(wrong, "The manual partition assignment includes broker 12, but no such broker is registered.", one,
                NewPartitions.increaseTo(4, List.of(List.of(12))), options);
            refused(wrong, "Attempted to add 1 additional partition(s), but only 0 assignment(s) were specified.", one,
                NewPartitions.increaseTo(4, List.of()), options);
        }
        var mixed = on.admin().createPartitions(Map.of(one, NewPartitions.increaseTo(4), two, NewPartitions.increaseTo(2)), really).values();
        mixed.get(one).get();
        on.described(one, 4);
        Cases.fails(InvalidPartitionsException.class, "The topic " + two + " currently has 3 partition(s); 2 would not be an increase.", mixed.get(two));
        on.admin().deleteTopics(List.of(one)).all().get();
        refused(UnknownTopicOrPartitionException.class, "This server does not host this topic-partition.", one, NewPartitions.increaseTo(4), only);
    }

    private void refused(Class<? extends Throwable> wanted, String message, String topic, NewPartitions partitions, CreatePartitionsOptions options)
        throws Exception {
        CreatePartitionsResult result = on.admin().createPartitions(Map.of(topic, partitions), options);
        Cases.fails(wanted, message, result.values().get(topic));
    }

    private long delete(TopicPartition of, long before) throws Exception {
        return on.admin().deleteRecords(Map.of(of, RecordsToDelete.beforeOffset(before))).lowWatermarks().get(of).get().lowWatermark();
    }

    private KafkaConsumer<byte[], byte[]> member(String topic, int partitions) throws Exception {
        KafkaConsumer<byte[], byte[]> consumer = on.consumer("group.id", on.name("admin-group"));
        consumer.subscribe(List.of(topic));
        Cases.assigned(consumer, Cases.partitions(topic, partitions));
        return consumer;
    }

    private void seekAfterDeleteRecords() throws Exception {
        TopicPartition tp = new TopicPartition(on.topic("delete", 2), 0);
        try (KafkaConsumer<byte[], byte[]> consumer = member(tp.topic(), 2)) {
            on.send(10, tp);
            consumer.seekToBeginning(List.of(tp));
            Cases.equal(0L, consumer.position(tp));
            Cases.equal(5L, delete(tp, 5));
            consumer.seekToBeginning(List.of(tp));
            Cases.equal(5L, consumer.position(tp));
            consumer.seek(tp, 7);
            Cases.equal(7L, consumer.position(tp));
            Cases.equal(10L, delete(tp, -1));
            consumer.seekToBeginning(List.of(tp));
            Cases.equal(10L, consumer.position(tp));
        }
    }

    private void logStartAfterDeleteRecords() throws Exception {
        TopicPartition tp = new TopicPartition(on.topic("delete", 2), 0);
        on.send(10, tp);
        Cases.equal(3L, delete(tp, 3));
        Cases.equal(3L, on.admin().listOffsets(Map.of(tp, OffsetSpec.earliest())).partitionResult(tp).get().offset());
        Cases.equal(3L, delete(tp, 0));
    }

    private void offsetsForTimesAfterDeleteRecords() throws Exception {
        TopicPartition tp = new TopicPartition(on.topic("delete", 2), 0);
        try (KafkaConsumer<byte[], byte[]> consumer = member(tp.topic(), 2)) {
            on.send(10, tp);
            Cases.equal(0L, consumer.offsetsForTimes(Map.of(tp, 0L)).get(tp).offset());
            delete(tp, 5);
            Cases.equal(5L, consumer.offsetsForTimes(Map.of(tp, 0L)).get(tp).offset());
            delete(tp, -1);
            Cases.that(consumer.offsetsForTimes(Map.of(tp, 0L)).containsKey(tp), "not in the answer");
            Cases.equal(null, consumer.offsetsForTimes(Map.of(tp, 0L)).get(tp));
        }
    }

    private void consumeAfterDeleteRecords() throws Exception {
        TopicPartition tp = new TopicPartition(on.topic("delete", 1), 0);
        try (KafkaConsumer<byte[], byte[]> consumer = member(tp.topic(), 1)) {
            on.send(10, tp);
            Cases.read(consumer, 10);
            delete(tp, 3);
            consumer.seek(tp, 1);
            Cases.equal(7, Cases.read(consumer, 7).size());
            delete(tp, 8);
            consumer.seek(tp, 1);
            Cases.equal(2, Cases.read(consumer, 2).size());
        }
    }

    private void deleteRecordsWithException() throws Exception {
        TopicPartition tp = new TopicPartition(on.topic("delete", 1), 0);
        on.send(10, tp);
        Cases.equal(5L, delete(tp, 5));
        Cases.fails(OffsetOutOfRangeException.class, on.admin().deleteRecords(Map.of(tp, RecordsToDelete.beforeOffset(20))).lowWatermarks().get(tp));
    }

    private void aclOperations() throws Exception {
        AclBinding acl = new AclBinding(new ResourcePattern(ResourceType.TOPIC, "mytopic3", PatternType.LITERAL),
            new AccessControlEntry("User:ANONYMOUS", "*", AclOperation.DESCRIBE, AclPermissionType.ALLOW));
        Cases.fails(SecurityDisabledException.class, on.admin().describeAcls(AclBindingFilter.ANY).values());
        Cases.fails(SecurityDisabledException.class, on.admin().createAcls(Set.of(acl)).all());
        Cases.fails(SecurityDisabledException.class, on.admin().deleteAcls(Set.of(acl.toFilter())).all());
    }

    private void delayedClose() throws Exception {
        Admin admin = Admin.create(on.config());
        List<NewTopic> topics = List.of(new NewTopic(on.name("closing"), 1, (short) 1), new NewTopic(on.name("closing"), 1, (short) 1));
        Future<Void> before = admin.createTopics(topics, new CreateTopicsOptions().validateOnly(true)).all();
        admin.close(Duration.ofHours(2));
        Future<Void> after = admin.createTopics(topics, new CreateTopicsOptions().validateOnly(true)).all();
        Cases.fails(IllegalStateException.class, after);
        before.get();
    }

    private void longTopicNames() throws Exception {
        String longest = (on.name("long") + "x".repeat(249)).substring(0, 249);
        String tooLong = "x".repeat(250);
        var results = on.admin().createTopics(List.of(new NewTopic(tooLong, 3, (short) 1), new NewTopic(longest, 3, (short) 1))).values();
        results.get(longest).get();
        Cases.fails(InvalidTopicException.class, results.get(tooLong));
        on.admin().deleteTopics(List.of(longest)).all().get();
    }

    private void describeProducers() throws Exception {
        TopicPartition tp = new TopicPartition(on.topic("producers", 1), 0);
        on.send(1, tp);
        List<ProducerState> states = on.admin().describeProducers(List.of(tp)).partitionResult(tp).get().activeProducers();
        Cases.equal(1, states.size());
        Cases.equal(0, states.get(0).producerEpoch());
        Cases.that(states.get(0).coordinatorEpoch().isEmpty(), states);
        Cases.equal(OptionalLong.empty(), states.get(0).currentTransactionStartOffset());
        TopicPartition none = new TopicPartition(tp.topic(), 1);
        Cases.fails(TimeoutException.class, on.admin().describeProducers(List.of(none),
            new org.apache.kafka.clients.admin.DescribeProducersOptions().timeoutMs(500)).partitionResult(none));
    }

    private void noReassignments() throws Exception {
        TopicPartition tp = new TopicPartition(on.topic("no-reassignments", 1), 0);
        Cases.equal(Map.of(), on.admin().listPartitionReassignments(Set.of(tp)).reassignments().get());
        Cases.equal(Map.of(), on.admin().listPartitionReassignments().reassignments().get());
    }

    private void noReassignmentsOfDeleted() throws Exception {
        TopicPartition tp = new TopicPartition(on.name("no-reassignments"), 0);
        Cases.equal(Map.of(), on.admin().listPartitionReassignments(Set.of(tp)).reassignments().get());
    }

    private void withoutABroker() throws Exception {
        Map<String, Object> config = new HashMap<>(on.config());
        config.put("bootstrap.servers", "localhost:225");
        try (Admin broken = Admin.create(config)) {
            Cases.fails(TimeoutException.class, broken.abortTransaction(new AbortTransactionSpec(new TopicPartition("none", 0), 1, (short) 1, 1),
                new AbortTransactionOptions().timeoutMs(0)).all());
        }
    }
}
