import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** The Java clients: Scenarios NAME BOOTSTRAP TOPIC [ARGUMENT]; throws when what it sees is not what it should be. */
public final class Scenarios {
    private final String bootstrap;
    private final String topic;

    private Scenarios(String bootstrap, String topic) {
        this.bootstrap = bootstrap;
        this.topic = topic;
    }

    public static void main(String[] args) throws Exception {
        Scenarios on = new Scenarios(args[1], args[2]);
        switch (args[0]) {
            case "records" -> on.records(args[3]);
            case "group" -> on.group(args[3]);
            case "static" -> on.staticMember();
            case "transaction" -> on.transaction();
            case "crash" -> on.crash();
            case "rolling" -> on.rolling(args[3]);
            default -> throw new IllegalArgumentException(args[0]);
        }
        System.out.println("ok");
    }

    private static void check(boolean holds, Supplier<String> what) {
        if (!holds) throw new AssertionError(what.get());
    }

    private static void until(BooleanSupplier holds, Supplier<String> what) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
        while (!holds.getAsBoolean()) {
            check(System.nanoTime() < end, () -> "not within 40 s: " + what.get());
            Thread.sleep(20);
        }
    }

    private Map<String, Object> common(Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(more);
        config.put("bootstrap.servers", bootstrap);
        return config;
    }

    private KafkaProducer<String, String> producer(Map<String, Object> more) {
        return new KafkaProducer<>(common(more), new StringSerializer(), new StringSerializer());
    }

    private KafkaConsumer<String, String> consumer(String group, Map<String, Object> more) {
        Map<String, Object> config = common(more);
        config.putIfAbsent("group.id", group);
        config.put("auto.offset.reset", "earliest");
        config.put("enable.auto.commit", "false");
        config.put("session.timeout.ms", 10000);
        config.put("heartbeat.interval.ms", 300);
        config.put("fetch.max.wait.ms", 100);
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }

    private void create(int partitions) throws Exception {
        try (Admin admin = Admin.create(common(Map.of()))) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all().get();
        }
    }

    private List<ConsumerRecord<String, String>> read(int count) {
        List<ConsumerRecord<String, String>> got = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer = consumer(topic + "-reader", Map.of())) {
            consumer.subscribe(List.of(topic));
            long end = System.nanoTime() + Duration.ofSeconds(40).toNanos();
            while (got.size() < count && System.nanoTime() < end) consumer.poll(Duration.ofMillis(500)).forEach(got::add);
        }
        check(got.size() >= count, () -> count + " records wanted, " + got.size() + " read");
        return got;
    }

    private void records(String codec) throws Exception {
        create(2);
        List<ProducerRecord<String, String>> sent = new ArrayList<>();
        List<Future<RecordMetadata>> acks = new ArrayList<>();
        try (KafkaProducer<String, String> producer = producer(Map.of("compression.type", codec, "linger.ms", 5))) {
            for (int i = 0; i < 400; i++) {
                List<Header> headers = i % 3 == 0 ? List.of() : List.of(
                    new RecordHeader("number", String.valueOf(i).getBytes()), new RecordHeader("null", (byte[]) null), new RecordHeader("number", new byte[0]));
                String value = i % 50 == 49 ? null : "value-" + i + "-" + "x".repeat(i);
                sent.add(new ProducerRecord<>(topic, i % 2, 1_700_000_000_000L + i, i % 7 == 0 ? null : "key-" + i, value, headers));
                acks.add(producer.send(sent.get(i)));
            }
        }
        for (int i = 0; i < 400; i++) {
            int offset = i / 2;
            long acked = acks.get(i).get().offset();
            check(acked == offset, () -> "offset " + offset + " acknowledged as " + acked);
        }
        for (ConsumerRecord<String, String> record : read(400)) {
            ProducerRecord<String, String> original = sent.get((int) record.offset() * 2 + record.partition());
            check(java.util.Objects.equals(record.key(), original.key()) && java.util.Objects.equals(record.value(), original.value())
                && record.timestamp() == original.timestamp() && record.headers().equals(original.headers()), () -> original + " came back as " + record);
        }
    }

    /** A consumer on a thread of its own. */
    private final class Member extends Thread {
        final Map<String, Boolean> seen = new ConcurrentHashMap<>();
        volatile Set<Integer> partitions = Set.of();
        volatile boolean leaving;
        volatile Throwable failure;
        private final Map<String, Object> config;

        Member(Map<String, Object> config) {
            this.config = config;
            setDaemon(true);
            start();
        }

        @Override
        public void run() {
            try (KafkaConsumer<String, String> consumer = consumer(topic + "-group", config)) {
                consumer.subscribe(List.of(topic));
                while (!leaving) {
                    consumer.poll(Duration.ofMillis(100)).forEach(record -> seen.put(record.value(), true));
                    Set<Integer> now = new TreeSet<>();
                    for (TopicPartition partition : consumer.assignment()) now.add(partition.partition());
                    partitions = now;
                }
                consumer.commitSync();
            } catch (Throwable thrown) {
                failure = thrown;
            }
        }

        void leave() throws InterruptedException {
            leaving = true;
            join(30_000);
            check(!isAlive() && failure == null, () -> "a consumer ended with " + failure);
        }
    }

    private static List<Integer> shares(Member... members) {
        List<Integer> sizes = new ArrayList<>();
        for (Member member : members) {
            check(member.failure == null, () -> "a consumer failed: " + member.failure);
            sizes.add(member.partitions.size());
        }
        sizes.sort(null);
        return sizes;
    }

    private int send(KafkaProducer<String, String> producer, int from) {
        for (int i = from; i < from + 60; i++) producer.send(new ProducerRecord<>(topic, i % 6, null, "n" + i));
        producer.flush();
        return from + 60;
    }

    private static void allSeen(int sent, Member... members) throws InterruptedException {
        Supplier<Integer> seen = () -> {
            Set<String> all = new TreeSet<>();
            for (Member member : members) all.addAll(member.seen.keySet());
            return all.size();
        };
        until(() -> seen.get() == sent, () -> "all " + sent + " seen, not " + seen.get());
    }

    private void group(String assignor) throws Exception {
        create(6);
        Map<String, Object> config = Map.of("partition.assignment.strategy", "org.apache.kafka.clients.consumer." + assignor);
        try (KafkaProducer<String, String> producer = producer(Map.of())) {
            int sent = send(producer, 0);
            Member a = new Member(config);
            allSeen(sent, a);
            Member b = new Member(config);
            until(() -> shares(a, b).equals(List.of(3, 3)), () -> "two shares, not " + shares(a, b));
            sent = send(producer, sent);
            allSeen(sent, a, b);
            Member c = new Member(config);
            until(() -> shares(a, b, c).equals(List.of(2, 2, 2)), () -> "three shares, not " + shares(a, b, c));
            sent = send(producer, sent);
            allSeen(sent, a, b, c);
            b.leave();
            until(() -> shares(a, c).equals(List.of(3, 3)), () -> "two shares after one left, not " + shares(a, c));
            a.leave();
            until(() -> shares(c).equals(List.of(6)), () -> "one share, not " + shares(c));
            sent = send(producer, sent);
            allSeen(sent, a, b, c);
            c.leave();
            try (Admin admin = Admin.create(common(Map.of()))) {
                long committed = admin.listConsumerGroupOffsets(topic + "-group").partitionsToOffsetAndMetadata().get()
                    .values().stream().mapToLong(one -> one.offset()).sum();
                int wanted = sent;
                check(committed == wanted, () -> wanted + " sent, " + committed + " committed");
            }
        }
    }

    private void staticMember() throws Exception {
        create(4);
        Member a = new Member(Map.of("group.instance.id", "one"));
        until(() -> shares(a).equals(List.of(4)), () -> "all, not " + shares(a));
        Member b = new Member(Map.of("group.instance.id", "two"));
        until(() -> shares(a, b).equals(List.of(2, 2)), () -> "two shares, not " + shares(a, b));
        Set<Integer> before = b.partitions;
        b.leave();
        Member again = new Member(Map.of("group.instance.id", "two"));
        until(() -> !again.partitions.isEmpty(), () -> "the member is not back");
        check(again.partitions.equals(before), () -> again.partitions + " instead of " + before);
        check(a.partitions.size() == 2, () -> "the other one has " + a.partitions);
        a.leave();
        again.leave();
    }

    private void transaction() throws Exception {
        create(1);
        long started = System.nanoTime();
        try (KafkaProducer<String, String> producer = producer(Map.of("transactional.id", topic + "-tx", "max.block.ms", 40000))) {
            producer.initTransactions();
            throw new AssertionError("a transactional producer was let in");
        } catch (KafkaException refused) {
            check(System.nanoTime() - started < Duration.ofSeconds(20).toNanos(), () -> "the refusal was only a timeout: " + refused);
            System.out.println("refused: " + refused);
        }
    }

    /** Writes until a line comes in, through a broker that dies in between; then every acknowledged record has to be there, once. */
    private void crash() throws Exception {
        create(3);
        Thread stop = new Thread(() -> {
            try {
                System.in.read();
            } catch (java.io.IOException closed) {
                System.err.println(closed);
            }
        });
        stop.setDaemon(true);
        stop.start();
        List<String> acked = new ArrayList<>();
        try (KafkaProducer<String, String> producer = producer(Map.of("delivery.timeout.ms", 90000, "linger.ms", 1))) {
            for (int number = 0; stop.isAlive();) {
                List<Future<RecordMetadata>> acks = new ArrayList<>();
                for (int i = 0; i < 20; i++) acks.add(producer.send(new ProducerRecord<>(topic, (number + i) % 3, null, "n" + (number + i))));
                for (int i = 0; i < 20; i++) {
                    acks.get(i).get();
                    acked.add("n" + number++);
                }
                if (number % 100 == 0) System.out.println("acked " + number);
                Thread.sleep(2);
            }
        } catch (ExecutionException failed) {
            throw new AssertionError("a record was not written", failed);
        }
        Set<String> got = new TreeSet<>();
        List<ConsumerRecord<String, String>> all = read(acked.size());
        all.forEach(record -> got.add(record.value()));
        check(got.containsAll(acked), () -> "acknowledged records are not there");
        check(got.size() == all.size(), () -> (all.size() - got.size()) + " records are there twice");
        System.out.println("ok " + acked.size());
    }

    /**
     * Client defaults through a rolling restart of the cluster: writes 16 keys round after round and reads them by a group, tells every
     * acknowledgement and every record, and every error that comes out of the client. A line of input ends it.
     */
    private void rolling(String group) throws Exception {
        Set<String> acked = ConcurrentHashMap.newKeySet();
        Set<String> seen = ConcurrentHashMap.newKeySet();
        AtomicBoolean failed = new AtomicBoolean();
        AtomicBoolean written = new AtomicBoolean();
        Consumer<Throwable> failure = error -> {
            failed.set(true);
            error.printStackTrace();
            System.out.println("error " + error.toString().replace('\n', ' '));
        };
        Thread consumer = new Thread(() -> {
            Map<String, Object> config = common(Map.of("group.id", group, "auto.offset.reset", "earliest"));
            try (KafkaConsumer<String, String> plain = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
                plain.subscribe(List.of(topic));
                while (!failed.get() && !(written.get() && seen.containsAll(acked))) {
                    plain.poll(Duration.ofMillis(200)).forEach(record -> {
                        seen.add(record.value());
                        System.out.println("seen " + record.partition() + " " + record.offset() + " " + record.value());
                    });
                }
            } catch (Throwable thrown) {
                failure.accept(thrown);
            }
        });
        consumer.setDaemon(true);
        consumer.start();
        try (KafkaProducer<String, String> producer = producer(Map.of())) {
            for (int number = 0; System.in.available() == 0 && !failed.get(); number++) {
                for (int key = 0; key < 16; key++) {
                    String value = "k" + key + ":" + number;
                    producer.send(new ProducerRecord<>(topic, "k" + key, value), (metadata, error) -> {
                        if (error != null) {
                            failure.accept(error);
                            return;
                        }
                        acked.add(value);
                        System.out.println("acked " + value);
                    });
                }
                Thread.sleep(100);
            }
        } catch (Throwable thrown) {
            failure.accept(thrown);
        }
        written.set(true);
        consumer.join(60_000);
        check(!consumer.isAlive(), () -> "the group has not seen all of it");
    }
}
