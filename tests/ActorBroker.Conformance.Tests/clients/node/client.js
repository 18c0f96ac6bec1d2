'use strict';
// kafkajs against a broker: node client.js SCENARIO BOOTSTRAP TOPIC [ARGUMENT]. Exits 0 when the scenario holds, else with the assertion that failed.
const assert = require('node:assert/strict');
const readline = require('node:readline');
const { Kafka, CompressionTypes, CompressionCodecs, ConfigResourceTypes, logLevel, PartitionAssigners } = require('kafkajs');
const snappy = require('snappyjs');
const lz4 = require('lz4js');

// kafkajs brings gzip; the others are plugged in: snappy as a raw block, or in the xerial framing that Java writes, and lz4 frames.
const xerial = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
CompressionCodecs[CompressionTypes.Snappy] = () => ({
  compress: async encoder => Buffer.from(snappy.compress(encoder.buffer)),
  decompress: async buffer => {
    if (!buffer.subarray(0, 8).equals(xerial)) return Buffer.from(snappy.uncompress(buffer));
    const blocks = [];
    for (let at = 16; at < buffer.length;) {
      const length = buffer.readInt32BE(at);
      blocks.push(Buffer.from(snappy.uncompress(buffer.subarray(at + 4, at + 4 + length))));
      at += 4 + length;
    }
    return Buffer.concat(blocks);
  },
});
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: async encoder => {
    // lz4js leaves the flag of independent blocks out, without which Kafka refuses the frame; a batch is one block, so it may be set (0x73: header checksum).
    const frame = Buffer.from(lz4.compress(encoder.buffer));
    return Buffer.from([0x60, 0x70, 0x73]).copy(frame, 4) && frame;
  },
  decompress: async buffer => Buffer.from(lz4.decompress(buffer)),
});

const [scenario, bootstrap, topic, argument] = process.argv.slice(2);
const kafka = new Kafka({
  clientId: 'kafkajs-conformance',
  brokers: [bootstrap],
  logLevel: process.env.KAFKAJS_DEBUG ? logLevel.DEBUG : logLevel.NOTHING,
  retry: { initialRetryTime: 50, maxRetryTime: 1000, retries: 40 },
});
const once = { retry: { retries: 0 } };
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));

async function until(holds, what, seconds = 30) {
  const end = Date.now() + seconds * 1000;
  while (!(await holds())) {
    if (Date.now() > end) assert.fail(`not within ${seconds} s: ${typeof what === 'function' ? what() : what}`);
    await sleep(50);
  }
}

async function withAdmin(action, options = {}) {
  const admin = kafka.admin(options);
  await admin.connect();
  try { return await action(admin); } finally { await admin.disconnect(); }
}

async function withProducer(action, options = {}) {
  const producer = kafka.producer({ allowAutoTopicCreation: false, ...options });
  await producer.connect();
  try { return await action(producer); } finally { await producer.disconnect(); }
}

const createTopic = (numPartitions, configEntries = []) =>
  withAdmin(admin => admin.createTopics({ topics: [{ topic, numPartitions, replicationFactor: 1, configEntries }], waitForLeaders: true }));

// Everything that is in the topic now, in the order of offsets per partition, read by a group of its own.
async function readAll(expected, groupId = `${topic}-reader`) {
  const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
  const got = [];
  await consumer.connect();
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({ autoCommit: false, eachMessage: async ({ partition, message }) => { got.push({ partition, ...message }); } });
  try { await until(() => got.length >= expected, () => `${expected} records, got ${got.length}`, 60); } finally { await consumer.disconnect(); }
  return got;
}

