namespace ActorBroker.Simulation.Tests.Cluster.Disks;

/// <summary>A voter's file: records in order, of which those up to the last sync survive a power loss.</summary>
internal sealed class SimVoterDisk
{
    private readonly List<object> _records = [];
    private int _synced;

    public IReadOnlyList<object> Records => _records;

    public int Count => _records.Count;

    public void Append(object record) => _records.Add(record);

    public void Sync(int count) => _synced = Math.Max(_synced, Math.Min(count, _records.Count));

    /// <summary>Keeps any number of the records that were not synced; the file's checksums end it at the first torn one.</summary>
    public void LosePower(World.SimRandom random)
    {
        var kept = random.Between(_synced, _records.Count);
        _records.RemoveRange(kept, _records.Count - kept);
        _synced = Math.Min(_synced, kept);
    }
}
