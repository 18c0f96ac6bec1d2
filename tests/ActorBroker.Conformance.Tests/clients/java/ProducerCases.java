import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;

/** BaseProducerSendTest, PlaintextProducerSendTest, ProducerFailureHandlingTest, ProducerCompressionTest, LogAppendTimeTest, ListOffsetsIntegrationTest. */
final class ProducerCases {
    private static final long HOUR = 3_600_000L;
    private static final int LARGEST = 1_048_588;
    private final Cases on;

    ProducerCases(Cases on) {
        this.on = on;
    }

    void add() {
        on.add("testSendOffset", this::sendOffset);
        for (String codec : List.of("none", "gzip")) {
            on.add("testSendMessageWithCreateTime " + codec, () -> timestamps(codec, "CreateTime"));
            on.add("testSendMessageWithLogAppendTime " + codec, () -> timestamps(codec, "LogAppendTime"));
        }
        on.add("testClose", this::close);
        on.add("testSendToPartition", this::sendToPartition);
        on.add("testSendBeforeAndAfterPartitionExpansion", this::expansion);
        on.add("testFlush", this::flush);
        on.add("testCloseWithZeroTimeoutFromCallerThread", this::closeAtOnce);
        on.add("testCloseWithZeroTimeoutFromSenderThread", this::closeFromCallback);
        on.add("testBatchSizeZero", () -> batchSizeZero(0));
        on.add("testBatchSizeZeroNoPartitionNoRecordKey", () -> batchSizeZero(null));
        on.add("testAutoCreateTopic", this::autoCreate);
        for (String config : List.of("message.timestamp.before.max.ms", "message.timestamp.after.max.ms")) {
            on.add("testSendWithInvalidBeforeAndAfterTimestamp " + config, () -> timestampBound(config, HOUR, true));
            on.add("testValidBeforeAndAfterTimestampsWithinThreshold " + config, () -> timestampBound(config, 10 * HOUR, false));
        }
        on.add("testNonBlockingProducer", this::nonBlocking);
        on.add("testSendRecordBatchWithMaxRequestSizeAndHigher", this::largest);
        on.add("testTooLargeRecordWithAckZero", this::tooLargeWithoutAck);
        on.add("testTooLargeRecordWithAckOne", this::tooLarge);
        on.add("testInvalidPartition", this::invalidPartition);
        on.add("testSendAfterClosed", this::sendAfterClosed);
        on.add("testCannotSendToInternalTopic", this::internalTopic);
        for (String codec : List.of("none", "gzip", "snappy", "lz4", "zstd")) on.add("testCompression " + codec, () -> compression(codec));
        on.add("testProduceConsume", this::logAppendTime);
        on.add("testListMaxTimestampWithEmptyLog", this::emptyLog);
        for (String codec : List.of("none", "gzip")) {
            on.add("testThreeRecordsInOneBatch " + codec, () -> maxTimestamp(codec, true, 1));
            on.add("testThreeRecordsInOneBatch " + codec + " LogAppendTime", () -> maxTimestamp(codec, true, 0, "message.timestamp.type", "LogAppendTime"));
            on.add("testThreeRecordsInSeparateBatch " + codec, () -> maxTimestamp(codec, false, 1));
            on.add("testThreeRecordsInSeparateBatch " + codec + " LogAppendTime",
                () -> maxTimestamp(codec, false, 2, "message.timestamp.type", "LogAppendTime"));
        }
        for (boolean oneBatch : new boolean[] {true, false})
            on.add("testThreeRecordsHavingDifferentCompressionTypeWithServer " + (oneBatch ? "one batch" : "separate batches"),
                () -> maxTimestamp("none", oneBatch, 1, "compression.type", "lz4"));
        on.add("testProducerIdExpirationWithNoTransactions", this::producerIdExpiration);
        for (boolean allowed : new boolean[] {true, false}) on.add("testAutoTopicCreation consumer " + allowed, () -> consumerCreatesTopic(allowed));
        on.add("testSendWithTopicDeletionMidWay", this::deletionMidWay);
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, Integer partition, Long timestamp, String key, String value) {
        return new ProducerRecord<>(topic, partition, timestamp, key == null ? null : key.getBytes(), value == null ? null : value.getBytes());
    }

    private static List<Future<RecordMetadata>> sendAll(KafkaProducer<byte[], byte[]> producer, String topic, Integer partition, int count) {
        List<Future<RecordMetadata>> acks = new ArrayList<>();
        for (int i = 0; i < count; i++) acks.add(producer.send(record(topic, partition, null, null, "value" + i)));
        return acks;
    }