const scenarios = {
  async admin() {
    await withAdmin(async admin => {
      const spec = { topic, numPartitions: 3, replicationFactor: 1, configEntries: [{ name: 'retention.ms', value: '7200000' }] };
      assert.equal(await admin.createTopics({ topics: [spec], waitForLeaders: true }), true);
      assert.equal(await admin.createTopics({ topics: [spec] }), false, 'a topic that exists is not created again');
      assert.ok((await admin.listTopics()).includes(topic));
      const described = (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0];
      assert.deepEqual(described.partitions.map(p => p.partitionId).sort(), [0, 1, 2]);
      assert.ok(described.partitions.every(p => p.partitionErrorCode === 0 && p.replicas.length === 1 && p.isr.length === 1));
      const cluster = await admin.describeCluster();
      assert.equal(cluster.brokers.length, 1);
      assert.ok(cluster.clusterId);

      const resource = { type: ConfigResourceTypes.TOPIC, name: topic };
      const config = async name => (await admin.describeConfigs({ resources: [{ ...resource, configNames: [name] }], includeSynonyms: true }))
        .resources[0].configEntries.find(entry => entry.configName === name);
      assert.equal((await config('retention.ms')).configValue, '7200000');
      assert.equal((await config('cleanup.policy')).configValue, 'delete');
      await admin.alterConfigs({ resources: [{ ...resource, configEntries: [{ name: 'cleanup.policy', value: 'compact' }] }] });
      await until(async () => (await config('cleanup.policy')).configValue === 'compact', 'the altered setting is seen');
      assert.equal((await config('retention.ms')).configValue, '604800000', 'AlterConfigs sets back what it does not name');

      await admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] });
      await until(async () => (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0].partitions.length === 5, 'five partitions');
      assert.equal((await admin.fetchTopicOffsets(topic)).length, 5);

      await admin.deleteTopics({ topics: [topic] });
      await until(async () => !(await admin.listTopics()).includes(topic), 'the deleted topic is gone');
    });
  },

  async errors() {
    const failure = async action => {
      try { await withAdmin(action, once); } catch (error) { return error.errors?.[0]?.type ?? error.type ?? error.cause?.type ?? error.name; }
      return 'none';
    };
    const create = spec => admin => admin.createTopics({ topics: [{ topic, numPartitions: 1, replicationFactor: 1, ...spec }] });
    assert.equal(await failure(create({ topic: 'no spaces' })), 'INVALID_TOPIC_EXCEPTION');
    assert.equal(await failure(create({ topic: '..' })), 'INVALID_TOPIC_EXCEPTION');
    assert.equal(await failure(create({ numPartitions: 0 })), 'INVALID_PARTITIONS');
    assert.equal(await failure(create({ replicationFactor: 3 })), 'INVALID_REPLICATION_FACTOR');
    assert.equal(await failure(create({ configEntries: [{ name: 'retention.ms', value: 'soon' }] })), 'INVALID_CONFIG');
    assert.equal(await failure(create({ configEntries: [{ name: 'no.such.key', value: '1' }] })), 'INVALID_CONFIG');
    assert.equal(await failure(admin => admin.deleteTopics({ topics: [`${topic}-unknown`] })), 'UNKNOWN_TOPIC_OR_PARTITION');
    assert.equal(await failure(admin => admin.createPartitions({ topicPartitions: [{ topic: `${topic}-unknown`, count: 2 }] })), 'UNKNOWN_TOPIC_OR_PARTITION');
    await createTopic(2);
    assert.equal(await failure(admin => admin.createPartitions({ topicPartitions: [{ topic, count: 1 }] })), 'INVALID_PARTITIONS');
  },

  async records() {
    const compression = CompressionTypes[argument];
    await createTopic(2);
    const sent = [];
    for (let i = 0; i < 400; i++) {
      sent.push({
        partition: i % 2,
        key: i % 7 === 0 ? null : `key-${i}`,
        value: i % 50 === 49 ? null : `value-${i}-${'x'.repeat(i)}`,
        timestamp: String(1700000000000 + i),
        headers: i % 3 === 0 ? {} : { number: String(i), bytes: Buffer.from([0, 255, i & 255]), empty: '' },
      });
    }
    await withProducer(async producer => {
      for (let at = 0; at < sent.length; at += 100) {
        const [first] = await producer.send({ topic, compression, acks: -1, messages: sent.slice(at, at + 100) });
        assert.equal(first.errorCode, 0);
      }
    });
    const got = await readAll(sent.length);
    assert.equal(got.length, sent.length);
    const next = [0, 0];
    for (const record of got) {
      const offset = Number(record.offset);
      assert.equal(offset, next[record.partition]++, 'offsets without gaps, in order');
      const original = sent[offset * 2 + record.partition];
      assert.equal(record.key === null ? null : record.key.toString(), original.key);
      assert.equal(record.value === null ? null : record.value.toString(), original.value);
      assert.equal(record.timestamp, original.timestamp);
      assert.deepEqual(Object.keys(record.headers), Object.keys(original.headers));
      for (const name of Object.keys(original.headers)) assert.deepEqual(Buffer.from(record.headers[name]), Buffer.from(original.headers[name]));
    }
  },

  async offsets() {
    await createTopic(1);
    await withProducer(async producer => {
      for (let i = 0; i < 10; i++) await producer.send({ topic, messages: [{ partition: 0, value: `v${i}`, timestamp: String(1700000000000 + i * 1000) }] });
    });
    await withAdmin(async admin => {
      assert.deepEqual(await admin.fetchTopicOffsets(topic), [{ partition: 0, offset: '10', high: '10', low: '0' }]);
      assert.equal((await admin.fetchTopicOffsetsByTimestamp(topic, 1700000003500))[0].offset, '4');
      assert.equal((await admin.fetchTopicOffsetsByTimestamp(topic, 1700000005000))[0].offset, '5');
      assert.equal((await admin.fetchTopicOffsetsByTimestamp(topic, 1800000000000))[0].offset, '10', 'kafkajs gives the end when there is none');
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '6' }] });
      assert.deepEqual(await admin.fetchTopicOffsets(topic), [{ partition: 0, offset: '10', high: '10', low: '6' }]);
      const groupId = `${topic}-group`;
      await admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '8' }] });
      assert.equal((await admin.fetchOffsets({ groupId, topics: [topic] }))[0].partitions[0].offset, '8');
    });
    assert.deepEqual((await readAll(4)).map(record => record.value.toString()), ['v6', 'v7', 'v8', 'v9']);
  },

  async group() {
    const groupId = `${topic}-group`;
    await createTopic(6);
    const seen = new Map();
    const assigned = new Map();
    const join = async name => {
      const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100, heartbeatInterval: 200, sessionTimeout: 10000, rebalanceTimeout: 10000,
        partitionAssigners: [PartitionAssigners.roundRobin] });
      consumer.on(consumer.events.GROUP_JOIN, event => assigned.set(name, event.payload.memberAssignment[topic] ?? []));
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({ eachMessage: async ({ message }) => { const v = message.value.toString(); seen.set(v, (seen.get(v) ?? 0) + 1); } });
      return { name, consumer };
    };
    const leave = async member => { await member.consumer.disconnect(); assigned.delete(member.name); };
    const shares = () => [...assigned.values()].map(partitions => partitions.length).sort().join();
    let sent = 0;
    const send = producer => producer.send({ topic, messages: Array.from({ length: 60 }, () => ({ partition: sent % 6, value: `n${sent++}` })) });
    const allSeen = () => until(() => seen.size === sent, () => `all ${sent} seen, not ${seen.size}`);

    await withProducer(async producer => {
      await send(producer);
      const a = await join('a');
      await allSeen();
      assert.equal(shares(), '6');
      const b = await join('b');
      await until(() => shares() === '3,3', () => `two shares of three, not ${shares()}`);
      await send(producer);
      await allSeen();
      const c = await join('c');
      await until(() => shares() === '2,2,2', () => `three shares of two, not ${shares()}`);
      await send(producer);
      await allSeen();
      await withAdmin(async admin => {
        const { groups } = await admin.describeGroups([groupId]);
        assert.equal(groups[0].state, 'Stable');
        assert.equal(groups[0].members.length, 3);
        assert.ok((await admin.listGroups()).groups.some(group => group.groupId === groupId && group.protocolType === 'consumer'));
        await assert.rejects(admin.deleteGroups([groupId]), error => error.groups[0].error.type === 'NON_EMPTY_GROUP');
      });
      await leave(b);
      await until(() => shares() === '3,3', () => `two shares of three after one left, not ${shares()}`);
      await leave(a);
      await until(() => shares() === '6', () => `one share of six, not ${shares()}`);
      await send(producer);
      await allSeen();
      await leave(c);
    });
    assert.ok([...seen.values()].every(times => times === 1), 'members that leave in good order commit, so nothing is seen twice');
    await withAdmin(async admin => {
      const { partitions } = (await admin.fetchOffsets({ groupId, topics: [topic] }))[0];
      assert.equal(partitions.reduce((sum, p) => sum + Number(p.offset), 0), sent);
      assert.equal((await admin.describeGroups([groupId])).groups[0].state, 'Empty');
      assert.equal((await admin.deleteGroups([groupId]))[0].errorCode, 0);
      await assert.rejects(admin.deleteGroups([groupId]), error => error.groups[0].error.type === 'GROUP_ID_NOT_FOUND');
    });
  },

  async resume() {
    const groupId = `${topic}-group`;
    await createTopic(1);
    await withProducer(producer => producer.send({ topic, messages: Array.from({ length: 20 }, (_, i) => ({ value: `n${i}` })) }));
    const take = async (count, commit) => {
      const got = [];
      const consumer = kafka.consumer({ groupId, maxWaitTimeInMs: 100 });
      await consumer.connect();
      await consumer.subscribe({ topics: [topic], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        eachBatch: async ({ batch, resolveOffset }) => {
          for (const message of batch.messages) {
            if (got.length === count) return;
            got.push(message.value.toString());
            resolveOffset(message.offset);
          }
        },
      });
      await until(() => got.length === count, `${count} records`);
      if (commit) await consumer.commitOffsets([{ topic, partition: 0, offset: String(commit), metadata: 'so far' }]);
      await consumer.disconnect();
      return got;
    };
    assert.deepEqual(await take(7, 7), ['n0', 'n1', 'n2', 'n3', 'n4', 'n5', 'n6']);
    assert.deepEqual(await take(2), ['n7', 'n8']);
    assert.equal((await take(13, 20)).at(0), 'n7', 'what was not committed comes again');
    const stored = await withAdmin(admin => admin.fetchOffsets({ groupId, topics: [topic] }));
    assert.deepEqual(stored[0].partitions[0], { partition: 0, offset: '20', metadata: 'so far' });
  },

  async idempotent() {
    await createTopic(1);
    await withProducer(async producer => {
      for (let i = 0; i < 50; i++) await producer.send({ topic, messages: [{ partition: 0, value: `n${i}` }] });
    }, { idempotent: true, maxInFlightRequests: 1 });
    assert.deepEqual((await readAll(50)).map(record => record.value.toString()), Array.from({ length: 50 }, (_, i) => `n${i}`));
  },

  // Transactions are refused in so many words, at once and without endless retries.
  async transaction() {
    await createTopic(1);
    const producer = kafka.producer({ transactionalId: `${topic}-tx`, idempotent: true, maxInFlightRequests: 1, retry: { retries: 2 } });
    await producer.connect();
    await assert.rejects(async () => {
      const transaction = await producer.transaction();
      await transaction.send({ topic, messages: [{ value: 'never' }] });
    }, error => { console.log(`refused: ${error.name}: ${error.message}`); return true; });
    await producer.disconnect();
  },

  // Client defaults through a rolling restart of the cluster: writes 16 keys round after round and reads them by a group (ARGUMENT), tells every
  // acknowledgement and every record, and every error that comes out of the client. A line of input ends it.
  async rolling() {
    const plain = new Kafka({ brokers: bootstrap.split(',') });
    const acked = new Set();
    const seen = new Set();
    let stop = false;
    let failed = false;
    readline.createInterface({ input: process.stdin }).on('line', () => { stop = true; });
    const failure = error => { failed = true; console.log(`error ${String(error.stack ?? error).replaceAll('\n', ' ')}`); };
    const consumer = plain.consumer({ groupId: argument });
    consumer.on(consumer.events.CRASH, event => failure(event.payload.error));
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      eachMessage: async ({ partition, message }) => {
        seen.add(message.value.toString());
        console.log(`seen ${partition} ${message.offset} ${message.value}`);
      },
    });
    const producer = plain.producer();
    await producer.connect();
    try {
      for (let number = 0; !stop && !failed; number++) {
        const messages = Array.from({ length: 16 }, (_, key) => ({ key: `k${key}`, value: `k${key}:${number}` }));
        // One send for each: kafkajs 2.2.4 forgets, without an error, what a send has for a partition that moves to a broker which has answered
        // the same send already (sendMessages.js, responsePerBroker); no broker can do anything about that.
        await Promise.all(messages.map(message => producer.send({ topic, messages: [message] })));
        for (const { value } of messages) {
          acked.add(value);
          console.log(`acked ${value}`);
        }
        await sleep(100);
      }
      await producer.disconnect();
      const missing = () => [...acked].filter(value => !seen.has(value));
      await until(() => failed || missing().length === 0, () => `the group has not seen ${missing().slice(0, 10)}`, 60);
      await consumer.disconnect();
    } catch (error) {
      failure(error);
    }
  },

  // Writes until told to stop, through a broker that dies in between; then every acknowledged record has to be there.
  async crash() {
    await createTopic(3);
    let stop = false;
    readline.createInterface({ input: process.stdin }).on('line', () => { stop = true; });
    const acked = new Set();
    await withProducer(async producer => {
      for (let round = 0; !stop; round++) {
        const messages = Array.from({ length: 20 }, (_, i) => ({ partition: (round + i) % 3, value: `n${round * 20 + i}` }));
        await producer.send({ topic, acks: -1, timeout: 5000, messages });
        for (const message of messages) acked.add(message.value);
        if (round % 5 === 4) console.log(`acked ${acked.size}`);
        await sleep(2);
      }
    });
    const got = new Set((await readAll(acked.size)).map(record => record.value.toString()));
    const lost = [...acked].filter(value => !got.has(value));
    assert.deepEqual(lost, [], 'acknowledged records that are not there');
    console.log(`ok ${acked.size}`);
  },
};

const limit = setTimeout(() => { console.error('kafkajs scenario: out of time'); process.exit(3); }, scenario === 'rolling' ? 400_000 : 110_000);
limit.unref();
scenarios[scenario]().then(() => process.exit(0), error => { console.error(error); process.exit(1); });
