using ActorBroker.Protocol;
using ActorBroker.Simulation.Tests.Cluster.Checkers;
using ActorBroker.Simulation.Tests.Cluster.World;

namespace ActorBroker.Simulation.Tests.Cluster.Clients;

/// <summary>
/// Reads partitions from their leaders, in order, from the beginning. Whoever leads, what it has read stays what it was, its position is never
/// out of range, and the watermark that one leader tells it under one epoch does not fall.
/// </summary>
internal sealed class SimConsumer(SimWorld world, int place, int nodes, ClientSettings settings, Func<string, int, PartitionOracle?> oracles)
    : SimClient(world, place, nodes)
{
    private readonly Dictionary<(string, int), long> _positions = [];
    private readonly Dictionary<(string, int, int), long> _watermarks = [];

    public override void Start()
    {
        foreach (var topic in settings.Topics)
        {
            for (var i = 0; i < topic.Partitions; i++)
            {
                var partition = i;
                World.After(Random.Next(1_000), () => Poll(topic.Name, partition));
            }
        }
    }

    public long Position(string topic, int partition) => _positions.GetValueOrDefault((topic, partition));

    private void Poll(string topic, int partition)
    {
        var position = Position(topic, partition);
        Call<FetchAnswer>(LeaderOf(topic, partition), call => new FetchCall(call, topic, partition, position), answer =>
        {
            if (answer is { Error: ErrorCode.OffsetOutOfRange })
                World.Violate("PositionStaysInRange", $"client {Place}: {topic}-{partition} has no {position} any more");
            if (answer is not { Error: ErrorCode.None })
            {
                Refresh(() => Poll(topic, partition));
                return;
            }
            Take(topic, partition, position, answer);
            World.After(Random.Between(20, 300), () => Poll(topic, partition));
        });
    }

    private void Take(string topic, int partition, long position, FetchAnswer answer)
    {
        var key = (topic, partition, answer.LeaderEpoch);
        if (answer.HighWatermark < _watermarks.GetValueOrDefault(key))
        {
            World.Violate("WatermarkMonotonicForClient",
                $"client {Place}: {topic}-{partition} of epoch {answer.LeaderEpoch} tells {answer.HighWatermark} after {_watermarks[key]}");
        }
        _watermarks[key] = answer.HighWatermark;
        if (oracles(topic, partition) is not { } oracle) return;
        foreach (var batch in answer.Batches)
        {
            if (batch.BaseOffset != position) World.Violate("ReadsInOrder", $"client {Place}: {batch.BaseOffset} of {topic}-{partition} at {position}");
            oracle.OnRead(Place, batch);
            position = batch.EndOffset;
        }
        _positions[(topic, partition)] = position;
    }
}
