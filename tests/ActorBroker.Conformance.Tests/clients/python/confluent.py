"""confluent-kafka (librdkafka)."""
import threading
import time

from confluent_kafka import Consumer as RdConsumer, KafkaException, Producer as RdProducer, TopicPartition, ConsumerGroupTopicPartitions
from confluent_kafka.admin import (AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewPartitions, NewTopic, OffsetSpec)

from scenarios import equal, main, until


class Producer:
    def __init__(self, bootstrap, codec, idempotent):
        self.inner = RdProducer({"bootstrap.servers": bootstrap, "compression.type": codec or "none", "enable.idempotence": idempotent, "linger.ms": 5})

    def send_keyed(self, topic, key, value):
        return self.send(topic, -1, key, value, None, [], 150)

    def send(self, topic, partition, key, value, timestamp, headers, seconds=90):
        done, result = threading.Event(), []

        def delivered(error, message):
            result.extend((error, message.offset()))
            done.set()

        more = {"timestamp": timestamp} if timestamp else {}
        while True:
            try:
                self.inner.produce(topic, value, key, partition, on_delivery=delivered, headers=headers, **more)
                break
            except BufferError:
                self.inner.poll(0.1)

        def wait():
            end = time.monotonic() + seconds
            while not done.is_set():
                assert time.monotonic() < end, f"not delivered within {seconds} s"
                self.inner.poll(0.01)
            assert not result[0], result[0]
            return result[1]
        return wait

    def flush(self):
        self.inner.flush()

    def close(self):
        self.inner.flush()


class Consumer:
    def __init__(self, bootstrap, group, topic, strategy, instance_id):
        self.topic = topic
        self.inner = RdConsumer({
            "bootstrap.servers": bootstrap, "group.id": group, "auto.offset.reset": "earliest", "enable.auto.commit": False, "check.crcs": True,
            "partition.assignment.strategy": strategy, "session.timeout.ms": 10000, "heartbeat.interval.ms": 300, "fetch.wait.max.ms": 100,
            "enable.auto.offset.store": True, **({"group.instance.id": instance_id} if instance_id else {})})
        self.inner.subscribe([topic])

    def poll(self, seconds):
        got = []
        for message in self.inner.consume(500, seconds):
            assert not message.error() or message.error().retriable(), message.error()
            got.append((message.partition(), message.offset(), message.key(), message.value(), message.timestamp()[1], message.headers() or []))
        return got

    def assignment(self):
        return {tp.partition for tp in self.inner.assignment()}

    def commit(self, offsets=None):
        try:
            if offsets:
                self.inner.commit(offsets=[TopicPartition(self.topic, p, o) for p, o in offsets.items()], asynchronous=False)
            else:
                self.inner.commit(asynchronous=False)
        except KafkaException as failure:
            assert failure.args[0].name() == "_NO_OFFSET", failure

    def committed(self, partition):
        offset = self.inner.committed([TopicPartition(self.topic, partition)], timeout=20)[0].offset
        return offset if offset >= 0 else None

    def close(self):
        self.inner.close()


class PlainProducer(Producer):
    def __init__(self, bootstrap):
        self.inner = RdProducer({"bootstrap.servers": bootstrap})


class PlainConsumer(Consumer):
    def __init__(self, bootstrap, group, topic):
        self.inner = RdConsumer({"bootstrap.servers": bootstrap, "group.id": group, "auto.offset.reset": "earliest"})
        self.inner.subscribe([topic])

    def poll(self, seconds):
        messages = self.inner.consume(500, seconds)
        for message in messages:
            assert not message.error(), message.error()
        return [(message.partition(), message.offset(), message.key(), message.value()) for message in messages]


