import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.AlterConfigsOptions;
import org.apache.kafka.clients.admin.AlterConfigsResult;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConfigEntry.ConfigSource;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.quota.ClientQuotaFilterComponent;

/** PlaintextAdminIntegrationTest: configurations of topics, brokers, groups, client metrics and loggers; quotas and credentials. */
final class ConfigCases {
    private static final String THROTTLED = "leader.replication.throttled.replicas";
    private static final String LEADER_RATE = "leader.replication.throttled.rate";
    private static final String FOLLOWER_RATE = "follower.replication.throttled.rate";
    private static final String DIRS_RATE = "replica.alter.log.dirs.io.max.bytes.per.second";
    private final Cases on;
    private final ConfigResource broker;
    private final ConfigResource loggers;

    ConfigCases(Cases on) {
        this.on = on;
        broker = new ConfigResource(ConfigResource.Type.BROKER, "" + on.nodes[0]);
        loggers = new ConfigResource(ConfigResource.Type.BROKER_LOGGER, "" + on.nodes[0]);
    }

    void add() {
        on.add("testDescribeConfigsNonexistent", this::nonexistent);
        on.add("testDescribeConfigsNonexistentForKraft", this::nonexistentGroup);
        on.add("testDescribeConfigsForTopic", this::ofTopics);
        on.add("testDescribeAndAlterConfigs", this::describeAndAlter);
        on.add("testIncludeDocumentation", this::documentation);
        on.add("testIncrementalAlterAndDescribeGroupConfigs", this::ofGroups);
        on.add("testValidIncrementalAlterConfigs", this::valid);
        on.add("testInvalidIncrementalAlterConfigs", this::invalid);
        on.add("testAppendAlreadyExistsConfigsAndSubtractNotExistsConfigs", this::appendAndSubtractNothing);
        on.add("testAppendConfigToEmptyDefaultValue", () -> append("", "0:0", "0:0"));
        on.add("testAppendConfigToExistentValue", () -> append("1:1", "0:0", "1:1,0:0"));
        on.add("testIncrementalAlterConfigsDeleteAndSetBrokerConfigs", this::brokerRates);
        on.add("testIncrementalAlterConfigsDeleteBrokerConfigs", this::brokerRatesGone);
        on.add("testNullConfigs", this::nulls);
        on.add("testCreateTopicsReturnsConfigs", this::createReturnsConfigs);
        on.add("testListClientMetricsResources", this::clientMetrics);
        on.add("testDescribeConfigsForLog4jLogLevels", this::logLevels);
        on.add("testIncrementalAlterConfigsForLog4jLogLevels", this::alterLogLevels);
        on.add("testIncrementalAlterConfigsForLog4jLogLevelsCanResetLoggerToCurrentRoot", this::resetLogLevel);
        on.add("testIncrementalAlterConfigsForLog4jLogLevelsCannotResetRootLogger", this::rootLogger);
        on.add("testIncrementalAlterConfigsForLog4jLogLevelsDoesNotWorkWithInvalidConfigs", this::invalidLogLevels);
        on.add("testCreatePartitionWithOptionRetryOnQuotaViolation", this::quotas);
        on.add("testDescribeUserScramCredentials", this::credentials);
    }

    private static ConfigResource topic(String name) {
        return new ConfigResource(ConfigResource.Type.TOPIC, name);
    }

