using System.Text;
using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Xunit.Abstractions;

namespace ActorBroker.Conformance.Tests;

/// <summary>Confluent.Kafka 2.15.1 for .NET, in this process.</summary>
public sealed class ConfluentKafkaTests(BrokerFixture fixture, ITestOutputHelper output) : ClientTests(fixture, output), IClassFixture<BrokerFixture>
{
    private const long BaseMs = 1_700_000_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [SkippableTheory]
    [InlineData(CompressionType.None)]
    [InlineData(CompressionType.Gzip)]
    [InlineData(CompressionType.Snappy)]
    [InlineData(CompressionType.Lz4)]
    [InlineData(CompressionType.Zstd)]
    public async Task Records_come_back_as_they_were_sent(CompressionType codec)
    {
        Librdkafka.Require();
        var topic = await Topic("records", 2);
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(ProducerConfig(config => config.CompressionType = codec)).Build();
        var sent = Enumerable.Range(0, 300).Select(Record).ToArray();
        var acks = await Task.WhenAll(sent.Select((record, i) => producer.ProduceAsync(new TopicPartition(topic, i % 2), record)));
        Assert.Equal(Enumerable.Range(0, 300).Select(i => i / 2L), acks.Select(ack => ack.Offset.Value));

        var got = Read(topic, Name("reader"), sent.Length);
        Assert.All(got, one =>
        {
            var original = sent[one.Offset.Value * 2 + one.Partition.Value];
            Assert.Equal(original.Key, one.Message.Key);
            Assert.Equal(original.Value, one.Message.Value);
            Assert.Equal(original.Timestamp.UnixTimestampMs, one.Message.Timestamp.UnixTimestampMs);
            Assert.Equal(TimestampType.CreateTime, one.Message.Timestamp.Type);
            Assert.Equal(original.Headers.Select(Shown), one.Message.Headers.Select(Shown));
        });
    }

