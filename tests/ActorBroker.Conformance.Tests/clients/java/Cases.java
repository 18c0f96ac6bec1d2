import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * What the integration tests of Kafka's own repository ask of a broker, case by case under their names, against brokers that run already:
 * Cases AREA BOOTSTRAP [PATTERN]. A line per case is printed; the program throws when a case failed. Names of topics and groups are new in
 * every run, so that one broker serves many runs.
 */
public final class Cases {
    /** The body of a case. */
    interface Body {
        void run() throws Exception;
    }

    final String bootstrap;
    final int[] nodes;
    private final String run = Long.toString(System.currentTimeMillis() % 100_000_000, 36);
    private final Map<String, Body> cases = new LinkedHashMap<>();
    private Admin admin;

    private Cases(String bootstrap) throws Exception {
        this.bootstrap = bootstrap;
        this.admin = Admin.create(config());
        this.nodes = admin.describeCluster().nodes().get().stream().mapToInt(Node::id).sorted().toArray();
    }

    public static void main(String[] args) throws Exception {
        Cases on = new Cases(args[1]);
        switch (args[0]) {
            case "admin" -> new AdminCases(on).add();
            case "configs" -> new ConfigCases(on).add();
            case "producer" -> new ProducerCases(on).add();
            case "consumer" -> new ConsumerCases(on, "classic").all();
            case "assigning" -> new ConsumerCases(on, "consumer").assigning();
            case "subscribing" -> new ConsumerCases(on, "consumer").subscribing();
            case "groups" -> new GroupCases(on).add();
            case "cluster" -> new ClusterCases(on).add();
            case "assignors" -> new AssignorCases(on).add();
            case "requests" -> new RequestCases(on).add();
            case "group-requests" -> new GroupRequestCases(on).add();
            case "fetch-requests" -> new FetchRequestCases(on).add();
            default -> throw new IllegalArgumentException(args[0]);
        }
        on.runAll(args.length > 2 && !args[2].isEmpty() ? Pattern.compile(args[2]) : Pattern.compile(""));
    }

    void add(String name, Body body) {
        if (cases.put(name, body) != null) throw new IllegalStateException("twice: " + name);
    }

    private void runAll(Pattern wanted) {
        List<String> failed = new ArrayList<>();
        int passed = 0;
        for (Map.Entry<String, Body> one : cases.entrySet()) {
            if (!wanted.matcher(one.getKey()).find()) continue;
            long started = System.nanoTime();
            try {
                one.getValue().run();
                passed++;
                System.out.printf("passed %s %d ms%n", one.getKey(), (System.nanoTime() - started) / 1_000_000);
            } catch (Throwable thrown) {
                failed.add(one.getKey());
                System.out.printf("FAILED %s: %s%n", one.getKey(), thrown);
                where(thrown);
            }
        }
        admin.close();
        System.out.printf("%d passed, %d failed%n", passed, failed.size());
        if (!failed.isEmpty()) throw new AssertionError("failed: " + String.join(", ", failed));
    }

    private static void where(Throwable thrown) {
        for (Throwable at = thrown; at != null; at = at.getCause()) {
            if (at != thrown) System.out.println("  by " + at);
            Arrays.stream(at.getStackTrace()).filter(frame -> frame.getClassName().contains("Cases") && !frame.getClassName().equals("Cases"))
                .limit(4).forEach(frame -> System.out.println("    at " + frame));
        }
    }

    // Names and clients

    String name(String kind) {
        return kind + "-" + run + "-" + Integer.toString(++numbers, 36);
    }

    private int numbers;

    Admin admin() {
        return admin;
    }

