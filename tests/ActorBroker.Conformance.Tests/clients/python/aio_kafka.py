"""aiokafka, its event loop in a thread of its own."""
import asyncio
import threading

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewPartitions, NewTopic, RecordsToDelete
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.coordinator.assignors.roundrobin import RoundRobinPartitionAssignor
from aiokafka.coordinator.assignors.sticky.sticky_assignor import StickyPartitionAssignor
import aiokafka.errors as errors

from scenarios import equal, main, until

STRATEGIES = {"range": RangePartitionAssignor, "roundrobin": RoundRobinPartitionAssignor, "sticky": StickyPartitionAssignor}
loop = asyncio.new_event_loop()
threading.Thread(target=loop.run_forever, daemon=True).start()


def run(coroutine, seconds=90):
    return asyncio.run_coroutine_threadsafe(coroutine, loop).result(seconds)


class Producer:
    def __init__(self, bootstrap, codec, idempotent):
        async def start():
            producer = AIOKafkaProducer(bootstrap_servers=bootstrap, compression_type=codec, enable_idempotence=idempotent, linger_ms=5, acks="all")
            await producer.start()
            return producer
        self.inner = run(start())

    def send(self, topic, partition, key, value, timestamp, headers):
        future = run(self.inner.send(topic, value=value, key=key, partition=partition, timestamp_ms=timestamp, headers=headers))

        async def wait():
            return (await future).offset
        return lambda: run(wait())

    def flush(self):
        run(self.inner.flush())

    def close(self):
        run(self.inner.stop())


class Consumer:
    def __init__(self, bootstrap, group, topic, strategy, instance_id):
        self.topic = topic

        async def start():
            consumer = AIOKafkaConsumer(
                topic, bootstrap_servers=bootstrap, group_id=group, group_instance_id=instance_id, auto_offset_reset="earliest",
                enable_auto_commit=False, partition_assignment_strategy=(STRATEGIES[strategy],), session_timeout_ms=10000,
                heartbeat_interval_ms=300, fetch_max_wait_ms=100)
            await consumer.start()
            return consumer
        self.inner = run(start())

    def poll(self, seconds):
        batches = run(self.inner.getmany(timeout_ms=int(seconds * 1000)))
        return [(r.partition, r.offset, r.key, r.value, r.timestamp, list(r.headers)) for batch in batches.values() for r in batch]

    def assignment(self):
        return {tp.partition for tp in self.inner.assignment()}

    def commit(self, offsets=None):
        run(self.inner.commit({TopicPartition(self.topic, p): o for p, o in offsets.items()} if offsets else None))

    def committed(self, partition):
        return run(self.inner.committed(TopicPartition(self.topic, partition)))

    def close(self):
        run(self.inner.stop())


class PlainProducer(Producer):
    def __init__(self, bootstrap):
        async def start():
            # Its own default is acks=1: what only a leader has seen may go with it, on every broker.
            producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
            await producer.start()
            return producer
        self.inner = run(start())

    def send_keyed(self, topic, key, value):
        future = run(self.inner.send(topic, value=value, key=key))

        async def wait():
            await future
        return lambda: run(wait(), 150)


class PlainConsumer(Consumer):
    def __init__(self, bootstrap, group, topic):
        async def start():
            consumer = AIOKafkaConsumer(topic, bootstrap_servers=bootstrap, group_id=group, auto_offset_reset="earliest")
            await consumer.start()
            return consumer
        self.inner = run(start())


