import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidGroupIdException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.record.TimestampType;

/** PlaintextConsumerTest and its siblings Assign, Callback, Commit, Fetch, Poll and Subscription, over one of the two group protocols. */
final class ConsumerCases {
    private final Cases on;
    private final String protocol;

    ConsumerCases(Cases on, String protocol) {
        this.on = on;
        this.protocol = protocol;
    }

    void all() {
        assigning();
        subscribing();
    }

    /** These need no group beyond its committed offsets. */
    void assigning() {
        on.add("testHeaders", this::headers);
        on.add("testAutoOffsetReset", this::autoOffsetReset);
        on.add("testPartitionsFor", this::partitionsFor);
        on.add("testPartitionsForAutoCreate", this::partitionsForAutoCreate);
        on.add("testPartitionsForInvalidTopic", this::partitionsForInvalid);
        on.add("testSeek", this::seek);
        on.add("testPartitionPauseAndResume", this::pauseAndResume);
        on.add("testConsumeMessagesWithLogAppendTime", this::logAppendTime);
        on.add("testListTopics", this::listTopics);
        on.add("testConsumingWithNullGroupId", this::nullGroupId);
        on.add("testNullGroupIdNotSupportedIfCommitting", this::nullGroupIdCommits);
        on.add("testFetchOffsetsForTime", this::offsetsForTimes);
        on.add("testPositionRespectsTimeout", this::positionTimeout);
        on.add("testPositionRespectsWakeup", () -> positionWakeup(on.bootstrap));
        on.add("testPositionWithErrorConnectionRespectsWakeup", () -> positionWakeup("localhost:12345"));
        on.add("testSeekThrowsIllegalStateIfPartitionsNotAssigned", this::seekUnassigned);
        on.add("testAssignAndCommitNotCommitted", this::commitNothing);
        on.add("testAssignAndCommitSyncAllConsumed", this::commitAll);
        on.add("testAssignAndConsumeSkippingPosition", this::skipPosition);
        on.add("testAssignAndConsumeFromCommittedOffsets", this::fromCommitted);
        on.add("testCommitMetadata", this::commitMetadata);
        on.add("testAsyncCommit", this::commitAsync);
        on.add("testCommitSpecifiedOffsets", this::commitSpecified);
        on.add("testPositionAndCommit", this::positionAndCommit);
        on.add("testFetchInvalidOffset", this::invalidOffset);
        on.add("testFetchOutOfRangeOffsetResetConfigEarliest", this::outOfRangeEarliest);
        on.add("testFetchOutOfRangeOffsetResetConfigLatest", this::outOfRangeLatest);
        for (String limit : List.of("fetch.max.bytes", "max.partition.fetch.bytes")) {
            on.add("testFetchRecordLarger " + limit, () -> largeRecord(limit));
            on.add("testFetchHonoursSizeIfLargeRecordNotFirst " + limit, () -> largeRecordNotFirst(limit));
        }
        on.add("testMaxPollRecords", this::maxPollRecords);
        on.add("testPerPartitionLagMetrics", this::lagAndLead);
        on.add("testNoOffsetForPartitionExceptionOnPollZero", this::noOffsetOnPollZero);
    }

    void subscribing() {
        on.add("testGroupConsumption", this::groupConsumption);
        on.add("testPauseStateNotPreservedByRebalance", this::pauseLostByRebalance);
        on.add("testStaticConsumerDetectsNewPartitionCreatedAfterRestart", this::staticNewPartition);
        on.add("testEndOffsets", this::endOffsets);
        on.add("testConsumerRebalanceListenerOnPartitionsAssigned", this::inAssigned);
        on.add("testConsumerRebalanceListenerOnPartitionsRevoked", this::inRevoked);
        on.add("testSeekPositionAndPauseNewlyAssignedPartitionOnPartitionsAssignedCallback", this::seekInAssigned);
        on.add("testAutoCommitOnClose", () -> autoCommitOnClose(false));
        on.add("testAutoCommitOnCloseAfterWakeup", () -> autoCommitOnClose(true));
        on.add("testAutoCommitOnRebalance", this::autoCommitOnRebalance);
        on.add("testSubscribeAndCommitSync", this::subscribeAndCommit);
        on.add("testLowMaxFetchSizeForRequestAndPartition", this::lowFetchSizes);
        on.add("testMaxPollIntervalMs", this::maxPollInterval);
        on.add("testMaxPollIntervalMsDelayInRevocation", this::delayInRevocation);
        on.add("testMaxPollIntervalMsDelayInAssignment", this::delayInAssignment);
        on.add("testMaxPollIntervalMsShorterThanPollTimeout", this::longPoll);
        on.add("testPollEventuallyReturnsRecordsWithZeroTimeout", this::pollZero);
        on.add("testPatternSubscription", this::pattern);
        on.add("testSubsequentPatternSubscription", this::secondPattern);
        on.add("testExpandingAndShrinkingTopicSubscriptions", this::expandAndShrink);
        on.add("testUnsubscribeTopic", this::unsubscribe);
        on.add("testSubscribeInvalidTopicCanUnsubscribe", this::invalidTopic);
    }

