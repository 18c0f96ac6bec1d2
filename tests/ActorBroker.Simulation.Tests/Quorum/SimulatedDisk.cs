using ActorBroker.Core.Quorum;
using ActorBroker.Protocol;

namespace ActorBroker.Simulation.Tests.Quorum;

/// <summary>
/// A voter's file: batches of records as bytes. A batch that was not synced when the node crashes is there whole or not at all, as the
/// checksum over the batch makes it.
/// </summary>
internal sealed class SimulatedDisk
{
    private readonly List<byte[]> _batches = [];

    public int Unsynced { get; private set; }

    public void Write(IReadOnlyList<AcceptorRecord> records)
    {
        using var writer = new WireWriter();
        foreach (var record in records) AcceptorRecordCodec.Write(writer, record);
        _batches.Add(writer.WrittenSpan.ToArray());
        Unsynced++;
    }

    public int Count => _batches.Count;

    /// <summary>Makes the first so many batches durable.</summary>
    public void Sync(int count) => Unsynced = Math.Min(Unsynced, _batches.Count - count);

    public void Crash(Random random)
    {
        // Batches become durable in their order: a prefix survives.
        var kept = random.Next(Unsynced + 1);
        _batches.RemoveRange(_batches.Count - Unsynced + kept, Unsynced - kept);
        Unsynced = 0;
    }

    public AcceptorMachine Read()
    {
        var machine = new AcceptorMachine();
        foreach (var batch in _batches)
        {
            var reader = new WireReader(batch);
            while (reader.Remaining > 0) machine.Apply(AcceptorRecordCodec.Read(ref reader));
        }

        return machine;
    }

    /// <summary>As the file is rewritten from time to time.</summary>
    public void Rewrite(AcceptorMachine machine)
    {
        _batches.Clear();
        Write(machine.ToRecords());
        Sync(Count);
    }
}
