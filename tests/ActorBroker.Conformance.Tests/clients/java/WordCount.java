import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.LongDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Grouped;
import org.apache.kafka.streams.kstream.KStream;
import org.apache.kafka.streams.kstream.Materialized;
import org.apache.kafka.streams.kstream.Produced;
import org.apache.kafka.streams.state.Stores;

/**
 * Kafka Streams, at least once: a stateless branch (upper case) and a word count that repartitions, keeps its counts in RocksDB and a changelog topic.
 * WordCount BOOTSTRAP NAME STATE_DIRECTORY. The application is stopped, its local state deleted, and started again: the counts have to go on,
 * so they came back from the changelog.
 */
public final class WordCount {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final String bootstrap;
    private final String name;
    private final Path state;

    private WordCount(String bootstrap, String name, Path state) {
        this.bootstrap = bootstrap;
        this.name = name;
        this.state = state;
    }

    public static void main(String[] args) throws Exception {
        new WordCount(args[0], args[1], Path.of(args[2])).run();
        System.out.println("ok");
    }

    private void run() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(topic("lines"), topic("upper"), topic("counts"))).all().get();
        }
        write("the broker keeps the log", "the log keeps the broker");
        try (KafkaStreams streams = start()) {
            expectUpper(2);
            expectCounts(Map.of("the", 4L, "broker", 2L, "keeps", 2L, "log", 2L));
            close(streams);
            streams.cleanUp();
        }
        write("log");
        try (KafkaStreams streams = start()) {
            expectUpper(3);
            expectCounts(Map.of("the", 4L, "broker", 2L, "keeps", 2L, "log", 3L));
            close(streams);
        }
    }

    private NewTopic topic(String suffix) {
        return new NewTopic(name + "-" + suffix, 2, (short) 1);
    }

    private KafkaStreams start() throws Exception {
        StreamsBuilder builder = new StreamsBuilder();
        KStream<String, String> lines = builder.stream(name + "-lines", Consumed.with(Serdes.String(), Serdes.String()));
        lines.mapValues(line -> line.toUpperCase()).to(name + "-upper", Produced.with(Serdes.String(), Serdes.String()));
        lines.flatMapValues(line -> Arrays.asList(line.split(" ")))
            .groupBy((key, word) -> word, Grouped.with(Serdes.String(), Serdes.String()))
            .count(Materialized.<String, Long>as(Stores.persistentKeyValueStore("counts")).withKeySerde(Serdes.String()).withValueSerde(Serdes.Long()))
            .toStream().to(name + "-counts", Produced.with(Serdes.String(), Serdes.Long()));
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, name);
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        config.put(StreamsConfig.STATE_DIR_CONFIG, state.toString());
        config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        config.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, 1);
        config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, 2);
        config.put("consumer.auto.offset.reset", "earliest");
        config.put("consumer.heartbeat.interval.ms", 300);
        config.put("consumer.session.timeout.ms", 10000);
        KafkaStreams streams = new KafkaStreams(builder.build(), config);
        CountDownLatch running = new CountDownLatch(1);
        streams.setStateListener((now, before) -> { if (now == KafkaStreams.State.RUNNING) running.countDown(); });
        streams.setUncaughtExceptionHandler(failure -> {
            failure.printStackTrace(System.out);
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        streams.start();
        if (!running.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) throw new AssertionError("Streams does not run: " + streams.state());
        return streams;
    }

    /** Leaving the group spares the next start the wait for the session to end. */
    private static void close(KafkaStreams streams) {
        CloseOptions leaving = CloseOptions.timeout(PATIENCE).withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
        if (!streams.close(leaving)) throw new AssertionError("Streams does not close");
    }

    private void write(String... lines) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(Map.of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer())) {
            for (String line : lines) producer.send(new ProducerRecord<>(name + "-lines", line, line));
        }
    }

    private void expectUpper(int count) {
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(reader("upper"), new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of(name + "-upper"));
            int got = 0;
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (got < count && System.nanoTime() < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    if (!record.value().equals(record.key().toUpperCase())) throw new AssertionError(record.toString());
                    got++;
                }
            }
            if (got < count) throw new AssertionError(count + " upper case lines wanted, " + got + " came");
        }
    }

    private void expectCounts(Map<String, Long> wanted) {
        Map<String, Long> counts = new HashMap<>();
        try (KafkaConsumer<String, Long> consumer = new KafkaConsumer<>(reader("counts"), new StringDeserializer(), new LongDeserializer())) {
            consumer.subscribe(List.of(name + "-counts"));
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!counts.equals(wanted) && System.nanoTime() < end) {
                for (ConsumerRecord<String, Long> record : consumer.poll(Duration.ofMillis(200))) counts.put(record.key(), record.value());
            }
        }
        if (!counts.equals(wanted)) throw new AssertionError(wanted + " wanted, counted " + counts);
    }

    private Map<String, Object> reader(String suffix) {
        return Map.of("bootstrap.servers", bootstrap, "group.id", name + "-" + suffix + "-" + System.nanoTime(), "auto.offset.reset", "earliest",
            "enable.auto.commit", "false", "fetch.max.wait.ms", 100);
    }
}