    private static AlterConfigOp op(OpType type, String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), type);
    }

    private static AlterConfigOp set(String name, String value) {
        return op(OpType.SET, name, value);
    }

    private AlterConfigsResult alter(ConfigResource resource, AlterConfigOp... ops) {
        return on.admin().incrementalAlterConfigs(Map.of(resource, List.of(ops)));
    }

    private AlterConfigsResult validate(ConfigResource resource, AlterConfigOp... ops) {
        return on.admin().incrementalAlterConfigs(Map.of(resource, List.of(ops)), new AlterConfigsOptions().validateOnly(true));
    }

    private Config described(ConfigResource resource) throws Exception {
        return on.admin().describeConfigs(List.of(resource)).all().get().get(resource);
    }

    private void shown(ConfigResource resource, String name, String value) throws Exception {
        Cases.until(() -> value.equals(described(resource).get(name).value()), () -> name + "=" + value + ", not " + described(resource).get(name), 5);
    }

    private void nonexistent() throws Exception {
        try (Admin hasty = Admin.create(on.config("default.api.timeout.ms", 2000, "request.timeout.ms", 1000))) {
            for (ConfigResource.Type type : List.of(ConfigResource.Type.BROKER, ConfigResource.Type.BROKER_LOGGER))
                Cases.fails(TimeoutException.class, hasty.describeConfigs(List.of(new ConfigResource(type, "-1"))).all());
        }
        Cases.fails(UnknownTopicOrPartitionException.class, on.admin().describeConfigs(List.of(topic(on.name("none")))).all());
    }

    private void nonexistentGroup() throws Exception {
        Cases.that(!described(new ConfigResource(ConfigResource.Type.GROUP, on.name("none"))).entries().isEmpty(), "no configs of a group");
        described(new ConfigResource(ConfigResource.Type.CLIENT_METRICS, on.name("none"))).entries().forEach(entry -> Cases.that(entry.isDefault(), entry));
    }

    private void ofTopics() throws Exception {
        described(topic(on.topic("configs", 2)));
        ConfigResource unknown = topic(on.name("unknown"));
        Cases.fails(UnknownTopicOrPartitionException.class, on.admin().describeConfigs(List.of(unknown)).values().get(unknown));
        ConfigResource wrong = topic("(invalid topic)");
        Cases.fails(InvalidTopicException.class, on.admin().describeConfigs(List.of(wrong)).values().get(wrong));
    }

    private static void entry(Config of, String name, String value, boolean isDefault, boolean sensitive, boolean readOnly) {
        ConfigEntry entry = of.get(name);
        Cases.that(entry != null, name + " is not shown");
        Cases.equal(name, entry.name());
        Cases.equal(value, entry.value(), name);
        Cases.equal(isDefault, entry.isDefault(), name + " is a default");
        Cases.equal(sensitive, entry.isSensitive(), name + " is sensitive");
        Cases.equal(readOnly, entry.isReadOnly(), name + " is read only");
    }

    private void describeAndAlter() throws Exception {
        ConfigResource one = topic(on.topic("configs", 1, "max.message.bytes", "500000", "retention.ms", "60000000"));
        ConfigResource two = topic(on.topic("configs", 1));
        Map<ConfigResource, Config> all = on.admin().describeConfigs(List.of(one, two, broker, two)).all().get();
        Cases.equal(Set.of(one, two, broker), all.keySet());
        entry(all.get(one), "max.message.bytes", "500000", false, false, false);
        entry(all.get(one), "retention.ms", "60000000", false, false, false);
        entry(all.get(two), "max.message.bytes", "1048588", true, false, false);
        Cases.equal("" + on.nodes[0], all.get(broker).get("broker.id").value());
        Cases.equal("" + on.nodes[0], all.get(broker).get("node.id").value());
        entry(all.get(broker), "compression.type", "producer", true, false, false);
        entry(all.get(broker), "ssl.truststore.password", null, false, true, false);
        Cases.equal(false, all.get(broker).get("listener.security.protocol.map").isSensitive());
        Cases.equal("1", all.get(broker).get("log.cleaner.threads").value());
    }

    private void documentation() throws Exception {
        ConfigResource resource = topic(on.topic("documented", 1));
        var with = on.admin().describeConfigs(List.of(resource), new DescribeConfigsOptions().includeDocumentation(true)).all().get().get(resource);
        for (ConfigEntry entry : with.entries()) Cases.that(entry.documentation() != null, entry);
        for (ConfigEntry entry : described(resource).entries()) Cases.equal(null, entry.documentation());
    }

    private void ofGroups() throws Exception {
        ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, on.name("configured-group"));
        alter(group, set("consumer.session.timeout.ms", "50000"), op(OpType.DELETE, "consumer.heartbeat.interval.ms", "")).all().get();
        shown(group, "consumer.session.timeout.ms", "50000");
        Cases.equal(ConfigSource.DYNAMIC_GROUP_CONFIG, described(group).get("consumer.session.timeout.ms").source());
        Cases.equal("5000", described(group).get("consumer.heartbeat.interval.ms").value());
        Cases.equal(ConfigSource.DEFAULT_CONFIG, described(group).get("consumer.heartbeat.interval.ms").source());
        validate(group, set("consumer.session.timeout.ms", "60000")).all().get();
        shown(group, "consumer.session.timeout.ms", "50000");
        Cases.fails(InvalidConfigurationException.class,
            "consumer.session.timeout.ms must be greater than or equal to group.consumer.min.session.timeout.ms",
            validate(group, set("consumer.session.timeout.ms", "5")).all());
    }

    private void valid() throws Exception {
        ConfigResource one = topic(on.topic("incremental", 1, "retention.ms", "60000000", "cleanup.policy", "compact"));
        ConfigResource two = topic(on.topic("incremental", 1));
        on.admin().incrementalAlterConfigs(Map.of(
            one, List.of(set("flush.ms", "1000"), op(OpType.APPEND, "cleanup.policy", "delete"), op(OpType.DELETE, "retention.ms", "")),
            two, List.of(set("min.cleanable.dirty.ratio", "0.9"), set("compression.type", "lz4"), op(OpType.APPEND, "cleanup.policy", "compact")))).all().get();
        shown(one, "flush.ms", "1000");
        shown(one, "cleanup.policy", "compact,delete");
        Cases.that(!described(one).get("retention.ms").value().equals("60000000"), "retention.ms is not deleted");
        shown(two, "min.cleanable.dirty.ratio", "0.9");
        shown(two, "compression.type", "lz4");
        shown(two, "cleanup.policy", "delete,compact");

        on.admin().incrementalAlterConfigs(Map.of(
            one, List.of(op(OpType.SUBTRACT, "cleanup.policy", "compact"), op(OpType.SUBTRACT, THROTTLED, "0")),
            two, List.of(op(OpType.SUBTRACT, "cleanup.policy", "compact,delete")))).all().get();
        shown(one, "cleanup.policy", "delete");
        shown(one, "flush.ms", "1000");
        shown(one, THROTTLED, "");
        shown(two, "cleanup.policy", "");

        validate(one, op(OpType.APPEND, "cleanup.policy", "compact")).all().get();
        Cases.equal("delete", described(one).get("cleanup.policy").value());
        Throwable refused = Cases.fails(InvalidConfigurationException.class, validate(one, set("compression.type", "zip")).all());
        Cases.equal("Invalid value zip for configuration compression.type: String must be one of: uncompressed, zstd, lz4, snappy, gzip, producer",
            refused.getMessage());
    }

    private void invalid() throws Exception {
        ConfigResource one = topic(on.topic("incremental", 1));
        ConfigResource two = topic(on.topic("incremental", 1));
        String ratio = "min.cleanable.dirty.ratio";
        Map<ConfigResource, Collection<AlterConfigOp>> both = new HashMap<>();
        both.put(one, List.of(set(ratio, "0.75"), set(ratio, "0.65"), set("compression.type", "gzip")));
        both.put(two, List.of(set(ratio, "0.9")));
        var altered = on.admin().incrementalAlterConfigs(both).values();
        Cases.fails(InvalidRequestException.class, "Error due to duplicate config keys", altered.get(one));
        altered.get(two).get();
        shown(two, ratio, "0.9");
        shown(one, ratio, "0.5");
        shown(one, "compression.type", "producer");
        Cases.fails(InvalidConfigurationException.class, "Can't APPEND to key compression.type because its type is not LIST.",
            alter(one, op(OpType.APPEND, "compression.type", "gzip")).all());
        Cases.fails(InvalidConfigurationException.class, "Can't SUBTRACT to key compression.type because its type is not LIST.",
            alter(two, op(OpType.SUBTRACT, "compression.type", "snappy")).all());
        Cases.fails(InvalidConfigurationException.class, "Invalid value 1.1 for configuration min.cleanable.dirty.ratio: Value must be no more than 1",
            alter(one, set(ratio, "1.1")).all());
        Cases.fails(InvalidConfigurationException.class, validate(one, set(ratio, "1.1"), set("compression.type", "lz4")).all());
        Cases.fails(InvalidRequestException.class, alter(broker, set("broker.id", "10")).all());
        Cases.fails(InvalidConfigurationException.class, alter(one, set("no.such.config", "10")).all());
    }

    private void appendAndSubtractNothing() throws Exception {
        String present = "0:" + on.nodes[0];
        ConfigResource topic = topic(on.topic("append", 1, THROTTLED, present));
        alter(topic, op(OpType.APPEND, THROTTLED, present)).all().get();
        alter(topic, op(OpType.SUBTRACT, THROTTLED, "0:17,0:18")).all().get();
        shown(topic, THROTTLED, present);
    }

    private void append(String before, String what, String wanted) throws Exception {
        ConfigResource topic = topic(before.isEmpty() ? on.topic("append", 1) : on.topic("append", 1, THROTTLED, before));
        alter(topic, op(OpType.APPEND, THROTTLED, what)).all().get();
        shown(topic, THROTTLED, wanted);
    }

    private String value(String name) throws Exception {
        ConfigEntry entry = described(broker).get(name);
        return entry == null || entry.value() == null ? "" : entry.value();
    }

    private void rates(String leader, String follower, String dirs) throws Exception {
        Cases.until(() -> leader.equals(value(LEADER_RATE)) && follower.equals(value(FOLLOWER_RATE)) && dirs.equals(value(DIRS_RATE)),
            () -> List.of(leader, follower, dirs) + ", not " + List.of(value(LEADER_RATE), value(FOLLOWER_RATE), value(DIRS_RATE)), 10);
    }

    private void brokerRates() throws Exception {
        alter(broker, set(LEADER_RATE, "123"), set(FOLLOWER_RATE, "456")).all().get();
        rates("123", "456", value(DIRS_RATE));
        alter(broker, op(OpType.DELETE, LEADER_RATE, ""), set(FOLLOWER_RATE, "654"), set(DIRS_RATE, "987")).all().get();
        rates("", "654", "987");
    }

    private void brokerRatesGone() throws Exception {
        alter(broker, set(LEADER_RATE, "123"), set(FOLLOWER_RATE, "456"), set(DIRS_RATE, "789")).all().get();
        rates("123", "456", "789");
        alter(broker, op(OpType.DELETE, LEADER_RATE, ""), op(OpType.DELETE, FOLLOWER_RATE, ""), op(OpType.DELETE, DIRS_RATE, "")).all().get();
        rates("", "", "");
    }

    private void nulls() throws Exception {
        String name = on.name("nulls");
        Map<String, String> wrong = new HashMap<>();
        wrong.put("retention.bytes", null);
        wrong.put("compression.type", "producer");
        Cases.fails(InvalidConfigurationException.class, "Null value not supported for topic configs: retention.bytes",
            on.admin().createTopics(List.of(new NewTopic(name, 2, (short) 1).configs(wrong))).all());
        on.admin().createTopics(List.of(new NewTopic(name, 2, (short) 1).configs(Map.of("compression.type", "producer")))).all().get();
        on.described(name, 2);
        Cases.fails(InvalidRequestException.class, "Null value not supported for : retention.bytes",
            alter(topic(name), set("retention.bytes", null), set("compression.type", "lz4")).all());
        shown(topic(name), "compression.type", "producer");
        Cases.equal(ConfigSource.DYNAMIC_TOPIC_CONFIG, described(topic(name)).get("compression.type").source());
    }

    /** Wants a broker with log.roll.hours=2, log.retention.minutes=240 and log.roll.jitter.ms=123. */
    private void createReturnsConfigs() throws Exception {
        ConfigResource defaults = new ConfigResource(ConfigResource.Type.BROKER, "");
        alter(defaults, set("log.retention.ms", "10800000")).all().get();
        alter(broker, set("log.cleaner.delete.retention.ms", "34")).all().get();
        try {
            String topic = on.name("with-configs");
            CreateTopicsResult created = on.admin().createTopics(List.of(
                new NewTopic(topic, Map.of(0, List.of(on.nodes[0]), 1, List.of(on.nodes[0]))).configs(Map.of("index.interval.bytes", "9999999"))));
            Cases.equal(2, created.numPartitions(topic).get());
            Config configs = created.config(topic).get();
            source(configs, "cleanup.policy", "delete", ConfigSource.DEFAULT_CONFIG);
            source(configs, "retention.ms", "10800000", ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
            source(configs, "delete.retention.ms", "34", ConfigSource.DYNAMIC_BROKER_CONFIG);
            source(configs, "segment.jitter.ms", "123", ConfigSource.STATIC_BROKER_CONFIG);
            source(configs, "segment.ms", "7200000", ConfigSource.STATIC_BROKER_CONFIG);
            source(configs, "index.interval.bytes", "9999999", ConfigSource.DYNAMIC_TOPIC_CONFIG);
        } finally {
            alter(defaults, op(OpType.DELETE, "log.retention.ms", "")).all().get();
            alter(broker, op(OpType.DELETE, "log.cleaner.delete.retention.ms", "")).all().get();
        }
    }

    private static void source(Config of, String name, String value, ConfigSource source) {
        Cases.equal(new ConfigEntry(name, value, source, false, false, List.of(), null, null), of.get(name));
    }

    @SuppressWarnings("removal")
    private void clientMetrics() throws Exception {
        String name = on.name("metrics");
        ConfigResource resource = new ConfigResource(ConfigResource.Type.CLIENT_METRICS, name);
        alter(resource, set("interval.ms", "111")).all().get();
        Cases.until(() -> on.admin().listClientMetricsResources().all().get().stream().anyMatch(one -> one.name().equals(name)), () -> name + " listed", 5);
        shown(resource, "interval.ms", "111");
        alter(resource, op(OpType.DELETE, "interval.ms", "")).all().get();
        Cases.until(() -> on.admin().listClientMetricsResources().all().get().stream().noneMatch(one -> one.name().equals(name)), () -> name + " gone", 5);
    }

    // Loggers: the names are the broker's own, so the cases take what it shows.

    private String logger(int number) throws Exception {
        List<String> names = new ArrayList<>();
        for (ConfigEntry entry : described(loggers).entries()) if (!entry.name().equals("root")) names.add(entry.name());
        names.sort(null);
        return names.get(names.size() - 1 - number);
    }

    private String level(String logger) throws Exception {
        return described(loggers).get(logger).value();
    }

    private void logLevels() throws Exception {
        ConfigEntry entry = described(loggers).get(logger(0));
        Cases.equal(ConfigSource.DYNAMIC_BROKER_LOGGER_CONFIG, entry.source());
        Cases.that(!entry.isReadOnly() && !entry.isSensitive() && entry.synonyms().isEmpty(), entry);
    }

    private void alterLogLevels() throws Exception {
        String one = logger(0);
        String two = logger(1);
        String before = level(one);
        validate(loggers, set(one, "FATAL")).all().get();
        Cases.equal(before, level(one));
        alter(loggers, set(one, "ERROR"), set(two, "FATAL")).all().get();
        Cases.equal("ERROR", level(one));
        Cases.equal("FATAL", level(two));
        alter(loggers, op(OpType.DELETE, one, ""), op(OpType.DELETE, two, "")).all().get();
    }

    private void resetLogLevel() throws Exception {
        String one = logger(0);
        alter(loggers, set(one, "FATAL")).all().get();
        Cases.equal("FATAL", level(one));
        alter(loggers, op(OpType.DELETE, one, "")).all().get();
        Cases.that(!level(one).equals("FATAL"), "not reset");
    }

    private void rootLogger() throws Exception {
        Cases.fails(InvalidRequestException.class, alter(loggers, op(OpType.DELETE, "root", "")).all());
    }

    private void invalidLogLevels() throws Exception {
        String one = logger(0);
        String two = logger(1);
        String before = level(one);
        Cases.fails(InvalidRequestException.class, alter(loggers, set(one, "FATAL"), op(OpType.APPEND, two, "ERROR")).all());
        Cases.fails(InvalidRequestException.class, alter(loggers, set(one, "FATAL"), op(OpType.SUBTRACT, two, "ERROR")).all());
        Cases.fails(InvalidConfigurationException.class, alter(loggers, set(one, "FATAL"), set(two, "OFF")).all());
        Cases.fails(InvalidConfigurationException.class, alter(loggers, set(one, "FATAL"), set("Some Other LogCleaner", "ERROR")).all());
        Cases.equal(before, level(one));
    }

    private void quotas() throws Exception {
        String client = on.name("client");
        ClientQuotaEntity entity = new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, client));
        ClientQuotaFilter filter = ClientQuotaFilter.containsOnly(List.of(ClientQuotaFilterComponent.ofEntity(ClientQuotaEntity.CLIENT_ID, client)));
        on.admin().alterClientQuotas(List.of(new ClientQuotaAlteration(entity, List.of(
            new ClientQuotaAlteration.Op("controller_mutation_rate", 1.0), new ClientQuotaAlteration.Op("consumer_byte_rate", 3.0))))).all().get();
        Cases.until(() -> on.admin().describeClientQuotas(filter).entities().get().size() == 1, () -> "one entity", 5);
        Cases.equal(Map.of("controller_mutation_rate", 1.0, "consumer_byte_rate", 3.0), on.admin().describeClientQuotas(filter).entities().get().get(entity));
        on.admin().alterClientQuotas(List.of(new ClientQuotaAlteration(entity, List.of(
            new ClientQuotaAlteration.Op("controller_mutation_rate", null), new ClientQuotaAlteration.Op("consumer_byte_rate", null))))).all().get();
        Cases.until(() -> on.admin().describeClientQuotas(filter).entities().get().isEmpty(), () -> "no entity", 5);
    }

    private void credentials() throws Exception {
        String user = on.name("tom");
        on.admin().alterUserScramCredentials(List.of(
            new UserScramCredentialUpsertion(user, new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), "123456"))).all().get();
        Cases.until(() -> on.admin().describeUserScramCredentials().all().get().containsKey(user), () -> user, 5);
        var described = on.admin().describeUserScramCredentials(List.of(user)).all().get().get(user);
        Cases.equal(List.of(new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096)), described.credentialInfos());
    }
}
