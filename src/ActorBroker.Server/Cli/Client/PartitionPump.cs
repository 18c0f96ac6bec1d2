using System.Buffers.Binary;
using ActorBroker.Protocol;
using ActorBroker.Protocol.Messages;
using ActorBroker.Protocol.Records;

namespace ActorBroker.Server.Cli.Client;

/// <summary>
/// One partition's way out: records gather in one builder while the batch in the other is on its way, one at a time, so that a repeated
/// batch can neither overtake nor be overtaken. A full builder makes callers wait. With a producer id the batches carry sequence numbers.
/// </summary>
internal sealed class PartitionPump(
    KafkaClient client, TopicPartition at, ProducerSettings settings, ProducerIdentity identity, Action<ProduceReceipt>? receipt) : IDisposable
{
    private readonly Lock _gate = new();
    private RecordBatchBuilder _filling = new(Options(settings, identity));
    private RecordBatchBuilder _sending = new(Options(settings, identity));
    private List<long> _tags = [];
    private List<long> _sendingTags = [];
    private TaskCompletionSource? _space;
    private TaskCompletionSource _hurry = New();
    private Task _pump = Task.CompletedTask;
    private bool _running;
    private ClientException? _failure;
    private int _sequence;

    /// <summary>Grows with each batch taken away, so that records without keys can move on to the next partition.</summary>
    public int Generation { get; private set; }

    public async ValueTask AppendAsync(byte[]? key, byte[]? value, RecordHeaderValue[] headers, long timestampMs, long tag, CancellationToken cancel)
    {
        var size = (key?.Length ?? 0) + (value?.Length ?? 0) + 64;
        while (true)
        {
            Task space;
            lock (_gate)
            {
                if (_failure is not null) throw _failure;
                if (_filling.Count == 0 || _filling.UncompressedSize + size <= settings.BatchBytes)
                {
                    _filling.Append(timestampMs, key, value, headers);
                    if (receipt is not null) _tags.Add(tag);
                    if (_running) return;
                    _running = true;
                    _pump = Task.Run(() => PumpAsync(cancel), CancellationToken.None);
                    return;
                }

                _hurry.TrySetResult();
                space = (_space ??= New()).Task;
            }

            await space.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until everything that was appended is acknowledged; throws what stopped it.</summary>
    public async Task FlushAsync()
    {
        Task pump;
        lock (_gate)
        {
            _hurry.TrySetResult();
            pump = _pump;
        }

        await pump.ConfigureAwait(false);
        if (_failure is not null) throw _failure;
    }

    public void Dispose()
    {
        _filling.Dispose();
        _sending.Dispose();
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static RecordBatchOptions Options(ProducerSettings settings, ProducerIdentity identity) =>
        new() { Codec = settings.Codec, ProducerId = identity.Id, ProducerEpoch = identity.Epoch, BaseSequence = identity.IsNone ? -1 : 0 };

    private async Task PumpAsync(CancellationToken cancel)
    {
        try
        {
            while (true)
            {
                if (settings.Linger > TimeSpan.Zero && !_hurry.Task.IsCompleted)
                    await Task.WhenAny(_hurry.Task, Task.Delay(settings.Linger, cancel)).ConfigureAwait(false);
                if (!Take()) return;
                await SendAsync(cancel).ConfigureAwait(false);
            }
        }
        catch (Exception error)
        {
            Fail(error as ClientException ?? new ClientException($"{at}: {error.Message}", error));
        }
    }

    private bool Take()
    {
        lock (_gate)
        {
            if (_filling.Count == 0)
            {
                _running = false;
                return false;
            }

            (_filling, _sending) = (_sending, _filling);
            (_tags, _sendingTags) = (_sendingTags, _tags);
            _filling.Reset(Options(settings, identity));
            _tags = [];
            Generation++;
            if (_hurry.Task.IsCompleted) _hurry = New();
            _space?.SetResult();
            _space = null;
            return true;
        }
    }

    private void Fail(ClientException error)
    {
        lock (_gate)
        {
            _failure = error;
            _running = false;
            _space?.SetResult();
            _space = null;
        }
    }

    private async Task SendAsync(CancellationToken cancel)
    {
        var batch = _sending.Build();
        if (!identity.IsNone)
        {
            BinaryPrimitives.WriteInt32BigEndian(batch.Span[RecordBatchLayout.BaseSequence..], _sequence);
            RecordBatchPatch.UpdateCrc(batch.Span);
        }

        var request = new ProduceRequest { Acks = settings.Acks, TimeoutMs = settings.TimeoutMs };
        request.TopicData.Add(new() { Name = at.Topic, PartitionData = [new() { Index = at.Partition, Records = batch }] });
        var offset = await RetryLoop.RunAsync(client.Settings, limit => SendOnceAsync(request, limit), client.ForgetAsync, cancel).ConfigureAwait(false);
        _sequence = (int)(((long)_sequence + _sending.Count) & int.MaxValue);
        receipt?.Invoke(new ProduceReceipt(at, offset, _sending.Count, batch.Length, _sendingTags));
    }

    private async Task<long> SendOnceAsync(ProduceRequest request, CancellationToken cancel)
    {
        var leader = await client.LeaderAsync(at, cancel).ConfigureAwait(false);
        var connection = await client.BrokerAsync(leader, "produce", cancel).ConfigureAwait(false);
        var version = connection.VersionOf(ApiKey.Produce);
        if (settings.Acks == 0)
        {
            await connection.SendAsync(ApiKey.Produce, version, request, cancel).ConfigureAwait(false);
            return -1;
        }

        var response = await connection.CallAsync<ProduceResponse>(
            ApiKey.Produce, version, request, cancel, TimeSpan.FromMilliseconds(settings.TimeoutMs)).ConfigureAwait(false);
        var answer = response.Responses[0].PartitionResponses[0];

        // A duplicate sequence says that an earlier attempt did arrive, though its answer was lost.
        if (answer.ErrorCode is ErrorCode.None or ErrorCode.DuplicateSequenceNumber) return answer.BaseOffset;
        var reason = answer.RecordErrors.Count > 0 ? answer.RecordErrors[0].BatchIndexErrorMessage ?? answer.ErrorMessage : answer.ErrorMessage;
        throw new KafkaErrorException(answer.ErrorCode, $"{at}", reason) { Advice = ProduceAdvice.For(answer.ErrorCode) };
    }
}
