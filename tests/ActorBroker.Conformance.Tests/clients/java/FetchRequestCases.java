import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** FetchRequestTest: limits and order, sessions, epochs, codecs, in the version with names (12) and the last one with ids. */
final class FetchRequestCases {
    private static final int PER_PARTITION = 9;
    private static final int RESPONSE_BYTES = 800;
    private static final int PARTITION_BYTES = 190;
    private final Cases on;
    private final Wire wire;
    private final Map<String, Uuid> ids = new HashMap<>();

    FetchRequestCases(Cases on) {
        this.on = on;
        wire = new Wire(on.bootstrap);
    }

    void add() {
        on.add("testBrokerRespectsPartitionsOrderAndSizeLimits", this::limits);
        on.add("testFetchRequestV4WithReadCommitted", this::readCommitted);
        on.add("testZStdCompressedTopic", this::zstd);
        on.add("testFetchOutOfRange", this::outOfRange);
        for (int version : new int[] {12, ApiKeys.FETCH.latestVersion()}) {
            on.add("testCurrentEpochValidation v" + version, () -> currentEpoch(version));
            on.add("testLastFetchedEpochValidation v" + version, () -> lastFetchedEpoch(version));
            on.add("testEpochValidationWithinFetchSession v" + version, () -> epochInSession(version));
            on.add("testIncrementalFetchSession v" + version, () -> session(version));
        }
        on.add("testCreateIncrementalFetchWithPartitionsInErrorV12", this::partitionsInError);
        on.add("testFetchWithPartitionsWithIdError", this::unknownId);
    }

    /** What a fetch wants of a partition. */
    private record Want(TopicPartition of, long offset, int bytes, int epoch, int lastEpoch) {
        Want(TopicPartition of, long offset) {
            this(of, offset, 1024, -1, -1);
        }
    }

    private TopicPartition topic(String... configs) throws Exception {
        TopicPartition tp = known(on.topic("fetched", 1, configs), 1);
        served(List.of(tp));
        return tp;
    }

    private TopicPartition known(String topic, int partitions) throws Exception {
        ids.put(topic, on.described(topic, partitions).topicId());
        return new TopicPartition(topic, 0);
    }

    private FetchResponseData fetch(int version, int session, int epoch, int maxBytes, List<Want> wants) throws Exception {
        FetchRequestData request = new FetchRequestData().setMaxWaitMs(200).setMinBytes(epoch == -1 ? 0 : 1).setMaxBytes(maxBytes);
        if (version < 15) request.setReplicaId(-1);
        if (version >= 7) request.setSessionId(session).setSessionEpoch(epoch);
        FetchTopic last = null;
        for (Want want : wants) {
            FetchPartition partition = new FetchPartition().setPartition(want.of.partition()).setFetchOffset(want.offset).setPartitionMaxBytes(want.bytes);
            if (version >= 9) partition.setCurrentLeaderEpoch(want.epoch);
            if (version >= 12) partition.setLastFetchedEpoch(want.lastEpoch);
            if (last == null || !want.of.topic().equals(last.topic().isEmpty() ? name(last.topicId()) : last.topic())) {
                last = new FetchTopic();
                if (version >= 13) last.setTopicId(ids.get(want.of.topic()));
                else last.setTopic(want.of.topic());
                request.topics().add(last);
            }
            last.partitions().add(partition);
        }
        return wire.ask(ApiKeys.FETCH, version, request);
    }

    /** Waits until the broker serves the partitions: a topic is told before that. */
    private void served(List<TopicPartition> all) throws Exception {
        for (TopicPartition tp : all) Cases.until(() -> only(fetch(12, new Want(tp, 0))).errorCode() == Errors.NONE.code(), () -> tp);
    }

    private FetchResponseData fetch(int version, Want... wants) throws Exception {
        return fetch(version, 0, -1, 1 << 20, List.of(wants));
    }