    [SkippableFact]
    public async Task A_topic_with_log_append_time_has_the_brokers_clock()
    {
        Librdkafka.Require();
        var topic = await Topic("append-time", 1, ("message.timestamp.type", "LogAppendTime"));
        var before = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        using var producer = new ProducerBuilder<byte[]?, byte[]?>(ProducerConfig()).Build();
        await producer.ProduceAsync(topic, Record(1));
        var stamp = Assert.Single(Read(topic, Name("reader"), 1)).Message.Timestamp;
        Assert.Equal(TimestampType.LogAppendTime, stamp.Type);
        Assert.InRange(stamp.UnixTimestampMs, before, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
    }

    [SkippableFact]
    public async Task Offsets_are_found_by_time_and_by_watermarks()
    {
        Librdkafka.Require();
        var topic = await Topic("offsets", 1);
        using var producer = new ProducerBuilder<Null, string>(ProducerConfig()).Build();
        for (var i = 0; i < 10; i++) await producer.ProduceAsync(topic, new() { Value = $"v{i}", Timestamp = new Timestamp(BaseMs + i * 1000, TimestampType.CreateTime) });
        using var consumer = new ConsumerBuilder<Ignore, string>(ConsumerConfig(Name("group"))).Build();
        var partition = new TopicPartition(topic, 0);
        Assert.Equal(new WatermarkOffsets(0, 10).ToString(), consumer.QueryWatermarkOffsets(partition, Patience).ToString());
        Offset At(long ms) =>
            consumer.OffsetsForTimes([new(partition, new Timestamp(ms, TimestampType.CreateTime))], Patience)[0].Offset;
        Assert.Equal(4, At(BaseMs + 3500).Value);
        Assert.Equal(5, At(BaseMs + 5000).Value);
        Assert.Equal(Offset.End, At(BaseMs + 60_000));
        consumer.Assign(new TopicPartitionOffset(partition, new Offset(-2000 - 2)));
        Assert.Equal("v8", consumer.Consume(Patience).Message.Value);
        consumer.Seek(new(partition, 3));
        Assert.Equal("v3", consumer.Consume(Patience).Message.Value);
    }

    [SkippableFact]
    public async Task Topics_groups_and_settings_are_made_described_altered_and_deleted()
    {
        Librdkafka.RequireNew();
        var topic = Name("dotnet-admin");
        using var admin = Admin();
        var spec = new TopicSpecification { Name = topic, NumPartitions = 3, ReplicationFactor = 1, Configs = new() { ["retention.ms"] = "7200000" } };
        await admin.CreateTopicsAsync([spec]);
        await Deadline.Until(() => WireProbe.EndOffset(Broker.Port, topic, 2) == 0, Patience, "the topic is there");

        var cluster = await admin.DescribeClusterAsync();
        Assert.Equal(Broker.Port, Assert.Single(cluster.Nodes).Port);
        Assert.NotNull(cluster.Controller);
        var described = Assert.Single((await admin.DescribeTopicsAsync(TopicCollection.OfTopicNames([topic]))).TopicDescriptions);
        Assert.Equal([0, 1, 2], described.Partitions.Select(partition => partition.Partition));

        var resource = new ConfigResource { Type = ResourceType.Topic, Name = topic };
        async Task<ConfigEntryResult> Setting(string key) => (await admin.DescribeConfigsAsync([resource]))[0].Entries[key];
        Assert.Equal("7200000", (await Setting("retention.ms")).Value);
        Assert.False((await Setting("retention.ms")).IsDefault);
        await admin.IncrementalAlterConfigsAsync(new() { [resource] = [new() { Name = "max.message.bytes", Value = "5000", IncrementalOperation = AlterConfigOpType.Set }] });
        await Deadline.Until(async () => (await Setting("max.message.bytes")).Value == "5000", Patience, "the altered setting is seen");
        Assert.Equal("7200000", (await Setting("retention.ms")).Value);

        using var producer = new ProducerBuilder<byte[]?, byte[]?>(ProducerConfig()).Build();
        await producer.ProduceAsync(new TopicPartition(topic, 0), Record(1));
        var refused = await Assert.ThrowsAsync<ProduceException<byte[]?, byte[]?>>(
            () => producer.ProduceAsync(new TopicPartition(topic, 0), new() { Value = new byte[6000] }));
        Assert.Equal(ErrorCode.MsgSizeTooLarge, refused.Error.Code);

        var listed = await admin.ListOffsetsAsync([new() { TopicPartition = new(topic, 0), OffsetSpec = OffsetSpec.MaxTimestamp() }]);
        Assert.Equal(0, listed.ResultInfos[0].TopicPartitionOffsetError.Offset.Value);
        await admin.CreatePartitionsAsync([new() { Topic = topic, IncreaseTo = 4 }]);
        await Deadline.Until(() => admin.GetMetadata(topic, Patience).Topics[0].Partitions.Count == 4, Patience, "four partitions");
        await admin.DeleteTopicsAsync([topic]);
        await Deadline.Until(() => admin.GetMetadata(Patience).Topics.All(one => one.Topic != topic), Patience, "the topic is gone");
    }

    [SkippableFact]
    public async Task Wrong_requests_of_admins_get_their_errors_and_texts()
    {
        Librdkafka.Require();
        using var admin = Admin();
        async Task Refused(ErrorCode code, string words, TopicSpecification spec)
        {
            var refusal = await Assert.ThrowsAsync<CreateTopicsException>(() => admin.CreateTopicsAsync([spec]));
            Assert.Equal(code, refusal.Results[0].Error.Code);
            Assert.Contains(words, refusal.Results[0].Error.Reason);
        }

        var topic = await Topic("errors", 1);
        TopicSpecification Spec(string? name = null, int partitions = 1, short replicas = 1) =>
            new() { Name = name ?? Name("dotnet-refused"), NumPartitions = partitions, ReplicationFactor = replicas };
        await Refused(ErrorCode.TopicAlreadyExists, $"Topic '{topic}' already exists.", Spec(topic));
        await Refused(ErrorCode.TopicException, "'.' is not allowed", Spec("."));
        await Refused(ErrorCode.TopicException, "contains one or more characters other than ASCII alphanumerics", Spec("white space"));
        await Refused(ErrorCode.InvalidReplicationFactor, "replica", Spec(replicas: 2));
        await Refused(ErrorCode.InvalidPartitions, "Number of partitions", Spec(partitions: 0));
        var wrong = Spec();
        wrong.Configs = new() { ["cleanup.policy"] = "sometimes" };
        await Refused(ErrorCode.InvalidConfig, "cleanup.policy", wrong);
        var unknown = await Assert.ThrowsAsync<DeleteTopicsException>(() => admin.DeleteTopicsAsync([Name("dotnet-unknown")]));
        Assert.Equal(ErrorCode.UnknownTopicOrPart, unknown.Results[0].Error.Code);
    }

    [SkippableTheory]
    [InlineData(PartitionAssignmentStrategy.Range)]
    [InlineData(PartitionAssignmentStrategy.CooperativeSticky)]
    public async Task Three_consumers_join_and_leave_a_group(PartitionAssignmentStrategy strategy)
    {
        Librdkafka.Require();
        var topic = await Topic("group", 6);
        var group = Name("dotnet-group");
        using var producer = new ProducerBuilder<Null, string>(ProducerConfig()).Build();
        var sent = 0;
        async Task SendAndSee(params GroupMember[] members)
        {
            await Task.WhenAll(Enumerable.Range(0, 60).Select(_ => producer.ProduceAsync(new TopicPartition(topic, sent % 6), new() { Value = $"n{sent++}" })));
            await Deadline.Until(() => members.SelectMany(member => member.Seen).Distinct().Count() == sent, Patience, $"all {sent} are seen");
        }

        GroupMember Join() => new(ConsumerConfig(group, config => config.PartitionAssignmentStrategy = strategy), topic);
        Task Shares(int[] wanted, params GroupMember[] members) => Deadline.Until(
            () => members.Select(member => member.Partitions).Order().SequenceEqual(wanted), Patience, $"shares of {string.Join(',', wanted)}");

        using var a = Join();
        await SendAndSee(a);
        using var b = Join();
        await Shares([3, 3], a, b);
        await SendAndSee(a, b);
        using var c = Join();
        await Shares([2, 2, 2], a, b, c);
        await SendAndSee(a, b, c);
        await b.Leave();
        await Shares([3, 3], a, c);
        await a.Leave();
        await Shares([6], c);
        await SendAndSee(a, b, c);
        await c.Leave();
        using var probe = new ConsumerBuilder<Ignore, string>(ConsumerConfig(group)).Build();
        var committed = probe.Committed([.. Enumerable.Range(0, 6).Select(i => new TopicPartition(topic, i))], Patience);
        Assert.Equal(sent, committed.Sum(partition => partition.Offset.Value));
    }

    [SkippableFact]
    public async Task An_idempotent_producer_with_requests_in_flight_writes_in_order()
    {
        Librdkafka.Require();
        var topic = await Topic("idempotent", 1);
        using var producer = new ProducerBuilder<Null, string>(ProducerConfig(config =>
        {
            config.LingerMs = 0;
            config.BatchNumMessages = 10;
            config.MaxInFlight = 5;
        })).Build();
        var acks = await Task.WhenAll(Enumerable.Range(0, 5000).Select(i => producer.ProduceAsync(topic, new() { Value = $"n{i}" })));
        Assert.Equal(Enumerable.Range(0, 5000).Select(i => (long)i), acks.Select(ack => ack.Offset.Value));
        Assert.Equal(Enumerable.Range(0, 5000).Select(i => $"n{i}"), Read(topic, Name("reader"), 5000).Select(one => Encoding.UTF8.GetString(one.Message.Value!)));
    }

    [SkippableFact]
    public async Task A_transactional_producer_gets_a_fatal_error()
    {
        Skip.If(BrokerKind.IsKafka, "Apache Kafka has transactions");
        Librdkafka.Require();
        await Topic("transaction", 1);
        using var producer = new ProducerBuilder<Null, string>(ProducerConfig(config => config.TransactionalId = Name("tx"))).Build();
        var refusal = Assert.ThrowsAny<KafkaException>(() => producer.InitTransactions(TimeSpan.FromSeconds(20)));
        Assert.True(refusal.Error.IsFatal, $"{refusal.Error.Code} {refusal.Error.Reason}");
    }

    private static Message<byte[]?, byte[]?> Record(int i) => new()
    {
        Key = i % 7 == 0 ? null : Encoding.UTF8.GetBytes($"key-{i}"),
        Value = i % 50 == 49 ? null : Encoding.UTF8.GetBytes($"value-{i}-{new string('x', i)}"),
        Timestamp = new(BaseMs + i, TimestampType.CreateTime),
        Headers = i % 3 == 0 ? [] : [new("number", Encoding.UTF8.GetBytes($"{i}")), new("bytes", [0, 255, (byte)i]), new("empty", []), new("null", null)],
    };

    private static string Shown(IHeader header) => $"{header.Key}={(header.GetValueBytes() is { } bytes ? Convert.ToHexString(bytes) : "null")}";

    private async Task<string> Topic(string kind, int partitions, params (string Key, string Value)[] configs)
    {
        var topic = Name($"dotnet-{kind}");
        await WireProbe.CreateTopic(Broker.Port, topic, partitions, configs);
        return topic;
    }

    private IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig { BootstrapServers = Bootstrap }).Build();

