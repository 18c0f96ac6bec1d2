"""kafka-python 3."""
from kafka import KafkaAdminClient, KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.coordinator.assignors.range import RangePartitionAssignor
from kafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from kafka.structs import OffsetAndMetadata, TopicPartitionReplica
import kafka.errors as errors

from scenarios import equal, main, read, until

STRATEGIES = {"range": RangePartitionAssignor, "roundrobin": RoundRobinPartitionAssignor, "cooperative-sticky": CooperativeStickyAssignor}


class Producer:
    def __init__(self, bootstrap, codec, **options):
        self.inner = KafkaProducer(bootstrap_servers=bootstrap, compression_type=codec, linger_ms=5, acks="all", **options)

    def send(self, topic, partition, key, value, timestamp, headers):
        future = self.inner.send(topic, value=value, key=key, headers=headers, partition=partition, timestamp_ms=timestamp)
        return lambda: future.get(timeout=90).offset

    def flush(self):
        self.inner.flush()

    def close(self):
        self.inner.close()


class Consumer:
    def __init__(self, bootstrap, group, topic, strategy, instance_id):
        self.topic = topic
        self.inner = KafkaConsumer(
            topic, bootstrap_servers=bootstrap, group_id=group, group_instance_id=instance_id, auto_offset_reset="earliest", enable_auto_commit=False,
            partition_assignment_strategy=(STRATEGIES[strategy],), session_timeout_ms=10000, heartbeat_interval_ms=300, fetch_max_wait_ms=100)

    def poll(self, seconds):
        batches = self.inner.poll(timeout_ms=int(seconds * 1000))
        return [(r.partition, r.offset, r.key, r.value, r.timestamp, list(r.headers)) for batch in batches.values() for r in batch]

    def assignment(self):
        return {tp.partition for tp in self.inner.assignment()}

    def commit(self, offsets=None):
        self.inner.commit({TopicPartition(self.topic, p): OffsetAndMetadata(o, "", -1) for p, o in offsets.items()} if offsets else None)

    def committed(self, partition):
        return self.inner.committed(TopicPartition(self.topic, partition))

    def close(self):
        self.inner.close(autocommit=False)


class PlainProducer(Producer):
    def __init__(self, bootstrap):
        self.inner = KafkaProducer(bootstrap_servers=bootstrap)

    def send_keyed(self, topic, key, value):
        future = self.inner.send(topic, value=value, key=key)
        return lambda: future.get(timeout=150)