    Map<String, Object> config(Object... more) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrap);
        for (int i = 0; i < more.length; i += 2) config.put((String) more[i], more[i + 1]);
        return config;
    }

    KafkaProducer<byte[], byte[]> producer(Object... more) {
        return new KafkaProducer<>(config(more), new ByteArraySerializer(), new ByteArraySerializer());
    }

    KafkaConsumer<byte[], byte[]> consumer(Object... more) {
        Map<String, Object> config = config("auto.offset.reset", "earliest", "enable.auto.commit", "false", "metadata.max.age.ms", "100");
        for (int i = 0; i < more.length; i += 2) config.put((String) more[i], more[i + 1]);
        return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    String topic(String kind, int partitions, String... configs) throws Exception {
        String topic = name(kind);
        Map<String, String> with = new HashMap<>();
        for (int i = 0; i < configs.length; i += 2) with.put(configs[i], configs[i + 1]);
        admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1).configs(with))).all().get();
        described(topic, partitions);
        return topic;
    }

    TopicDescription described(String topic, int partitions) throws Exception {
        TopicDescription[] last = new TopicDescription[1];
        until(() -> {
            try {
                last[0] = admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
                return partitions < 0 || last[0].partitions().size() == partitions && last[0].partitions().stream().allMatch(one -> one.leader() != null);
            } catch (ExecutionException notYet) {
                return false;
            }
        }, () -> topic + " with " + partitions + " partitions, not " + last[0]);
        return last[0];
    }

    /** Sends records "key N", "value N" with timestamps that rise by one from the given one. */
    List<ProducerRecord<byte[], byte[]>> send(KafkaProducer<byte[], byte[]> producer, int count, TopicPartition to, long fromMs) throws Exception {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        List<Future<RecordMetadata>> acks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            records.add(new ProducerRecord<>(to.topic(), to.partition(), fromMs + i, ("key " + i).getBytes(), ("value " + i).getBytes()));
            acks.add(producer.send(records.get(i)));
        }
        producer.flush();
        for (Future<RecordMetadata> ack : acks) ack.get();
        return records;
    }

    void send(int count, TopicPartition to) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            send(producer, count, to, System.currentTimeMillis());
        }
    }

    static List<ConsumerRecord<byte[], byte[]>> read(KafkaConsumer<byte[], byte[]> consumer, int count) throws Exception {
        List<ConsumerRecord<byte[], byte[]>> got = new ArrayList<>();
        until(() -> {
            consumer.poll(Duration.ofMillis(50)).forEach(got::add);
            return got.size() >= count;
        }, () -> count + " records, not " + got.size());
        return got;
    }

    static void assigned(KafkaConsumer<byte[], byte[]> consumer, Collection<TopicPartition> wanted) throws Exception {
        until(() -> {
            consumer.poll(Duration.ofMillis(50));
            return consumer.assignment().equals(new java.util.HashSet<>(wanted));
        }, () -> "assignment " + wanted + ", not " + consumer.assignment());
    }

    static List<TopicPartition> partitions(String topic, int count) {
        List<TopicPartition> all = new ArrayList<>();
        for (int i = 0; i < count; i++) all.add(new TopicPartition(topic, i));
        return all;
    }

    // What has to hold

    static void that(boolean holds, Object what) {
        if (!holds) throw new AssertionError(what);
    }

    static void equal(Object wanted, Object got) {
        equal(wanted, got, "");
    }

    static void equal(Object wanted, Object got, Object what) {
        if (!Objects.deepEquals(wanted, got)) throw new AssertionError((what + " wanted " + shown(wanted) + ", got " + shown(got)).strip());
    }

    private static Object shown(Object value) {
        return value instanceof byte[] bytes ? Arrays.toString(bytes) : value;
    }

    static Throwable fails(Class<? extends Throwable> wanted, Future<?> future) throws Exception {
        Object got;
        try {
            got = future.get(60, TimeUnit.SECONDS);
        } catch (ExecutionException failed) {
            that(failed.getCause().getClass() == wanted, wanted.getSimpleName() + " wanted, got " + failed.getCause());
            return failed.getCause();
        }
        throw new AssertionError(wanted.getSimpleName() + " wanted, got " + got);
    }

    static void fails(Class<? extends Throwable> wanted, String message, Future<?> future) throws Exception {
        equal(message, fails(wanted, future).getMessage(), wanted.getSimpleName());
    }

    static Throwable raises(Class<? extends Throwable> wanted, Body body) {
        try {
            body.run();
        } catch (Throwable thrown) {
            that(wanted.isInstance(thrown), wanted.getSimpleName() + " wanted, got " + thrown);
            return thrown;
        }
        throw new AssertionError(wanted.getSimpleName() + " wanted");
    }

    static void until(Callable<Boolean> holds, Callable<Object> what) throws Exception {
        until(holds, what, 20);
    }

    static void until(Callable<Boolean> holds, Callable<Object> what, int seconds) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (!holds.call()) {
            if (System.nanoTime() > end) throw new TimeoutException("not within " + seconds + " s: " + what.call());
            Thread.sleep(20);
        }
    }
}
