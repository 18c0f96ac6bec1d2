namespace ActorBroker.Actors.Partitions.Replication;

/// <summary>A piece of a part's records: its place among them, its length, and where it lies in the envelope.</summary>
internal readonly record struct RecordsRange(int Position, int Length, int At)
{
    /// <summary>What one batch may be at most: whatever else is claimed on the wire, no more is ever rented for it.</summary>
    public const int TotalMax = 128 << 20;

    public bool FitsInto(int total) => total is >= 0 and <= TotalMax && Position >= 0 && Length >= 0 && (long)Position + Length <= total;
}
