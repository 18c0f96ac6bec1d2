import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.clients.admin.CreatePartitionsOptions;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.ListOffsetsResponseData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.OffsetForLeaderEpochRequestData;
import org.apache.kafka.common.message.OffsetForLeaderEpochResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/** Cases that want three nodes: placement, elections, reassignments, and what nodes say that do not lead. Nobody is stopped. */
final class ClusterCases {
    private final Cases on;
    private final Map<Integer, Wire> wires = new HashMap<>();
    private final int a;
    private final int b;
    private final int c;

    ClusterCases(Cases on) throws Exception {
        this.on = on;
        Cases.that(on.nodes.length == 3, "three nodes are wanted");
        for (Node node : on.admin().describeCluster().nodes().get()) wires.put(node.id(), new Wire(node.host() + ":" + node.port()));
        a = on.nodes[0];
        b = on.nodes[1];
        c = on.nodes[2];
    }

    void add() {
        on.add("testCreateDeleteTopics", this::createTopics);
        on.add("testCreatePartitions", this::createPartitions);
        on.add("testPreferredReplica", this::preferredReplica);
        on.add("testElectPreferredLeaders", this::electPreferred);
        on.add("testElectUncleanLeadersForUnknownPartitions", this::electUnknown);
        on.add("testInvalidAlterPartitionReassignments", this::invalidReassignments);
        on.add("testFetchRequestToNonReplica", this::fetchFromOthers);
        on.add("testProduceToNonReplica", this::produceToOthers);
        on.add("testListOffsetsErrorCodes", this::listOffsetsOfOthers);
        on.add("testListOffsetsErrorCodes for debugging", this::listOffsetsForDebugging);
        on.add("testOffsetsForLeaderEpochErrorCodes", this::leaderEpochOfOthers);
        on.add("testCurrentEpochValidation", this::currentEpoch);
        on.add("testResponseIncludesLeaderEpoch", this::epochOfOffsets);
    }

    private String assigned(List<List<Integer>> replicas) throws Exception {
        String topic = on.name("assigned");
        Map<Integer, List<Integer>> of = new HashMap<>();
        for (int i = 0; i < replicas.size(); i++) of.put(i, replicas.get(i));
        on.admin().createTopics(List.of(new NewTopic(topic, of))).all().get();
        on.described(topic, replicas.size());
        return topic;
    }

    private static List<Integer> ids(List<Node> nodes) {
        return nodes.stream().map(Node::id).toList();
    }

    private void createTopics() throws Exception {
        String one = assigned(List.of(List.of(b, c), List.of(c, a)));
        TopicDescription described = on.described(one, 2);
        Cases.equal(List.of(b, c), ids(described.partitions().get(0).replicas()));
        Cases.equal(b, described.partitions().get(0).leader().id());
        Cases.equal(List.of(c, a), ids(described.partitions().get(1).isr()));
        String two = on.name("replicated");
        var created = on.admin().createTopics(List.of(new NewTopic(two, 3, (short) 3)));
        Cases.equal(3, created.replicationFactor(two).get());
        for (TopicPartitionInfo partition : on.described(two, 3).partitions()) {
            Cases.equal(3, new HashSet<>(ids(partition.replicas())).size());
            Cases.until(() -> on.described(two, 3).partitions().get(partition.partition()).isr().size() == 3, () -> "three in sync");
        }
        on.admin().deleteTopics(List.of(one, two)).all().get();
        Cases.until(() -> !on.admin().listTopics().names().get().contains(two), () -> two + " gone");
    }

    private void createPartitions() throws Exception {
        String one = assigned(List.of(List.of(a)));
        String two = assigned(List.of(List.of(a, b)));
        on.admin().createPartitions(Map.of(two, NewPartitions.increaseTo(3, List.of(List.of(a, b), List.of(b, c))))).all().get();
        Cases.equal(List.of(b, c), ids(on.described(two, 3).partitions().get(2).replicas()));
        for (boolean only : new boolean[] {true, false}) {
            CreatePartitionsOptions options = new CreatePartitionsOptions().validateOnly(only);
            String unequal = "The manual partition assignment includes a partition with 2 replica(s), but this is not consistent with previous partitions, "
                + "which have 1 replica(s).";
            for (List<List<Integer>> wrong : List.of(List.of(List.of(b, c)), List.of(List.of(b), List.of(b, a))))
                Cases.fails(InvalidReplicaAssignmentException.class, unequal,
                    on.admin().createPartitions(Map.of(one, NewPartitions.increaseTo(1 + wrong.size(), wrong)), options).values().get(one));
            Cases.fails(InvalidReplicaAssignmentException.class, "The manual partition assignment includes the broker " + b + " more than once.",
                on.admin().createPartitions(Map.of(one, NewPartitions.increaseTo(2, List.of(List.of(b, b)))), options).values().get(one));
        }
    }

