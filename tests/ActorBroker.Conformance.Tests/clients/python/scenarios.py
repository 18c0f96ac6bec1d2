"""What every Python client has to show, written once against a small interface that kafka_python.py, aio_kafka.py and confluent.py fill in.

A driver has create(topic, partitions, configs), producer(...), consumer(...), offsets(topic, partition), offset_at(topic, partition, ms),
admin(topic) and errors(topic); a producer has send(...) -> wait function giving the offset, flush(), close(); a consumer has poll(seconds),
assignment(), commit(), committed(partition), close(). plain_producer() with send_keyed(topic, key, value) and plain_consumer(group, topic) have
the client's own defaults. A record is (partition, offset, key, value, timestamp, headers).
"""
import os
import sys
import threading
import time
import traceback

BASE_MS = 1_700_000_000_000


def until(holds, what, seconds=40):
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
        time.sleep(0.02)


def equal(got, wanted, what=""):
    assert got == wanted, f"{what}\n got    {got!r}\n wanted {wanted!r}"


def read(driver, topic, count, group=None):
    consumer = driver.consumer(group or f"{topic}-reader", topic)
    got = []
    try:
        end = time.monotonic() + 40
        while len(got) < count and time.monotonic() < end:
            got += consumer.poll(0.5)
    finally:
        consumer.close()
    assert len(got) >= count, f"{count} records wanted, {len(got)} read"
    return got


class Member(threading.Thread):
    """A consumer in a thread of its own: reads, keeps what it saw, commits when it leaves."""

    def __init__(self, driver, group, topic, **options):
        super().__init__(daemon=True)
        self.open = lambda: driver.consumer(group, topic, **options)
        self.seen, self.partitions, self.leaving, self.failure = [], set(), False, None
        self.commit_on_leave = True
        self.start()

    def run(self):
        try:
            consumer = self.open()
            try:
                while not self.leaving:
                    self.seen += [record[3] for record in consumer.poll(0.1)]
                    self.partitions = consumer.assignment()
                if self.commit_on_leave:
                    consumer.commit()
            finally:
                consumer.close()
        except BaseException as failure:  # told to the main thread, which fails
            traceback.print_exc()
            self.failure = failure

    def leave(self):
        self.leaving = True
        self.join(30)
        assert not self.is_alive(), "a consumer does not close"
        if self.failure:
            raise self.failure


def shares(*members):
    return sorted(len(member.partitions) for member in members)