    private String name(Uuid id) {
        return ids.entrySet().stream().filter(one -> one.getValue().equals(id)).map(Map.Entry::getKey).findFirst().orElse("?");
    }

    private Map<TopicPartition, PartitionData> parts(FetchResponseData of) {
        Map<TopicPartition, PartitionData> parts = new LinkedHashMap<>();
        for (FetchableTopicResponse topic : of.responses())
            for (PartitionData one : topic.partitions())
                parts.put(new TopicPartition(topic.topic().isEmpty() ? name(topic.topicId()) : topic.topic(), one.partitionIndex()), one);
        return parts;
    }

    private PartitionData only(FetchResponseData of) {
        Cases.equal(1, parts(of).size());
        return parts(of).values().iterator().next();
    }

    private static int size(PartitionData of) {
        return of.records() == null ? 0 : of.records().sizeInBytes();
    }

    private static int count(PartitionData of) {
        int count = 0;
        for (var ignored : ((MemoryRecords) of.records()).records()) count++;
        return count;
    }

    private void limits() throws Exception {
        List<TopicPartition> small = new ArrayList<>();
        List<TopicPartition> large = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = on.producer("batch.size", 0)) {
            for (int i = 0; i < 3; i++) {
                String topic = on.topic("limits", 6);
                known(topic, 6);
                for (TopicPartition tp : Cases.partitions(topic, 6)) {
                    on.send(producer, PER_PARTITION, tp, 0);
                    (i == 2 && tp.partition() > 3 ? large : small).add(tp);
                }
            }
            producer.send(new ProducerRecord<>(large.get(0).topic(), large.get(0).partition(), "a".getBytes(), new byte[PARTITION_BYTES + 1])).get();
            producer.send(new ProducerRecord<>(large.get(1).topic(), large.get(1).partition(), "b".getBytes(), new byte[RESPONSE_BYTES + 1])).get();
        }
        for (int version : new int[] {12, ApiKeys.FETCH.latestVersion()}) {
            for (int seed = 0; seed < 2; seed++) {
                List<TopicPartition> order = new ArrayList<>(small);
                Collections.shuffle(order, new Random(seed));
                order.addAll(large);
                withinLimits(order, parts(fetch(version, 0, -1, RESPONSE_BYTES, wants(order, null))));
            }
            List<TopicPartition> first = new ArrayList<>(large);
            first.addAll(small);
            Map<TopicPartition, PartitionData> got = parts(fetch(version, 0, -1, RESPONSE_BYTES, wants(first, large.get(0))));
            Cases.that(size(got.get(large.get(0))) > PARTITION_BYTES && size(got.get(large.get(0))) <= RESPONSE_BYTES, size(got.get(large.get(0))));
            Collections.swap(first, 0, 1);
            got = parts(fetch(version, 0, -1, RESPONSE_BYTES, wants(first, large.get(1))));
            Cases.that(size(got.get(large.get(1))) > RESPONSE_BYTES, size(got.get(large.get(1))));
            Cases.equal(1L, got.values().stream().filter(one -> size(one) > 0).count());
        }
    }

    private static List<Want> wants(List<TopicPartition> order, TopicPartition atItsLarge) {
        return order.stream().map(tp -> new Want(tp, tp.equals(atItsLarge) ? PER_PARTITION : 0, PARTITION_BYTES, -1, -1)).toList();
    }

    private static void withinLimits(List<TopicPartition> order, Map<TopicPartition, PartitionData> got) {
        Cases.equal(order.size(), got.size());
        int total = 0;
        boolean emptySeen = false;
        for (TopicPartition tp : order) {
            PartitionData one = got.get(tp);
            Cases.equal(Errors.NONE.code(), one.errorCode());
            Cases.that(one.highWatermark() > 0, one);
            int batches = 0;
            for (var batch : ((MemoryRecords) one.records()).batches()) batches += batch.sizeInBytes();
            if (size(one) > 0) {
                Cases.that(!emptySeen, "records behind an empty partition");
                Cases.that(batches <= PARTITION_BYTES, batches);
                Cases.equal(PARTITION_BYTES, size(one));
            } else emptySeen = true;
            total += size(one);
        }
        Cases.equal(RESPONSE_BYTES - RESPONSE_BYTES % PARTITION_BYTES, total);
    }

    private void readCommitted() throws Exception {
        TopicPartition tp = topic();
        on.send(3, tp);
        FetchRequestData request = new FetchRequestData().setReplicaId(-1).setMaxWaitMs(500).setMinBytes(0).setMaxBytes(1 << 20).setIsolationLevel((byte) 1)
            .setTopics(List.of(new FetchTopic().setTopic(tp.topic()).setPartitions(List.of(new FetchPartition().setPartitionMaxBytes(200)))));
        PartitionData got = only(wire.ask(ApiKeys.FETCH, 4, request));
        Cases.equal(Errors.NONE.code(), got.errorCode());
        Cases.equal(3L, got.lastStableOffset());
        Cases.that(size(got) > 0, got);
    }

    private void zstd() throws Exception {
        TopicPartition tp = topic("compression.type", "zstd");
        try (KafkaProducer<byte[], byte[]> producer = on.producer("batch.size", 0)) {
            on.send(producer, 3, tp, 0);
        }
        for (int version : new int[] {10, 12, ApiKeys.FETCH.latestVersion()}) {
            PartitionData got = only(fetch(version, new Want(tp, 0)));
            Cases.equal(Errors.NONE, Errors.forCode(got.errorCode()));
            Cases.equal(3, count(got));
        }
    }

    private void outOfRange() throws Exception {
        TopicPartition tp = topic();
        on.send(3, tp);
        for (short version : ApiKeys.FETCH.allVersions()) {
            PartitionData got = only(fetch(version, new Want(tp, 17)));
            Cases.equal(Errors.OFFSET_OUT_OF_RANGE, Errors.forCode(got.errorCode()), "v" + version);
            Cases.equal(-1L, got.highWatermark(), "v" + version);
            Cases.equal(-1L, got.logStartOffset(), "v" + version);
            Cases.equal(Errors.NONE, Errors.forCode(only(fetch(version, new Want(tp, 3))).errorCode()), "v" + version);
        }
    }

    private void currentEpoch(int version) throws Exception {
        TopicPartition tp = topic();
        Cases.equal(Errors.NONE, Errors.forCode(only(fetch(version, new Want(tp, 0, 1024, -1, -1))).errorCode()));
        Cases.equal(Errors.NONE, Errors.forCode(only(fetch(version, new Want(tp, 0, 1024, 0, -1))).errorCode()));
        Cases.equal(Errors.UNKNOWN_LEADER_EPOCH, Errors.forCode(only(fetch(version, new Want(tp, 0, 1024, 1, -1))).errorCode()));
    }

    private void lastFetchedEpoch(int version) throws Exception {
        TopicPartition tp = topic();
        on.send(10, tp);
        PartitionData got = only(fetch(version, new Want(tp, 15, 1024, 0, 0)));
        Cases.equal(Errors.NONE, Errors.forCode(got.errorCode()));
        Cases.equal(0, size(got));
        Cases.equal(0, got.divergingEpoch().epoch());
        Cases.equal(10L, got.divergingEpoch().endOffset());
        got = only(fetch(version, new Want(tp, 5, 1024, 0, 0)));
        Cases.equal(-1, got.divergingEpoch().epoch());
        Cases.that(size(got) > 0, got);
    }

    private void epochInSession(int version) throws Exception {
        TopicPartition tp = topic();
        FetchResponseData first = fetch(version, 0, 0, 1 << 20, List.of(new Want(tp, 0, 1024, 0, -1)));
        Cases.that(first.sessionId() > 0, "no session");
        Cases.equal(Errors.UNKNOWN_LEADER_EPOCH, Errors.forCode(
            only(fetch(version, first.sessionId(), 1, 1 << 20, List.of(new Want(tp, 0, 1024, 1, -1)))).errorCode()));
        Cases.equal(Errors.INVALID_FETCH_SESSION_EPOCH, Errors.forCode(fetch(version, first.sessionId(), 7, 1 << 20, List.of()).errorCode()));
        Cases.equal(Errors.FETCH_SESSION_ID_NOT_FOUND, Errors.forCode(fetch(version, first.sessionId() ^ 0x5555, 1, 1 << 20, List.of()).errorCode()));
    }

    private void session(int version) throws Exception {
        String topic = on.topic("session", 2);
        known(topic, 2);
        List<TopicPartition> both = Cases.partitions(topic, 2);
        served(both);
        FetchResponseData first = fetch(version, 0, 0, 1 << 20, List.of(new Want(both.get(0), 0), new Want(both.get(1), 0)));
        Cases.equal(2, parts(first).size());
        Cases.equal(0, parts(fetch(version, first.sessionId(), 1, 1 << 20, List.of())).size());
        on.send(1, both.get(1));
        FetchResponseData next = fetch(version, first.sessionId(), 2, 1 << 20, List.of());
        Cases.equal(first.sessionId(), next.sessionId());
        Cases.equal(java.util.Set.of(both.get(1)), parts(next).keySet());
        Cases.equal(1, count(only(next)));
        Cases.equal(0, parts(fetch(version, first.sessionId(), 3, 1 << 20, List.of(new Want(both.get(1), 1)))).size());
    }

    private void partitionsInError() throws Exception {
        String foo = on.topic("foo", 2);
        String bar = on.name("bar");
        List<TopicPartition> foos = Cases.partitions(foo, 2);
        TopicPartition bar0 = new TopicPartition(bar, 0);
        served(foos);
        FetchResponseData first = fetch(12, 0, 0, 1 << 20, List.of(new Want(foos.get(0), 0), new Want(foos.get(1), 0), new Want(bar0, 0)));
        Cases.equal(3, parts(first).size());
        Cases.equal(Errors.UNKNOWN_TOPIC_OR_PARTITION, Errors.forCode(parts(first).get(bar0).errorCode()));
        for (TopicPartition tp : foos) Cases.equal(Errors.NONE, Errors.forCode(parts(first).get(tp).errorCode()));
        FetchResponseData second = fetch(12, first.sessionId(), 1, 1 << 20, List.of());
        Cases.equal(java.util.Set.of(bar0), parts(second).keySet());
        Cases.equal(Errors.UNKNOWN_TOPIC_OR_PARTITION, Errors.forCode(only(second).errorCode()));
        on.admin().createTopics(List.of(new org.apache.kafka.clients.admin.NewTopic(bar, 1, (short) 1))).all().get();
        known(bar, 1);
        served(List.of(bar0));
        FetchResponseData third = fetch(12, first.sessionId(), 2, 1 << 20, List.of());
        Cases.equal(java.util.Set.of(bar0), parts(third).keySet());
        Cases.equal(Errors.NONE, Errors.forCode(only(third).errorCode()));
        Cases.equal(0, parts(fetch(12, first.sessionId(), 3, 1 << 20, List.of())).size());
    }

    private void unknownId() throws Exception {
        TopicPartition foo = topic();
        TopicPartition bar = new TopicPartition(on.name("bar"), 0);
        ids.put(bar.topic(), Uuid.randomUuid());
        FetchResponseData got = fetch(ApiKeys.FETCH.latestVersion(), 0, 0, 1 << 20, List.of(new Want(foo, 0), new Want(bar, 0)));
        Cases.equal(Errors.NONE, Errors.forCode(got.errorCode()));
        Cases.equal(Errors.NONE, Errors.forCode(parts(got).get(foo).errorCode()));
        Cases.equal(Errors.UNKNOWN_TOPIC_ID, Errors.forCode(parts(got).get(bar).errorCode()));
    }
}