    private void preferredReplica() throws Exception {
        List<List<Integer>> replicas = List.of(List.of(b, c, a), List.of(c, a, b));
        String topic = assigned(replicas);
        for (Wire wire : List.of(wires.get(a), wires.get(b))) {
            Cases.until(() -> {
                MetadataResponseData answer = wire.ask(ApiKeys.METADATA, 12,
                    new MetadataRequestData().setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName(topic))));
                var told = answer.topics().find(topic);
                return told.errorCode() == 0 && told.partitions().stream().allMatch(one -> one.replicaNodes().equals(replicas.get(one.partitionIndex()))
                    && one.isrNodes().size() == 3 && one.leaderId() == one.replicaNodes().get(0));
            }, () -> replicas);
        }
    }

    private int leader(TopicPartition of) throws Exception {
        return on.described(of.topic(), -1).partitions().get(of.partition()).leader().id();
    }

    private void ledBy(int node, TopicPartition... partitions) throws Exception {
        for (TopicPartition tp : partitions) Cases.until(() -> leader(tp) == node, () -> tp + " led by " + node + ", not " + leader(tp));
    }

    private void prefer(List<Integer> replicas, TopicPartition... partitions) throws Exception {
        Map<TopicPartition, Optional<NewPartitionReassignment>> wanted = new HashMap<>();
        for (TopicPartition tp : partitions) wanted.put(tp, Optional.of(new NewPartitionReassignment(replicas)));
        on.admin().alterPartitionReassignments(wanted).all().get();
        for (TopicPartition tp : partitions)
            Cases.until(() -> ids(on.described(tp.topic(), -1).partitions().get(0).replicas()).equals(replicas), () -> tp + " on " + replicas);
        Cases.until(() -> on.admin().listPartitionReassignments().reassignments().get().isEmpty(), () -> "no reassignment");
    }

    private Map<TopicPartition, Optional<Throwable>> elect(TopicPartition... partitions) throws Exception {
        return on.admin().electLeaders(ElectionType.PREFERRED, partitions.length == 0 ? null : Set.of(partitions)).partitions().get();
    }

    private void electPreferred() throws Exception {
        TopicPartition one = new TopicPartition(assigned(List.of(List.of(a, b, c))), 0);
        TopicPartition two = new TopicPartition(assigned(List.of(List.of(a, b, c))), 0);
        for (TopicPartition tp : List.of(one, two)) Cases.until(() -> on.described(tp.topic(), 1).partitions().get(0).isr().size() == 3, () -> "three in sync");
        Cases.equal(ElectionNotNeededException.class, elect(one).get(one).orElseThrow().getClass());
        Cases.that(!elect().containsKey(one), "elected without need");
        prefer(List.of(b, c, a), one, two);
        ledBy(a, one, two);
        Map<TopicPartition, Optional<Throwable>> elected = elect(one);
        Cases.equal(Map.of(one, Optional.empty()), elected);
        ledBy(b, one);
        ledBy(a, two);
        Cases.equal(Optional.empty(), elect().get(two));
        ledBy(b, two);
        TopicPartition unknown = new TopicPartition(on.name("topic-does-not-exist"), 0);
        prefer(List.of(c, a, b), one, two);
        elected = elect(unknown, one);
        Cases.equal(Set.of(unknown, one), elected.keySet());
        Cases.equal(UnknownTopicOrPartitionException.class, elected.get(unknown).orElseThrow().getClass());
        Cases.equal("No such topic as " + unknown.topic(), elected.get(unknown).orElseThrow().getMessage());
        ledBy(c, one);
        ledBy(b, two);
    }

    private void electUnknown() throws Exception {
        TopicPartition none = new TopicPartition(assigned(List.of(List.of(a, b))), 1);
        TopicPartition unknown = new TopicPartition(on.name("unknown"), 0);
        Map<TopicPartition, Optional<Throwable>> elected = on.admin().electLeaders(ElectionType.UNCLEAN, Set.of(none, unknown)).partitions().get();
        for (TopicPartition tp : List.of(none, unknown))
            Cases.equal(UnknownTopicOrPartitionException.class, elected.get(tp).orElseThrow().getClass());
    }

    private void invalidReassignments() throws Exception {
        String topic = assigned(List.of(List.of(a), List.of(b), List.of(c), List.of(a)));
        List<TopicPartition> parts = Cases.partitions(topic, 3);
        var valid = Optional.of(new NewPartitionReassignment(List.of(a, b, c)));
        TopicPartition unknown = new TopicPartition(on.name("none"), 0);
        TopicPartition beyond = new TopicPartition(topic, 4);
        var values = on.admin().alterPartitionReassignments(Map.of(parts.get(0), valid, unknown, valid, beyond, valid)).values();
        Cases.fails(UnknownTopicOrPartitionException.class, values.get(unknown));
        Cases.fails(UnknownTopicOrPartitionException.class, values.get(beyond));
        values.get(parts.get(0)).get();
        var wrong = on.admin().alterPartitionReassignments(Map.of(parts.get(0), Optional.of(new NewPartitionReassignment(List.of(a, b, c, 47))),
            parts.get(1), Optional.of(new NewPartitionReassignment(List.of(-3, -2, -1))),
            parts.get(2), Optional.of(new NewPartitionReassignment(List.of(a, b, b))))).values();
        for (TopicPartition tp : parts) Cases.fails(InvalidReplicaAssignmentException.class, wrong.get(tp));
    }

    private Errors fetch(int node, String topic, int version, int epoch) throws Exception {
        FetchRequestData.FetchTopic of = new FetchRequestData.FetchTopic().setPartitions(List.of(
            new FetchRequestData.FetchPartition().setPartitionMaxBytes(1024).setCurrentLeaderEpoch(epoch)));
        if (version >= 13) of.setTopicId(on.described(topic, -1).topicId());
        else of.setTopic(topic);
        FetchRequestData request = new FetchRequestData().setMaxWaitMs(100).setMinBytes(0).setMaxBytes(1 << 20).setTopics(List.of(of));
        FetchResponseData answer = wires.get(node).ask(ApiKeys.FETCH, version, version < 15 ? request.setReplicaId(-1) : request);
        return Errors.forCode(answer.responses().get(0).partitions().get(0).errorCode());
    }

    private void fetchFromOthers() throws Exception {
        String topic = assigned(List.of(List.of(a, b)));
        for (int version : new int[] {12, ApiKeys.FETCH.latestVersion()}) {
            Cases.until(() -> fetch(a, topic, version, -1) == Errors.NONE && fetch(b, topic, version, -1) == Errors.NONE, () -> "leader and follower serve");
            Cases.equal(Errors.NOT_LEADER_OR_FOLLOWER, fetch(c, topic, version, -1));
        }
    }

    private void produceToOthers() throws Exception {
        String topic = assigned(List.of(List.of(a, b)));
        for (int node : new int[] {b, c}) {
            ProduceRequestData request = new ProduceRequestData().setAcks((short) -1).setTimeoutMs(3000).setTransactionalId(null);
            request.topicData().add(new ProduceRequestData.TopicProduceData().setName(topic).setPartitionData(List.of(new ProduceRequestData.PartitionProduceData()
                .setIndex(0).setRecords(MemoryRecords.withRecords(Compression.NONE, new SimpleRecord("key".getBytes(), "value".getBytes()))))));
            ProduceResponseData answer = wires.get(node).ask(ApiKeys.PRODUCE, 12, request);
            Cases.equal(Errors.NOT_LEADER_OR_FOLLOWER, Errors.forCode(answer.responses().iterator().next().partitionResponses().get(0).errorCode()), node);
        }
    }

    private ListOffsetsResponseData.ListOffsetsPartitionResponse offset(int node, int replica, String topic, long timestamp, int epoch) throws Exception {
        ListOffsetsResponseData answer = wires.get(node).ask(ApiKeys.LIST_OFFSETS, 7, new ListOffsetsRequestData().setReplicaId(replica).setTopics(List.of(
            new ListOffsetsRequestData.ListOffsetsTopic().setName(topic).setPartitions(List.of(
                new ListOffsetsRequestData.ListOffsetsPartition().setPartitionIndex(0).setTimestamp(timestamp).setCurrentLeaderEpoch(epoch))))));
        return answer.topics().get(0).partitions().get(0);
    }

    private void listOffsetsOfOthers() throws Exception {
        String topic = assigned(List.of(List.of(a, b)));
        Cases.until(() -> fetch(b, topic, 12, -1) == Errors.NONE, () -> "the follower is there");
        for (int replica : new int[] {-1, a}) {
            Cases.equal(Errors.NOT_LEADER_OR_FOLLOWER, Errors.forCode(offset(b, replica, topic, -2, 0).errorCode()), replica);
            Cases.equal(Errors.NOT_LEADER_OR_FOLLOWER, Errors.forCode(offset(c, replica, topic, -2, 0).errorCode()), replica);
        }
        Cases.equal(Errors.NOT_LEADER_OR_FOLLOWER, Errors.forCode(offset(c, -2, topic, -2, 0).errorCode()), "no replica, for debugging");
    }

    private void listOffsetsForDebugging() throws Exception {
        String topic = assigned(List.of(List.of(a, b)));
        Cases.until(() -> fetch(b, topic, 12, -1) == Errors.NONE, () -> "the follower is there");
        Cases.equal(Errors.NONE, Errors.forCode(offset(b, -2, topic, -2, 0).errorCode()));
    }

    private OffsetForLeaderEpochResponseData.EpochEndOffset epoch(int node, String topic, int current, int epoch) throws Exception {
        OffsetForLeaderEpochRequestData request = new OffsetForLeaderEpochRequestData().setReplicaId(-1);
        request.topics().add(new OffsetForLeaderEpochRequestData.OffsetForLeaderTopic().setTopic(topic).setPartitions(List.of(
            new OffsetForLeaderEpochRequestData.OffsetForLeaderPartition().setPartition(0).setCurrentLeaderEpoch(current).setLeaderEpoch(epoch))));
        OffsetForLeaderEpochResponseData answer = wires.get(node).ask(ApiKeys.OFFSET_FOR_LEADER_EPOCH, 4, request);
        return answer.topics().find(topic).partitions().get(0);
    }

    private void leaderEpochOfOthers() throws Exception {
        String topic = assigned(List.of(List.of(a, b)));
        Cases.until(() -> fetch(b, topic, 12, -1) == Errors.NONE, () -> "the follower is there");
        Cases.equal(Errors.NOT_LEADER_OR_FOLLOWER, Errors.forCode(epoch(b, topic, -1, 0).errorCode()));
        Cases.equal(Errors.NOT_LEADER_OR_FOLLOWER, Errors.forCode(epoch(c, topic, -1, 0).errorCode()));
    }

    /** A topic whose leader has changed once. */
    private String moved() throws Exception {
        String topic = assigned(List.of(List.of(a, b, c)));
        TopicPartition tp = new TopicPartition(topic, 0);
        on.send(10, tp);
        Cases.until(() -> on.described(topic, 1).partitions().get(0).isr().size() == 3, () -> "three in sync");
        prefer(List.of(b, a, c), tp);
        Cases.equal(Optional.empty(), elect(tp).get(tp));
        ledBy(b, tp);
        return topic;
    }

    private int epochOf(String topic) throws Exception {
        MetadataResponseData answer = wires.get(b).ask(ApiKeys.METADATA, 12,
            new MetadataRequestData().setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName(topic))));
        return answer.topics().find(topic).partitions().get(0).leaderEpoch();
    }

    private void currentEpoch() throws Exception {
        String topic = moved();
        int epoch = epochOf(topic);
        Cases.that(epoch > 0, epoch);
        Cases.until(() -> fetch(b, topic, 12, epoch) == Errors.NONE && fetch(a, topic, 12, epoch) == Errors.NONE, () -> "everybody knows the epoch");
        for (int version : new int[] {12, ApiKeys.FETCH.latestVersion()}) {
            for (int node : new int[] {b, a}) {
                Cases.equal(Errors.NONE, fetch(node, topic, version, -1));
                Cases.equal(Errors.NONE, fetch(node, topic, version, epoch));
                Cases.equal(Errors.FENCED_LEADER_EPOCH, fetch(node, topic, version, epoch - 1));
                Cases.equal(Errors.UNKNOWN_LEADER_EPOCH, fetch(node, topic, version, epoch + 1));
            }
        }
        for (int node : new int[] {b, a}) {
            Errors served = node == b ? Errors.NONE : Errors.NOT_LEADER_OR_FOLLOWER;
            List<Errors> wanted = List.of(served, served, Errors.FENCED_LEADER_EPOCH, Errors.UNKNOWN_LEADER_EPOCH);
            List<Errors> offsets = new ArrayList<>();
            List<Errors> epochs = new ArrayList<>();
            for (int current : new int[] {-1, epoch, epoch - 1, epoch + 1}) {
                offsets.add(Errors.forCode(offset(node, -1, topic, -2, current).errorCode()));
                epochs.add(Errors.forCode(epoch(node, topic, current, 0).errorCode()));
            }
            Cases.equal(wanted, offsets, "ListOffsets of " + node);
            Cases.equal(wanted, epochs, "OffsetForLeaderEpoch of " + node);
        }
    }

    private void epochOfOffsets() throws Exception {
        String topic = moved();
        int epoch = epochOf(topic);
        Cases.until(() -> offset(b, -1, topic, -1, -1).errorCode() == Errors.NONE.code(), () -> "the new leader knows its watermark");
        Cases.equal(0, offset(b, -1, topic, 0, -1).leaderEpoch());
        Cases.equal(0, offset(b, -1, topic, -2, -1).leaderEpoch());
        Cases.equal(10L, offset(b, -1, topic, -1, -1).offset());
        Cases.equal(epoch, offset(b, -1, topic, -1, -1).leaderEpoch());
        Cases.equal(0, offset(b, -1, topic, -3, -1).leaderEpoch());
        Cases.equal(10L, epoch(b, topic, -1, 0).endOffset());
    }
}