    private KafkaConsumer<byte[], byte[]> consumer(Object... more) {
        Map<String, Object> config = new HashMap<>();
        config.put("group.protocol", protocol);
        config.put("group.id", on.name("group"));
        for (int i = 0; i < more.length; i += 2) config.put((String) more[i], more[i + 1]);
        if (protocol.equals("consumer")) config.keySet().removeAll(List.of("session.timeout.ms", "heartbeat.interval.ms"));
        if (Optional.of("").equals(Optional.ofNullable(config.get("group.id")))) config.remove("group.id");
        return on.consumer(config.entrySet().stream().flatMap(entry -> Arrays.stream(new Object[] {entry.getKey(), entry.getValue()})).toArray());
    }

    private TopicPartition partition(int count) throws Exception {
        return new TopicPartition(on.topic("topic", count), 0);
    }

    private void sendAt(int count, TopicPartition to, long fromMs, Object... config) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = on.producer(config)) {
            on.send(producer, count, to, fromMs);
        }
    }

    private static void verify(KafkaConsumer<byte[], byte[]> consumer, int count, long from, long fromMs) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> read = Cases.read(consumer, count);
        for (int i = 0; i < count; i++) {
            ConsumerRecord<byte[], byte[]> record = read.get(i);
            Cases.equal(from + i, record.offset());
            Cases.equal(fromMs + i, record.timestamp());
            Cases.equal(TimestampType.CREATE_TIME, record.timestampType());
            Cases.equal(("key " + new String(record.value()).substring(6)).length(), record.serializedKeySize());
        }
    }

    private static long committed(KafkaConsumer<byte[], byte[]> consumer, TopicPartition tp) {
        OffsetAndMetadata committed = consumer.committed(Set.of(tp)).get(tp);
        return committed == null ? -1 : committed.offset();
    }

    private void headers() throws Exception {
        TopicPartition tp = partition(1);
        try (KafkaProducer<byte[], byte[]> producer = on.producer(); KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(tp.topic(), 0, null, "key".getBytes(), "value".getBytes());
            record.headers().add("headerKey", "headerValue".getBytes());
            producer.send(record).get();
            consumer.assign(List.of(tp));
            consumer.seek(tp, 0);
            Cases.equal("headerValue", new String(Cases.read(consumer, 1).get(0).headers().lastHeader("headerKey").value()));
        }
    }

    private void autoOffsetReset() throws Exception {
        TopicPartition tp = partition(1);
        sendAt(1, tp, 1000);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.assign(List.of(tp));
            verify(consumer, 1, 0, 1000);
        }
    }

    private void partitionsFor() throws Exception {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            Cases.equal(2, consumer.partitionsFor(on.topic("parts", 2)).size());
        }
    }

    private void partitionsForAutoCreate() throws Exception {
        String topic = on.name("non-exist");
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.partitionsFor(topic);
            Cases.until(() -> !consumer.partitionsFor(topic).isEmpty(), () -> topic);
        }
    }

    private void partitionsForInvalid() {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            Cases.raises(InvalidTopicException.class, () -> consumer.partitionsFor(";3# ads,{234"));
        }
    }

    private void seek() throws Exception {
        for (String codec : List.of("none", "gzip")) {
            TopicPartition tp = partition(1);
            sendAt(50, tp, 0, "compression.type", codec, "linger.ms", 100_000);
            try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
                consumer.assign(List.of(tp));
                consumer.seekToEnd(List.of(tp));
                Cases.equal(50L, consumer.position(tp));
                Cases.that(consumer.poll(Duration.ofMillis(50)).isEmpty(), "records behind the end");
                consumer.seekToBeginning(List.of(tp));
                Cases.equal(0L, consumer.position(tp));
                verify(consumer, 1, 0, 0);
                consumer.seek(tp, 25);
                Cases.equal(25L, consumer.position(tp));
                verify(consumer, 1, 25, 25);
            }
        }
    }

    private void pauseAndResume() throws Exception {
        TopicPartition tp = partition(1);
        sendAt(5, tp, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.assign(List.of(tp));
            verify(consumer, 5, 0, 0);
            consumer.pause(List.of(tp));
            sendAt(5, tp, 100);
            Cases.that(consumer.poll(Duration.ofMillis(100)).isEmpty(), "records of a paused partition");
            consumer.resume(List.of(tp));
            verify(consumer, 5, 5, 100);
        }
    }

    private void logAppendTime() throws Exception {
        long started = System.currentTimeMillis();
        for (String codec : List.of("none", "gzip")) {
            TopicPartition tp = new TopicPartition(on.topic("append-time", 1, "message.timestamp.type", "LogAppendTime"), 0);
            sendAt(50, tp, 0, "compression.type", codec);
            try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
                consumer.assign(List.of(tp));
                for (ConsumerRecord<byte[], byte[]> record : Cases.read(consumer, 50)) {
                    Cases.equal(TimestampType.LOG_APPEND_TIME, record.timestampType());
                    Cases.that(record.timestamp() >= started && record.timestamp() <= System.currentTimeMillis(), record);
                }
            }
        }
    }

    private void listTopics() throws Exception {
        String topic = on.topic("listed", 2);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            Cases.equal(2, consumer.listTopics().get(topic).size());
        }
    }

    private void nullGroupId() throws Exception {
        TopicPartition tp = partition(1);
        sendAt(3, tp, 0);
        try (KafkaConsumer<byte[], byte[]> first = consumer("group.id", "");
             KafkaConsumer<byte[], byte[]> last = consumer("group.id", "", "auto.offset.reset", "latest");
             KafkaConsumer<byte[], byte[]> second = consumer("group.id", "")) {
            for (KafkaConsumer<byte[], byte[]> one : List.of(first, last, second)) one.assign(List.of(tp));
            second.seek(tp, 1);
            Cases.equal(3, Cases.read(first, 3).size());
            Cases.raises(InvalidGroupIdException.class, first::commitSync);
            Cases.raises(InvalidGroupIdException.class, () -> last.committed(Set.of(tp)));
            Cases.equal(0, last.poll(Duration.ofMillis(1000)).count());
            Cases.equal(2, Cases.read(second, 2).size());
        }
    }

    private void nullGroupIdCommits() throws Exception {
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("group.id", "")) {
            consumer.assign(List.of(partition(1)));
            Cases.raises(InvalidGroupIdException.class, consumer::commitSync);
        }
    }

    private void offsetsForTimes() throws Exception {
        List<TopicPartition> both = Cases.partitions(on.topic("times", 2), 2);
        for (TopicPartition tp : both) sendAt(100, tp, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            Cases.raises(IllegalArgumentException.class, () -> consumer.offsetsForTimes(Map.of(both.get(0), -1L)));
            Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(Map.of(both.get(0), 0L, both.get(1), 20L));
            Cases.equal(new OffsetAndTimestamp(0, 0, Optional.of(0)), found.get(both.get(0)));
            Cases.equal(new OffsetAndTimestamp(20, 20, Optional.of(0)), found.get(both.get(1)));
        }
    }

    private void positionTimeout() throws Exception {
        TopicPartition none = new TopicPartition(partition(1).topic(), 15);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.assign(List.of(none));
            Cases.raises(TimeoutException.class, () -> consumer.position(none, Duration.ofSeconds(2)));
        }
    }

    private void positionWakeup(String bootstrap) throws Exception {
        TopicPartition none = new TopicPartition(partition(1).topic(), 15);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("bootstrap.servers", bootstrap)) {
            consumer.assign(List.of(none));
            CompletableFuture.delayedExecutor(1, java.util.concurrent.TimeUnit.SECONDS).execute(consumer::wakeup);
            Cases.raises(WakeupException.class, () -> consumer.position(none, Duration.ofSeconds(60)));
        }
    }

    private void seekUnassigned() throws Exception {
        TopicPartition tp = partition(1);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            Cases.equal("No current assignment for partition " + tp,
                Cases.raises(IllegalStateException.class, () -> consumer.seekToEnd(List.of(tp))).getMessage());
        }
    }

    private void commitNothing() throws Exception {
        TopicPartition tp = partition(1);
        sendAt(100, tp, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.assign(List.of(tp));
            consumer.commitSync();
            Cases.equal(-1L, committed(consumer, tp));
            AtomicInteger done = new AtomicInteger();
            consumer.commitAsync((offsets, error) -> done.addAndGet(error == null ? 1 : 100));
            Cases.until(() -> consumer.poll(Duration.ZERO) != null && done.get() == 1, () -> done);
        }
    }

    private void commitAll() throws Exception {
        TopicPartition tp = partition(1);
        sendAt(2000, tp, 0);
        String group = on.name("group");
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("group.id", group); KafkaConsumer<byte[], byte[]> other = consumer("group.id", group)) {
            consumer.assign(List.of(tp));
            consumer.seek(tp, 0);
            verify(consumer, 2000, 0, 0);
            consumer.commitSync();
            Cases.equal(2000L, committed(consumer, tp));
            Cases.equal(2000L, committed(consumer, tp));
            other.assign(List.of(tp));
            Cases.equal(2000L, committed(other, tp));
        }
    }

    private void skipPosition() throws Exception {
        TopicPartition tp = partition(1);
        sendAt(10, tp, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("group.id", "")) {
            consumer.assign(List.of(tp));
            consumer.seek(tp, 1);
            verify(consumer, 9, 1, 1);
            Cases.equal(10L, consumer.position(tp));
        }
    }

    private void fromCommitted() throws Exception {
        TopicPartition tp = partition(1);
        sendAt(100, tp, 0);
        String group = on.name("group");
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("group.id", group)) {
            consumer.assign(List.of(tp));
            consumer.commitSync(Map.of(tp, new OffsetAndMetadata(10)));
            Cases.equal(10L, committed(consumer, tp));
        }
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("group.id", group)) {
            Cases.equal(10L, committed(consumer, tp));
            consumer.assign(List.of(tp));
            verify(consumer, 90, 10, 10);
        }
    }

    private static void commitAndWait(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, OffsetAndMetadata> offsets) throws Exception {
        Throwable[] failed = new Throwable[1];
        AtomicInteger done = new AtomicInteger();
        consumer.commitAsync(offsets, (committed, error) -> {
            failed[0] = error;
            done.incrementAndGet();
        });
        Cases.until(() -> consumer.poll(Duration.ofMillis(10)) != null && done.get() == 1, () -> "a commit");
        Cases.equal(null, failed[0]);
    }

    private void commitMetadata() throws Exception {
        TopicPartition tp = partition(1);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.assign(List.of(tp));
            for (OffsetAndMetadata one : List.of(new OffsetAndMetadata(5, Optional.of(15), "foo"), new OffsetAndMetadata(5, null))) {
                consumer.commitSync(Map.of(tp, one));
                Cases.equal(one, consumer.committed(Set.of(tp)).get(tp));
            }
            consumer.seek(tp, 0);
            commitAndWait(consumer, Map.of(tp, new OffsetAndMetadata(10, "bar")));
            Cases.equal(new OffsetAndMetadata(10, "bar"), consumer.committed(Set.of(tp)).get(tp));
        }
    }

    private void commitAsync() throws Exception {
        TopicPartition tp = partition(1);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.assign(List.of(tp));
            AtomicInteger done = new AtomicInteger();
            for (int i = 1; i <= 5; i++) consumer.commitAsync(Map.of(tp, new OffsetAndMetadata(i)), (offsets, error) -> done.addAndGet(error == null ? 1 : 100));
            Cases.until(() -> consumer.poll(Duration.ofMillis(10)) != null && done.get() >= 5, () -> done);
            Cases.equal(5, done.get());
            Cases.equal(5L, committed(consumer, tp));
        }
    }

    private void commitSpecified() throws Exception {
        List<TopicPartition> both = Cases.partitions(on.topic("specified", 2), 2);
        sendAt(5, both.get(0), 0);
        sendAt(7, both.get(1), 0);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.assign(both);
            Cases.equal(0L, consumer.position(both.get(0)));
            consumer.commitSync(Map.of(both.get(0), new OffsetAndMetadata(3)));
            Cases.equal(3L, committed(consumer, both.get(0)));
            Cases.equal(-1L, committed(consumer, both.get(1)));
            Cases.equal(0L, consumer.position(both.get(0)));
            consumer.commitSync(Map.of(both.get(1), new OffsetAndMetadata(5)));
            Cases.equal(3L, committed(consumer, both.get(0)));
            Cases.equal(5L, committed(consumer, both.get(1)));
            commitAndWait(consumer, Map.of(both.get(1), new OffsetAndMetadata(7)));
            Cases.equal(7L, committed(consumer, both.get(1)));
        }
    }

    private void positionAndCommit() throws Exception {
        TopicPartition tp = partition(1);
        sendAt(5, tp, 0);
        String group = on.name("group");
        TopicPartition none = new TopicPartition(tp.topic(), 15);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("group.id", group); KafkaConsumer<byte[], byte[]> other = consumer("group.id", group)) {
            Cases.equal(-1L, committed(consumer, none));
            Cases.raises(IllegalStateException.class, () -> consumer.position(none));
            consumer.assign(List.of(tp));
            Cases.equal(0L, consumer.position(tp));
            consumer.commitSync();
            Cases.equal(0L, committed(consumer, tp));
            verify(consumer, 5, 0, 0);
            Cases.equal(5L, consumer.position(tp));
            consumer.commitSync();
            Cases.equal(5L, committed(consumer, tp));
            sendAt(1, tp, 77);
            other.assign(List.of(tp));
            verify(other, 1, 5, 77);
        }
    }

    private void invalidOffset() throws Exception {
        TopicPartition tp = partition(1);
        sendAt(2, tp, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("auto.offset.reset", "none")) {
            consumer.assign(List.of(tp));
            Cases.raises(NoOffsetForPartitionException.class, () -> consumer.poll(Duration.ofSeconds(15)));
            consumer.seek(tp, 3);
            OffsetOutOfRangeException out = (OffsetOutOfRangeException)
                Cases.raises(OffsetOutOfRangeException.class, () -> consumer.poll(Duration.ofSeconds(20)));
            Cases.equal(Map.of(tp, 3L), out.offsetOutOfRangePartitions());
        }
    }

    private void outOfRangeEarliest() throws Exception {
        TopicPartition tp = partition(1);
        sendAt(10, tp, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("fetch.max.wait.ms", 0)) {
            consumer.assign(List.of(tp));
            verify(consumer, 10, 0, 0);
            consumer.seek(tp, 11);
            verify(consumer, 1, 0, 0);
        }
    }

    private void outOfRangeLatest() throws Exception {
        TopicPartition tp = partition(1);
        sendAt(10, tp, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("fetch.max.wait.ms", 0, "auto.offset.reset", "latest")) {
            consumer.assign(List.of(tp));
            consumer.seek(tp, 0);
            verify(consumer, 5, 0, 0);
            consumer.seek(tp, 27);
            Cases.until(() -> consumer.poll(Duration.ofMillis(50)).isEmpty() && consumer.position(tp) == 10, () -> consumer.position(tp));
            sendAt(10, tp, 10);
            Cases.equal(10L, Cases.read(consumer, 1).get(0).offset());
        }
    }

    private void largeRecord(String limit) throws Exception {
        TopicPartition tp = partition(1);
        try (KafkaProducer<byte[], byte[]> producer = on.producer(); KafkaConsumer<byte[], byte[]> consumer = consumer(limit, 10_240)) {
            producer.send(new ProducerRecord<>(tp.topic(), 0, "key".getBytes(), new byte[10_241])).get();
            consumer.assign(List.of(tp));
            Cases.equal(10_241, Cases.read(consumer, 1).get(0).value().length);
        }
    }

    private void largeRecordNotFirst(String limit) throws Exception {
        TopicPartition tp = partition(1);
        try (KafkaProducer<byte[], byte[]> producer = on.producer(); KafkaConsumer<byte[], byte[]> consumer = consumer(limit, 10_240)) {
            producer.send(new ProducerRecord<>(tp.topic(), 0, "small".getBytes(), "value".getBytes())).get();
            producer.send(new ProducerRecord<>(tp.topic(), 0, "large".getBytes(), new byte[10_240])).get();
            consumer.assign(List.of(tp));
            ConsumerRecords<byte[], byte[]> first = consumer.poll(Duration.ofSeconds(20));
            Cases.equal(1, first.count());
            Cases.equal("small", new String(first.iterator().next().key()));
            Cases.equal(1, Cases.read(consumer, 1).size());
        }
    }

    private void maxPollRecords() throws Exception {
        TopicPartition tp = partition(1);
        sendAt(2000, tp, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("max.poll.records", 2)) {
            consumer.assign(List.of(tp));
            for (int got = 0; got < 2000;) {
                int count = consumer.poll(Duration.ofMillis(500)).count();
                Cases.that(count <= 2, count);
                got += count;
            }
        }
    }

    private void lagAndLead() throws Exception {
        TopicPartition tp = partition(1);
        sendAt(1000, tp, 0);
        for (String level : List.of("read_uncommitted", "read_committed")) {
            try (KafkaConsumer<byte[], byte[]> consumer = consumer("max.poll.records", 10, "isolation.level", level)) {
                consumer.assign(List.of(tp));
                Cases.equal(10, Cases.read(consumer, 1).size());
                Cases.equal(990.0, metric(consumer, "records-lag", tp));
                Cases.equal(10.0, metric(consumer, "records-lead", tp));
                consumer.unsubscribe();
                consumer.poll(Duration.ofMillis(10));
            } catch (IllegalStateException noLongerSubscribed) {
                Cases.that(noLongerSubscribed.getMessage().contains("not subscribed"), noLongerSubscribed);
            }
        }
    }

    private static Object metric(KafkaConsumer<byte[], byte[]> of, String name, TopicPartition tp) {
        return of.metrics().entrySet().stream()
            .filter(one -> one.getKey().name().equals(name) && tp.topic().equals(one.getKey().tags().get("topic")))
            .map(one -> one.getValue().metricValue()).findFirst().orElse(null);
    }

    private void noOffsetOnPollZero() throws Exception {
        TopicPartition tp = partition(1);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("auto.offset.reset", "none")) {
            consumer.assign(List.of(tp));
            Cases.until(() -> {
                try {
                    consumer.poll(Duration.ZERO);
                    return false;
                } catch (NoOffsetForPartitionException wanted) {
                    return true;
                }
            }, () -> "NoOffsetForPartitionException");
        }
    }

    // Members of groups

    private void groupConsumption() throws Exception {
        TopicPartition tp = partition(1);
        sendAt(10, tp, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.subscribe(List.of(tp.topic()));
            verify(consumer, 10, 0, 0);
        }
    }

    private void pauseLostByRebalance() throws Exception {
        TopicPartition tp = partition(1);
        String other = on.topic("other", 1);
        sendAt(5, tp, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("session.timeout.ms", 6000, "heartbeat.interval.ms", 100)) {
            consumer.subscribe(List.of(tp.topic()));
            verify(consumer, 5, 0, 0);
            consumer.pause(List.of(tp));
            consumer.subscribe(List.of(other));
            Cases.assigned(consumer, Cases.partitions(other, 1));
            Cases.that(consumer.paused().isEmpty(), "paused after the rebalance");
        }
    }

    private void staticNewPartition() throws Exception {
        String topic = on.topic("static", 1);
        Object[] config = {"group.id", on.name("group"), "group.instance.id", "my-instance-id"};
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(config)) {
            consumer.subscribe(List.of(topic));
            Cases.assigned(consumer, Cases.partitions(topic, 1));
        }
        try (KafkaConsumer<byte[], byte[]> consumer = consumer(config)) {
            consumer.subscribe(List.of(topic));
            Cases.assigned(consumer, Cases.partitions(topic, 1));
            on.admin().createPartitions(Map.of(topic, NewPartitions.increaseTo(2))).all().get();
            Cases.assigned(consumer, Cases.partitions(topic, 2));
        }
    }

    private void endOffsets() throws Exception {
        List<TopicPartition> both = Cases.partitions(on.topic("ends", 2), 2);
        sendAt(2000, both.get(0), 0);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.subscribe(List.of(both.get(0).topic()));
            Cases.assigned(consumer, both);
            Cases.equal(2000L, consumer.endOffsets(Set.of(both.get(0))).get(both.get(0)));
        }
    }

    /** Counts its calls, and does something in them. */
    private static class Listener implements ConsumerRebalanceListener {
        final List<Throwable> failed = new ArrayList<>();
        int assigned;
        int revoked;
        Consumer<Collection<TopicPartition>> onAssigned = partitions -> { };
        Consumer<Collection<TopicPartition>> onRevoked = partitions -> { };

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            tell(onAssigned, partitions);
            assigned++;
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            tell(onRevoked, partitions);
            revoked++;
        }

        private void tell(Consumer<Collection<TopicPartition>> what, Collection<TopicPartition> partitions) {
            try {
                what.accept(partitions);
            } catch (RuntimeException | AssertionError thrown) {
                failed.add(thrown);
            }
        }

        void rebalanced(KafkaConsumer<byte[], byte[]> consumer, int times) throws Exception {
            Cases.until(() -> consumer.poll(Duration.ofMillis(50)) != null && assigned >= times, () -> times + " rebalances, not " + assigned);
            Cases.equal(List.of(), failed);
        }
    }

    private static void checkInside(KafkaConsumer<byte[], byte[]> consumer, TopicPartition tp) {
        Cases.equal("Subscription to topics, partitions and pattern are mutually exclusive",
            Cases.raises(IllegalStateException.class, () -> consumer.assign(List.of(tp))).getMessage());
        Cases.that(consumer.assignment().contains(tp), consumer.assignment());
        Cases.equal(0L, consumer.beginningOffsets(List.of(tp)).get(tp));
        Cases.equal(0L, consumer.position(tp));
    }

    private void inAssigned() throws Exception {
        TopicPartition tp = partition(1);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            Listener listener = new Listener();
            listener.onAssigned = partitions -> checkInside(consumer, tp);
            consumer.subscribe(List.of(tp.topic()), listener);
            listener.rebalanced(consumer, 1);
        }
    }

    private void inRevoked() throws Exception {
        TopicPartition tp = partition(1);
        Listener listener = new Listener();
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            listener.onRevoked = partitions -> checkInside(consumer, tp);
            consumer.subscribe(List.of(tp.topic()), listener);
            listener.rebalanced(consumer, 1);
        }
        Cases.equal(1, listener.revoked);
        Cases.equal(List.of(), listener.failed);
    }

    private void seekInAssigned() throws Exception {
        TopicPartition tp = partition(1);
        sendAt(120, tp, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            Listener listener = new Listener();
            listener.onAssigned = partitions -> {
                consumer.seek(tp, 100);
                consumer.pause(List.of(tp));
            };
            consumer.subscribe(List.of(tp.topic()), listener);
            listener.rebalanced(consumer, 1);
            Cases.that(consumer.paused().contains(tp), "not paused");
            consumer.resume(List.of(tp));
            verify(consumer, 20, 100, 100);
        }
    }

    private void autoCommitOnClose(boolean wakeup) throws Exception {
        List<TopicPartition> both = Cases.partitions(on.topic("commit", 2), 2);
        sendAt(1000, both.get(0), 0);
        String group = on.name("group");
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("group.id", group, "enable.auto.commit", "true")) {
            consumer.subscribe(List.of(both.get(0).topic()));
            Cases.assigned(consumer, both);
            consumer.seek(both.get(0), 300);
            consumer.seek(both.get(1), 500);
            if (wakeup) consumer.wakeup();
        }
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("group.id", group)) {
            Cases.equal(300L, committed(consumer, both.get(0)));
            Cases.equal(500L, committed(consumer, both.get(1)));
        }
    }

    private void autoCommitOnRebalance() throws Exception {
        List<TopicPartition> both = Cases.partitions(on.topic("commit", 2), 2);
        List<TopicPartition> all = new ArrayList<>(Cases.partitions(on.topic("other", 2), 2));
        sendAt(1000, both.get(0), 0);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("enable.auto.commit", "true")) {
            Listener listener = new Listener();
            listener.onAssigned = consumer::pause;
            consumer.subscribe(List.of(both.get(0).topic()), listener);
            Cases.assigned(consumer, both);
            consumer.seek(both.get(0), 300);
            consumer.seek(both.get(1), 500);
            consumer.subscribe(List.of(both.get(0).topic(), all.get(0).topic()), listener);
            all.addAll(both);
            Cases.assigned(consumer, all);
            Cases.equal(300L, committed(consumer, both.get(0)));
            Cases.equal(500L, committed(consumer, both.get(1)));
        }
    }

    private void subscribeAndCommit() throws Exception {
        String topic = on.topic("commit", 2);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.subscribe(List.of(topic));
            Cases.assigned(consumer, Cases.partitions(topic, 2));
            consumer.seek(new TopicPartition(topic, 0), 0);
            consumer.commitSync();
            Cases.equal(0L, committed(consumer, new TopicPartition(topic, 0)));
        }
    }

    private void lowFetchSizes() throws Exception {
        List<TopicPartition> all = new ArrayList<>();
        List<String> topics = List.of(on.topic("low", 10), on.topic("low", 10), on.topic("low", 10));
        for (String topic : topics) all.addAll(Cases.partitions(topic, 10));
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("fetch.max.bytes", 500, "max.partition.fetch.bytes", 100);
             KafkaProducer<byte[], byte[]> producer = on.producer()) {
            consumer.subscribe(topics);
            Cases.assigned(consumer, all);
            for (TopicPartition tp : all) on.send(producer, 10, tp, 0);
            Set<String> seen = new HashSet<>();
            for (ConsumerRecord<byte[], byte[]> record : Cases.read(consumer, 300)) seen.add(record.topic() + record.partition() + "@" + record.offset());
            Cases.equal(300, seen.size());
        }
    }

    private void maxPollInterval() throws Exception {
        String topic = on.topic("interval", 2);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("max.poll.interval.ms", 1000, "heartbeat.interval.ms", 500, "session.timeout.ms", 2000)) {
            Listener listener = new Listener();
            consumer.subscribe(List.of(topic), listener);
            listener.rebalanced(consumer, 1);
            Cases.equal(0, listener.revoked);
            Thread.sleep(3000);
            listener.rebalanced(consumer, 2);
            Cases.equal(2, listener.assigned);
            Cases.equal(1, listener.revoked);
        }
    }

    private void delayInRevocation() throws Exception {
        TopicPartition tp = partition(2);
        String other = on.topic("other", 1);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("max.poll.interval.ms", 5000, "heartbeat.interval.ms", 500, "session.timeout.ms", 1000)) {
            Listener listener = new Listener();
            List<Long> committed = new ArrayList<>();
            listener.onRevoked = partitions -> {
                if (!partitions.contains(tp)) return;
                sleep(1500);
                long position = consumer.position(tp);
                consumer.commitSync(Map.of(tp, new OffsetAndMetadata(position)));
                committed.add(position);
            };
            consumer.subscribe(List.of(tp.topic()), listener);
            listener.rebalanced(consumer, 1);
            consumer.subscribe(List.of(other), listener);
            listener.rebalanced(consumer, 2);
            Cases.equal(List.of(0L), committed);
        }
    }

    private static void sleep(long ms) {
        try {
            Thread.sleep(ms);
        } catch (InterruptedException stopped) {
            throw new IllegalStateException(stopped);
        }
    }

    private void delayInAssignment() throws Exception {
        String topic = on.topic("interval", 2);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("max.poll.interval.ms", 5000, "heartbeat.interval.ms", 500, "session.timeout.ms", 1000)) {
            Listener listener = new Listener();
            listener.onAssigned = partitions -> sleep(1500);
            consumer.subscribe(List.of(topic), listener);
            listener.rebalanced(consumer, 1);
            for (int i = 0; i < 10; i++) consumer.poll(Duration.ofMillis(200));
            Cases.equal(1, listener.assigned);
        }
    }

    private void longPoll() throws Exception {
        String topic = on.topic("interval", 2);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("max.poll.interval.ms", 1000, "heartbeat.interval.ms", 500)) {
            Listener listener = new Listener();
            consumer.subscribe(List.of(topic), listener);
            listener.rebalanced(consumer, 1);
            consumer.poll(Duration.ofMillis(2000));
            consumer.poll(Duration.ofMillis(500));
            Cases.equal(1, listener.assigned);
        }
    }

    private void pollZero() throws Exception {
        TopicPartition tp = partition(2);
        sendAt(100, tp, 0);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.subscribe(Set.of(tp.topic()));
            int[] got = new int[1];
            Cases.until(() -> (got[0] = consumer.poll(Duration.ZERO).count()) > 0, () -> "records");
            Cases.equal(100, got[0]);
        }
    }

    private void pattern() throws Exception {
        String prefix = on.name("pattern");
        String one = patternTopic(prefix + "blac");
        patternTopic(prefix + "blak");
        patternTopic(prefix + "blab1");
        List<TopicPartition> wanted = new ArrayList<>(Cases.partitions(one, 2));
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.subscribe(Pattern.compile(prefix + ".*c"), new Listener());
            Cases.assigned(consumer, wanted);
            String two = patternTopic(prefix + "somec");
            wanted.addAll(Cases.partitions(two, 2));
            Cases.assigned(consumer, wanted);
            consumer.unsubscribe();
            Cases.equal(Set.of(), consumer.assignment());
        }
    }

    private String patternTopic(String name) throws Exception {
        on.admin().createTopics(List.of(new org.apache.kafka.clients.admin.NewTopic(name, 2, (short) 1))).all().get();
        on.described(name, 2);
        return name;
    }

    private void secondPattern() throws Exception {
        String prefix = on.name("again");
        List<TopicPartition> one = Cases.partitions(patternTopic(prefix + "topic"), 2);
        List<TopicPartition> foo = Cases.partitions(patternTopic(prefix + "foo"), 2);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("metadata.max.age.ms", 30_000)) {
            consumer.subscribe(Pattern.compile(prefix + ".*o.*"), new Listener());
            List<TopicPartition> both = new ArrayList<>(one);
            both.addAll(foo);
            Cases.assigned(consumer, both);
            List<TopicPartition> wanted = new ArrayList<>(Cases.partitions(patternTopic(prefix + "bar"), 2));
            consumer.subscribe(Pattern.compile(prefix + "..."), new Listener());
            wanted.addAll(foo);
            Cases.assigned(consumer, wanted);
        }
    }

    private void expandAndShrink() throws Exception {
        String one = on.topic("one", 2);
        String two = on.topic("two", 2);
        List<TopicPartition> both = new ArrayList<>(Cases.partitions(one, 2));
        both.addAll(Cases.partitions(two, 2));
        try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
            consumer.subscribe(List.of(one));
            Cases.assigned(consumer, Cases.partitions(one, 2));
            consumer.subscribe(List.of(one, two));
            Cases.assigned(consumer, both);
            consumer.subscribe(List.of(two));
            Cases.assigned(consumer, Cases.partitions(two, 2));
        }
    }

    private void unsubscribe() throws Exception {
        String topic = on.topic("unsubscribed", 2);
        try (KafkaConsumer<byte[], byte[]> consumer = consumer("session.timeout.ms", 100, "heartbeat.interval.ms", 30)) {
            Listener listener = new Listener();
            consumer.subscribe(List.of(topic), listener);
            listener.rebalanced(consumer, 1);
            consumer.subscribe(List.of());
            Cases.equal(Set.of(), consumer.assignment());
        }
    }

    private void invalidTopic() throws Exception {
        for (boolean unsubscribe : new boolean[] {true, false}) {
            try (KafkaConsumer<byte[], byte[]> consumer = consumer()) {
                consumer.subscribe(List.of("topic abc"));
                Cases.until(() -> {
                    try {
                        consumer.poll(Duration.ofMillis(500));
                        return false;
                    } catch (InvalidTopicException wanted) {
                        Cases.equal("Invalid topics: [topic abc]", wanted.getMessage());
                        return true;
                    }
                }, () -> "InvalidTopicException", 5);
                if (unsubscribe) consumer.unsubscribe();
            }
        }
    }
}