def records(driver, topic, codec):
    driver.create(topic, 2, {})
    producer = driver.producer(codec=None if codec == "none" else codec)
    sent, waits = [], []
    for i in range(400):
        key = None if i % 7 == 0 else b"key-%d" % i
        value = None if i % 50 == 49 and key else b"value-%d-" % i + b"x" * i
        headers = [] if i % 3 == 0 else [("number", b"%d" % i), ("bytes", bytes([0, 255, i & 255])), ("empty", b""), ("number", b"again")]
        sent.append((i % 2, key, value, BASE_MS + i, headers))
        waits.append(producer.send(topic, *sent[-1]))
    producer.flush()
    equal([wait() for wait in waits], [i // 2 for i in range(400)], "offsets in the acknowledgements")
    producer.close()
    got = read(driver, topic, 400)
    equal(len(got), 400)
    for partition in (0, 1):
        mine = [record for record in got if record[0] == partition]
        equal([record[1] for record in mine], list(range(200)), "offsets without gaps, in order")
        for record in mine:
            equal((record[0], *record[2:]), sent[record[1] * 2 + partition])


def offsets(driver, topic):
    driver.create(topic, 1, {})
    producer = driver.producer()
    for i in range(10):
        producer.send(topic, 0, None, b"v%d" % i, BASE_MS + i * 1000, [])()
    producer.close()
    equal(driver.offsets(topic, 0), (0, 10))
    equal(driver.offset_at(topic, 0, BASE_MS + 3500), 4)
    equal(driver.offset_at(topic, 0, BASE_MS + 5000), 5)
    assert driver.offset_at(topic, 0, BASE_MS + 60_000) in (None, -1, 10), "no record is that young"


def group(driver, topic, strategy):
    driver.create(topic, 6, {})
    name, producer, sent = f"{topic}-group", driver.producer(), 0

    def send():
        nonlocal sent
        for wait in [producer.send(topic, (sent + i) % 6, None, b"n%d" % (sent + i), None, []) for i in range(60)]:
            wait()
        sent += 60

    def all_seen(*members):
        seen = lambda: {value for member in members for value in member.seen}
        until(lambda: len(seen()) == sent, lambda: f"all {sent} seen, not {len(seen())}, failures {[m.failure for m in members]}")

    join = lambda: Member(driver, name, topic, strategy=strategy)
    send()
    a = join()
    all_seen(a)
    equal(shares(a), [6])
    b = join()
    until(lambda: shares(a, b) == [3, 3], lambda: f"two shares, not {shares(a, b)}")
    send()
    all_seen(a, b)
    c = join()
    until(lambda: shares(a, b, c) == [2, 2, 2], lambda: f"three shares, not {shares(a, b, c)}")
    send()
    all_seen(a, b, c)
    b.leave()
    until(lambda: shares(a, c) == [3, 3], lambda: f"two shares after one left, not {shares(a, c)}")
    a.leave()
    until(lambda: shares(c) == [6], lambda: f"one share, not {shares(c)}")
    send()
    all_seen(a, b, c)
    c.leave()
    producer.close()
    probe = driver.consumer(name, topic)
    equal(sum(probe.committed(partition) or 0 for partition in range(6)), sent, "committed by those who left")
    probe.close()


def static(driver, topic):
    """A static member that leaves and comes back within its session gets the same partitions without a rebalance of the other."""
    driver.create(topic, 4, {})
    name = f"{topic}-group"
    a = Member(driver, name, topic, instance_id="one")
    until(lambda: shares(a) == [4], "the first one has all")
    b = Member(driver, name, topic, instance_id="two")
    until(lambda: shares(a, b) == [2, 2], lambda: f"two shares, not {shares(a, b)}, failures {a.failure} {b.failure}")
    before = b.partitions
    b.commit_on_leave = False
    b.leave()
    b = Member(driver, name, topic, instance_id="two")
    until(lambda: b.partitions, "the member is back")
    equal(b.partitions, before, "it has what it had")
    equal(len(a.partitions), 2, "the other one kept its own")
    a.leave()
    b.leave()


def resume(driver, topic):
    driver.create(topic, 1, {})
    producer = driver.producer()
    for i in range(20):
        producer.send(topic, 0, None, b"n%d" % i, None, [])()
    producer.close()
    name = f"{topic}-group"
    take = lambda count: [record[3] for record in read(driver, topic, count, name)]
    equal(take(20)[0], b"n0")
    consumer = driver.consumer(name, topic)
    until(lambda: consumer.poll(0.2), "records from the start, for nothing was committed")
    consumer.commit({0: 7})
    equal(consumer.committed(0), 7)
    consumer.close()
    equal(take(13)[0], b"n7")


def idempotent(driver, topic):
    driver.create(topic, 1, {})
    producer = driver.producer(idempotent=True)
    waits = [producer.send(topic, 0, None, b"n%d" % i, None, []) for i in range(2000)]
    producer.flush()
    equal([wait() for wait in waits], list(range(2000)))
    producer.close()
    equal([record[3] for record in read(driver, topic, 2000)], [b"n%d" % i for i in range(2000)])


def transaction(driver, topic):
    """Only for brokers without transactions: the client has to say so, soon."""
    driver.create(topic, 1, {})
    started = time.monotonic()
    try:
        driver.begin_transaction(f"{topic}-tx")
    except Exception as refused:
        print(f"refused: {type(refused).__name__}: {refused}")
        assert time.monotonic() - started < 20, "the refusal was only a timeout"
        return
    raise AssertionError("a transactional producer was let in")


def crash(driver, topic):
    """Writes until told to stop, through a broker that dies in between; then every acknowledged record has to be there, once."""
    driver.create(topic, 3, {})
    stop = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()
    producer, acked, number = driver.producer(idempotent=True), [], 0
    while not stop.is_set():
        batch = []
        for _ in range(20):
            batch.append((b"n%d" % number, producer.send(topic, number % 3, None, b"n%d" % number, None, [])))
            number += 1
        for value, wait in batch:
            wait()
            acked.append(value)
        if number % 100 == 0:
            print(f"acked {len(acked)}", flush=True)
        time.sleep(0.002)
    producer.close()
    got = [record[3] for record in read(driver, topic, len(acked))]
    lost = set(acked) - set(got)
    assert not lost, f"{len(lost)} acknowledged records are not there: {sorted(lost)[:10]}"
    equal(len(got), len(set(got)), "nothing is there twice")
    print(f"ok {len(acked)}")


def rolling(driver, topic, group):
    """Client defaults through a rolling restart of the cluster: writes 16 keys round after round and reads them by a group, tells every
    acknowledgement and every record, and every error that comes out of the client. A line of input ends it."""
    stop, lock, acked, seen, failed = threading.Event(), threading.Lock(), set(), set(), threading.Event()
    threading.Thread(target=lambda: (sys.stdin.readline(), stop.set()), daemon=True).start()

    def say(line):
        with lock:
            print(line, flush=True)

    def failure(error):
        failed.set()
        traceback.print_exc()
        say("error " + f"{type(error).__name__}: {error}".replace("\n", " "))

    def consume():
        try:
            consumer = driver.plain_consumer(group, topic)
            while not (stop.is_set() and done.is_set() and acked <= seen) and not failed.is_set():
                for partition, offset, _, value, *_ in consumer.poll(0.2):
                    seen.add(value.decode())
                    say(f"seen {partition} {offset} {value.decode()}")
            consumer.close()
        except BaseException as error:
            failure(error)

    done = threading.Event()
    consumer = threading.Thread(target=consume, daemon=True)
    consumer.start()
    producer, number, waiting = driver.plain_producer(), 0, []
    try:
        while not stop.is_set() and not failed.is_set():
            for key in range(16):
                value = f"k{key}:{number}"
                waiting.append((value, producer.send_keyed(topic, b"k%d" % key, value.encode())))
            # What is idempotent keeps the order by itself; for the others a key's next record waits for the one before.
            while len(waiting) > (160 if driver.idempotent_by_default else 0):
                value, wait = waiting.pop(0)
                wait()
                acked.add(value)
                say(f"acked {value}")
            number += 1
            time.sleep(0.1)
        for value, wait in waiting:
            wait()
            acked.add(value)
            say(f"acked {value}")
        producer.close()
    except BaseException as error:
        failure(error)
    done.set()
    consumer.join(60)
    if consumer.is_alive():
        say(f"error the group has not seen {sorted(acked - seen)[:10]}")


def main(make_driver):
    bootstrap = sys.argv[2]
    timer = threading.Timer(400 if sys.argv[1] == "rolling" else 110, lambda: (print("out of time", file=sys.stderr, flush=True), traceback_of_all(), os._exit(3)))
    timer.daemon = True
    timer.start()
    driver = make_driver(bootstrap)
    name, topic, rest = sys.argv[1], sys.argv[3], sys.argv[4:]
    shared = {f.__name__: f for f in (records, offsets, group, static, resume, idempotent, transaction, crash, rolling)}
    try:
        shared[name](driver, topic, *rest) if name in shared else getattr(driver, name)(topic)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)
    sys.stdout.flush()
    os._exit(0)  # clients with threads of their own shall not hold the process


def traceback_of_all():
    for frame in sys._current_frames().values():
        traceback.print_stack(frame)