class Driver:
    idempotent_by_default = False

    def __init__(self, bootstrap):
        self.bootstrap = bootstrap
        self.client = AdminClient({"bootstrap.servers": bootstrap})

    @staticmethod
    def wait(futures):
        return {key: future.result(30) for key, future in futures.items()}

    def create(self, topic, partitions, configs):
        self.wait(self.client.create_topics([NewTopic(topic, num_partitions=partitions, replication_factor=1, config=configs)]))
        until(lambda: self.settled(topic, partitions), "all partitions tell their offsets")

    def settled(self, topic, partitions):
        try:
            return all(self.offsets(topic, partition)[1] >= 0 for partition in range(partitions))
        except KafkaException:
            return False

    def producer(self, codec=None, idempotent=True):
        return Producer(self.bootstrap, codec, idempotent)

    def begin_transaction(self, transactional_id):
        RdProducer({"bootstrap.servers": self.bootstrap, "transactional.id": transactional_id}).init_transactions(30)

    def consumer(self, group, topic, strategy="range", instance_id=None):
        return Consumer(self.bootstrap, group, topic, strategy, instance_id)

    def plain_producer(self):
        return PlainProducer(self.bootstrap)

    def plain_consumer(self, group, topic):
        return PlainConsumer(self.bootstrap, group, topic)

    def listed(self, topic, partition, spec):
        tp = TopicPartition(topic, partition)
        return self.wait(self.client.list_offsets({tp: spec}))[tp].offset

    def offsets(self, topic, partition):
        return tuple(self.listed(topic, partition, spec) for spec in (OffsetSpec.earliest(), OffsetSpec.latest()))

    def offset_at(self, topic, partition, ms):
        return self.listed(topic, partition, OffsetSpec.for_timestamp(ms))

    def config(self, topic, key):
        resource = ConfigResource(ConfigResource.Type.TOPIC, topic)
        return self.wait(self.client.describe_configs([resource]))[resource][key].value

    def alter(self, topic, key, value, operation):
        entry = ConfigEntry(key, value, incremental_operation=operation)
        self.wait(self.client.incremental_alter_configs([ConfigResource(ConfigResource.Type.TOPIC, topic, incremental_configs=[entry])]))

    def admin(self, topic):
        self.create(topic, 3, {"retention.ms": "7200000"})
        equal(sorted(self.client.list_topics(topic, timeout=20).topics[topic].partitions), [0, 1, 2])
        equal(len(self.client.describe_cluster().result(20).nodes), 1)
        equal(self.config(topic, "retention.ms"), "7200000")
        self.alter(topic, "cleanup.policy", "compact", AlterConfigOpType.SET)
        until(lambda: self.config(topic, "cleanup.policy") == "compact", "the altered setting is seen")
        self.alter(topic, "retention.ms", None, AlterConfigOpType.DELETE)
        until(lambda: self.config(topic, "retention.ms") == "604800000", "a deleted setting has its default again")
        self.wait(self.client.create_partitions([NewPartitions(topic, 5)]))
        until(lambda: len(self.client.list_topics(topic, timeout=20).topics[topic].partitions) == 5, "five partitions")
        producer = self.producer()
        for i in range(8):
            producer.send(topic, 0, b"k", b"v%d" % i, None, [])()
        try:
            self.wait(self.client.delete_records([TopicPartition(topic, 0, 5)]))
            raise AssertionError("records of a compacted topic are not deleted")
        except KafkaException as failure:
            equal(failure.args[0].name(), "POLICY_VIOLATION")
        self.alter(topic, "cleanup.policy", "delete", AlterConfigOpType.APPEND)
        until(lambda: self.config(topic, "cleanup.policy") == "compact,delete", "the appended setting is seen")
        deleted = self.wait(self.client.delete_records([TopicPartition(topic, 0, 5)]))
        equal([one.low_watermark for one in deleted.values()], [5])
        equal(self.offsets(topic, 0), (5, 8))
        self.groups(topic)
        self.wait(self.client.delete_topics([topic]))
        until(lambda: topic not in self.client.list_topics(timeout=20).topics, "the deleted topic is gone")

    def groups(self, topic):
        name = f"{topic}-group"
        consumer = self.consumer(name, topic)
        until(lambda: consumer.poll(0.2), "records")
        described = self.wait(self.client.describe_consumer_groups([name]))[name]
        equal(described.state.name, "STABLE")
        equal(len(described.members), 1)
        listed = self.client.list_consumer_groups().result(20).valid
        assert any(group.group_id == name for group in listed)
        consumer.commit()
        consumer.close()

        def stored():
            return self.wait(self.client.list_consumer_group_offsets([ConsumerGroupTopicPartitions(name)]))[name].topic_partitions
        equal([(tp.partition, tp.offset) for tp in stored()], [(0, 8)])
        self.wait(self.client.alter_consumer_group_offsets([ConsumerGroupTopicPartitions(name, [TopicPartition(topic, 0, 6)])]))
        equal([(tp.partition, tp.offset) for tp in stored()], [(0, 6)])
        self.wait(self.client.delete_consumer_groups([name]))

    def errors(self, topic):
        def fails(name, futures):
            for future in futures.values():
                try:
                    future.result(30)
                except KafkaException as failure:
                    equal(failure.args[0].name(), name)
                    continue
                raise AssertionError(f"{name} was to come")

        create = lambda name=topic, partitions=1, rf=1, config=None: self.client.create_topics(
            [NewTopic(name, num_partitions=partitions, replication_factor=rf, config=config or {})])
        fails("TOPIC_EXCEPTION", create("no spaces"))
        fails("INVALID_PARTITIONS", create(partitions=0))
        fails("INVALID_REPLICATION_FACTOR", create(rf=3))
        fails("INVALID_CONFIG", create(config={"retention.ms": "soon"}))
        self.wait(create())
        fails("TOPIC_ALREADY_EXISTS", create())
        fails("UNKNOWN_TOPIC_OR_PART", self.client.delete_topics([f"{topic}-unknown"]))
        fails("INVALID_PARTITIONS", self.client.create_partitions([NewPartitions(topic, 1)]))
        fails("GROUP_ID_NOT_FOUND", self.client.delete_consumer_groups([f"{topic}-unknown"]))

    def next_generation(self, topic):
        """Only for brokers without KIP-848: a consumer that asks for its protocol is told so."""
        self.create(topic, 1, {})
        consumer = RdConsumer({"bootstrap.servers": self.bootstrap, "group.id": f"{topic}-group", "group.protocol": "consumer"})
        consumer.subscribe([topic])
        said = []

        def refused():
            message = consumer.poll(0.5)
            if message is not None and message.error():
                said.append(str(message.error()))
            return said
        until(refused, "an error", 20)
        print(f"refused: {said[0]}")


main(Driver)
