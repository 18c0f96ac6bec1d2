using ActorBroker.Protocol;
using ActorBroker.Simulation.Tests.Cluster.Disks;
using ActorBroker.Simulation.Tests.Cluster.World;

namespace ActorBroker.Simulation.Tests.Cluster.Clients;

/// <summary>
/// Writes to the partitions of one topic, one batch after the other to each, and sends a batch until it is acknowledged. An idempotent one
/// numbers its batches; a plain one may leave a batch twice.
/// </summary>
internal sealed class SimProducer(SimWorld world, int place, int nodes, ClientSettings settings) : SimClient(world, place, nodes)
{
    private readonly Dictionary<(string, int), int> _sequences = [];
    private long _values;
    private bool _isBusy;

    public int Acknowledged { get; private set; }

    /// <summary>Nothing is on its way.</summary>
    public bool IsIdle => !_isBusy;

    public override void Start() => World.After(Random.Next(400), Next);

    private void Next()
    {
        _isBusy = false;
        if (IsClosing) return;
        _isBusy = true;
        var topic = Random.Pick(settings.Topics);
        var partition = Random.Next(topic.Partitions);
        var count = Random.Between(1, 3);
        var sequence = _sequences.GetValueOrDefault((topic.Name, partition));
        var value = ((long)Place << 32) | ++_values;
        var producerId = settings.IsIdempotent ? Place : -1;
        Send(topic.Name, partition, SimBatch.New(value, count, producerId, 0, settings.IsIdempotent ? sequence : -1), tries: 0);
    }

    private void Send(string topic, int partition, SimBatch batch, int tries)
    {
        Call<ProduceAnswer>(LeaderOf(topic, partition), call => new ProduceCall(call, topic, partition, settings.Acks, batch, 1_000), answer =>
        {
            var error = answer?.Error ?? ErrorCode.RequestTimedOut;
            if (error == ErrorCode.None)
            {
                Acknowledged++;
                _sequences[(topic, partition)] = batch.Facts.BaseSequence + batch.Count;
                World.After(Random.Between(5, settings.PauseMs), Next);
                return;
            }
            World.Note(Place, "produce failed", (long)error, tries, batch.Facts.BaseSequence, $"{topic}-{partition}");
            // A leader that was replaced and does not know it may lack what its successor took; after the faults there is none.
            if (IsClosing && tries > 30 && error is ErrorCode.OutOfOrderSequenceNumber)
                World.Violate("RetriesAreKnown", $"client {Place}: {topic}-{partition} answers {error} to sequence {batch.Facts.BaseSequence}");
            if (!settings.IsIdempotent && tries > 3) World.After(Random.Next(100), Next);
            else Refresh(() => Send(topic, partition, batch, tries + 1));
        }, mayDouble: settings.IsIdempotent);
    }
}
