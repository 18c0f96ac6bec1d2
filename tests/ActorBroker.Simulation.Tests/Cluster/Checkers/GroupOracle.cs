using ActorBroker.Simulation.Tests.Cluster.World;

namespace ActorBroker.Simulation.Tests.Cluster.Checkers;

/// <summary>
/// What one group's committed offsets may be: a fetch never misses a commit that was acknowledged, or seen, before the fetch was sent; the
/// commit that it shows must not have ended before one that counts had begun.
/// </summary>
internal sealed class GroupOracle(SimWorld world, string group, Func<int> leaderEpoch)
{
    private readonly SortedDictionary<(string Topic, int Partition), History> _histories = [];
    private long _clock;

    public int Commits { get; private set; }

    /// <summary>The epoch under which the groups' partition is led, as it is committed.</summary>
    public int LeaderEpoch => leaderEpoch();

    /// <summary>A commit leaves its client.</summary>
    public void Submitted(string topic, int partition, long offset)
    {
        Of(topic, partition).Submitted[offset] = ++_clock;
        world.Note(0, "commit sent", partition, offset, _clock);
    }

    public void Acknowledged(string topic, int partition, long offset)
    {
        Commits++;
        world.Note(0, "commit acknowledged", partition, offset, _clock);
        Of(topic, partition).Settle(offset, ++_clock);
    }

    /// <summary>A fetch leaves its client: the answer has to be as new as this.</summary>
    public long Floor(string topic, int partition) => Of(topic, partition).Floor;

    public void Fetched(string topic, int partition, long offset, long floor)
    {
        var history = Of(topic, partition);
        if (offset >= 0) world.Note(0, "offset fetched", partition, offset, floor);
        if (offset == -1)
        {
            if (floor > 0) world.Violate("AcknowledgedOffsetsAreFinal", $"{group} has nothing at {topic}-{partition}");
            return;
        }
        if (!history.Submitted.ContainsKey(offset)) world.Violate("AcknowledgedOffsetsAreFinal", $"{group}: nobody committed {offset} at {topic}-{partition}");
        if (history.Settled.GetValueOrDefault(offset, long.MaxValue) <= floor)
            world.Violate("AcknowledgedOffsetsAreFinal", $"{group}: {topic}-{partition} went back to {offset}");
        history.Settle(offset, ++_clock);
    }

    private History Of(string topic, int partition)
    {
        if (!_histories.TryGetValue((topic, partition), out var history)) _histories[(topic, partition)] = history = new History();
        return history;
    }

    private sealed class History
    {
        public Dictionary<long, long> Submitted { get; } = [];

        public Dictionary<long, long> Settled { get; } = [];

        /// <summary>When the latest-begun commit that is known to count began.</summary>
        public long Floor { get; private set; }

        public void Settle(long offset, long clock)
        {
            Settled.TryAdd(offset, clock);
            Floor = Math.Max(Floor, Submitted[offset]);
        }
    }
}