    private ProducerConfig ProducerConfig(Action<ProducerConfig>? more = null)
    {
        var config = new ProducerConfig { BootstrapServers = Bootstrap, EnableIdempotence = true, LingerMs = 5 };
        more?.Invoke(config);
        return config;
    }

    private ConsumerConfig ConsumerConfig(string group, Action<ConsumerConfig>? more = null)
    {
        var config = new ConsumerConfig
        {
            BootstrapServers = Bootstrap,
            GroupId = group,
            AutoOffsetReset = AutoOffsetReset.Earliest,
            EnableAutoCommit = false,
            CheckCrcs = true,
            SessionTimeoutMs = 10_000,
            HeartbeatIntervalMs = 300,
            FetchWaitMaxMs = 100,
        };
        more?.Invoke(config);
        return config;
    }

    private List<ConsumeResult<byte[]?, byte[]?>> Read(string topic, string group, int count)
    {
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(ConsumerConfig(group)).Build();
        consumer.Subscribe(topic);
        var got = new List<ConsumeResult<byte[]?, byte[]?>>();
        while (got.Count < count)
        {
            var next = consumer.Consume(Patience);
            Assert.True(next is not null, $"{got.Count} of {count} records read");
            got.Add(next);
        }

        consumer.Close();
        return got;
    }
}