class PlainConsumer(Consumer):
    def __init__(self, bootstrap, group, topic):
        self.inner = KafkaConsumer(topic, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest")

    def close(self):
        self.inner.close()


class Driver:
    idempotent_by_default = True

    def __init__(self, bootstrap):
        self.bootstrap = bootstrap
        self.client = KafkaAdminClient(bootstrap_servers=bootstrap.split(","))

    def create(self, topic, partitions, configs):
        self.client.create_topics({topic: {"num_partitions": partitions, "replication_factor": 1, "configs": configs}}, wait_for_metadata=True)
        until(lambda: self.settled(topic, partitions), "all partitions tell their offsets")

    def settled(self, topic, partitions):
        try:
            self.client.list_partition_offsets({TopicPartition(topic, p): -1 for p in range(partitions)})
            return True
        except errors.KafkaError:
            return False

    def producer(self, codec=None, idempotent=True, **options):
        return Producer(self.bootstrap, codec, enable_idempotence=idempotent, **options)

    def begin_transaction(self, transactional_id):
        producer = KafkaProducer(bootstrap_servers=self.bootstrap, transactional_id=transactional_id, max_block_ms=30000)
        producer.init_transactions()

    def consumer(self, group, topic, strategy="range", instance_id=None):
        return Consumer(self.bootstrap, group, topic, strategy, instance_id)

    def plain_producer(self):
        return PlainProducer(self.bootstrap.split(","))

    def plain_consumer(self, group, topic):
        return PlainConsumer(self.bootstrap.split(","), group, topic)

    def offsets(self, topic, partition):
        tp = TopicPartition(topic, partition)
        found = [self.client.list_partition_offsets({tp: spec})[tp].offset for spec in (-2, -1)]
        return tuple(found)

    def offset_at(self, topic, partition, ms):
        tp = TopicPartition(topic, partition)
        return self.client.list_partition_offsets({tp: ms})[tp].offset

    def config(self, topic, key):
        described = self.client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)], config_filter="all")
        return described["topic"][topic][key]["value"]

    def admin(self, topic):
        self.create(topic, 3, {"retention.ms": "7200000"})
        assert topic in self.client.list_topics()
        described = self.client.describe_topics([topic])[0]
        equal(sorted(p["partition_index"] for p in described["partitions"]), [0, 1, 2])
        equal(len(self.client.describe_cluster()["brokers"]), 1)
        equal(self.config(topic, "retention.ms"), "7200000")
        self.client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {"cleanup.policy": "compact", "segment.bytes": "1048576"})])
        until(lambda: self.config(topic, "cleanup.policy") == "compact", "the altered setting is seen")
        equal(self.config(topic, "retention.ms"), "7200000", "an incremental change leaves the others")
        self.client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {"cleanup.policy": ("append", "delete")})])
        until(lambda: self.config(topic, "cleanup.policy") == "compact,delete", "an appended setting is seen")
        self.client.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, {"retention.ms": ("delete", None)})])
        until(lambda: self.config(topic, "retention.ms") == "604800000", "a deleted setting has its default again")
        self.client.create_partitions({topic: 5})
        until(lambda: len(self.client.describe_topics([topic])[0]["partitions"]) == 5, "five partitions")
        dirs = self.client.describe_log_dirs([topic])
        equal(len(dirs), 1)
        replica = TopicPartitionReplica(topic, 0, dirs[0]["broker"])
        placed = self.client.alter_replica_log_dirs({replica: dirs[0]["log_dirs"][0]["log_dir"]})
        equal(placed[replica], errors.NoError, "a replica stays where it is")
        equal(self.client.alter_replica_log_dirs({replica: "/nowhere"})[replica], errors.LogDirNotFoundError)
        producer = self.producer()
        for i in range(8):
            producer.send(topic, 0, b"k", b"v%d" % i, None, [])()
        producer.close()
        self.client.delete_records({TopicPartition(topic, 0): 5})
        equal(self.offsets(topic, 0), (5, 8))
        self.groups(topic)
        self.client.delete_topics([topic])
        until(lambda: topic not in self.client.list_topics(), "the deleted topic is gone")

    def groups(self, topic):
        name, tp = f"{topic}-group", TopicPartition(topic, 0)
        consumer = self.consumer(name, topic)
        until(lambda: consumer.poll(0.2), "records")
        described = self.client.describe_groups([name])[name]
        equal(described["group_state"], "Stable")
        equal(len(described["members"]), 1)
        assert any(group["group_id"] == name for group in self.client.list_groups())
        consumer.commit()
        consumer.close()
        equal(self.client.list_group_offsets({name: None})[name][tp].offset, 8)
        self.client.alter_group_offsets(name, {tp: OffsetAndMetadata(6, "", -1)})
        equal(self.client.list_group_offsets({name: None})[name][tp].offset, 6)
        self.client.delete_group_offsets(name, [tp])
        assert tp not in self.client.list_group_offsets({name: None})[name]
        self.client.delete_groups([name])
        assert not any(group["group_id"] == name for group in self.client.list_groups())

    def errors(self, topic):
        def fails(error, action):
            try:
                action()
            except error:
                return
            raise AssertionError(f"{error.__name__} was to come")

        create = lambda name=topic, **more: self.client.create_topics({name: {"num_partitions": 1, "replication_factor": 1, **more}})
        fails(errors.InvalidTopicError, lambda: create("no spaces"))
        fails(errors.InvalidPartitionsError, lambda: create(num_partitions=0))
        fails(errors.InvalidReplicationFactorError, lambda: create(replication_factor=3))
        fails(errors.InvalidConfigurationError, lambda: create(configs={"retention.ms": "soon"}))
        create()
        fails(errors.TopicAlreadyExistsError, create)
        fails(errors.UnknownTopicOrPartitionError, lambda: self.client.delete_topics([f"{topic}-unknown"]))
        fails(errors.InvalidPartitionsError, lambda: self.client.create_partitions({topic: 1}))
        self.client.create_topics({f"{topic}-only-checked": {"num_partitions": 1, "replication_factor": 1}}, validate_only=True)
        assert f"{topic}-only-checked" not in self.client.list_topics()


main(Driver)