    private static void offsets(long from, List<Future<RecordMetadata>> acks) throws Exception {
        for (Future<RecordMetadata> ack : acks) Cases.equal(from++, ack.get(30, TimeUnit.SECONDS).offset());
    }

    private void sendOffset() throws Exception {
        String topic = on.topic("send", 1);
        try (KafkaProducer<byte[], byte[]> producer = on.producer()) {
            ProducerRecord<byte[], byte[]> first = record(topic, 0, null, "key", "value");
            Cases.equal(0L, producer.send(first).get().offset());
            Cases.equal(1L, producer.send(record(topic, 0, null, "key", null)).get().offset());
            Cases.equal(2L, producer.send(record(topic, 0, null, null, "value")).get().offset());
            Cases.equal(3L, producer.send(record(topic, null, null, "key", "value")).get().offset());
            for (int i = 0; i < 100; i++) producer.send(first);
            Cases.equal(104L, producer.send(first).get().offset());
        }
    }

    private void timestamps(String codec, String type) throws Exception {
        String topic = on.topic("timestamps", 1, "message.timestamp.type", type);
        long started = System.currentTimeMillis();
        List<Future<RecordMetadata>> acks = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = on.producer("compression.type", codec, "linger.ms", 100_000)) {
            for (int i = 0; i < 100; i++) acks.add(producer.send(record(topic, 0, 123456L + i, "key" + i, "value" + i)));
        }
        for (int i = 0; i < 100; i++) {
            RecordMetadata ack = acks.get(i).get();
            Cases.equal((long) i, ack.offset());
            if (type.equals("CreateTime")) Cases.equal(123456L + i, ack.timestamp());
            else Cases.that(ack.timestamp() >= started && ack.timestamp() <= System.currentTimeMillis(), ack.timestamp());
        }
    }

    private void close() throws Exception {
        String topic = on.topic("close", 1);
        KafkaProducer<byte[], byte[]> producer = on.producer();
        List<Future<RecordMetadata>> acks = sendAll(producer, topic, null, 101);
        producer.close();
        Cases.that(acks.get(100).isDone(), "the last record is not acknowledged");
        Cases.equal(100L, acks.get(100).get().offset());
    }

    private void sendToPartition() throws Exception {
        TopicPartition tp = new TopicPartition(on.topic("partition", 2), 1);
        long now = System.currentTimeMillis();
        try (KafkaProducer<byte[], byte[]> producer = on.producer(); KafkaConsumer<byte[], byte[]> consumer = on.consumer()) {
            on.send(producer, 100, tp, now);
            consumer.assign(List.of(tp));
            List<ConsumerRecord<byte[], byte[]>> read = Cases.read(consumer, 100);
            for (int i = 0; i < 100; i++) {
                Cases.equal((long) i, read.get(i).offset());
                Cases.equal(1, read.get(i).partition());
                Cases.equal("value " + i, new String(read.get(i).value()));
                Cases.equal(now + i, read.get(i).timestamp());
            }
        }
    }

    private void expansion() throws Exception {
        String topic = on.topic("expansion", 1);
        try (KafkaProducer<byte[], byte[]> producer = on.producer("max.block.ms", 3000)) {
            offsets(0, sendAll(producer, topic, 0, 100));
            Cases.fails(TimeoutException.class, producer.send(record(topic, 1, null, null, "value")));
            on.admin().createPartitions(Map.of(topic, NewPartitions.increaseTo(2))).all().get();
            on.described(topic, 2);
            offsets(0, sendAll(producer, topic, 1, 100));
            offsets(100, sendAll(producer, topic, 0, 100));
        }
    }

    private void flush() throws Exception {
        String topic = on.topic("flush", 2);
        try (KafkaProducer<byte[], byte[]> producer = on.producer("linger.ms", 100_000)) {
            for (int round = 0; round < 20; round++) {
                List<Future<RecordMetadata>> acks = sendAll(producer, topic, null, 100);
                Cases.that(acks.stream().noneMatch(Future::isDone), "a record did not linger");
                producer.flush();
                Cases.that(acks.stream().allMatch(Future::isDone), "a record is not acknowledged");
            }
        }
    }

    private void closeAtOnce() throws Exception {
        TopicPartition tp = new TopicPartition(on.topic("close", 1), 0);
        try (KafkaConsumer<byte[], byte[]> consumer = on.consumer()) {
            consumer.assign(List.of(tp));
            for (int round = 0; round < 5; round++) {
                KafkaProducer<byte[], byte[]> producer = on.producer("linger.ms", 100_000);
                List<Future<RecordMetadata>> acks = sendAll(producer, tp.topic(), 0, 100);
                producer.close(Duration.ZERO);
                for (Future<RecordMetadata> ack : acks) Cases.fails(KafkaException.class, ack);
                Cases.equal(0, consumer.poll(Duration.ofMillis(50)).count());
            }
        }
    }

    private void closeFromCallback() throws Exception {
        TopicPartition tp = new TopicPartition(on.topic("close", 1), 0);
        try (KafkaConsumer<byte[], byte[]> consumer = on.consumer()) {
            consumer.assign(List.of(tp));
            for (int round = 0; round < 5; round++) {
                KafkaProducer<byte[], byte[]> producer = on.producer("linger.ms", 100_000);
                for (int i = 0; i < 100; i++) producer.send(record(tp.topic(), 0, null, null, "value"), (metadata, error) -> producer.close(Duration.ZERO));
                producer.flush();
                Cases.equal(100, Cases.read(consumer, 100).size());
                producer.close();
            }
        }
    }

    private void batchSizeZero(Integer partition) throws Exception {
        String topic = on.topic("single", partition == null ? 2 : 1);
        try (KafkaProducer<byte[], byte[]> producer = on.producer("batch.size", 0)) {
            List<Future<RecordMetadata>> acks = sendAll(producer, topic, partition, 50);
            producer.flush();
            if (partition != null) offsets(0, acks);
            for (Future<RecordMetadata> ack : acks) Cases.equal(topic, ack.get().topic());
        }
    }

    private void autoCreate() throws Exception {
        String topic = on.name("auto");
        try (KafkaProducer<byte[], byte[]> producer = on.producer()) {
            Cases.equal(0L, producer.send(record(topic, null, null, "key", "value")).get().offset());
        }
        Cases.equal(on.nodes[0], on.described(topic, 1).partitions().get(0).leader().id());
    }

    private void timestampBound(String config, long boundMs, boolean refused) throws Exception {
        String topic = on.topic("bound", 1, config, "" + boundMs);
        long at = System.currentTimeMillis() + (config.contains("before") ? -5 : 5) * HOUR;
        for (String codec : List.of("none", "gzip")) {
            try (KafkaProducer<byte[], byte[]> producer = on.producer("compression.type", codec)) {
                Future<RecordMetadata> ack = producer.send(record(topic, 0, at, "key", "value"));
                if (!refused) ack.get();
                else {
                    String message = Cases.fails(InvalidTimestampException.class, ack).getMessage();
                    Cases.that(message.startsWith("Timestamp " + at + " of message with offset 0 is out of range. The timestamp should be within ["), message);
                }
            }
        }
    }

    private void nonBlocking() throws Exception {
        String topic = on.topic("non-blocking", 1);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, 0, "key".getBytes(), new byte[1000]);
        try (KafkaProducer<byte[], byte[]> producer = on.producer("max.block.ms", 0)) {
            Future<RecordMetadata> first = producer.send(record);
            Cases.that(first.isDone(), "it blocks");
            Cases.fails(TimeoutException.class, first);
            Cases.until(() -> {
                try {
                    return producer.send(record).get(10, TimeUnit.SECONDS).offset() >= 0;
                } catch (ExecutionException unknown) {
                    return false;
                }
            }, () -> "a record is sent once the metadata are there");
        }
    }

    private void largest() throws Exception {
        String topic = on.topic("largest", 1);
        int overhead = 12 + 61 + 21 + 5;
        try (KafkaProducer<byte[], byte[]> producer = on.producer()) {
            byte[] value = new byte[1_048_576 + 12 - overhead];
            Cases.equal(value.length, producer.send(new ProducerRecord<>(topic, new byte[0], value)).get().serializedValueSize());
            Cases.fails(RecordTooLargeException.class, producer.send(new ProducerRecord<>(topic, new byte[0], new byte[value.length + 1])));
        }
    }

    private void tooLargeWithoutAck() throws Exception {
        String topic = on.topic("large", 1);
        try (KafkaProducer<byte[], byte[]> producer = on.producer("acks", "0", "max.request.size", 4 * LARGEST, "enable.idempotence", "false")) {
            RecordMetadata ack = producer.send(new ProducerRecord<>(topic, "key".getBytes(), new byte[LARGEST + 1])).get();
            Cases.that(!ack.hasOffset(), ack);
            Cases.equal(-1L, ack.offset());
        }
    }

    private void tooLarge() throws Exception {
        String topic = on.topic("large", 1, "max.message.bytes", "30000");
        for (String acks : List.of("1", "all")) {
            try (KafkaProducer<byte[], byte[]> producer = on.producer("acks", acks, "retries", 0, "enable.idempotence", "false")) {
                Cases.fails(RecordTooLargeException.class, "The request included a message larger than the max message size the server will accept.",
                    producer.send(new ProducerRecord<>(topic, "key".getBytes(), new byte[30001])));
                producer.send(new ProducerRecord<>(topic, "key".getBytes(), new byte[29000])).get();
            }
        }
    }

    private void invalidPartition() throws Exception {
        String topic = on.topic("invalid", 1);
        try (KafkaProducer<byte[], byte[]> producer = on.producer("max.block.ms", 2000)) {
            Cases.fails(TimeoutException.class, producer.send(record(topic, 1, null, "key", "value")));
        }
    }

    private void sendAfterClosed() throws Exception {
        String topic = on.topic("closed", 1);
        for (String acks : List.of("0", "1", "all")) {
            KafkaProducer<byte[], byte[]> producer = on.producer("acks", acks, "enable.idempotence", "false");
            producer.send(record(topic, null, null, "key", "value")).get();
            producer.close();
            Cases.raises(IllegalStateException.class, () -> producer.send(record(topic, null, null, "key", "value")));
        }
    }

    private void internalTopic() throws Exception {
        try (KafkaConsumer<byte[], byte[]> consumer = on.consumer("group.id", on.name("internal"))) {
            consumer.committed(Set.of(new TopicPartition(on.topic("internal", 1), 0)));
        }
        try (KafkaProducer<byte[], byte[]> producer = on.producer("acks", "1", "enable.idempotence", "false")) {
            Cases.fails(InvalidTopicException.class, producer.send(record("__consumer_offsets", 0, null, "test", "test")));
        }
    }

    private void compression(String codec) throws Exception {
        TopicPartition tp = new TopicPartition(on.topic("codec", 1), 0);
        Header[] headers = {new RecordHeader("key", "value".getBytes())};
        Random random = new Random(1);
        List<ProducerRecord<byte[], byte[]>> sent = new ArrayList<>();
        List<Future<RecordMetadata>> acks = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = on.producer("compression.type", codec, "batch.size", 66000, "linger.ms", 200);
             KafkaConsumer<byte[], byte[]> consumer = on.consumer()) {
            long now = System.currentTimeMillis();
            for (int i = 0; i < 1000; i++) {
                StringBuilder value = new StringBuilder();
                for (int n = 0; n < i; n++) value.append((char) ('a' + random.nextInt(26)));
                sent.add(record(tp.topic(), null, now, null, value.toString()));
                sent.add(record(tp.topic(), null, now, "" + i, value.toString()));
                sent.add(new ProducerRecord<>(tp.topic(), null, now, ("" + i).getBytes(), value.toString().getBytes(), List.of(headers)));
            }
            for (ProducerRecord<byte[], byte[]> one : sent) acks.add(producer.send(one));
            offsets(0, acks);
            consumer.assign(List.of(tp));
            List<ConsumerRecord<byte[], byte[]>> read = Cases.read(consumer, sent.size());
            for (int i = 0; i < sent.size(); i++) {
                Cases.equal((long) i, read.get(i).offset());
                Cases.equal(sent.get(i).key(), read.get(i).key());
                Cases.equal(sent.get(i).value(), read.get(i).value());
                Cases.equal(sent.get(i).headers(), read.get(i).headers());
                Cases.equal(now, read.get(i).timestamp());
            }
        }
    }

    private void logAppendTime() throws Exception {
        String topic = on.topic("append-time", 1, "message.timestamp.type", "LogAppendTime");
        long now = System.currentTimeMillis();
        List<RecordMetadata> acks = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = on.producer(); KafkaConsumer<byte[], byte[]> consumer = on.consumer("group.id", on.name("append-time"))) {
            for (int i = 0; i < 10; i++) acks.add(producer.send(record(topic, null, now - 24 * HOUR, "key" + i, "value" + i)).get());
            consumer.subscribe(List.of(topic));
            List<ConsumerRecord<byte[], byte[]>> read = Cases.read(consumer, 10);
            for (int i = 0; i < 10; i++) {
                Cases.that(acks.get(i).timestamp() >= now, acks.get(i).timestamp());
                Cases.equal(acks.get(i).timestamp(), read.get(i).timestamp());
                Cases.equal(TimestampType.LOG_APPEND_TIME, read.get(i).timestampType());
            }
        }
    }

    private ListOffsetsResultInfo offset(OffsetSpec spec, TopicPartition tp) throws Exception {
        return on.admin().listOffsets(Map.of(tp, spec)).partitionResult(tp).get();
    }

    private void emptyLog() throws Exception {
        ListOffsetsResultInfo info = offset(OffsetSpec.maxTimestamp(), new TopicPartition(on.topic("empty", 1), 0));
        Cases.equal(-1L, info.offset());
        Cases.equal(-1L, info.timestamp());
    }

    private void maxTimestamp(String codec, boolean oneBatch, long wanted, String... configs) throws Exception {
        TopicPartition tp = new TopicPartition(on.topic("offsets", 1, configs), 0);
        try (KafkaProducer<byte[], byte[]> producer = on.producer("compression.type", codec, "linger.ms", oneBatch ? 100_000 : 0)) {
            for (long timestamp : new long[] {100, 999, 200}) {
                Future<RecordMetadata> ack = producer.send(record(tp.topic(), 0, timestamp, null, "0123456789"));
                if (!oneBatch) {
                    ack.get();
                    Thread.sleep(5);
                }
            }
            producer.flush();
        }
        Cases.equal(0L, offset(OffsetSpec.earliest(), tp).offset());
        Cases.equal(3L, offset(OffsetSpec.latest(), tp).offset());
        ListOffsetsResultInfo max = offset(OffsetSpec.maxTimestamp(), tp);
        Cases.equal(wanted, max.offset());
        Cases.equal(0, max.leaderEpoch().orElse(-1));
        Cases.equal(0L, offset(OffsetSpec.forTimestamp(50), tp).offset());
        Cases.equal(-1L, offset(OffsetSpec.forTimestamp(Long.MAX_VALUE), tp).offset());
    }

    private int producers(TopicPartition of) throws Exception {
        return on.admin().describeProducers(List.of(of)).partitionResult(of).get().activeProducers().size();
    }

    private void expireAfter(String ms) throws Exception {
        AlterConfigOp op = ms == null ? new AlterConfigOp(new ConfigEntry("producer.id.expiration.ms", ""), AlterConfigOp.OpType.DELETE)
            : new AlterConfigOp(new ConfigEntry("producer.id.expiration.ms", ms), AlterConfigOp.OpType.SET);
        on.admin().incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.BROKER, ""), List.of(op))).all().get();
    }

    /** Wants a broker with producer.id.expiration.check.interval.ms=500. */
    private void producerIdExpiration() throws Exception {
        TopicPartition tp = new TopicPartition(on.topic("expiration", 1), 0);
        expireAfter("2000");
        try (KafkaProducer<byte[], byte[]> producer = on.producer()) {
            producer.send(record(tp.topic(), 0, null, "key", "value")).get();
            Cases.equal(1, producers(tp));
            Cases.until(() -> producers(tp) == 0, () -> "the producer's id expires");
            expireAfter("100000");
            producer.send(record(tp.topic(), 0, null, "key", "value")).get();
            Cases.equal(1, producers(tp));
            Thread.sleep(3000);
            Cases.equal(1, producers(tp));
            expireAfter("100");
            Cases.until(() -> producers(tp) == 0, () -> "the producer's id expires again");
        } finally {
            expireAfter(null);
        }
    }

    private void consumerCreatesTopic(boolean allowed) throws Exception {
        TopicPartition there = new TopicPartition(on.topic("there", 1), 0);
        String other = on.name("other");
        on.send(1, there);
        try (KafkaConsumer<byte[], byte[]> consumer = on.consumer("group.id", on.name("creating"), "allow.auto.create.topics", "" + allowed)) {
            consumer.subscribe(List.of(there.topic(), other));
            Cases.read(consumer, 1);
        }
        if (allowed) on.described(other, 1);
        else Cases.that(!on.admin().listTopics().names().get().contains(other), "the topic was made");
    }

    private void deletionMidWay() throws Exception {
        // As many partitions as the broker gives it when it makes it again: a record for one that is no more waits until its time is over.
        String topic = on.topic("deleted", 1);
        try (KafkaProducer<byte[], byte[]> producer = on.producer("max.block.ms", 20_000)) {
            for (Future<RecordMetadata> ack : sendAll(producer, topic, null, 10)) ack.get();
            on.admin().deleteTopics(List.of(topic)).all().get();
            // The broker makes the topic again when the producer asks for it.
            for (Future<RecordMetadata> ack : sendAll(producer, topic, null, 10)) ack.get();
        }
    }
}
