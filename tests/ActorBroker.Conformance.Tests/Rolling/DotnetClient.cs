using System.Collections.Concurrent;
using ActorBroker.Conformance.Tests.Brokers;
using ActorBroker.Conformance.Tests.Clients;
using Confluent.Kafka;

namespace ActorBroker.Conformance.Tests.Rolling;

/// <summary>Confluent.Kafka for .NET, in this process. Its producer is not idempotent by default: a key's next record waits for the one before.</summary>
internal sealed class DotnetClient() : RollingClient("dotnet")
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(90);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<string, bool> _acked = new();
    private readonly ConcurrentDictionary<string, bool> _seen = new();
    private readonly ConcurrentQueue<string> _said = new();
    private Task _writing = Task.CompletedTask;
    private Task _reading = Task.CompletedTask;

    public override bool IsIdempotent => false;
    public override string Errors => string.Join('\n', _said);

    public override Task Start(string bootstrap)
    {
        Librdkafka.Require();
        _writing = Task.Run(() => Write(bootstrap));
        _reading = Task.Factory.StartNew(() => Read(bootstrap), TaskCreationOptions.LongRunning);
        return Task.CompletedTask;
    }

    public override async Task Finish()
    {
        await _stop.CancelAsync();
        await _writing.WaitAsync(s_patience);
        await Deadline.Until(() => _reading.IsCompleted || _acked.Keys.All(_seen.ContainsKey), s_patience, "the group has seen what was acknowledged");
        await _end.CancelAsync();
        await _reading.WaitAsync(s_patience);
    }

    public override async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _end.CancelAsync();
        await Task.WhenAll(_writing, _reading).WaitAsync(s_patience);
        _stop.Dispose();
        _end.Dispose();
    }

    private async Task Write(string bootstrap)
    {
        try
        {
            using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = bootstrap })
                .SetErrorHandler((_, error) => Heard("producer", error)).Build();
            for (var number = 0; !_stop.IsCancellationRequested; number++)
            {
                var values = Enumerable.Range(0, 16).Select(key => (Key: $"k{key}", Value: $"k{key}:{number}")).ToList();
                await Task.WhenAll(values.Select(one => producer.ProduceAsync(Topic, new Message<string, string> { Key = one.Key, Value = one.Value })));
                foreach (var (_, value) in values)
                {
                    _acked[value] = true;
                    Note($"acked {value}");
                }

                await Task.Delay(100);
            }
        }
        catch (KafkaException failure)
        {
            Note($"error {failure.Message}");
        }
    }

    private void Read(string bootstrap)
    {
        var config = new ConsumerConfig { BootstrapServers = bootstrap, GroupId = Group, AutoOffsetReset = AutoOffsetReset.Earliest };
        using var consumer = new ConsumerBuilder<string, string>(config).SetErrorHandler((_, error) => Heard("consumer", error)).Build();
        try
        {
            consumer.Subscribe(Topic);
            while (!_end.IsCancellationRequested)
            {
                if (consumer.Consume(TimeSpan.FromMilliseconds(200)) is not { } record) continue;
                _seen[record.Message.Value] = true;
                Note($"seen {record.Partition.Value} {record.Offset.Value} {record.Message.Value}");
            }

            consumer.Close();
        }
        catch (KafkaException failure)
        {
            Note($"error {failure.Message}");
        }
    }

    /// <summary>That a connection was lost is for the log; only what is fatal concerns the application.</summary>
    private void Heard(string who, Error error)
    {
        _said.Enqueue($"{who}: {error}");
        if (error.IsFatal) Note($"error {who}: {error}");
    }
}
