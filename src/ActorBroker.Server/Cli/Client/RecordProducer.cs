using System.Collections.Concurrent;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Server.Cli.Client;

/// <summary>A producer's id and epoch; none when it is not idempotent.</summary>
internal readonly record struct ProducerIdentity(long Id, short Epoch)
{
    public static readonly ProducerIdentity None = new(-1, -1);

    public bool IsNone => Id < 0;
}

/// <summary>
/// Produces to one topic. Keys pick partitions as Kafka's own clients do (murmur2); records without one fill a batch of one partition,
/// then of the next. One writer at a time.
/// </summary>
internal sealed class RecordProducer : IAsyncDisposable
{
    private readonly KafkaClient _client;
    private readonly ProducerSettings _settings;
    private readonly ProducerIdentity _identity;
    private readonly Action<ProduceReceipt>? _receipt;
    private readonly ConcurrentDictionary<int, PartitionPump> _pumps = new();
    private int _sticky;
    private int _stickyGeneration = -1;

    private RecordProducer(KafkaClient client, TopicView topic, ProducerSettings settings, ProducerIdentity identity, Action<ProduceReceipt>? receipt)
    {
        _client = client;
        Topic = topic;
        _settings = settings;
        _identity = identity;
        _receipt = receipt;
        _sticky = Random.Shared.Next(Math.Max(1, topic.Partitions.Count));
    }

    public TopicView Topic { get; }

    /// <summary>With <paramref name="receipt"/> set, it is called for each acknowledged batch, for one partition never at the same
    /// time.</summary>
    public static async Task<RecordProducer> OpenAsync(
        KafkaClient client, TopicView topic, ProducerSettings settings, Action<ProduceReceipt>? receipt, CancellationToken cancel)
    {
        var identity = ProducerIdentity.None;
        var any = await client.AnyAsync(cancel).ConfigureAwait(false);
        if (settings is { Idempotent: true, Acks: -1 } && any.Versions.Offers(ApiKey.InitProducerId))
        {
            var response = await client.OnAnyAsync<InitProducerIdResponse>(
                ApiKey.InitProducerId,
                _ => new InitProducerIdRequest { TransactionalId = null, TransactionTimeoutMs = 60_000 },
                answer => TopicCalls.Check(answer.ErrorCode, "producer id", null),
                cancel).ConfigureAwait(false);
            identity = new ProducerIdentity(response.ProducerId, response.ProducerEpoch);
        }

        return new RecordProducer(client, topic, settings, identity, receipt);
    }

    /// <summary>Hands a record over; waits while its partition is behind. <paramref name="tag"/> comes back in the receipt.</summary>
    public ValueTask AppendAsync(
        int? partition, byte[]? key, byte[]? value, RecordHeaderValue[] headers, long timestampMs, long tag, CancellationToken cancel)
    {
        var chosen = partition ?? (key is null ? Sticky() : Murmur2.Partition(key, Topic.Partitions.Count));
        return Pump(chosen).AppendAsync(key, value, headers, timestampMs, tag, cancel);
    }

    public async Task FlushAsync()
    {
        foreach (var pump in _pumps.Values) await pump.FlushAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var pump in _pumps.Values)
        {
            try
            {
                await pump.FlushAsync().ConfigureAwait(false);
            }
            catch (ClientException) when (pump is not null)
            {
                // Whoever cares for the outcome has called FlushAsync and knows.
            }

            pump.Dispose();
        }
    }

    private PartitionPump Pump(int partition) => _pumps.GetOrAdd(
        partition, index => new PartitionPump(_client, new TopicPartition(Topic.Name, index), _settings, _identity, _receipt));

    private int Sticky()
    {
        var generation = Pump(_sticky).Generation;
        if (generation == _stickyGeneration || Topic.Partitions.Count < 2) return _sticky;
        if (_stickyGeneration >= 0) _sticky = (_sticky + 1) % Topic.Partitions.Count;
        _stickyGeneration = Pump(_sticky).Generation;
        return _sticky;
    }
}
