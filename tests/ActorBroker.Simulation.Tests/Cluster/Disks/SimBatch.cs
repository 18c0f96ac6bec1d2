using ActorBroker.Protocol.Records;

namespace ActorBroker.Simulation.Tests.Cluster.Disks;

/// <summary>
/// A record batch as the simulation has it: what the machines look at, a value that no other batch of the run has, and for the groups'
/// partition the records themselves. <see cref="PrefixHash"/> covers the whole log up to its end, so logs are compared by one number.
/// </summary>
internal sealed record SimBatch(long BaseOffset, int Count, int LeaderEpoch, long Value, BatchFacts Facts, object? Payload, ulong PrefixHash)
{
    public long EndOffset => BaseOffset + Count;

    /// <summary>As a client makes it: without offset and epoch.</summary>
    public static SimBatch New(long value, int count, long producerId, short producerEpoch, int sequence, object? payload = null) => new(
        -1, count, -1, value,
        new BatchFacts
        {
            RecordCount = count,
            LastOffsetDelta = count - 1,
            ProducerId = producerId,
            ProducerEpoch = producerEpoch,
            BaseSequence = sequence,
            SizeInBytes = 64 * count,
            MaxTimestamp = value,
        },
        payload, 0);

    public SimBatch At(long baseOffset, int leaderEpoch, ulong prefixHash) => this with
    {
        BaseOffset = baseOffset,
        LeaderEpoch = leaderEpoch,
        PrefixHash = prefixHash,
    };
}
