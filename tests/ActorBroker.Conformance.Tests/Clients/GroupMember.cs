using System.Collections.Concurrent;
using Confluent.Kafka;

namespace ActorBroker.Conformance.Tests.Clients;

/// <summary>A Confluent.Kafka consumer on a thread of its own that keeps what it saw and commits when it leaves.</summary>
internal sealed class GroupMember : IDisposable
{
    private readonly CancellationTokenSource leaving = new();
    private readonly Task loop;
    private volatile int partitions;

    public GroupMember(ConsumerConfig config, string topic)
    {
        loop = Task.Factory.StartNew(() => Consume(config, topic), TaskCreationOptions.LongRunning);
    }

    public ConcurrentQueue<string> Seen { get; } = new();

    /// <summary>How many partitions it has now.</summary>
    public int Partitions => loop.IsFaulted ? throw loop.Exception! : partitions;

    public async Task Leave()
    {
        await leaving.CancelAsync();
        await loop.WaitAsync(TimeSpan.FromSeconds(30));
    }

    public void Dispose()
    {
        leaving.Cancel();
        loop.Wait(TimeSpan.FromSeconds(30));
        leaving.Dispose();
    }

    private void Consume(ConsumerConfig config, string topic)
    {
        using var consumer = new ConsumerBuilder<Ignore, string>(config).Build();
        consumer.Subscribe(topic);
        while (!leaving.IsCancellationRequested)
        {
            if (consumer.Consume(TimeSpan.FromMilliseconds(50)) is { } one) Seen.Enqueue(one.Message.Value);
            partitions = consumer.Assignment.Count;
        }

        try
        {
            if (!Seen.IsEmpty) consumer.Commit();
        }
        catch (KafkaException none) when (none.Error.Code == ErrorCode.Local_NoOffset)
        {
            // Its partitions have moved since it read, and were committed then.
        }

        consumer.Close();
    }
}
