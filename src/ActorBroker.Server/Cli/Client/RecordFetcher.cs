using System.Threading.Channels;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Server.Cli.Client;

/// <summary>
/// Reads partitions from their leaders: at most one fetch per leader is under way, and what came waits in a short queue, so the next
/// fetch runs while the last is worked on and memory stays bounded. Positions lie here; they move by whole batches.
/// </summary>
internal sealed class RecordFetcher : IAsyncDisposable
{
    private readonly KafkaClient _client;
    private readonly FetchSettings _settings;
    private readonly Dictionary<TopicPartition, long> _positions;
    private readonly Dictionary<int, Task> _underWay = [];
    private readonly Channel<FetchedPartition> _fetched = Channel.CreateBounded<FetchedPartition>(4);
    private readonly CancellationTokenSource _stop;
    private readonly Task _run;
    private long _failingSince;

    public RecordFetcher(KafkaClient client, FetchSettings settings, IReadOnlyDictionary<TopicPartition, long> positions, CancellationToken cancel)
    {
        _client = client;
        _settings = settings;
        _positions = new Dictionary<TopicPartition, long>(positions);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _run = Task.Run(RunAsync, CancellationToken.None);
    }

    /// <summary>Ends with the error that stopped the fetching.</summary>
    public ChannelReader<FetchedPartition> Fetched => _fetched.Reader;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _run.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (_positions.Count > 0)
            {
                foreach (var (leader, partitions) in await ByLeaderAsync(_stop.Token).ConfigureAwait(false))
                {
                    if (!_underWay.ContainsKey(leader)) _underWay[leader] = FetchAsync(leader, partitions, _stop.Token);
                }

                var ended = await Task.WhenAny(_underWay.Values).ConfigureAwait(false);
                foreach (var leader in _underWay.Where(entry => entry.Value == ended).Select(entry => entry.Key).ToArray()) _underWay.Remove(leader);
                await ended.ConfigureAwait(false);
            }

            _fetched.Writer.TryComplete();
        }
        catch (Exception error)
        {
            _fetched.Writer.TryComplete(error);
            foreach (var left in _underWay.Values) await left.ContinueWith(_ => { }, TaskScheduler.Default).ConfigureAwait(false);
        }
    }

    private Task<Dictionary<int, List<TopicPartition>>> ByLeaderAsync(CancellationToken cancel) => RetryLoop.RunAsync(
        _client.Settings,
        async limit =>
        {
            var byLeader = new Dictionary<int, List<TopicPartition>>();
            TopicPartition[] all;
            lock (_positions) all = [.. _positions.Keys];
            foreach (var at in all)
            {
                var leader = await _client.LeaderAsync(at, limit).ConfigureAwait(false);
                if (!byLeader.TryGetValue(leader, out var list)) byLeader[leader] = list = [];
                list.Add(at);
            }

            return byLeader;
        },
        _client.ForgetAsync,
        cancel);

    /// <summary>
    /// One fetch. Retriable trouble leaves the positions as they are and drops the metadata, so that the next round asks whoever leads
    /// then; when none has worked for as long as a call may take, it is an error.
    /// </summary>
    private async Task FetchAsync(int leader, List<TopicPartition> partitions, CancellationToken cancel)
    {
        try
        {
            var connection = await _client.BrokerAsync(leader, "fetch", cancel).ConfigureAwait(false);
            var response = await connection.CallAsync<FetchResponse>(
                ApiKey.Fetch, Request(partitions), cancel, TimeSpan.FromMilliseconds(_settings.MaxWaitMs)).ConfigureAwait(false);
            TopicCalls.Check(response.ErrorCode, "fetch", null);
            foreach (var topic in response.Responses)
            {
                foreach (var partition in topic.Partitions)
                    await TakeAsync(new TopicPartition(topic.Topic, partition.PartitionIndex), partition, cancel).ConfigureAwait(false);
            }

            Volatile.Write(ref _failingSince, 0);
        }
        catch (ClientException error) when (error.IsRetriable)
        {
            var now = Environment.TickCount64;
            var since = Interlocked.CompareExchange(ref _failingSince, now, 0);
            if (since != 0 && now - since > _client.Settings.CallTimeout.TotalMilliseconds) throw;
            await _client.ForgetAsync(cancel).ConfigureAwait(false);
            await Task.Delay(_client.Settings.RetryBackoff, cancel).ConfigureAwait(false);
        }
    }

    private FetchRequest Request(List<TopicPartition> partitions)
    {
        var request = new FetchRequest
        {
            MaxWaitMs = _settings.MaxWaitMs,
            MinBytes = _settings.MinBytes,
            MaxBytes = _settings.MaxBytes,
            IsolationLevel = (sbyte)(_settings.ReadCommitted ? 1 : 0),
        };
        foreach (var topic in partitions.GroupBy(at => at.Topic, StringComparer.Ordinal))
        {
            var wanted = new FetchRequest.FetchTopic { Topic = topic.Key };
            foreach (var at in topic)
                wanted.Partitions.Add(new() { Partition = at.Partition, FetchOffset = Position(at), PartitionMaxBytes = _settings.PartitionMaxBytes });
            request.Topics.Add(wanted);
        }

        return request;
    }

    private long Position(TopicPartition at)
    {
        lock (_positions) return _positions[at];
    }

    private async Task TakeAsync(TopicPartition at, FetchResponse.PartitionData partition, CancellationToken cancel)
    {
        var from = Position(at);
        if (partition.ErrorCode == ErrorCode.OffsetOutOfRange)
        {
            await MoveIntoRangeAsync(at, from, cancel).ConfigureAwait(false);
            return;
        }

        TopicCalls.Check(partition.ErrorCode, $"{at}", null);
        var records = partition.Records ?? default;
        var next = from;
        for (var batches = new RecordBatches(records.Span); batches.MoveNext();) next = Math.Max(next, batches.Current.LastOffset + 1);
        if (records.Length > 0 && next == from)
            throw new ClientException($"{at}: the broker gave {records.Length} bytes at offset {from} without a whole batch");
        if (next == from) return;
        var aborted = partition.AbortedTransactions?.Select(t => (t.ProducerId, t.FirstOffset)).OrderBy(t => t.FirstOffset).ToArray() ?? [];
        lock (_positions) _positions[at] = next;
        await _fetched.Writer.WriteAsync(
            new FetchedPartition(at, from, next, partition.HighWatermark, records, aborted), cancel).ConfigureAwait(false);
    }

    private async Task MoveIntoRangeAsync(TopicPartition at, long from, CancellationToken cancel)
    {
        var start = (await _client.FindOffsetsAsync([at], OffsetCalls.Earliest, cancel).ConfigureAwait(false))[at].Offset;
        var end = (await _client.FindOffsetsAsync([at], OffsetCalls.Latest, cancel).ConfigureAwait(false))[at].Offset;
        var to = from < start ? start : end;
        _settings.Warn?.Invoke($"{at}: offset {from} is not within {start} to {end}; going on at {to}");
        lock (_positions) _positions[at] = to;
    }
}