class Driver:
    idempotent_by_default = False

    def __init__(self, bootstrap):
        self.bootstrap = bootstrap

        async def start():
            client = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
            await client.start()
            return client
        self.client = run(start())

    def create(self, topic, partitions, configs):
        self.made(run(self.client.create_topics([NewTopic(topic, partitions, 1, topic_configs=configs)])))
        until(lambda: self.settled(topic, partitions), "all partitions tell their offsets")

    @staticmethod
    def made(response):
        for error in getattr(response, "topic_errors", None) or response.topic_error_codes:
            if error[1]:
                raise errors.for_code(error[1])(error)

    def settled(self, topic, partitions):
        try:
            return all(self.offsets(topic, partition)[1] >= 0 for partition in range(partitions))
        except (errors.KafkaError, KeyError):
            return False

    def producer(self, codec=None, idempotent=True):
        return Producer(self.bootstrap, codec, idempotent)

    def begin_transaction(self, transactional_id):
        async def begin():
            producer = AIOKafkaProducer(bootstrap_servers=self.bootstrap, transactional_id=transactional_id)
            await producer.start()
            await producer.begin_transaction()
        run(begin(), 30)

    def consumer(self, group, topic, strategy="range", instance_id=None):
        return Consumer(self.bootstrap, group, topic, strategy, instance_id)

    def plain_producer(self):
        return PlainProducer(self.bootstrap)

    def plain_consumer(self, group, topic):
        return PlainConsumer(self.bootstrap, group, topic)

    def ask(self, question):
        async def asked():
            consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap)
            await consumer.start()
            try:
                return await question(consumer)
            finally:
                await consumer.stop()
        return run(asked())

    def offsets(self, topic, partition):
        tp = TopicPartition(topic, partition)

        async def both(consumer):
            return (await consumer.beginning_offsets([tp]))[tp], (await consumer.end_offsets([tp]))[tp]
        return self.ask(both)

    def offset_at(self, topic, partition, ms):
        tp = TopicPartition(topic, partition)

        async def at(consumer):
            found = (await consumer.offsets_for_times({tp: ms}))[tp]
            return found.offset if found else None
        return self.ask(at)

    def admin(self, topic):
        self.create(topic, 3, {"retention.ms": "7200000"})
        assert topic in run(self.client.list_topics())
        equal(sorted(p["partition"] for p in run(self.client.describe_topics([topic]))[0]["partitions"]), [0, 1, 2])
        equal(len(run(self.client.describe_cluster())["brokers"]), 1)
        described = run(self.client.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)]))[0]
        configs = {entry[0]: entry[1] for entry in described.resources[0][4]}
        equal(configs["retention.ms"], "7200000")
        run(self.client.create_partitions({topic: NewPartitions(5)}))
        until(lambda: len(run(self.client.describe_topics([topic]))[0]["partitions"]) == 5, "five partitions")
        producer = self.producer()
        for i in range(8):
            producer.send(topic, 0, b"k", b"v%d" % i, None, [])()
        producer.close()
        run(self.client.delete_records({TopicPartition(topic, 0): RecordsToDelete(before_offset=5)}))
        equal(self.offsets(topic, 0), (5, 8))
        name = f"{topic}-group"
        consumer = self.consumer(name, topic)
        until(lambda: consumer.poll(0.2), "records")
        assert any(group[0] == name for group in run(self.client.list_consumer_groups()))
        consumer.commit()
        consumer.close()
        equal(run(self.client.list_consumer_group_offsets(name))[TopicPartition(topic, 0)].offset, 8)
        run(self.client.delete_topics([topic]))
        until(lambda: topic not in run(self.client.list_topics()), "the deleted topic is gone")

    def errors(self, topic):
        def fails(error, **more):
            try:
                self.made(run(self.client.create_topics([NewTopic(**{"name": topic, "num_partitions": 1, "replication_factor": 1, **more})])))
            except error:
                return
            raise AssertionError(f"{error.__name__} was to come")

        fails(errors.InvalidTopicError, name="no spaces")
        fails(errors.InvalidPartitionsError, num_partitions=0)
        fails(errors.InvalidReplicationFactorError, replication_factor=3)
        fails(errors.InvalidConfigurationError, topic_configs={"retention.ms": "soon"})
        self.create(topic, 1, {})
        fails(errors.TopicAlreadyExistsError)


main(Driver)
